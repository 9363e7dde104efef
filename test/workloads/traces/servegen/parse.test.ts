import { describe, expect, test } from "vitest";
import { lengthsAt, windowLengthS } from "../../../../host/workloads/traces/servegen/client.js";
import { parseLengths } from "../../../../host/workloads/traces/servegen/parse-lengths.js";
import { parseWindows } from "../../../../host/workloads/traces/servegen/parse-windows.js";
import { InputError } from "../../../../host/specs/input-error.js";

describe("parseWindows", () => {
  test("reads windows, CRLF or LF", () => {
    expect(parseWindows("0,0,0,,0,0\r\n600,0.5,2,Gamma,0.25,8\n1200,1,0.9,Weibull,1.1,1\n", "w")).toEqual([
      { startS: 0, rateRps: 0, cv: 0, pattern: "", shape: 0, scale: 0 },
      { startS: 600, rateRps: 0.5, cv: 2, pattern: "Gamma", shape: 0.25, scale: 8 },
      { startS: 1200, rateRps: 1, cv: 0.9, pattern: "Weibull", shape: 1.1, scale: 1 },
    ]);
  });

  test.each([
    ["", /^w: is empty/],
    ["0,0,0,,0\n", /^w:1: has 5 fields; needed are 6/],
    ["0,0,0,,0,0\n600,x,0,,0,0\n", /^w:2: rate is "x"; allowed is a number from 0/],
    ["0,-1,0,,0,0\n", /^w:1: rate is "-1"/],
    ["0,,0,,0,0\n", /^w:1: rate is ""/],
    ["0,1e999,0,Gamma,1,1\n", /^w:1: rate is "1e999"/],
    ["0,1e7,0,Gamma,1,1\n", /^w:1: rate is 10000000; allowed are at most/],
    ["0,1,1,Pareto,1,1\n", /^w:1: pattern is "Pareto"; allowed are Gamma, Weibull, Poisson/],
    ["0,1,1,,1,1\n", /^w:1: has a rate but no pattern/],
    ["0,1,1,Gamma,0,1\n", /^w:1: shape is 0; allowed is 0.001 to 1000000 for Gamma/],
    ["0,1,1,Weibull,0.01,1\n", /^w:1: shape is 0.01; allowed is 0.05 to 100 for Weibull/],
    ["0,0,0,,0,0\n0,0,0,,0,0\n", /^w:2: the window starts at 0 s; windows must be ascending/],
    ["0,0,0,,0,0\n600,0,0,,0,0\n1300,0,0,,0,0\n", /^w:3: the window starts at 1300 s; .* evenly spaced/],
  ])("%j is refused", (text, message) => {
    expect(() => parseWindows(text, "w")).toThrow(message);
    expect(() => parseWindows(text, "w")).toThrow(InputError);
  });
});

function dataset(windows: Record<string, Record<string, unknown>>): string {
  return JSON.stringify(windows);
}

describe("parseLengths", () => {
  test("reads dicts of Python, in order of their values", () => {
    const text = dataset({
      0: { input_tokens: "{30: 2.5e-1, 7: 0.75}", output_tokens: " { 0 : 1.0 } ", reason_ratio: "{0.5: 1.0}" },
    });
    const [lengths] = parseLengths(text, "d");
    expect(lengths).toEqual({
      startS: 0,
      input: { values: Uint32Array.of(7, 30), cumulative: Float64Array.of(0.75, 1) },
      output: { values: Uint32Array.of(0), cumulative: Float64Array.of(1) },
      attachments: [],
    });
  });

  test("an empty dict takes the latest earlier one, or else the earliest later one", () => {
    const text = dataset({
      "21600": { input_tokens: "{1: 1.0}", output_tokens: "{2: 1.0}" },
      "0": { input_tokens: "{}", output_tokens: "{}" },
      "43200": { input_tokens: "{}", output_tokens: "{3: 1.0}" },
      "64800": { input_tokens: "{}", output_tokens: "{ }" },
    });
    const lengths = parseLengths(text, "d");
    expect(lengths.map(({ startS }) => startS)).toEqual([0, 21600, 43200, 64800]);
    expect(lengths.map(({ input }) => input.values[0])).toEqual([1, 1, 1, 1]);
    expect(lengths.map(({ output }) => output.values[0])).toEqual([2, 2, 3, 3]);
    expect(lengthsAt(lengths, 43199)!.output.values[0]).toBe(2);
    expect(lengthsAt(lengths, 43200)!.output.values[0]).toBe(3);
  });

  test("only empty dicts are no lengths", () => {
    expect(parseLengths(dataset({ 0: { input_tokens: "{}", output_tokens: "{1: 1}" } }), "d")).toEqual([]);
    expect(parseLengths("{}", "d")).toEqual([]);
  });

  test("images count as prompt tokens; what is always zero is left out", () => {
    const text = dataset({
      0: {
        text_tokens: "{5: 1.0}",
        image_tokens: "{100: 1.0}",
        image_count: "{2: 1.0}",
        audio_tokens: "{0: 1.0}",
        audio_count: "{0: 1.0}",
        output_tokens: "{1: 1.0}",
      },
    });
    const [lengths] = parseLengths(text, "d");
    expect(lengths!.attachments).toHaveLength(1);
    expect(lengths!.attachments[0]!.tokens.values).toEqual(Uint32Array.of(100));
  });

  const good = { input_tokens: "{1: 1.0}", output_tokens: "{1: 1.0}" };
  test.each([
    ["{", /^d: is not JSON/],
    ["[]", /^d: must be an object of windows/],
    [dataset({ x: good }), /^d: window "x" is no start in seconds/],
    ['{"0": 1}', /^d: window 0 must be an object/],
    [dataset({ 0: { output_tokens: "{1: 1}" } }), /^d: window 0: input_tokens is missing/],
    [
      dataset({ 0: { ...good, output_tokens: { 1: 1 } } }),
      /^d: window 0: output_tokens must be a string with a Python dict/,
    ],
    [dataset({ 0: { ...good, output_tokens: "" } }), /^d: window 0: output_tokens: must begin with \{/],
    [dataset({ 0: { ...good, output_tokens: "{1.5: 1.0}" } }), /whole numbers to probabilities; found "1.5: 1.0}"/],
    [dataset({ 0: { ...good, output_tokens: "{1: -1.0}" } }), /found "1: -1.0}"/],
    [dataset({ 0: { ...good, output_tokens: "{1: 1.0,}" } }), /found "}"/],
    [dataset({ 0: { ...good, output_tokens: "{1: 1.0" } }), /found "1: 1.0"/],
    [dataset({ 0: { ...good, output_tokens: "{1: 1.0} x" } }), /goes on behind the closing brace/],
    [dataset({ 0: { ...good, output_tokens: "{1: 0.5, 1: 0.5}" } }), /value 1 is there twice/],
    [dataset({ 0: { ...good, output_tokens: "{1: 0.5, 2: 0.4}" } }), /the probabilities sum to 0.9, not to 1/],
    [dataset({ 0: { ...good, output_tokens: "{4000000000: 1.0}" } }), /value 4000000000 is above 2147483647/],
    [dataset({ 0: { ...good, image_count: "{20000: 1.0}", image_tokens: "{1: 1.0}" } }), /value 20000 is above 10000/],
    [dataset({ 0: { ...good, image_count: "{2: 1.0}" } }), /image_tokens is missing/],
    [dataset({ 0: good, 600: { ...good, image_count: "{2: 1.0}", image_tokens: "{1: 1.0}" } }), undefined],
    [dataset({ 0: good, 600: { text_tokens: "{1: 1.0}", output_tokens: "{1: 1.0}" } }), undefined],
  ])("%j", (text, message) => {
    if (message === undefined) {
      expect(parseLengths(text, "d")).toHaveLength(2);
      return;
    }
    expect(() => parseLengths(text, "d")).toThrow(message);
    expect(() => parseLengths(text, "d")).toThrow(InputError);
  });
});

test("a client's window has the length of its spacing, 600 s if it has only one", () => {
  const windows = parseWindows("0,0,0,,0,0\n300,0,0,,0,0\n", "w");
  expect(windowLengthS({ id: 0, windows, lengths: [] })).toBe(300);
  expect(windowLengthS({ id: 0, windows: windows.slice(1), lengths: [] })).toBe(600);
});
