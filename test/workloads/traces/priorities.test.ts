import { describe, expect, test } from "vitest";
import { COLUMNS, HEADER, collect, readTrace, sourceOf, steadyRows, type RequestRow } from "./collect.js";
import { LAYOUTS } from "../../../host/workloads/traces/formats.js";
import { limit } from "../../../host/workloads/traces/transform/limit.js";
import { mergeSources } from "../../../host/workloads/traces/transform/merge-sources.js";
import { repeat } from "../../../host/workloads/traces/transform/repeat.js";
import { scale } from "../../../host/workloads/traces/transform/scale.js";
import { speed } from "../../../host/workloads/traces/transform/speed.js";
import { timeWindow } from "../../../host/workloads/traces/transform/time-window.js";
import { InputError } from "../../../host/specs/input-error.js";
import { CHUNK_ROWS } from "../../../host/workloads/requests.js";
import type { TraceOptions } from "../../../host/workloads/traces/trace-source.js";

const named: TraceOptions = { columns: { ...COLUMNS, priority: "class" }, maxUnusableShare: 1 };
const HEADER_WITH_CLASS = "arrival,input,output,class\n";

describe("a trace without priorities", () => {
  test.each([
    ["CSV", `${HEADER}0,1,1\n`, COLUMNS],
    ["CSV with a column of that name that is not asked for", "arrival,input,output,priority\n0,1,1,high\n", COLUMNS],
    ["JSONL", '{"arrival":0,"input":1,"output":1}\n', COLUMNS],
  ])("%s", async (_, text, columns) => {
    const { priorities, report } = await readTrace(text, { columns });
    expect(priorities).toBeUndefined();
    expect(report).toMatchObject({ used: 1, notes: [] });
  });
});

describe("a column or key `priority`", () => {
  const formats = LAYOUTS.filter((layout) => layout.arrival.length > 0 && layout.blocks === undefined);

  test.each(formats.map((layout) => [layout.format, layout] as const))("%s, as CSV", async (_, layout) => {
    const names = [layout.arrival[0]!, layout.input[0]!, layout.output[0]!, ...layout.marks, "priority"];
    const stamps = layout.format.startsWith("azure");
    const row = (second: number, priority: number) =>
      [stamps ? `2023-11-16 18:15:0${second}` : second, 1, 1, ...layout.marks.map(() => 0), priority].join(",");
    const { priorities } = await readTrace(`${names.join(",")}\n${row(0, 9)}\n${row(1, 0)}\n${row(2, 255)}\n`);
    expect(priorities).toEqual([9, 0, 255]);
  });

  test.each([
    ["mooncake", "input_length", "output_length", ',"hash_ids":[1]'],
    ["qwen-bailian", "input_length", "output_length", ',"hash_ids":[1],"chat_id":4'],
    ["semantic-router", "prompt_tokens", "generated_tokens", ""],
  ])("%s, as JSONL", async (format, input, output, more) => {
    const line = (priority: number) => `{"timestamp":0,"${input}":1,"${output}":1,"priority":${priority}${more}}\n`;
    const { priorities, report } = await readTrace(line(9) + line(0) + line(255));
    expect(report.format).toBe(format);
    expect(priorities).toEqual([9, 0, 255]);
  });

  test("is also read beside fields that are mapped", async () => {
    const text = "at,l_in,l_out,priority\n0,1,1,3\n";
    expect((await readTrace(text, { fieldMap: { timestamp: "at" } })).priorities).toEqual([3]);
  });
});

describe("a named column", () => {
  test("holds the priorities", async () => {
    const { priorities } = await readTrace(`${HEADER_WITH_CLASS}0,1,1,7\n1,1,1,0\n`, named);
    expect(priorities).toEqual([7, 0]);
  });

  test.each(["label", "category", "priority"])("%s must be there in CSV", async (field) => {
    const reading = readTrace(`${HEADER}0,1,1\n`, { columns: { ...COLUMNS, [field]: "tier" } });
    await expect(reading).rejects.toThrow('t:1: the columns lack "tier", which the format columns needs');
  });

  test("cannot be read for two fields", async () => {
    const columns = { ...COLUMNS, label: "class", priority: "class" };
    const reading = readTrace(`${HEADER_WITH_CLASS}0,1,1,7\n`, { columns });
    await expect(reading).rejects.toThrow(
      new InputError('columns: label and priority both name "class"; a column holds one of them.'),
    );
  });
});

describe("a priority that is no whole number 0 to 255 makes a row unusable", () => {
  const wrong = ["", "x", "-1", "256", "1.5", "1e3", "nan", "0000000001x", "99999999999"];

  test.each(wrong)("CSV: %j", async (text) => {
    const { report, priorities } = await readTrace(`${HEADER_WITH_CLASS}0,1,1,7\n1,1,1,${text}\n2,1,1,8\n`, named);
    expect(report.unusableByReason).toEqual({ bad_priority: 1 });
    expect(report.firstUnusable).toEqual({ line: 3, reason: "bad_priority", column: "class", value: text });
    expect(priorities).toEqual([7, 8]);
  });

  test.each(["-1", "256", "1.5", "1e3", "true", '"x"', '""', "[1]", "{}"])("JSONL: %s", async (text) => {
    const line = (priority: string) => `{"arrival":0,"input":1,"output":1,"class":${priority}}\n`;
    const { report, priorities } = await readTrace(line("7") + line(text) + line("8"), named);
    expect(report.unusableByReason).toEqual({ bad_priority: 1 });
    expect(report.firstUnusable).toMatchObject({ line: 2, column: "class" });
    expect(priorities).toEqual([7, 8]);
  });

  test("the message says what is allowed", async () => {
    const reading = readTrace(`${HEADER_WITH_CLASS}0,1,1,high\n`, { ...named, maxUnusableShare: 0 });
    await expect(reading).rejects.toThrow('line 2: class "high" is not a whole number 0 to 255 (bad_priority)');
  });
});

describe("a priority that is written unusually is used all the same", () => {
  test.each([
    ["007", 7],
    [" 7 ", 7],
    ["7.0", 7],
    ["2e2", 200],
    ["+7", 7],
    ['"7"', 7],
    ["0000000000", 0],
    ["-0", 0],
  ])("CSV: %j", async (text, priority) => {
    const { priorities } = await readTrace(`${HEADER_WITH_CLASS}0,1,1,${text}\n`, named);
    expect(priorities).toEqual([priority]);
  });
});

describe("a JSON object that gives none", () => {
  const line = (second: number, priority: string) => `{"arrival":${second},"input":1,"output":1${priority}}\n`;

  test.each(["", ',"class":null'])("has 0, wherever it stands, and the report says so: %j", async (none) => {
    const text = line(0, none) + line(1, ',"class":4') + line(2, none);
    const { priorities, report } = await readTrace(text, named);
    expect(priorities).toEqual([0, 4, 0]);
    expect(report.notes).toEqual(["2 requests give no priority: it is 0 for them, so that they go first."]);
  });

  test("has 0 in every later chunk as well", async () => {
    const rows = 5 * CHUNK_ROWS;
    const text = Array.from({ length: rows }, (_, i) => line(i, i < CHUNK_ROWS ? ',"class":4' : "")).join("");
    const { priorities } = await readTrace(text, named);
    expect(priorities).toEqual(Array.from({ length: rows }, (_, i) => (i < CHUNK_ROWS ? 4 : 0)));
  });
});

test("rows out of order keep their priorities", async () => {
  const { priorities, rows } = await readTrace(`${HEADER_WITH_CLASS}3,1,1,1\n1,2,1,2\n2,3,1,3\n`, named);
  expect(rows.map((row) => row[1])).toEqual([2, 3, 1]);
  expect(priorities).toEqual([2, 3, 1]);
});

test("spreading ticks keeps priorities", async () => {
  const text = `${HEADER_WITH_CLASS}0,1,1,5\n0,2,1,6\n3,3,1,7\n`;
  expect((await readTrace(text, { ...named, spreadTicks: true })).priorities).toEqual([5, 6, 7]);
});

describe("transformations keep priorities", () => {
  const rows = steadyRows(1000);
  /** The priority that goes with a request's input. */
  const priorityOf = (input: number) => input % 256;
  const ofRows = (found: readonly RequestRow[]) => found.map((row) => priorityOf(row[1]));
  const source = (size = 300) => sourceOf(rows, size, undefined, ofRows(rows));

  test.each([
    ["limit", () => limit(source(), 450)],
    ["speed", () => speed(source(), 3)],
    ["time window", () => timeWindow(source(), { fromS: 10, toS: 70 })],
    ["repeat", () => repeat(async () => source(), 3)],
    ["scale below 1", () => scale(source(), { factor: 0.4, seed: 1 })],
    ["scale above 1", () => scale(source(), { factor: 200.5, seed: 1, jitterS: 20 })],
    ["merge", () => mergeSources([source(), source(7)])],
  ])("%s", async (_, changed) => {
    const { rows: found, priorities } = await collect(changed());
    expect(found.length).toBeGreaterThan(300);
    expect(priorities).toEqual(ofRows(found));
  });

  test("a source without, merged with one that has them, has 0", async () => {
    const without = sourceOf([[0.05, 2000, 1, "", ""]]);
    const { rows: found, priorities } = await collect(mergeSources([source(), without]));
    expect(priorities).toEqual(found.map((row) => (row[1] === 2000 ? 0 : priorityOf(row[1]))));
  });
});
