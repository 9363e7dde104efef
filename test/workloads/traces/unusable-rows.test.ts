import { describe, expect, test } from "vitest";
import { COLUMNS, HEADER, readTrace } from "./collect.js";
import type { TraceOptions } from "../../../host/workloads/traces/trace-source.js";

const named: TraceOptions = { columns: { ...COLUMNS, label: "label" }, maxUnusableShare: 1 };
const HEADER_WITH_LABEL = "arrival,input,output,label\n";

async function reasonOf(row: string): Promise<string | undefined> {
  const { report } = await readTrace(`${HEADER_WITH_LABEL}0,1,1,\n${row}\n`, named);
  expect(report.rows).toBe(2);
  return Object.keys(report.unusableByReason)[0];
}

describe("a CSV row that cannot be used is counted by reason", () => {
  test.each([
    ["x,1,1,", "not_a_number"],
    [",1,1,", "not_a_number"],
    ["nan,1,1,", "not_a_number"],
    ["Infinity,1,1,", "not_a_number"],
    ["1e400,1,1,", "not_a_number"],
    ["0x10,1,1,", "not_a_number"],
    ["1_000,1,1,", "not_a_number"],
    ["1.2.3,1,1,", "not_a_number"],
    [".,1,1,", "not_a_number"],
    ["-1,1,1,", "negative_time"],
    ["-0.001,1,1,", "negative_time"],
    ["1,,1,", "not_a_number"],
    ["1,one,1,", "not_a_number"],
    ["1,1.5,1,", "not_an_integer"],
    ["1,-1,1,", "negative_tokens"],
    ["1,1,-7,", "negative_tokens"],
    ["1,0,1,", "zero_input"],
    ["1,1,0,", "zero_output"],
    ["1,1,0.0,", "zero_output"],
    ["1,2147483648,1,", "too_many_tokens"],
    ["1,1,4294967301,", "too_many_tokens"],
    ["1,1,1e400,", "too_many_tokens"],
    ["1,1,99999999999999999999,", "too_many_tokens"],
    ["1,1", "missing_column"],
    ["1,1,1", "missing_column"],
    ["1", "missing_column"],
    ["1,1,1,,", "extra_column"],
    ["1,1,1,a,b", "extra_column"],
    ['1,"1x,1,', "bad_quoting"],
    ['1,1,1,"a"b', "bad_quoting"],
    ['1,1,1,"a', "bad_quoting"],
    [`1,1,1,${"n".repeat(1025)}`, "name_too_long"],
  ])("%s: %s", async (row, reason) => {
    expect(await reasonOf(row)).toBe(reason);
  });
});

describe("a CSV row that is written unusually is used all the same", () => {
  test.each([
    ["+1.5,1,1,", 1.5],
    ["1.5e1,1,1,", 15],
    [".5,1,1,", 0.5],
    ["5.,1,1,", 5],
    [" 1 , 1 ,\t1,", 1],
    ["1,1.0,1e0,", 1],
    ["007,01,1,", 7],
    ["0.1234567891,1,1,", 0.123456789],
    ["0.1234567896,1,1,", 0.12345679],
    ["1,2147483647,1,", 1],
    ['"1","1","1",""', 1],
  ])("%s", async (row, arrivalS) => {
    const { rows } = await readTrace(`${HEADER_WITH_LABEL}0,1,1,\n${row}\n`, { ...named, maxUnusableShare: 0 });
    expect(rows[1]![0]).toBe(arrivalS);
  });
});

describe("a JSON line that cannot be used is counted by reason", () => {
  const good = '{"timestamp": 0, "input_length": 1, "output_length": 1, "hash_ids": [0]}';
  test.each([
    ["{", "not_json"],
    [good.replace("}", ",}"), "not_json"],
    [good.replace("0,", "00,"), "not_json"],
    [good.replace("0,", "1.,"), "not_json"],
    [good.replace("0,", "NaN,"), "not_json"],
    [good.replace("0]", "0,]"), "not_json"],
    [`${good} ${good}`, "not_json"],
    ["[1, 2]", "not_an_object"],
    ["7", "not_an_object"],
    ['"text"', "not_an_object"],
    ["null", "not_an_object"],
    ["{}", "missing_column"],
    [good.replace("timestamp", "time"), "missing_column"],
    [good.replace("hash_ids", "ids"), "missing_column"],
    [good.replace("0,", "null,"), "missing_column"],
    [good.replace("0,", "true,"), "not_a_number"],
    [good.replace("0,", '"soon",'), "not_a_number"],
    [good.replace("0,", "-1,"), "negative_time"],
    [good.replace('_length": 1', '_length": 0'), "zero_input"],
    [good.replace('put_length": 1, "h', 'put_length": 0, "h'), "zero_output"],
    [good.replace('_length": 1', '_length": 1.5'), "not_an_integer"],
    [good.replace('_length": 1', '_length": 1e400'), "too_many_tokens"],
    [good.replace('_length": 1', '_length": [1]'), "not_a_number"],
    [good.replace("[0]", "0"), "bad_block_ids"],
    [good.replace("[0]", "[-1]"), "bad_block_ids"],
    [good.replace("[0]", "[0.5]"), "bad_block_ids"],
    [good.replace("[0]", "[4294967296]"), "bad_block_ids"],
    [good.replace("[0]", '["0"]'), "bad_block_ids"],
  ])("%s: %s", async (line, reason) => {
    const { report, blocks } = await readTrace(`${good}\n${line}\n${good}\n`, { maxUnusableShare: 1 });
    expect(report.unusableByReason).toEqual({ [reason]: 1 });
    expect(report.firstUnusable?.line).toBe(2);
    expect(blocks).toEqual([[0], [0]]);
  });
});

test("stamps that are none", async () => {
  const stamps = [
    "2023-02-29 00:00:00",
    "2023-13-01 00:00:00",
    "2023-01-00 00:00:00",
    "2023-01-01 24:00:00",
    "2023-01-01 00:60:00",
    "2023-01-01 00:00:60",
    "2023-01-01 00:00:00.",
    "2023-01-01 00:00:00.0000000001",
    "2023-01-01 00:00:00+24:00",
    "2023-01-01 00:00",
    "2023-01-01",
    "2023/01/01 00:00:00",
    "20230101T000000Z",
    "now",
    "17",
    "",
  ];
  const rows = stamps.map((stamp) => `${stamp},1,1\n`).join("");
  const header = "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-01-01 00:00:00,1,1\n";
  const { report } = await readTrace(header + rows, { maxUnusableShare: 1 });
  expect(report.unusableByReason).toEqual({ not_a_timestamp: stamps.length });
});

test("an Azure header over numeric time stamps, which the Python tool asks for", async () => {
  const { rows } = await readTrace("TIMESTAMP,ContextTokens,GeneratedTokens\n10.25,1,2\n10.5,3,4\n");
  expect(rows.map((row) => row.slice(0, 3))).toEqual([
    [0, 1, 2],
    [0.25, 3, 4],
  ]);
});

test("rows are used plus unusable, and the first unusable one is described", async () => {
  const text = `${HEADER}0,1,1\n1,x,1\n\n2,2,2\n3,0,1\n`;
  const { report } = await readTrace(text, { columns: COLUMNS, maxUnusableShare: 0.5 });
  expect(report).toMatchObject({ rows: 4, used: 2, unusableByReason: { not_a_number: 1, zero_input: 1 } });
  expect(report.firstUnusable).toEqual({ line: 3, reason: "not_a_number", column: "input", value: "x" });
});

test("the line of a row behind a record of several lines", async () => {
  const text = `${HEADER_WITH_LABEL}0,1,1,"two\nlines"\n1,1,x,"three\n\nlines"\n2,1,x,\n`;
  const { report, rows } = await readTrace(text, named);
  expect(report.firstUnusable?.line).toBe(4);
  expect(report.unusableByReason).toEqual({ not_a_number: 2 });
  expect(rows[0]![3]).toBe("two\nlines");
});

describe("the limit of unusable rows", () => {
  const options: TraceOptions = { name: "a.csv", columns: COLUMNS };
  const bad = (count: number) => "x,1,1\n".repeat(count);
  const good = (count: number) => "1,1,1\n".repeat(count);

  test("a file just within it is read", async () => {
    const { report } = await readTrace(HEADER + good(990) + bad(10), options);
    expect(report.unusableByReason).toEqual({ not_a_number: 10 });
  });

  test("a file beyond it is refused in a sentence that says all", async () => {
    await expect(readTrace(HEADER + good(989) + bad(11), options)).rejects.toThrow(
      'a.csv: 11 of 1,000 rows cannot be used (1.1 %, allowed are 1 %); the first is on line 991: arrival "x" is not a number ' +
        "(not_a_number); --max-unusable raises the limit.",
    );
  });

  test("a missing column needs no value", async () => {
    await expect(readTrace(`${HEADER}1,1\n`, options)).rejects.toThrow("line 2: output is missing (missing_column)");
  });

  test("it can be raised, and set to none at all", async () => {
    const text = HEADER + good(1) + bad(3);
    expect((await readTrace(text, { ...options, maxUnusableShare: 0.75 })).report.used).toBe(1);
    await expect(readTrace(HEADER + good(10_000) + bad(1), { ...options, maxUnusableShare: 0 })).rejects.toThrow(
      "allowed are 0 %",
    );
  });

  test("bad rows at the head of a long file do not end it", async () => {
    const { report } = await readTrace(HEADER + bad(900) + good(100_000), options);
    expect(report.rows).toBe(100_900);
  });

  test("labels beyond the 65,534th cannot be used", async () => {
    const labels = Array.from({ length: 65_540 }, (_, i) => `0,1,1,label-${i}\n`).join("");
    const { report } = await readTrace(HEADER_WITH_LABEL + labels, named);
    expect(report.unusableByReason).toEqual({ too_many_labels: 6 });
  });

  test("categories beyond the 63rd count as none, and the report says so", async () => {
    const lines = Array.from({ length: 70 }, (_, i) => `0,1,1,c${i}\n`).join("");
    const { report, rows } = await readTrace(HEADER_WITH_LABEL + lines, { columns: { ...COLUMNS, category: "label" } });
    expect(rows.map((row) => row[4]).slice(62, 64)).toEqual(["c62", ""]);
    expect(report.notes).toEqual(expect.arrayContaining([expect.stringContaining("more than 63 categories")]));
  });
});

test("a number of block ids that does not fit the block size is reported", async () => {
  const line = '{"timestamp": 0, "input_length": 32, "output_length": 1, "hash_ids": [1, 2]}\n';
  const { report } = await readTrace(line);
  expect(report.notes).toEqual([expect.stringMatching(/^1 requests do not have one block id .* 512 tokens/)]);
  expect((await readTrace(line, { blockSize: 16 })).report.notes).toEqual([]);
});
