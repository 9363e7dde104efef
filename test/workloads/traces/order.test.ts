import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { COLUMNS, HEADER, readTrace, testRandom } from "./collect.js";
import { LookAhead } from "../../../host/workloads/traces/rows/look-ahead.js";
import { stableOrder } from "../../../host/workloads/traces/rows/stable-order.js";
import { CHUNK_ROWS } from "../../../host/workloads/requests.js";

const options = { columns: COLUMNS, maxUnusableShare: 1 };

/** A file of these arrivals; the input is the number of the row from 1. */
function file(arrivals: readonly number[]): string {
  return HEADER + arrivals.map((arrivalS, i) => `${arrivalS},${i + 1},1\n`).join("");
}

describe("stableOrder", () => {
  test("is the order of a stable sort", () => {
    const keys = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 200 });
    fc.assert(
      fc.property(keys, (values) => {
        const expected = [...values.keys()].sort((a, b) => values[a]! - values[b]! || a - b);
        expect([...stableOrder(Float64Array.from(values), values.length)]).toEqual(expected);
      }),
    );
  });

  test("leaves keys behind the count alone", () => {
    expect([...stableOrder(Float64Array.of(3, 2, 1), 2)]).toEqual([1, 0]);
  });
});

describe("rows out of order", () => {
  test("find their place, ties in the order of the file, the first at 0", async () => {
    const { rows } = await readTrace(file([5, 3, 4, 3, 5, 3]), options);
    expect(rows.map((row) => [row[0], row[1]])).toEqual([
      [0, 2],
      [0, 4],
      [0, 6],
      [1, 3],
      [2, 1],
      [2, 5],
    ]);
  });

  test("find their place over a whole chunk, and over several chunks in a row", async () => {
    const random = testRandom(1);
    const arrivals = Array.from(
      { length: 3 * CHUNK_ROWS + 777 },
      (_, i) => i + Math.floor(random() * (CHUNK_ROWS - 2)),
    );
    const { rows, chunkSizes, report } = await readTrace(file(arrivals), options);
    const expected = [...arrivals.keys()].sort((a, b) => arrivals[a]! - arrivals[b]! || a - b).map((i) => i + 1);
    expect(rows.map((row) => row[1])).toEqual(expected);
    expect(chunkSizes).toEqual([CHUNK_ROWS, CHUNK_ROWS, CHUNK_ROWS, 777]);
    expect(report.unusableByReason).toEqual({});
  });

  test("that come too late are counted, at the same place however the file is cut", async () => {
    const arrivals = Array.from({ length: 3 * CHUNK_ROWS }, (_, i) => 10 + i);
    arrivals[2 * CHUNK_ROWS - 1] = 1;
    arrivals[2 * CHUNK_ROWS] = 2;
    for (const size of [1000, 1 << 20]) {
      const { report, rows } = await readTrace(file(arrivals), options, size);
      expect(report.unusableByReason).toEqual({ out_of_order: 1 });
      expect(report.firstUnusable).toMatchObject({ line: 2 * CHUNK_ROWS + 2, value: "2" });
      expect(rows[0]!.slice(0, 2)).toEqual([0, 2 * CHUNK_ROWS]);
    }
  });

  test("that are as late as they may be are used", async () => {
    const arrivals = Array.from({ length: 2 * CHUNK_ROWS + 1 }, (_, i) => i);
    arrivals[2 * CHUNK_ROWS] = CHUNK_ROWS - 1;
    const { report, rows } = await readTrace(file(arrivals), options);
    expect(report.unusableByReason).toEqual({});
    expect(rows[CHUNK_ROWS]!.slice(0, 2)).toEqual([CHUNK_ROWS - 1, 2 * CHUNK_ROWS + 1]);
  });

  test("keep their blocks, labels and categories", async () => {
    const line = (t: number, id: number) =>
      `{"timestamp": ${t}, "input_length": ${id}, "output_length": 1, "type": "c${id}", "chat_id": 1, "hash_ids": [${id}, ${id}0]}\n`;
    const { rows, blocks } = await readTrace(line(3, 1) + line(1, 2) + line(2, 3));
    expect(rows.map((row) => row[4])).toEqual(["c2", "c3", "c1"]);
    expect(blocks).toEqual([
      [2, 20],
      [3, 30],
      [1, 10],
    ]);
  });
});

describe("LookAhead", () => {
  test("moves no row while rows are in order", () => {
    const ahead = new LookAhead(false);
    const block = ahead.newer;
    for (let i = 0; i < CHUNK_ROWS; i++) ahead.push(i, 1, 1, 0, 0);
    expect(ahead.isFull).toBe(true);
    expect(ahead.take()).toBeUndefined();
    ahead.push(CHUNK_ROWS, 1, 1, 0, 0);
    expect(ahead.take()?.arrivalS).toBe(block.arrival);
  });

  test("ends a chunk early when it has very many blocks", () => {
    const ahead = new LookAhead(true);
    for (let row = 0; row < 3; row++) {
      for (let i = 0; i < 1 << 21; i++) ahead.newer.pushBlock(i);
      ahead.push(row, 1, 1, 0, 0);
      if (ahead.isFull) ahead.take();
    }
    expect([...ahead.drain()].map((chunk) => chunk.count)).toEqual([2, 1]);
  });
});
