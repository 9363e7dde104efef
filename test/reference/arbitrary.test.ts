/** The generator is worth what it meets: each situation that the rules tell apart must come up often. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { arbitraryCase } from "./arbitrary.js";
import type { Case } from "./case.js";
import type { ReferenceResult } from "./figures.js";
import { simulateCase } from "./simulate.js";

const CASES = 500;

let met: { one: Case; result: ReferenceResult }[];

beforeAll(() => {
  const cases = fc.sample(arbitraryCase(), { seed: 7, numRuns: CASES });
  met = cases.map((one) => ({ one, result: simulateCase(one) }));
});

function ticks(result: ReferenceResult, key: "arrivalTick" | "endTick" | "reachTick"): Set<number> {
  return new Set(result.requests.flatMap((row) => row[key] ?? []));
}

const situations: Record<string, (result: ReferenceResult, one: Case) => boolean> = {
  "a completion and an arrival at one tick": (result) => {
    const ends = ticks(result, "endTick");
    return result.requests.some((row) => ends.has(row.arrivalTick));
  },
  "a compressed request and an arrival at one tick": (result) => {
    const arrivals = ticks(result, "arrivalTick");
    return result.requests.some((row) => row.compressed && row.reachTick !== null && arrivals.has(row.reachTick));
  },
  "a compressed request and a completion at one tick": (result) => {
    const ends = ticks(result, "endTick");
    return result.requests.some((row) => row.compressed && row.reachTick !== null && ends.has(row.reachTick));
  },
  "two completions of one pool at one tick": (result) =>
    result.pools.some((_, pool) => {
      const ends = result.requests.flatMap((row) => (row.pool === pool ? (row.endTick ?? []) : []));
      return new Set(ends).size < ends.length;
    }),
  waiting: (result) => result.requests.some((row) => row.waitTicks !== null && row.waitTicks > 0),
  "waiting for KV blocks with a slot idle": (result, { fleet }) =>
    result.requests.some((row) => {
      if (row.reachTick === null || row.startTick === row.reachTick || row.replica < 0) return false;
      const busy = result.requests.filter(
        (other) =>
          other.pool === row.pool &&
          other.replica === row.replica &&
          other.startTick !== null &&
          other.startTick <= row.reachTick! &&
          (other.endTick ?? Infinity) > row.reachTick!,
      );
      const queued = result.requests.some(
        (other) => other.pool === row.pool && other !== row && other.reachTick === row.reachTick,
      );
      return !queued && row.status !== "rejected" && busy.length < fleet.pools[row.pool]!.slots;
    }),
  "a full queue": (result) => result.fleet.rejected.queue_full > 0,
  "too long for its pool": (result) => result.fleet.rejected.too_long_for_pool > 0,
  "too long for every pool": (result) => result.fleet.rejected.too_long_for_every_pool > 0,
  compression: (result) => result.fleet.compressed > 0,
  "the default pool": (result) => result.fleet.byDefault > 0,
  "unfinished requests": (result) => result.fleet.unfinished > 0,
  "a service of no ticks": (result) =>
    result.requests.some((row) => row.endTick !== null && row.endTick === row.startTick),
  "no request": (_, { requests }) => requests.length === 0,
  "more than 100 requests": (_, { requests }) => requests.length > 100,
  "most requests completed": (result) => result.fleet.completed > 0.8 * result.fleet.arrived,
};

describe("random cases meet", () => {
  it.each(Object.keys(situations))("%s", (name) => {
    const share = met.filter(({ one, result }) => situations[name]!(result, one)).length / CASES;
    expect(share).toBeGreaterThan(name === "no request" ? 0.002 : 0.015);
  });

  it.each(["length", "compress_route", "spillover", "least_loaded", "model", "semantic", "random", "round_robin"])(
    "router %s",
    (type) => {
      expect(met.filter(({ one }) => one.fleet.router.type === type).length / CASES).toBeGreaterThan(0.02);
    },
  );
});

it("every pool of a random case can hold its longest request in KV blocks", () => {
  for (const { one } of met) {
    for (const pool of one.fleet.pools) {
      expect(pool.kvBlocks).toBeGreaterThanOrEqual(Math.ceil(pool.maxCtx / pool.blockSize));
    }
  }
});

it("shrinks to the few requests that matter", () => {
  const outcome = fc.check(
    fc.property(arbitraryCase(), (one) => simulateCase(one).fleet.rejected.queue_full === 0),
    { seed: 3, numRuns: 1000 },
  );
  expect(outcome.failed).toBe(true);
  expect(outcome.counterexample![0].requests.length).toBeLessThanOrEqual(3);
  expect(outcome.counterexample![0].fleet.pools).toHaveLength(1);
});
