/** What goes in comes out: Little's law, flow balance, overload, and the verdict. */
import { beforeAll, describe, expect, it } from "vitest";
import * as C from "../../assembly/contract.js";
import type { Core } from "../../host/core/load.js";
import { type Outcome, readOutcome } from "../../host/core/outcome.js";
import type { CorePool } from "../../host/core/run-spec.js";
import { loadBuild } from "../core/wasm-builds.js";
import { expectConserved } from "./conservation.js";
import { fleetOf } from "./fleets.js";
import { plainPool, playQueue, type Queue, WARM_UP } from "./queue.js";
import { exponentials } from "./service-times.js";

let core: Core;
beforeAll(async () => {
  core = await loadBuild("release");
});

function queueAt(rho: number, pools: readonly CorePool[] = [plainPool()], router?: Queue["router"]): Queue {
  const servers = pools.reduce((sum, pool) => sum + pool.replicas * pool.slots, 0);
  const services = { times: (replication: number) => exponentials(41, replication) };
  return { pools, rateRps: servers * rho, services, ...(router ? { router } : {}) };
}

function outcomeAt(rho: number, pool: CorePool, count: number, seed: number): Outcome {
  const simulation = playQueue(core, queueAt(rho, [pool]), count, seed, seed);
  const outcome = readOutcome(simulation, fleetOf([pool]), {
    engine: "slots",
    warmup: WARM_UP,
    slo: { ttftMs: 500 },
  });
  expectConserved(outcome, count);
  return outcome;
}

/** A plain pool of each kind of queue. */
const LAYOUTS: [string, CorePool][] = [
  ["slots of one replica", plainPool({ slots: 8 })],
  ["replicas behind one queue", plainPool({ replicas: 8 })],
  ["replicas with a queue each", plainPool({ replicas: 8, queue: "replica" })],
];

describe("Little's law", () => {
  it.each(LAYOUTS)("%s: the integral of requests in the pool is the sum of their times in it", (_, pool) => {
    for (const rho of [0.5, 0.95, 1.2]) {
      const row = playQueue(core, queueAt(rho, [pool]), 20_000, 41).figures(0);
      expect(row[C.FIGURE_E2E_SUM]).toBeGreaterThan(0);
      expect(row[C.FIGURE_SYSTEM_AREA]).toBe(row[C.FIGURE_E2E_SUM]);
    }
  });

  it("holds in every pool of a fleet whose router looks at the load", () => {
    const pools = [plainPool({ slots: 3 }), plainPool({ replicas: 4, queue: "replica", balance: "two_choices" })];
    const simulation = playQueue(core, queueAt(0.9, pools, { type: "least_loaded" }), 20_000, 42);
    for (const index of pools.keys()) {
      const row = simulation.figures(index);
      expect(row[C.FIGURE_ARRIVED]).toBeGreaterThan(1000);
      expect(row[C.FIGURE_SYSTEM_AREA]).toBe(row[C.FIGURE_E2E_SUM]);
    }
  });

  it("the integral of the number waiting is the sum of the waits", () => {
    const count = 20_000;
    const simulation = playQueue(core, queueAt(0.8), count, 43);
    const { values, points, rows } = simulation.series();
    const lastArrival = values.subarray((points - 1) * rows * C.SERIES_FIELDS);
    const waits = simulation.gather("queueWait", "all", 0, false);
    // The series ends at the last arrival: those that wait then have the rest of their waits before them.
    const rest = waits.sumTicks - lastArrival[C.SERIES_WAITING_AREA]!;
    expect(rest).toBeGreaterThanOrEqual(0);
    expect(rest).toBeLessThanOrEqual(lastArrival[C.SERIES_WAITING]! * waits.largestTicks);
  });

  it("busy slots are the load offered", () => {
    const outcome = outcomeAt(0.8, plainPool({ slots: 8 }), 100_000, 44);
    expect(outcome.utilisation.slots).toBeCloseTo(0.8, 2);
  });
});

describe("flow balance", () => {
  it.each([0.5, 0.8, 0.95])("at load %d a replica completes what arrives, and is called stable", (rho) => {
    for (const seed of [1, 2, 3]) {
      const outcome = outcomeAt(rho, plainPool(), 100_000, seed);
      expect(outcome.throughput.requests_per_s / outcome.arrival_rate_rps).toBeCloseTo(1, 2);
      expect(outcome.arrival_rate_rps / rho).toBeCloseTo(1, 1);
      expect(outcome.stability).toMatchObject({ verdict: "stable", percentiles_depend_on_horizon: false });
      expect(Math.abs(outcome.stability.backlog_growth_rps)).toBeLessThan(0.01 * rho);
    }
  });

  it.each(LAYOUTS)("%s at 1.2 times the capacity complete their capacity, and are called overloaded", (_, pool) => {
    for (const seed of [1, 2, 3]) {
      const outcome = outcomeAt(1.2, pool, 200_000, seed);
      expect(Math.abs(outcome.throughput.requests_per_s / 8 - 1)).toBeLessThan(0.01);
      expect(outcome.utilisation.slots).toBeGreaterThan(0.999);
      expect(outcome.stability).toMatchObject({ verdict: "overloaded", percentiles_depend_on_horizon: true });
      const growth = outcome.stability.backlog_growth_rps / outcome.arrival_rate_rps;
      expect(Math.abs(growth / (0.2 / 1.2) - 1)).toBeLessThan(0.05);
    }
  });
});

describe("the verdict on short runs", () => {
  /** Runs of an M/M/1 that are called overloaded, of `runs`. */
  function overloaded(rho: number, count: number, runs: number): number {
    const verdicts = Array.from({ length: runs }, (_, seed) => outcomeAt(rho, plainPool(), count, seed));
    return verdicts.filter(({ stability }) => stability.verdict === "overloaded").length;
  }

  it("2,000 requests: at most one run in ten at load 0.95 is called overloaded, at most one in twenty at 1.2 is not", () => {
    expect(overloaded(0.95, 2000, 100)).toBeLessThanOrEqual(10);
    expect(overloaded(1.2, 2000, 100)).toBeGreaterThanOrEqual(95);
  });

  it("10,000 requests: none is judged wrongly", () => {
    expect(overloaded(0.9, 10_000, 40)).toBe(0);
    expect(overloaded(1.2, 10_000, 40)).toBe(40);
  });
});
