import { describe, expect, test } from "vitest";
import { linearTicks, logTicks } from "../../../host/reports/html/client/ticks.js";
import { formatTick } from "../../../host/reports/html/value-format.js";

describe("linearTicks", () => {
  test.each([
    [0, 10, 5, [0, 2, 4, 6, 8, 10]],
    [0, 0.3, 3, [0, 0.1, 0.2, 0.3]],
    [-3, 3, 4, [-2, 0, 2]],
    [101, 104, 6, [101, 101.5, 102, 102.5, 103, 103.5, 104]],
  ])("from %d to %d", (low, high, most, ticks) => {
    expect(linearTicks(low, high, most).map((tick) => Number(tick.toPrecision(9)) + 0)).toEqual(ticks);
  });

  test("counts in whole numbers, and time in minutes and hours", () => {
    expect(linearTicks(0, 2, 8, "count")).toEqual([0, 1, 2]);
    expect(linearTicks(0, 1000, 5, "seconds")).toEqual([0, 300, 600, 900]);
    expect(linearTicks(0, 4 * 86_400, 4, "seconds").map((tick) => formatTick(tick, "seconds"))).toEqual([
      "0",
      "1 d",
      "2 d",
      "3 d",
      "4 d",
    ]);
  });

  test("of a span of nothing is its one value", () => {
    expect(linearTicks(5, 5, 4)).toEqual([5]);
  });
});

describe("logTicks", () => {
  test("takes as many of a decade as there is room for", () => {
    expect(logTicks(9, 110, 10)).toEqual([10, 20, 50, 100]);
    expect(logTicks(0.9, 1100, 8)).toEqual([1, 3, 10, 30, 100, 300, 1000]);
    expect(logTicks(0.9, 1100, 4)).toEqual([1, 10, 100, 1000]);
    expect(logTicks(0.9, 1100, 2)).toEqual([1, 100]);
  });

  test("stands at equal distances within a part of a decade", () => {
    expect(logTicks(410, 440, 4)).toEqual([410, 420, 430, 440]);
  });
});

describe("formatTick", () => {
  test.each([
    [0.05, "percent", "5 %"],
    [500, "milliseconds", "500 ms"],
    [20_000, "milliseconds", "20 s"],
    [90, "seconds", "1 min 30 s"],
    [12_000, "dollars", "$12,000"],
    [0.30000000000000004, "number", "0.3"],
  ] as const)("writes %d as %s: %s", (value, format, text) => {
    expect(formatTick(value, format)).toBe(text);
  });
});
