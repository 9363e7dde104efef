import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readTrace, type RequestRow } from "./collect.js";
import type { TraceOptions, UnusableRow } from "../../../host/workloads/traces/trace-source.js";

const folder = new URL("../../golden/traces/", import.meta.url);

interface Expected {
  options?: TraceOptions;
  format: string;
  rows: RequestRow[];
  blocks?: number[][];
  notes?: string[];
  originS?: number;
  blockSize?: number;
  unusableByReason?: Record<string, number>;
  firstUnusable?: UnusableRow;
  toleranceS?: number;
}

const names = readdirSync(folder);
const cases = names.filter((name) => name.endsWith(".expected.json")).map((name) => name.replace(".expected.json", ""));

describe.each(cases)("%s", (name) => {
  const expected = JSON.parse(readFileSync(new URL(`${name}.expected.json`, folder), "utf8")) as Expected;
  const file = names.find((other) => other.startsWith(`${name}.`) && !other.includes("expected"))!;
  const bytes = readFileSync(new URL(file, folder));

  test("is read as expected", async () => {
    const { rows, blocks, report } = await readTrace(bytes, expected.options);
    expect(rows.map((row) => row.slice(1))).toEqual(expected.rows.map((row) => row.slice(1)));
    for (const [i, row] of rows.entries()) {
      const errorS = Math.abs(row[0] - expected.rows[i]![0]);
      expect(errorS, `arrival of request ${i}`).toBeLessThanOrEqual(expected.toleranceS ?? 0);
    }
    expect(blocks).toEqual(expected.blocks);
    expect(report.format).toBe(expected.format);
    expect(report.notes).toEqual(expected.notes ?? []);
    expect(report.blockSize).toBe(expected.blockSize);
    expect(report.unusableByReason).toEqual(expected.unusableByReason ?? {});
    expect(report.firstUnusable).toEqual(expected.firstUnusable);
    if (expected.originS !== undefined) expect(report.originS).toBe(expected.originS);
  });

  test("is read alike however it is cut into pieces", async () => {
    const whole = await readTrace(bytes, expected.options);
    for (const size of [1, 2, 7, 64]) expect(await readTrace(bytes, expected.options, size)).toEqual(whole);
  });

  test("is read alike with CRLF line ends, and without a last one", async () => {
    const { rows } = await readTrace(bytes, expected.options);
    const text = bytes.toString("utf8").replaceAll("\r\n", "\n");
    for (const variant of [text.replaceAll("\n", "\r\n"), text.replace(/\n$/, ""), `\uFEFF${text}\n\n`]) {
      expect((await readTrace(variant, expected.options)).rows).toEqual(rows);
    }
  });
});
