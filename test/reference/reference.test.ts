/** Sections "Time" and "From arrival to end", worked out by hand. */
import { describe, expect, it } from "vitest";
import type { Request } from "./case.js";
import { play, pool, request, SECOND, seconds } from "./examples.js";

function starts(result: ReturnType<typeof play>): (number | null)[] {
  return result.requests.map((row) => (row.startTick === null ? null : row.startTick / SECOND));
}

describe("one queue", () => {
  it("D/D/1 above capacity: every wait is one second longer than the last", () => {
    const requests = Array.from({ length: 20 }, (_, i) => request(2 * i, 3));
    const result = play([pool()], requests);
    expect(seconds(result, "waitTicks")).toEqual(requests.map((_, i) => i));
  });

  it("D/D/1 at capacity: nobody waits", () => {
    const requests = Array.from({ length: 20 }, (_, i) => request(3 * i, 3));
    expect(seconds(play([pool()], requests), "waitTicks")).toEqual(requests.map(() => 0));
  });

  it("D/D/2: pairs that arrive together never wait", () => {
    const requests = Array.from({ length: 20 }, (_, i) => request(3 * Math.floor(i / 2), 3));
    expect(seconds(play([pool({ slots: 2 })], requests), "waitTicks")).toEqual(requests.map(() => 0));
  });

  it("serves in the order of reaching the pool", () => {
    const result = play([pool()], [request(0, 10), request(1, 5), request(2, 2), request(3, 4)]);
    expect(starts(result)).toEqual([0, 10, 15, 17]);
  });

  it("gives the figures of a request", () => {
    const result = play([pool({ chunk: 2 })], [request(0, 4), { ...request(1, 0), input: 5, output: 2 }]);
    expect(seconds(result, "waitTicks")).toEqual([0, 3]);
    expect(seconds(result, "ttftTicks")).toEqual([1, 6]);
    expect(seconds(result, "tpotTicks")).toEqual([1, 1]);
    expect(seconds(result, "e2eTicks")).toEqual([4, 8]);
  });

  it("rounds TPOT down", () => {
    const result = play([pool({ W: 1.4e-9 })], [request(0, 4)]);
    // Three tokens of 1.4 ns: 4.2 ns, 4 ticks, 1 tick each.
    expect(result.requests[0]!.tpotTicks).toBe(1);
  });

  it("leaves TPOT out where there is no output token", () => {
    expect(play([pool()], [request(0, 1)]).requests[0]).toMatchObject({ status: "completed", tpotTicks: null });
  });
});

describe("order at one tick", () => {
  it("completions come before arrivals", () => {
    const result = play([pool({ maxQueue: 0 })], [request(0, 2), request(2, 2)]);
    expect(result.fleet.completed).toBe(2);
  });

  it("a service of no ticks ends before the next arrival at its tick", () => {
    const requests = [request(1, 2), request(1, 2), request(1, 2)];
    const result = play([pool({ W: 1e-12, maxQueue: 0 })], requests);
    expect(result.fleet.completed).toBe(3);
  });

  const compressing = {
    type: "compress_route",
    bShort: 4,
    gamma: 2,
    pCompress: 1,
    safeCategories: [0],
    compressLatencyS: 3,
  } as const;

  it("completions come before compressed requests", () => {
    const requests: Request[] = [request(0, 3), { ...request(0, 0), input: 4, output: 1 }];
    expect(play([pool({ maxQueue: 0 })], requests, { router: compressing }).fleet.completed).toBe(2);
  });

  it("compressed requests come before arrivals", () => {
    const requests: Request[] = [
      request(0, 3),
      { ...request(0, 0), input: 4, output: 1 },
      request(3, 2),
      request(3, 2),
    ];
    const result = play([pool({ maxQueue: 1 })], requests, { router: compressing });
    // At 3 s the first completes, the compressed one takes its slot, the third waits and finds the fourth no room.
    expect(starts(result)).toEqual([0, 3, 7, null]);
    expect(result.requests.map((row) => row.reason)).toEqual([null, null, null, "queue_full"]);
  });

  it("compressed requests of one tick keep the order in which they arrived", () => {
    const long = { ...request(0, 0), input: 4, output: 1 };
    const result = play([pool()], [long, long], { router: compressing });
    expect(starts(result)).toEqual([3, 7]);
  });

  it("a compressed request without delay is at its pool before the next arrival", () => {
    const long = { ...request(0, 0), input: 4, output: 1 };
    const result = play([pool()], [long, request(0, 2)], { router: { ...compressing, compressLatencyS: 0 } });
    expect(starts(result)).toEqual([0, 4]);
  });

  it("counts a compressed request's wait from its pool, and TTFT and E2E from its arrival", () => {
    const long = { ...request(1, 0), input: 4, output: 1 };
    const result = play([pool()], [request(0, 4), request(0, 2), long], { router: compressing });
    // It reaches the pool at 4 s and starts at 6 s; what is left of it is 3 + 1 tokens.
    expect([result.requests[2]!.waitTicks, result.requests[2]!.ttftTicks, result.requests[2]!.e2eTicks]).toEqual([
      2 * SECOND,
      8 * SECOND,
      9 * SECOND,
    ]);
  });

  it("completions go by lowest replica, so the head of a shared queue starts at the lowest", () => {
    const requests = [request(0, 2), request(0, 5), request(2, 3), request(2, 2), request(2, 2)];
    const result = play([pool({ replicas: 2, queue: "shared" })], requests);
    // The fourth and fifth wait; at 5 s replica 0 ends its second request and replica 1 its first.
    expect(result.requests.map((row) => row.replica)).toEqual([0, 1, 0, 0, 1]);
    expect(starts(result)).toEqual([0, 0, 2, 5, 5]);
  });
});

describe("KV blocks", () => {
  it("hold the head back while a slot is idle, and nobody overtakes it", () => {
    const requests = [request(0, 6), request(1, 6), request(2, 2)];
    const result = play([pool({ slots: 3, kvBlocks: 10 })], requests);
    expect(starts(result)).toEqual([0, 6, 6]);
  });

  it("are free at the tick of completion, for as many heads as fit", () => {
    const requests = [request(0, 10), request(1, 5), request(2, 5), request(3, 1)];
    const result = play([pool({ slots: 5, kvBlocks: 10 })], requests);
    expect(starts(result)).toEqual([0, 10, 10, 15]);
  });

  it("count by whole blocks", () => {
    const requests = [request(0, 5), request(0, 5), request(0, 5)];
    // 5 tokens are 2 blocks of 4.
    expect(starts(play([pool({ slots: 3, kvBlocks: 4, blockSize: 4 })], requests))).toEqual([0, 0, 5]);
  });

  it("of one replica are of no use to the queue of another", () => {
    const requests = [request(0, 8), request(0, 4), request(0, 8)];
    const pools = [pool({ replicas: 2, slots: 2, kvBlocks: 10, balance: "round_robin" })];
    expect(starts(play(pools, requests))).toEqual([0, 0, 8]);
  });
});

describe("shared queue", () => {
  it("starts at the replica with the fewest requests in service, the lowest of equal ones", () => {
    const requests = [request(0, 9), request(0, 9), request(0, 9), request(1, 9)];
    const result = play([pool({ replicas: 3, slots: 2, queue: "shared" })], requests);
    expect(result.requests.map((row) => row.replica)).toEqual([0, 1, 2, 0]);
  });

  it("waits if the blocks of that replica do not do, even where another's would", () => {
    const requests = [request(0, 9), request(0, 2), request(0, 2), request(1, 4)];
    const pools = [pool({ replicas: 2, slots: 4, kvBlocks: 10, queue: "shared" })];
    const result = play(pools, requests);
    // The third is for replica 0, which has one block free. It and the fourth wait until replica 1 completes at 2 s.
    expect(result.requests.map((row) => row.replica)).toEqual([0, 1, 1, 1]);
    expect(starts(result)).toEqual([0, 0, 2, 2]);
  });

  it("offers what a completion freed to the head at that replica alone", () => {
    const requests = [
      request(0, 15, { input: 10, output: 5 }),
      request(0, 6),
      request(0, 2),
      request(0, 6),
      request(0, 6, { input: 5, output: 1 }),
    ];
    const pools = [pool({ replicas: 2, slots: 3, kvBlocks: 20, chunk: 100, queue: "shared" })];
    const result = play(pools, requests);
    // 17 and 12 blocks in use when the last arrives; 15 and 12 from 2 s, when replica 0 completes; 0 and 12 at 6 s.
    expect(result.requests.map((row) => row.replica)).toEqual([0, 1, 0, 1, 0]);
    expect(starts(result)).toEqual([0, 0, 0, 0, 6]);
  });

  it("rejects without naming a replica", () => {
    const result = play([pool({ queue: "shared", maxQueue: 0 })], [request(0, 2), request(1, 2)]);
    expect(result.requests[1]).toMatchObject({ status: "rejected", reason: "queue_full", pool: 0, replica: -1 });
  });
});

describe("rejection", () => {
  it("for a full queue names pool and replica", () => {
    const result = play(
      [pool({ replicas: 2, maxQueue: 1 })],
      [0, 0, 0, 0, 0].map((at) => request(at, 4)),
    );
    expect(result.requests[4]).toMatchObject({ status: "rejected", reason: "queue_full", pool: 0, replica: 0 });
    expect(result.requests[4]).toMatchObject({ waitTicks: null, ttftTicks: null, tpotTicks: null, e2eTicks: null });
  });

  it("by a queue of no places leaves a loss system", () => {
    const result = play(
      [pool({ slots: 2, maxQueue: 0 })],
      [0, 1, 2, 3, 4, 5].map((at) => request(at, 3)),
    );
    expect(result.requests.map((row) => row.status === "completed")).toEqual([true, true, false, true, true, false]);
  });

  it("as too long for its pool where another would hold it", () => {
    const pools = [pool({ maxCtx: 10 }), pool({ maxCtx: 20 })];
    const result = play(pools, [request(0, 15, { label: 0 })], { router: { type: "model", defaultPool: 1 } });
    expect(result.requests[0]).toMatchObject({ reason: "too_long_for_pool", pool: 0, replica: -1 });
    expect(result.pools[0]!.rejected.too_long_for_pool).toBe(1);
  });

  it("as too long for every pool counts in the fleet alone", () => {
    const pools = [pool({ maxCtx: 10 }), pool({ maxCtx: 20 })];
    const result = play(pools, [request(0, 21, { label: 0 })], { router: { type: "model", defaultPool: 1 } });
    expect(result.requests[0]).toMatchObject({ reason: "too_long_for_every_pool", pool: -1, replica: -1 });
    expect(result.pools.map((figures) => figures.arrived)).toEqual([0, 0]);
    expect([result.noPool.arrived, result.fleet.arrived]).toEqual([1, 1]);
  });

  it("holds a request of exactly max_ctx", () => {
    expect(play([pool({ maxCtx: 10 })], [request(0, 10)]).fleet.completed).toBe(1);
  });
});

describe("horizon", () => {
  it("lets events and arrivals at its tick happen, and none after", () => {
    const result = play([pool()], [request(0, 5), request(5, 2), request(6, 2)], { horizonS: 5 });
    expect(result.requests.map((row) => row.status)).toEqual(["completed", "unfinished"]);
    expect(result.fleet.arrived).toBe(2);
  });

  it("keeps the figures reached by then", () => {
    const requests = [request(0, 4, { input: 3, output: 7 }), request(1, 4)];
    const prefilled = play([pool()], requests, { horizonS: 3 }).requests;
    expect(prefilled[0]).toMatchObject({ waitTicks: 0, ttftTicks: 3 * SECOND, tpotTicks: null, e2eTicks: null });
    expect(prefilled[1]).toMatchObject({ status: "unfinished", replica: 0, waitTicks: null, ttftTicks: null });
    const earlier = play([pool()], requests, { horizonS: 2.5 }).requests;
    expect(earlier[0]).toMatchObject({ waitTicks: 0, ttftTicks: null });
  });

  it("leaves compressed requests on their way unfinished, in the pool they were bound for", () => {
    const router = {
      type: "compress_route",
      bShort: 4,
      gamma: 2,
      pCompress: 1,
      safeCategories: [0],
      compressLatencyS: 3,
    } as const;
    const long = { ...request(0, 0), input: 4, output: 1 };
    const result = play([pool()], [long], { router, horizonS: 2 });
    expect(result.requests[0]).toMatchObject({ status: "unfinished", pool: 0, replica: -1, reachTick: null });
    expect(result.pools[0]).toMatchObject({ arrived: 1, unfinished: 1, toEnd: { inSystem: 0 } });
  });

  it("is where the run ends, even if all was served before", () => {
    expect(play([pool()], [request(0, 2)], { horizonS: 100 }).endTick).toBe(100 * SECOND);
    expect(play([pool()], [request(0, 2)]).endTick).toBe(2 * SECOND);
  });
});

it("refuses arrivals that are not in order", () => {
  expect(() => play([pool()], [request(1, 2), request(0, 2)])).toThrow("request 1 arrives too early");
});
