import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readTrace } from "./collect.js";

/** Values as text, plain and unusual, valid JSON and not. */
const value = fc.oneof(
  fc.integer({ min: -1, max: 2 ** 33 }).map(String),
  fc.constantFrom(
    "0",
    "1",
    "7",
    "255",
    "256",
    "1.5",
    "-0",
    "007",
    "1.",
    ".5",
    "1e1",
    "1E400",
    "-",
    "true",
    "null",
    "nul",
    "[]",
    "[1]",
  ),
  fc.constantFrom(
    '"a"',
    '"\u00a0x"',
    '"\ufeffx"',
    '"\u007f"',
    '" a"',
    '"\\u0061"',
    '"é"',
    '""',
    '"7"',
    '"',
    "{}",
    '{"a":[1,{}]}',
    "[1,2",
    "[1,]",
    "[ 1 , 2 ]",
  ),
);
const key = fc.constantFrom(
  "timestamp",
  "prompt_tokens",
  "generated_tokens",
  "selected_model",
  "model",
  "category",
  "priority",
  "x",
);
const space = fc.constantFrom("", " ", "\t", "  ");
const pair = fc.tuple(key, value, space, space).map(([k, v, s, t]) => `${s}"${k}"${t}:${s}${v}${t}`);
const object = fc.array(pair, { maxLength: 6 }).map((pairs) => `{${pairs.join(",")}}`);
const good = fc.tuple(fc.nat(99), fc.nat(9), fc.nat(9), fc.array(pair, { maxLength: 2 })).map(([t, i, o, more]) => {
  return `{${[`"timestamp":${t}`, `"prompt_tokens": ${i}`, `"generated_tokens": ${o}`, ...more].join(", ")}}`;
});
const line = fc.oneof(good, object, fc.constantFrom("", "[1]", "7", "{", "}", '{"a":1}}', '{"a":1,}', "{,}"));

/** The same object, in a shape that only JSON.parse reads. */
function slow(text: string): string {
  return text.replace(/^\{(?=.*\}$)/, '{"\\u0078": [[]]' + (/^\{\s*\}$/.test(text) ? "" : ","));
}

describe("the fast path", () => {
  test("agrees with JSON.parse on every line", async () => {
    const first = '{"timestamp":0,"prompt_tokens":1,"generated_tokens":1}\n';
    const options = { maxUnusableShare: 1 };
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 10 }), async (lines) => {
        const fast = await readTrace(first + lines.join("\n"), options);
        const parsed = await readTrace(first + lines.map(slow).join("\n"), options);
        expect(fast.rows).toEqual(parsed.rows);
        expect(fast.priorities).toEqual(parsed.priorities);
        expect(fast.report.unusableByReason).toEqual(parsed.report.unusableByReason);
        expect(fast.report.firstUnusable?.line).toEqual(parsed.report.firstUnusable?.line);
      }),
      { numRuns: 500 },
    );
  });

  test("takes the last of a key that is there twice, as JSON does", async () => {
    const { rows, blocks } = await readTrace(
      '{"timestamp":0,"input_length":1,"input_length":600,"output_length":3,"hash_ids":[9],"hash_ids":[1,2]}\n',
    );
    expect(rows).toEqual([[0, 600, 3, "", ""]]);
    expect(blocks).toEqual([[1, 2]]);
  });

  test("labels that no row has do not appear", async () => {
    const text = '{"timestamp":0,"prompt_tokens":1,"generated_tokens":1,"model":"b","selected_model":"a"}\n';
    const { rows } = await readTrace(text);
    expect(rows[0]![3]).toBe("a");
  });

  test("reads objects whose keys change place", async () => {
    const text = [
      '{"timestamp":0,"prompt_tokens":1,"generated_tokens":2}',
      '{"prompt_tokens":3,"timestamp":1,"generated_tokens":4}',
      '{ "generated_tokens" : 6 , "prompt_tokens" : 5 , "timestamp" : 2 } ',
    ].join("\r\n");
    expect((await readTrace(text)).rows.map((row) => row.slice(0, 3))).toEqual([
      [0, 1, 2],
      [1, 3, 4],
      [2, 5, 6],
    ]);
  });

  test("date stamps in JSON", async () => {
    const columns = { arrival: "at", input: "in", output: "out" };
    const text =
      '{"at":"2024-05-10T00:00:00.5Z","in":1,"out":2}\n{"at":"2024-05-10T00:00:01.25Z","in":3,"out":4}\n{"at":1,"in":1,"out":1}\n';
    const { rows, report } = await readTrace(text, { columns, maxUnusableShare: 0.5 });
    expect(rows.map((row) => row[0])).toEqual([0, 0.75]);
    expect(report.unusableByReason).toEqual({ not_a_timestamp: 1 });
  });
});

test("lines in front of the first object are counted", async () => {
  const { report, rows } = await readTrace('[1]\n{\n7\n{"timestamp":0,"l_in":1,"l_out":2}\n', { maxUnusableShare: 1 });
  expect(report).toMatchObject({ rows: 4, used: 1, unusableByReason: { not_an_object: 2, not_json: 1 } });
  expect(report.firstUnusable).toEqual({ line: 1, reason: "not_an_object", value: "[1]" });
  expect(rows).toHaveLength(1);
});

test("a format that is named need not show in the first object", async () => {
  const text = '{"x":1}\n{"timestamp":1,"prompt_tokens":1,"generated_tokens":2}\n';
  const { report } = await readTrace(text, { format: "semantic-router", maxUnusableShare: 0.5 });
  expect(report.unusableByReason).toEqual({ missing_column: 1 });
});
