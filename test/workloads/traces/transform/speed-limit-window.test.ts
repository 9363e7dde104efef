import { describe, expect, test } from "vitest";
import { collect, sourceOf, steadyRows, type RequestRow } from "../collect.js";
import { limit } from "../../../../host/workloads/traces/transform/limit.js";
import { speed } from "../../../../host/workloads/traces/transform/speed.js";
import { timeWindow } from "../../../../host/workloads/traces/transform/time-window.js";
import { InputError } from "../../../../host/specs/input-error.js";
import type { RequestSource } from "../../../../host/workloads/requests.js";

const rows: RequestRow[] = [
  [0, 1, 1, "a", "code"],
  [1, 2, 1, "b", ""],
  [1, 3, 1, "", "prose"],
  [4, 4, 1, "a", "prose"],
];
const blocks = [[1], [], [2, 3], [4, 5, 6]];

/** A source that fails when more than its first chunk is read. */
function onlyOneChunk(size: number): RequestSource {
  const source = sourceOf(steadyRows(2 * size), size);
  async function* chunks() {
    let read = 0;
    for await (const chunk of source.chunks()) {
      if (read++ > 0) throw new Error("read too far");
      yield chunk;
    }
  }
  return { labels: source.labels, categories: source.categories, chunks };
}

describe("speed", () => {
  test("divides arrivals and leaves the rest", async () => {
    const fast = await collect(speed(sourceOf(rows, 3, blocks), 4));
    expect(fast.rows.map((row) => row[0])).toEqual([0, 0.25, 0.25, 1]);
    expect(fast.rows.map((row) => row.slice(1))).toEqual(rows.map((row) => row.slice(1)));
    expect(fast.blocks).toEqual(blocks);
  });

  test("does not write to what the source lends", async () => {
    const source = sourceOf(rows);
    const lent: Float64Array[] = [];
    async function* lend() {
      for await (const chunk of source.chunks()) {
        lent.push(chunk.arrivalS);
        yield chunk;
      }
    }
    await collect(speed({ ...source, chunks: lend }, 2));
    expect(lent.map((arrivalS) => [...arrivalS])).toEqual([[0, 1, 1, 4]]);
  });

  test.each([0, -1, NaN, Infinity])("%d is refused", (factor) => {
    expect(() => speed(sourceOf(rows), factor)).toThrow(InputError);
  });
});

describe("limit", () => {
  test.each([1, 2, 3, 4])("the first %d of 4", async (requests) => {
    const { rows: found, blocks: ids } = await collect(limit(sourceOf(rows, 2, blocks), requests));
    expect(found).toEqual(rows.slice(0, requests));
    expect(ids).toEqual(blocks.slice(0, requests));
  });

  test("more than there are gives all", async () => {
    expect((await collect(limit(sourceOf(rows), 9))).rows).toEqual(rows);
  });

  test("reads no further", async () => {
    expect((await collect(limit(onlyOneChunk(10), 10))).rows).toHaveLength(10);
  });

  test.each([0, -1, 1.5, NaN, Infinity])("%d is refused", (requests) => {
    expect(() => limit(sourceOf(rows), requests)).toThrow(/^limit: is .*; allowed is a whole number from 1/);
  });
});

describe("timeWindow", () => {
  test("keeps from <= t < to, counted from there", async () => {
    const window = timeWindow(sourceOf(rows, 2, blocks), { fromS: 0.5, toS: 4 });
    const { rows: found, blocks: ids } = await collect(window);
    expect(found).toEqual([
      [0.5, 2, 1, "b", ""],
      [0.5, 3, 1, "", "prose"],
    ]);
    expect(ids).toEqual([[], [2, 3]]);
  });

  test("without bounds is the source", async () => {
    expect((await collect(timeWindow(sourceOf(rows), {}))).rows).toEqual(rows);
  });

  test("of a time without requests is empty", async () => {
    expect((await collect(timeWindow(sourceOf(rows), { fromS: 2, toS: 3 }))).rows).toEqual([]);
  });

  test("reads no further", async () => {
    expect((await collect(timeWindow(onlyOneChunk(10), { toS: 0.85 }))).rows).toHaveLength(9);
  });

  test.each([{ fromS: -1 }, { fromS: NaN }, { fromS: Infinity }, { fromS: 2, toS: 2 }, { toS: NaN }])(
    "%j is refused",
    (window) => {
      expect(() => timeWindow(sourceOf(rows), window)).toThrow(InputError);
    },
  );
});
