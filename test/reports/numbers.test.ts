import { expect, test } from "vitest";
import { grouped, interval, percent, significant } from "../../host/reports/numbers.js";

test.each([
  [0, "0"],
  [0.0712, "0.07"],
  [6.528, "6.53"],
  [9.996, "10.0"],
  [65.28, "65.3"],
  [99.96, "100"],
  [505.4, "505"],
  [263_375.2, "263,375"],
  [-0.5, "-0.50"],
  [null, "-"],
])("%s has the digits of %s", (value, text) => {
  expect(significant(value)).toBe(text);
});

test("a number is grouped, with the decimals asked for", () => {
  expect(grouped(1_234_567.891, 1)).toBe("1,234,567.9");
  expect(grouped(null)).toBe("-");
});

test("an interval shows both ends", () => {
  expect(interval([498.3, 510.6])).toBe("498 to 511");
  expect(interval(null)).toBe("-");
});

test("a share is shown in per cent", () => {
  expect(percent(0.98913, 2)).toBe("98.91 %");
  expect(percent(null)).toBe("-");
});
