import { describe, expect, test } from "vitest";
import { openProblem, type SizingOptions } from "../../../host/planners/sizing/open-problem.js";
import { PoolSizing } from "../../../host/planners/sizing/pool-sizing.js";
import type { PoolInput, ReplicaOption } from "../../../host/planners/sizing/replica-option.js";
import { fleetOf, poolInput } from "../../../host/planners/sizing/replica-option.js";
import { replicaOptions } from "../../../host/planners/sizing/replica-options.js";
import { estimatorOf } from "../../../host/planners/sizing/estimator-of.js";
import type { PoolEstimator } from "../../../host/planners/sizing/pool-estimate.js";
import { segmentNodes, segmentShare } from "../../../host/planners/sizing/segment.js";
import type { SizingProblem } from "../../../host/planners/sizing/sizing-problem.js";
import { core, evenReplica } from "./sizing-fixtures.js";

const PROFILES = replicaOptions({ gpus: ["a100", "h100", "a10g"] });
const ROOFLINES = [
  ...replicaOptions({ gpus: ["h100"], model: "llama-3.1-8b", tps: [1, 2] }),
  ...replicaOptions({ gpus: ["h100"], model: "llama-3.1-70b", tps: [8] }),
];

interface Opened {
  problem: SizingProblem;
  sizing: PoolSizing;
  estimator: PoolEstimator;
}

async function open(
  option: ReplicaOption,
  workload: string,
  upTo: number,
  options: SizingOptions & { rateRps: number },
): Promise<Opened> {
  const { problem } = await openProblem({ workload, core, ...options });
  const segment = { above: 0, upTo, options: [option] };
  const input: PoolInput = poolInput(option, { id: "pool", replicas: 1, maxCtx: upTo });
  const pool = fleetOf([input]).pools[0]!;
  const chunk = problem.engine === "slots" ? pool.profile.chunk : undefined;
  const load = {
    rateRps: problem.rateRps * segmentShare(problem.law, segment),
    nodes: segmentNodes(problem.law, segment, chunk),
  };
  return {
    problem,
    sizing: PoolSizing.of(problem, segment, option),
    estimator: estimatorOf(problem.engine, pool, load),
  };
}

describe("the estimate for slots", () => {
  const cases = [
    [PROFILES[0]!, "azure", 16_384, 100],
    [PROFILES[1]!, "azure", 16_384, 100],
    [PROFILES[1]!, "azure", 4096, 100],
    [PROFILES[0]!, "lmsys", 8192, 150],
    [evenReplica("even", { slots: 8 }), "lmsys", 8192, 4],
  ] as const;
  test.each(cases.map((one) => [`${one[0].name}, ${one[1]}`, one] as const))(
    "is within 10 % of the simulated P99: %s",
    async (_name, [option, workload, upTo, rateRps]) => {
      const { sizing, estimator } = await open(option, workload, upTo, {
        engine: "slots",
        rateRps,
        sloMs: 1e6,
        requests: 200_000,
      });
      // One replica more than the load takes: a wait that is neither nothing nor without end.
      const replicas = Math.ceil(estimator.leastReplicas / 0.9);
      const { p99TtftMs, running } = await sizing.try(replicas);
      const { p99TtftS, running: expected } = estimator.at(replicas);
      expect((1000 * p99TtftS) / p99TtftMs!).toBeGreaterThan(0.9);
      expect((1000 * p99TtftS) / p99TtftMs!).toBeLessThan(1.1);
      expect(expected / running).toBeGreaterThan(0.95);
      expect(expected / running).toBeLessThan(1.05);
    },
  );
});

test("the estimate for slots is some 25 % low where replicas have but two slots each: it knows of one queue for all", async () => {
  const { sizing, estimator } = await open(evenReplica("even", { slots: 2 }), "azure", 8192, {
    engine: "slots",
    rateRps: 2,
    sloMs: 1e6,
    requests: 200_000,
  });
  const replicas = Math.ceil(estimator.leastReplicas / 0.9);
  const ratio = (1000 * estimator.at(replicas).p99TtftS) / (await sizing.try(replicas)).p99TtftMs!;
  expect(ratio).toBeGreaterThan(0.65);
  expect(ratio).toBeLessThan(1.05);
});

describe("the estimate for iterations", () => {
  const cases = [
    [PROFILES[0]!, "azure", 16_384, 100],
    [PROFILES[1]!, "azure", 16_384, 100],
    [PROFILES[2]!, "lmsys", 8192, 150],
    [ROOFLINES[0]!, "azure", 16_384, 100],
    [ROOFLINES[1]!, "lmsys", 8192, 150],
    [ROOFLINES[2]!, "azure", 4096, 100],
  ] as const;
  test.each(cases.map((one) => [`${one[0].name}, ${one[1]}`, one] as const))(
    "is within a half of the simulated P99 at nine tenths of the load: %s",
    async (_name, [option, workload, upTo, rateRps]) => {
      const { sizing, estimator } = await open(option, workload, upTo, { engine: "iterations", rateRps, sloMs: 1e6 });
      const replicas = Math.ceil(estimator.leastReplicas / 0.9);
      const ratio = (1000 * estimator.at(replicas).p99TtftS) / (await sizing.try(replicas)).p99TtftMs!;
      expect(ratio).toBeGreaterThan(0.7);
      expect(ratio).toBeLessThan(1.5);
    },
  );
});

describe("an estimate", () => {
  test.each(["slots", "iterations"] as const)(
    "says never where the load is more than can be served: %s",
    async (engine) => {
      const { estimator } = await open(PROFILES[0]!, "azure", 16_384, { engine, rateRps: 100 });
      const few = Math.max(1, Math.floor(estimator.leastReplicas));
      expect(estimator.at(few).rho).toBeGreaterThanOrEqual(1);
      expect(estimator.at(few).p99TtftS).toBe(Infinity);
      expect(estimator.keeps(few, { ttftMs: 1e9 })).toBe(false);
    },
  );

  test.each(["slots", "iterations"] as const)("keeps exactly what its percentile says: %s", async (engine) => {
    const { estimator } = await open(PROFILES[1]!, "lmsys", 8192, { engine, rateRps: 150 });
    const least = Math.ceil(estimator.leastReplicas);
    for (let replicas = least + 1; replicas < least + 6; replicas++) {
      const { p99TtftS } = estimator.at(replicas);
      expect(estimator.keeps(replicas, { ttftMs: p99TtftS * 1001 })).toBe(true);
      expect(estimator.keeps(replicas, { ttftMs: p99TtftS * 999 })).toBe(false);
    }
  });

  test.each(["slots", "iterations"] as const)("falls as replicas are added: %s", async (engine) => {
    const { estimator } = await open(PROFILES[0]!, "azure", 16_384, { engine, rateRps: 100 });
    const least = Math.ceil(estimator.leastReplicas) + 1;
    let before = Infinity;
    for (let replicas = least; replicas < least + 30; replicas++) {
      const { p99TtftS } = estimator.at(replicas);
      expect(p99TtftS).toBeLessThanOrEqual(before * (1 + 1e-9));
      before = p99TtftS;
    }
  });
});

describe("nine tenths of the replicas that could just serve the load", () => {
  const slots = [...PROFILES.slice(0, 2), evenReplica("even", { slots: 3 })].map(
    (option) => ["slots", option] as const,
  );
  const iterations = [...PROFILES, ...ROOFLINES, evenReplica("even", { slots: 3 })].map(
    (option) => ["iterations", option] as const,
  );
  const loads = [
    ["azure", 16_384, 100],
    ["lmsys", 8192, 60],
  ] as const;
  const cases = [...slots, ...iterations].flatMap(([engine, option]) =>
    loads.map(
      ([workload, upTo, rateRps]) =>
        [`${engine}, ${option.name}, ${workload}`, { engine, option, workload, upTo, rateRps }] as const,
    ),
  );
  test.each(cases)("are too few: %s", async (_name, { engine, option, workload, upTo, rateRps }) => {
    const { sizing, estimator } = await open(option, workload, upTo, {
      engine,
      rateRps,
      sloMs: 2000,
      requests: 100_000,
    });
    const few = Math.ceil(0.9 * estimator.leastReplicas) - 1;
    if (few < 1) return;
    expect((await sizing.try(few)).isFeasible).toBe(false);
  });
});
