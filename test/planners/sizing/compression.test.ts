import { describe, expect, test } from "vitest";
import { openPlanningRequests } from "../../../host/planners/planning-requests.js";
import { replay } from "../../../host/planners/replay.js";
import { fleetCandidate, routerInput } from "../../../host/planners/sizing/fleet-candidate.js";
import { FleetSearch, type SizedFleet } from "../../../host/planners/sizing/fleet-search.js";
import { priceBy } from "../../../host/planners/sizing/objective.js";
import { openProblem } from "../../../host/planners/sizing/open-problem.js";
import { fleetOf, poolInput } from "../../../host/planners/sizing/replica-option.js";
import { replicaOptions } from "../../../host/planners/sizing/replica-options.js";
import { segmentShare } from "../../../host/planners/sizing/segment.js";
import type { Fleet } from "../../../host/specs/fleet.js";
import { core } from "./sizing-fixtures.js";

const BOUNDARY = 4096;
const MAX_CTX = 16_384;
const SLO_MS = 900;
const RATE = 150;
const options = replicaOptions({ gpus: ["a100"] });

type Engine = "slots" | "iterations";

async function sized(
  engine: Engine,
  gamma: number,
  requests = 30_000,
): Promise<{ fleet: SizedFleet; search: FleetSearch }> {
  const { problem } = await openProblem({ workload: "azure", rateRps: RATE, engine, sloMs: SLO_MS, requests, core });
  const search = new FleetSearch(problem, priceBy("cost", 1));
  const compression = gamma > 1 ? { compression: { gamma, safeShare: 0.75, pCompress: 1 } } : {};
  const candidate = fleetCandidate({
    boundaries: [BOUNDARY],
    maxCtx: MAX_CTX,
    ...compression,
    optionsOf: () => options,
  });
  return { fleet: (await search.size(candidate))!, search };
}

function wholeFleet({ candidate, pools }: SizedFleet): Fleet {
  const inputs = pools.map(({ option, upper, segment }, index) =>
    poolInput(option, { id: ["short", "long"][index]!, replicas: upper, maxCtx: segment.upTo }),
  );
  return fleetOf(inputs, routerInput(candidate));
}

function overlaps(a: readonly [number, number], b: readonly [number, number]): boolean {
  return a[0] <= b[1] && b[0] <= a[1];
}

describe.each(["slots", "iterations"] as const)("a fleet with compression: %s", (engine) => {
  test("has pools that do in a whole fleet what they did by themselves", async () => {
    const { fleet } = await sized(engine, 1.5);
    const opened = await openPlanningRequests({ workload: "azure", rateRps: RATE });
    const result = await replay({
      fleet: wholeFleet(fleet),
      engine,
      requests: opened.at(RATE, 200_000),
      sloMs: SLO_MS,
      seed: 5,
      warmup: 0.25,
      core,
    });
    fleet.pools.forEach((pool, index) => {
      const point = pool.points.get(pool.upper)!;
      const { ttft_ms: ttft } = result.pools[["short", "long"][index]!]!;
      expect(overlaps(point.p99TtftCi95!, ttft.p99_ci95!)).toBe(true);
    });
  });

  test("has pools that get the share of the requests that they get in a whole fleet", async () => {
    const { fleet, search } = await sized(engine, 2);
    const opened = await openPlanningRequests({ workload: "azure", rateRps: RATE });
    const result = await replay({
      fleet: wholeFleet(fleet),
      engine,
      requests: opened.at(RATE, 40_000),
      sloMs: SLO_MS,
      seed: 6,
      core,
    });
    fleet.pools.forEach(({ segment }, index) => {
      const share = result.pools[["short", "long"][index]!]!.requests.arrived / 40_000;
      expect(segmentShare(search.problem.law, segment)).toBeCloseTo(share, 2);
    });
  });

  test("needs more replicas in the short pool, and fewer in the long one, than one without", async () => {
    const [plain, compressed] = [(await sized(engine, 1)).fleet, (await sized(engine, 2)).fleet];
    expect(compressed.pools[0]!.upper).toBeGreaterThan(plain.pools[0]!.upper);
    expect(compressed.pools[1]!.upper).toBeLessThan(plain.pools[1]!.upper);
  });

  test("has in the long pool what of the band is not compressed", async () => {
    const { fleet, search } = await sized(engine, 2);
    const { law } = search.problem;
    const [band, above] = [law.share(BOUNDARY, 2 * BOUNDARY), law.share(2 * BOUNDARY, MAX_CTX)];
    expect(segmentShare(law, fleet.pools[1]!.segment)).toBeCloseTo(above + 0.25 * band, 10);
    // As many as that reached it in the run that confirmed its size, four times as long, of all that could.
    const point = fleet.pools[1]!.points.get(fleet.pools[1]!.upper)!;
    expect(point.requests / 120_000).toBeCloseTo((above + 0.25 * band) / (above + band), 1);
  });
});

describe("the router of a candidate", () => {
  const candidate = { maxCtx: MAX_CTX, optionsOf: () => options };

  test("is by length without compression", () => {
    expect(routerInput(fleetCandidate({ boundaries: [BOUNDARY], ...candidate }))).toBe("length");
  });

  test("is compress_route with it", () => {
    const compression = { gamma: 1.5, safeShare: 0.75, pCompress: 0.4 };
    expect(routerInput(fleetCandidate({ boundaries: [BOUNDARY], compression, ...candidate }))).toEqual({
      type: "compress_route",
      b_short: BOUNDARY,
      gamma: 1.5,
      p_compress: 0.4,
    });
  });
});
