import { describe, expect, it } from "vitest";
import { median, relativeErrors, relativeFit } from "../../../host/specs/kernels/relative-fit.js";

const sizes = [1, 2, 5, 10, 50, 100, 500, 1000];
const terms = sizes.map((size) => [1, size]);

describe("relativeFit", () => {
  it("finds the coefficients of times that follow them", () => {
    const seconds = sizes.map((size) => 3 + 0.25 * size);
    const [floor, slope] = relativeFit(terms, seconds) as [number, number];
    expect(floor).toBeCloseTo(3, 9);
    expect(slope).toBeCloseTo(0.25, 9);
  });

  it("weighs short times as much as long ones", () => {
    const seconds = sizes.map((size) => (3 + 0.25 * size) * (size < 100 ? 1.1 : 1));
    const [floor] = relativeFit(terms, seconds) as [number];
    expect(floor).toBeGreaterThan(3.15);
  });

  it("is hardly moved by a measurement that is ten times too short", () => {
    const many = Array.from({ length: 100 }, (_, i) => i + 1);
    const seconds = many.map((size) => (3 + 0.25 * size) * (size === 50 ? 0.1 : 1));
    const [floor, slope] = relativeFit(
      many.map((size) => [1, size]),
      seconds,
    ) as [number, number];
    expect(Math.abs(floor / 3 - 1)).toBeLessThan(0.05);
    expect(Math.abs(slope / 0.25 - 1)).toBeLessThan(0.05);
  });

  it("leaves out a term that would be negative", () => {
    const seconds = [8, 9, 10].map((size) => size - 7.5);
    const [floor, slope] = relativeFit(
      [8, 9, 10].map((size) => [1, size]),
      seconds,
    ) as [number, number];
    expect(floor).toBe(0);
    expect(slope).toBeGreaterThan(0);
  });

  it("fits what times take beside what is known of them", () => {
    const known = sizes.map((size) => 2 * size);
    const seconds = sizes.map((size) => 7 + 2 * size);
    const [floor] = relativeFit(
      sizes.map(() => [1]),
      seconds,
      known,
    ) as [number];
    expect(floor).toBeCloseTo(7, 9);
  });

  it("refuses fewer measurements than coefficients", () => {
    expect(() => relativeFit([[1, 2]], [3])).toThrow(RangeError);
  });
});

describe("relativeErrors", () => {
  it("has the mean and the 90th percentile of their sizes", () => {
    const seconds = Array.from({ length: 11 }, () => 100);
    const computed = seconds.map((_, i) => (i % 2 === 0 ? 100 + i : 100 - i));
    const errors = relativeErrors(computed, seconds);
    expect(errors.measurements).toBe(11);
    expect(errors.meanError).toBeCloseTo(0.05, 12);
    expect(errors.p90Error).toBeCloseTo(0.09, 12);
  });
});

describe("median", () => {
  it("lies between the two middle ones of an even number", () => {
    expect(median([9, 1, 2, 4])).toBe(3);
  });
});
