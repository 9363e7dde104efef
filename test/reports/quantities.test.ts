import { describe, expect, test } from "vitest";
import {
  count,
  dollars,
  duration,
  given,
  milliseconds,
  millisecondsWithUnit,
  NONE,
  percent,
  significant,
} from "../../host/reports/quantities.js";

test.each([
  [0, "0"],
  [999, "999"],
  [1000, "1,000"],
  [1234567, "1,234,567"],
])("count(%d) is %s", (value, text) => expect(count(value)).toBe(text));

test.each([
  [0, "0"],
  [0.005234, "0.00523"],
  [0.9999, "1.00"],
  [9.999, "10.0"],
  [20.27, "20.3"],
  [99.96, "100"],
  [4007.1, "4,007"],
  [-12.34, "-12.3"],
])("significant(%d) is %s", (value, text) => expect(significant(value)).toBe(text));

test.each([
  [20, "20"],
  [1.5, "1.5"],
  [1e-9, "1e-9"],
  [100_000, "100,000"],
])("given(%d) is %s", (value, text) => expect(given(value)).toBe(text));

describe("milliseconds", () => {
  test.each([
    [null, NONE, NONE],
    [0, "0", "0 ms"],
    [0.52, "0.520", "0.520 ms"],
    [424.66, "425", "425 ms"],
    [7406, "7,406", "7,406 ms"],
    [13_127, "13.1 s", "13.1 s"],
    [1_649_000, "1,649 s", "1,649 s"],
  ])("of %s", (ms, text, withUnit) => {
    expect(milliseconds(ms)).toBe(text);
    expect(millisecondsWithUnit(ms)).toBe(withUnit);
  });
});

describe("percent", () => {
  test.each([
    [null, NONE],
    [0, "0 %"],
    [1, "100 %"],
    [0.0000121, "0.00121 %"],
    [0.713, "71.3 %"],
    [0.9922, "99.22 %"],
    [0.99996, "99.9960 %"],
  ])("of %s", (share, text) => expect(percent(share)).toBe(text));

  test("reads 100 only where it is", () => {
    for (let n = 2; n < 1e6; n *= 3) expect(percent(1 - 1 / n)).not.toMatch(/^100(\.0+)? %$/);
  });
});

test.each([
  [6.63, "$6.63"],
  [58_078.8, "$58,079"],
])("dollars(%d) is %s", (value, text) => expect(dollars(value)).toBe(text));

test.each([
  [0.95, "950 ms"],
  [12.345, "12.3 s"],
  [59.99, "1 min"],
  [320, "5 min 20 s"],
  [3599.7, "1 h"],
  [4440, "1 h 14 min"],
  [86_399, "1 d"],
  [1_209_600, "14 d"],
])("duration(%d) is %s", (seconds, text) => expect(duration(seconds)).toBe(text));
