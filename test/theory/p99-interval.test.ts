/** How often the 95 % interval of P99 of one run contains the exact P99. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Core } from "../../host/core/load.js";
import { readDistribution } from "../../host/core/distribution.js";
import { mmcWait } from "../../host/queueing/mmc.js";
import { loadBuild } from "../core/wasm-builds.js";
import { plainPool, playQueue, type Queue, TOKENS_PER_SECOND, WARM_UP } from "./queue.js";
import { exponentials } from "./service-times.js";

const COUNT = 20_000;
const RUNS = 100;

let core: Core;
beforeAll(async () => {
  core = await loadBuild("release");
});

/** Intervals of the P99 of the wait, or of the TTFT, ms, each from one run of M/M/c. */
function intervals(servers: number, rho: number, metric: "queueWait" | "ttft"): [number, number][] {
  const queue: Queue = {
    pools: [plainPool({ slots: servers })],
    rateRps: servers * rho,
    services: { times: (replication) => exponentials(51, replication) },
  };
  return Array.from({ length: RUNS }, (_, replication) => {
    const simulation = playQueue(core, queue, COUNT, 51, replication);
    return readDistribution(simulation, metric, "all", COUNT * WARM_UP, false).distribution.p99_ci95!;
  });
}

function coverage(of: readonly [number, number][], exactMs: number): number {
  return of.filter(([low, high]) => low <= exactMs && exactMs <= high).length / of.length;
}

describe("the 95 % interval of P99 contains the exact one in at least 85 % of runs of 20,000 requests", () => {
  it.each([
    [16, 0.8],
    [1, 0.7],
  ])("M/M/%i at load %d", (servers, rho) => {
    const exactMs = mmcWait(servers, servers * rho, 1).percentileS(0.99) * 1000;
    const prefillMs = 1000 / TOKENS_PER_SECOND;
    expect(coverage(intervals(servers, rho, "queueWait"), exactMs)).toBeGreaterThanOrEqual(0.85);
    expect(coverage(intervals(servers, rho, "ttft"), exactMs + prefillMs)).toBeGreaterThanOrEqual(0.85);
  });

  it("and is narrow enough to tell loads apart", () => {
    const exactMs = mmcWait(1, 0.7, 1).percentileS(0.99) * 1000;
    const widths = intervals(1, 0.7, "queueWait").map(([low, high]) => high - low);
    expect(widths.sort((a, b) => a - b)[RUNS / 2]! / exactMs).toBeLessThan(0.6);
  });
});
