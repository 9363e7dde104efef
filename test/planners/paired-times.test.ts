import { describe, expect, test } from "vitest";
import type { ResultRows } from "../../host/core/simulation.js";
import { PAIRED_BATCHES, PairedTimes } from "../../host/planners/paired-times.js";

function rows(ttftMs: readonly number[]): ResultRows {
  return { count: ttftMs.length, ttft: Float64Array.from(ttftMs, (ms) => ms * 1e6) } as ResultRows;
}

function taken(ttftMs: readonly number[], first = 0, pieces = 1): PairedTimes {
  const times = new PairedTimes(ttftMs.length, first);
  const size = Math.ceil(ttftMs.length / pieces);
  for (let at = 0; at < ttftMs.length; at += size) times.take(rows(ttftMs.slice(at, at + size)));
  return times;
}

const rising = Array.from({ length: 2000 }, (_, i) => i + 1);

describe("the batches of a run", () => {
  test("are consecutive, with the P99, the mean and the share in time of each", () => {
    const batches = taken(rising).batches(300);
    expect(batches).toHaveLength(PAIRED_BATCHES);
    expect(batches[0]).toEqual({ p99Ms: 198, meanMs: 100.5, attainment: 1 });
    expect(batches[1]).toEqual({ p99Ms: 398, meanMs: 300.5, attainment: 0.5 });
    expect(batches[9]).toMatchObject({ attainment: 0 });
  });

  test("are the same however the rows come", () => {
    expect(taken(rising, 100, 7).batches(300)).toEqual(taken(rising, 100).batches(300));
  });

  test("leave the warm-up out", () => {
    expect(taken([...new Array<number>(500).fill(9e9), ...rising], 500).batches(300)).toEqual(
      taken(rising).batches(300),
    );
  });

  test("count what was never served as late, and leave it out of the mean", () => {
    const [first] = taken(rising.map((ms) => (ms % 2 === 0 ? Infinity : ms))).batches(1e9);
    expect(first).toEqual({ p99Ms: null, meanMs: 100, attainment: 0.5 });
  });

  test("have no P99 where they are short", () => {
    expect(taken(rising.slice(0, 500)).batches(300)[0]).toMatchObject({ p99Ms: null, attainment: 1 });
  });

  test("of no request are empty", () => {
    expect(taken([]).batches(300)[0]).toEqual({ p99Ms: null, meanMs: null, attainment: null });
  });

  test("of long runs are of one request in several", () => {
    const count = 3 * 2 ** 20;
    const times = new PairedTimes(count, 0);
    const piece = rows(Array.from({ length: 2 ** 16 }, () => 0));
    for (let at = 0; at < count; at += piece.count) {
      for (let i = 0; i < piece.count; i++) piece.ttft[i] = ((at + i) % 3) * 1e6;
      times.take(piece);
    }
    for (const { meanMs, attainment } of times.batches(0)) expect([meanMs, attainment]).toEqual([0, 1]);
  });
});
