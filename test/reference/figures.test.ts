/** Section "What is measured", worked out by hand. */
import { describe, expect, it } from "vitest";
import { play, pool, request, SECOND } from "./examples.js";
import { percentile, PERCENTILES } from "./figures.js";

describe("percentiles", () => {
  // Waits of 0, 1, 2 and 3 s, then a rejection.
  const queue = () =>
    play(
      [pool({ maxQueue: 3 })],
      [0, 0, 0, 0, 0].map((at) => request(at, 1)),
    );

  it("are the value of rank ceil(p n)", () => {
    const { requests } = queue();
    expect([0.01, 0.2, 0.21, 0.4, 0.8].map((p) => percentile(requests, "waitTicks", p)! / SECOND)).toEqual([
      0, 0, 1, 1, 3,
    ]);
  });

  it("rank requests without the figure last, and are null there", () => {
    const { requests } = queue();
    expect(percentile(requests, "waitTicks", 0.81)).toBeNull();
    expect(percentile(requests, "waitTicks", 1)).toBeNull();
  });

  it("stand beside those of completed requests alone", () => {
    const { fleet } = queue();
    const p99 = PERCENTILES.indexOf(0.99);
    expect(fleet.percentiles.waitTicks[p99]).toBeNull();
    expect(fleet.percentilesOfCompleted.waitTicks[p99]).toBe(3 * SECOND);
  });

  it("leave the warm-up out", () => {
    const result = play(
      [pool()],
      [0, 0, 0, 0, 0].map((at) => request(at, 1)),
      { warmup: 0.5 },
    );
    expect(result.firstMeasured).toBe(2);
    expect(result.fleet.percentiles.waitTicks[PERCENTILES.indexOf(0.5)]).toBe(3 * SECOND);
    expect(result.fleet.completed).toBe(5);
  });

  it("of nothing are null", () => {
    expect(percentile([], "e2eTicks", 0.5)).toBeNull();
    expect(play([pool()], []).fleet.percentiles.e2eTicks).toEqual([null, null, null, null]);
  });

  it("of a pool are over the requests of that pool", () => {
    const requests = [request(0, 2, { label: 0 }), request(0, 5, { label: 1 })];
    const result = play([pool(), pool()], requests, { router: { type: "model", defaultPool: 0 } });
    expect(result.pools.map((figures) => figures.percentiles.e2eTicks[0])).toEqual([2 * SECOND, 5 * SECOND]);
    expect(result.fleet.percentiles.e2eTicks).toEqual([2, 5, 5, 5].map((s) => s * SECOND));
  });
});

describe("time integrals", () => {
  it("run to the last arrival and to the end", () => {
    const result = play([pool({ slots: 2, kvBlocks: 8 })], [request(0, 4), request(1, 3), request(2, 5)]);
    // Busy: 4 + 3 + 5 s; blocks: 4 * 4 + 3 * 3 + 5 * 5; the third waits from 2 to 4 s.
    expect(result.pools[0]!.toEnd).toEqual({
      busySlots: 12 * SECOND,
      kvBlocks: 50 * SECOND,
      waiting: 2 * SECOND,
      inSystem: 14 * SECOND,
    });
    expect(result.pools[0]!.toLastArrival).toEqual({
      busySlots: 3 * SECOND,
      kvBlocks: 11 * SECOND,
      waiting: 0,
      inSystem: 3 * SECOND,
    });
    expect(result.endTick).toBe(9 * SECOND);
  });

  it("end at the horizon", () => {
    const { toEnd, unfinished } = play([pool()], [request(0, 4), request(1, 4)], { horizonS: 3 }).fleet;
    expect(toEnd).toEqual({ busySlots: 3 * SECOND, kvBlocks: 12 * SECOND, waiting: 2 * SECOND, inSystem: 5 * SECOND });
    expect(unfinished).toBe(2);
  });

  it("refuse to grow beyond exact integers", () => {
    expect(() => play([pool({ W: 1e8 })], [request(0, 1)])).toThrow("no longer an exact integer");
  });
});

it("counts the output tokens of completed requests alone", () => {
  const result = play([pool({ maxQueue: 0 })], [request(0, 4), request(0, 6), request(5, 9)], { horizonS: 9 });
  expect(result.fleet.outputTokens).toBe(3);
  expect(result.fleet).toMatchObject({ arrived: 3, completed: 1, unfinished: 1, rejected: { queue_full: 1 } });
});

it("gives an empty run no first and last arrival", () => {
  expect(play([pool()], [])).toMatchObject({ requests: [], firstArrivalTick: null, lastArrivalTick: null, endTick: 0 });
});
