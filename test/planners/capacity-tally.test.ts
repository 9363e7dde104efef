import { describe, expect, test } from "vitest";
import { NEVER, NOT_APPLICABLE, STATUS_COMPLETED, STATUS_QUEUE_FULL } from "../../assembly/contract.js";
import type { ResultRows } from "../../host/core/simulation.js";
import { combineAttained, type RequestLimits, Tally } from "../../host/planners/capacity-tally.js";

/** Settled requests of `[ttft, tpot, e2e]` in ms; `null`: turned away. */
function rows(requests: readonly (readonly [number, number, number] | null)[]): ResultRows {
  const column = (index: number) =>
    Float64Array.from(requests, (times) => {
      if (times === null) return NEVER;
      return times[index] === NOT_APPLICABLE ? NOT_APPLICABLE : times[index]! * 1e6;
    });
  const none = new Uint32Array(requests.length);
  return {
    count: requests.length,
    arrival: new Float64Array(requests.length),
    inputTokens: none,
    outputTokens: none,
    pool: new Int32Array(requests.length),
    replica: new Int32Array(requests.length),
    status: Uint8Array.from(requests, (times) => (times === null ? STATUS_QUEUE_FULL : STATUS_COMPLETED)),
    queueWait: new Float64Array(requests.length),
    ttft: column(0),
    tpot: column(1),
    e2e: column(2),
    preemptions: new Uint16Array(requests.length),
  };
}

function read(limits: RequestLimits, requests: Parameters<typeof rows>[0], { warmup = 0, share = 0.5 } = {}) {
  const tally = new Tally(limits);
  tally.add(rows(requests.slice(0, 2)));
  tally.add(rows(requests.slice(2)));
  return tally.read(warmup, share);
}

describe("a tally", () => {
  test("counts a request that exceeds several limits once, and one at the limit as within", () => {
    const attained = read({ ttft: 10, tpot: 1 }, [
      [10, 1, 0],
      [11, 2, 0],
      [11, 1, 0],
      [10, 2, 0],
    ]);
    expect(attained).toMatchObject({ measured: 4, attainment: 0.25, lost: 0 });
    expect(attained.limits.map(({ limit, missed }) => [limit, missed])).toEqual([
      ["ttft", 0.5],
      ["tpot", 0.5],
    ]);
  });

  test("counts requests that were turned away as late, and ranks them behind all others", () => {
    const attained = read({ ttft: 10 }, [[5, 1, 1], null, [7, 1, 1], null, null], { share: 0.6 });
    expect(attained).toMatchObject({ attainment: 0.4, lost: 0.6 });
    expect(attained.limits[0]).toMatchObject({ missed: 0.6, value_ms: null, value_ci95_ms: null });
  });

  test("needs no limit to count them", () => {
    expect(read({}, [[5, 1, 1], null, [7, 1, 1], null])).toMatchObject({ attainment: 0.5, lost: 0.5, limits: [] });
  });

  test("leaves requests of one token out of the times per output token", () => {
    const attained = read({ tpot: 5 }, [
      [1, NOT_APPLICABLE, 1],
      [1, 4, 1],
      [1, NOT_APPLICABLE, 1],
      [1, 6, 1],
    ]);
    expect(attained.attainment).toBe(0.75);
    expect(attained.limits[0]).toMatchObject({ missed: 0.25, value_ms: 4 });
  });

  test("does not measure the warm-up", () => {
    const attained = read(
      { e2e: 10 },
      [...Array<[number, number, number]>(10).fill([1, 1, 99]), [1, 1, 5], [1, 1, 6]],
      {
        warmup: 0.84,
      },
    );
    expect(attained).toMatchObject({ measured: 2, attainment: 1 });
    expect(attained.limits[0]!.value_ms).toBe(5);
  });

  test("has intervals that hold the exact percentile and share, and shrink with the number of requests", () => {
    const of = (count: number) =>
      read(
        { ttft: 990 },
        // A permutation of 1 to `count`, scaled to 1000 ms: its P99 is 990.
        Array.from({ length: count }, (_, i) => [((((i * 7919) % count) + 1) * 1000) / count, 1, 1] as const),
        { share: 0.99 },
      );
    const few = of(1000);
    const many = of(64_000);
    expect(many.attainment).toBe(0.99);
    expect(many.limits[0]!.value_ms).toBeCloseTo(990, 9);
    for (const { attainment_ci95: share, limits } of [few, many]) {
      expect(share[0]).toBeLessThanOrEqual(0.99);
      expect(share[1]).toBeGreaterThanOrEqual(0.99);
      expect(limits[0]!.value_ci95_ms![0]).toBeLessThan(990);
      expect(limits[0]!.value_ci95_ms![1]).toBeGreaterThan(990);
    }
    const width = ({ attainment_ci95: [low, high] }: typeof few) => high - low;
    expect(width(many)).toBeLessThan(0.2 * width(few));
  });

  test("grows with what it is given", () => {
    const tally = new Tally({ ttft: 10 });
    const one = rows(Array.from({ length: 30_000 }, () => [1, 1, 1] as const));
    for (let i = 0; i < 5; i++) tally.add(one);
    expect(tally.read(0.1, 0.99)).toMatchObject({ measured: 135_000, attainment: 1 });
  });
});

describe("several runs", () => {
  const run = (late: number) =>
    read(
      { ttft: 10 },
      Array.from({ length: 10 }, (_, i) => [i < late ? 20 : 5, 1, 1] as const),
      { share: 0.7 },
    );

  test("come to their means, with an interval from their spread", () => {
    const { measured, attainment, attainment_ci95: interval } = combineAttained([run(1), run(2), run(3)]);
    expect(measured).toBe(30);
    expect(attainment).toBeCloseTo(0.8, 12);
    // Student's t with two degrees of freedom: 4.303 * 0.1 / sqrt(3).
    expect(interval[0]).toBeCloseTo(0.8 - 0.2484, 3);
    expect(interval[1]).toBe(1);
  });

  test("are that run if there is one", () => {
    const one = run(2);
    expect(combineAttained([one])).toBe(one);
  });

  test("have no percentile where one of them has none", () => {
    const lost = read({ ttft: 10 }, Array<null>(10).fill(null), { share: 0.7 });
    expect(combineAttained([run(1), lost]).limits[0]).toMatchObject({ value_ms: null, value_ci95_ms: null });
  });
});
