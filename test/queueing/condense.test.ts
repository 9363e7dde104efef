import { describe, expect, test } from "vitest";
import { condense } from "../../host/queueing/condense.js";
import { numbers } from "../planners/sizing/sizing-fixtures.js";

const MOST = 128;

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
    const fewer = condense(values, weights, MOST);
    expect(fewer.values.length).toBeLessThanOrEqual(MOST);
    expect(sum(fewer.weights)).toBeCloseTo(sum(weights), 8);
    expect(dot(fewer.values, fewer.weights) / dot(values, weights)).toBeCloseTo(1, 12);
  });

  test("put together only what differs by less than one step", () => {
    const { values, weights } = made(5000, 4);
    const fewer = condense(values, weights, MOST);
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
    expect(Math.abs(second / exact - 1)).toBeLessThan((step ** (1 / (MOST - 2)) - 1) ** 2);
  });

  test("keep zeros apart", () => {
    const values = Float64Array.from({ length: 5000 }, (_, i) => (i % 10 === 0 ? 0 : i));
    const weights = values.map((_, i) => 1 + (i % 3));
    const fewer = condense(values, weights, MOST);
    const ofZeros = weights.filter((_, i) => i % 10 === 0);
    expect([fewer.values[0], fewer.weights[0]]).toEqual([0, sum(ofZeros)]);
    expect(sum(fewer.weights)).toBeCloseTo(sum(weights), 6);
  });

  test("stay as they are where they are few", () => {
    const { values, weights } = made(128, 5);
    expect(condense(values, weights, MOST)).toEqual({ values, weights });
  });

  test("are one where all are equal", () => {
    const same = condense(new Float64Array(2000).fill(7), new Float64Array(2000).fill(0.5), MOST);
    expect([...same.values]).toEqual([7]);
    expect([...same.weights]).toEqual([1000]);
  });
});
