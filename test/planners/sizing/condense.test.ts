import { describe, expect, test } from "vitest";
import { condense } from "../../../host/planners/sizing/condense.js";
import { numbers } from "./sizing-fixtures.js";

function made(count: number, seed: number) {
  const next = numbers(seed);
  return {
    values: Float64Array.from({ length: count }, () => 1 + next(100_000)),
    weights: Float64Array.from({ length: count }, () => next(1000) / 1000),
  };
}

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
const dot = (a: Float64Array, b: Float64Array) => a.reduce((total, value, i) => total + value * b[i]!, 0);

describe("condensed values", () => {
  test.each([1, 2, 3])("keep the sum of weights and the mean (%d)", (seed) => {
    const { values, weights } = made(5000, seed);
    const fewer = condense(values, weights);
    expect(fewer.values.length).toBeLessThan(130);
    expect(sum(fewer.weights)).toBeCloseTo(sum(weights), 8);
    expect(dot(fewer.values, fewer.weights) / dot(values, weights)).toBeCloseTo(1, 12);
  });

  test("put together only what differs by less than one step", () => {
    const { values, weights } = made(5000, 4);
    const fewer = condense(values, weights);
    const step = Math.max(...values) / Math.min(...values);
    for (let i = 1; i < fewer.values.length; i++) expect(fewer.values[i]!).toBeGreaterThan(fewer.values[i - 1]!);
    const second = dot(
      fewer.values.map((value) => value * value),
      fewer.weights,
    );
    const exact = dot(
      values.map((value) => value * value),
      weights,
    );
    expect(Math.abs(second / exact - 1)).toBeLessThan((step ** (1 / 128) - 1) ** 2);
  });

  test("stay as they are where they are few", () => {
    const { values, weights } = made(128, 5);
    expect(condense(values, weights)).toEqual({ values, weights });
  });

  test("are one where all are equal", () => {
    const same = condense(new Float64Array(2000).fill(7), new Float64Array(2000).fill(0.5));
    expect([...same.values]).toEqual([7]);
    expect([...same.weights]).toEqual([1000]);
  });
});
