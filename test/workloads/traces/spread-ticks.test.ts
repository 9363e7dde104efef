import { describe, expect, test } from "vitest";
import { COLUMNS, HEADER, readTrace } from "./collect.js";

const options = { columns: COLUMNS, spreadTicks: true };

function arrivals(text: string): Promise<number[]> {
  return readTrace(HEADER + text, options).then(({ rows }) => rows.map((row) => row[0]));
}

describe("spreadTicks", () => {
  test("moves requests between their time stamp and the next, in order, and starts at 0", async () => {
    const tick = (t: number) => `${t},1,1\n`.repeat(100);
    const { rows } = await readTrace(HEADER + tick(0) + tick(3) + tick(9), options);
    const found = rows.map((row) => row[0]);
    const shift = found[100]! - found[0]!;
    expect(found[0]).toBe(0);
    expect(found).toEqual([...found].sort((a, b) => a - b));
    expect(shift).toBeGreaterThan(2.5);
    expect(found[99]).toBeLessThan(3);
    expect(found[199]).toBeLessThan(9);
    expect(found[199]).toBeGreaterThan(8);
    // The last tick has the length of the one before.
    expect(found[299]).toBeGreaterThan(14);
    expect(found[299]).toBeLessThan(15);
  });

  test("leaves requests alone that share their time stamp with none", async () => {
    expect(await arrivals("1,1,1\n2.5,1,1\n7,1,1\n")).toEqual([0, 1.5, 6]);
  });

  test("leaves a trace of one time stamp as it is", async () => {
    expect(await arrivals("4,1,1\n4,1,1\n")).toEqual([0, 0]);
  });

  test("spreads a tick that lies across chunks", async () => {
    const text = HEADER + "1,1,1\n".repeat(40_000) + "2,1,1\n".repeat(60_000) + "3,1,1\n";
    const { rows, chunkSizes } = await readTrace(text, options);
    expect(chunkSizes).toEqual([65_536, 34_465]);
    const distinct = new Set(rows.map((row) => row[0]));
    expect(distinct.size).toBeGreaterThan(99_900);
  });

  test("refuses a tick without end", async () => {
    await expect(arrivals("1,1,1\n".repeat(65_537) + "2,1,1\n")).rejects.toThrow(
      "t: more than 65,536 requests share a time stamp",
    );
  });

  test("keeps the requests, their labels and blocks", async () => {
    const line = (t: number, id: number) =>
      `{"timestamp": ${t}, "input_length": 1, "output_length": ${id + 1}, "hash_ids": [${id}]}\n`;
    const { rows, blocks } = await readTrace(line(0, 1) + line(0, 2) + line(3000, 3), { spreadTicks: true });
    expect(rows.map((row) => row[2])).toEqual([2, 3, 4]);
    expect(blocks).toEqual([[1], [2], [3]]);
  });
});
