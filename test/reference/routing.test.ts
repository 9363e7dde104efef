/** Section "Routers", worked out by hand. */
import { describe, expect, it } from "vitest";
import type { Pool, Request, Router } from "./case.js";
import { play, pool, request } from "./examples.js";

function poolsTaken(pools: readonly Pool[], router: Router, requests: readonly Request[]): number[] {
  return play(pools, requests, { router }).requests.map((row) => row.pool);
}

/** Largest first, so that order by size and order in the file differ; two of equal size. */
const THREE = [pool({ maxCtx: 30 }), pool({ maxCtx: 10 }), pool({ maxCtx: 10 })];

const at = (tokens: readonly number[]) => tokens.map((n) => request(0, n));

describe("length", () => {
  it("without a threshold takes the smallest that holds", () => {
    expect(poolsTaken(THREE, { type: "length", threshold: null, by: "total" }, at([5, 10, 11, 30, 31]))).toEqual([
      1, 1, 0, 0, -1,
    ]);
  });

  it("with a threshold takes the smallest up to it and another above", () => {
    const router: Router = { type: "length", threshold: 6, by: "total" };
    expect(poolsTaken(THREE, router, at([6, 7, 10, 11, 31]))).toEqual([1, 2, 2, 0, -1]);
  });

  it("below the threshold takes the smallest even if that does not hold it", () => {
    const result = play(THREE, at([20]), { router: { type: "length", threshold: 25, by: "total" } });
    expect(result.requests[0]).toMatchObject({ pool: 1, reason: "too_long_for_pool" });
  });

  it("by input compares the input alone", () => {
    const router: Router = { type: "length", threshold: 6, by: "input" };
    const requests = [request(0, 0, { input: 6, output: 4 }), request(0, 0, { input: 7, output: 1 })];
    expect(poolsTaken(THREE, router, requests)).toEqual([1, 2]);
  });

  it("with one pool takes that pool above the threshold too", () => {
    expect(poolsTaken([pool({ maxCtx: 30 })], { type: "length", threshold: 6, by: "total" }, at([5, 20]))).toEqual([
      0, 0,
    ]);
  });
});

describe("compress_route", () => {
  const router = {
    type: "compress_route",
    bShort: 10,
    gamma: 1.5,
    pCompress: 1,
    safeCategories: [3],
    compressLatencyS: 0,
  } as const;
  const safe = (input: number, output: number): Request => ({ arrivalS: 0, input, output, label: -1, category: 3 });

  it("compresses safe requests a little above the boundary to its length", () => {
    const result = play(THREE, [safe(5, 5), safe(10, 5), safe(11, 5)], { router });
    expect(result.requests.map((row) => row.pool)).toEqual([1, 1, 0]);
    expect(result.requests.map((row) => row.compressed)).toEqual([false, true, false]);
    expect(result.requests[1]!.blocks).toBe(10);
  });

  it("leaves other categories alone", () => {
    const result = play(THREE, [{ ...safe(10, 5), category: 4 }], { router });
    expect(result.requests[0]).toMatchObject({ pool: 0, compressed: false });
  });

  it("leaves at least one input token", () => {
    const result = play(THREE, [safe(2, 9), safe(2, 10)], { router });
    expect(result.requests.map((row) => row.compressed)).toEqual([true, false]);
  });

  it("compresses with probability p, drawn by ordinal", () => {
    const requests = Array.from({ length: 8 }, () => safe(10, 5));
    // uniform(compression, 0 ..) of seed 1: 0.605 0.519 0.364 0.949 0.558 0.694 0.915 0.185
    const result = play(THREE, requests, { router: { ...router, pCompress: 0.56 } });
    expect(result.requests.map((row) => row.compressed)).toEqual([false, true, true, false, true, false, false, true]);
    expect(result.pools[1]!.compressed).toBe(4);
  });

  it("judges by the compressed length whether a request is too long", () => {
    const pools = [pool({ maxCtx: 8 }), pool({ maxCtx: 9 })];
    const result = play(pools, [safe(10, 2)], { router });
    expect(result.requests[0]).toMatchObject({ compressed: true, pool: -1, reason: "too_long_for_every_pool" });
    expect(play([pool({ maxCtx: 8 }), pool({ maxCtx: 10 })], [safe(10, 2)], { router }).requests[0]).toMatchObject({
      pool: 0,
      reason: "too_long_for_pool",
    });
  });

  it("keeps a single pool above the boundary", () => {
    expect(play([pool()], [safe(100, 5)], { router }).requests[0]).toMatchObject({ pool: 0, status: "completed" });
  });

  it("does not count those on their way as outstanding", () => {
    const requests = [safe(10, 5), { ...safe(10, 5), arrivalS: 1 }];
    const result = play(THREE, requests, { router: { ...router, compressLatencyS: 5 } });
    expect(result.requests.map((row) => row.waitTicks)).toEqual([0, 9e9]);
    expect(result.pools[1]!.toLastArrival.inSystem).toBe(0);
  });
});

describe("spillover", () => {
  const router: Router = { type: "spillover", threshold: 8, spillThreshold: 1.5 };

  it("spills at the share of outstanding requests, waiting ones included", () => {
    const pools = [pool({ maxCtx: 30 }), pool({ maxCtx: 10, slots: 2 })];
    expect(poolsTaken(pools, router, at([5, 5, 5, 5, 5]))).toEqual([1, 1, 1, 0, 0]);
  });

  it("returns to the smallest pool when load is gone", () => {
    const pools = [pool({ maxCtx: 30 }), pool({ maxCtx: 10, slots: 2 })];
    expect(poolsTaken(pools, router, [...at([5, 5, 5, 5]), request(5, 5)])).toEqual([1, 1, 1, 0, 1]);
  });

  it("goes above the threshold like length", () => {
    expect(poolsTaken(THREE, router, at([8, 9, 11, 31]))).toEqual([1, 2, 0, -1]);
  });

  it("finds no pool, at whatever load, for what no pool holds", () => {
    const result = play([pool({ maxCtx: 4 }), pool({ maxCtx: 6 })], at([3, 3, 8]), {
      router: { type: "spillover", threshold: 8, spillThreshold: 1 },
    });
    expect(result.requests.map((row) => row.pool)).toEqual([0, 1, -1]);
    expect(result.requests[2]!.reason).toBe("too_long_for_every_pool");
  });

  it("with one pool never leaves it", () => {
    expect(poolsTaken([pool()], router, at([5, 5, 5, 50]))).toEqual([0, 0, 0, 0]);
  });
});

describe("least_loaded", () => {
  it("compares outstanding requests per slot, ties by the fleet's order", () => {
    const pools = [pool(), pool({ replicas: 2, slots: 2 })];
    expect(poolsTaken(pools, { type: "least_loaded" }, at([9, 9, 9, 9, 9, 9]))).toEqual([0, 1, 1, 1, 1, 0]);
  });

  it("asks only pools that hold the request", () => {
    expect(poolsTaken(THREE, { type: "least_loaded" }, at([20, 20, 31]))).toEqual([0, 0, -1]);
  });
});

describe("model and semantic", () => {
  it.each(["model", "semantic"] as const)("%s follows the label, or takes the default pool and counts it", (type) => {
    const requests = [request(0, 5, { label: 2 }), request(0, 5, { label: -1 }), request(0, 5, { label: 1 })];
    const result = play(THREE, requests, { router: { type, defaultPool: 1 } });
    expect(result.requests.map((row) => row.pool)).toEqual([2, 1, 1]);
    expect(result.pools.map((figures) => figures.byDefault)).toEqual([0, 1, 0]);
  });
});

describe("random", () => {
  it("draws by ordinal among those that hold the request, in the order of the fleet", () => {
    // uniform(routing, 0 ..) of seed 1: 0.009 0.600 0.650 0.211 0.546 0.901 0.538 0.098
    expect(poolsTaken(THREE, { type: "random" }, at([5, 5, 5, 20, 5, 5, 31, 5]))).toEqual([0, 1, 1, 0, 1, 2, -1, 0]);
  });
});

describe("round_robin", () => {
  it("takes the next that holds the request after the last one taken", () => {
    expect(poolsTaken(THREE, { type: "round_robin" }, at([5, 20, 5, 5, 31, 5, 5, 20]))).toEqual([
      0, 0, 1, 2, -1, 0, 1, 0,
    ]);
  });

  it("moves on from a pool that was full", () => {
    const pools = [pool({ maxQueue: 0 }), pool()];
    expect(poolsTaken(pools, { type: "round_robin" }, at([5, 5, 5, 5]))).toEqual([0, 1, 0, 1]);
  });
});
