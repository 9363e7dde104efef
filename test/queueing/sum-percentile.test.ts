import { describe, expect, it } from "vitest";
import { mmcWait } from "../../host/queueing/mmc.js";
import { percentileOfSum } from "../../host/queueing/sum-percentile.js";
import { NEVER_SERVED, NO_WAIT } from "../../host/queueing/wait-law.js";

const one = (value: number) => [Float64Array.of(value), Float64Array.of(1)] as const;

describe("percentileOfSum", () => {
  const wait = mmcWait(4, 3.2, 1);

  it("of a wait and a constant is the percentile of the wait, moved", () => {
    expect(percentileOfSum(wait, ...one(0.25), 0.99)).toBeCloseTo(wait.percentileS(0.99) + 0.25, 8);
  });

  it("of no wait is that of the values", () => {
    const values = Float64Array.from({ length: 100 }, (_, i) => i + 1);
    expect(percentileOfSum(NO_WAIT, values, new Float64Array(100).fill(2), 0.9)).toBeCloseTo(90, 6);
  });

  it("is less than the sum of the percentiles, and more than either", () => {
    const values = Float64Array.of(0.1, 5);
    const weights = Float64Array.of(0.97, 0.03);
    const sum = percentileOfSum(wait, values, weights, 0.99);
    expect(sum).toBeGreaterThan(5);
    expect(sum).toBeLessThan(5 + wait.percentileS(0.99));
    const beyond = 0.97 * wait.tail(sum - 0.1) + 0.03 * wait.tail(sum - 5);
    expect(beyond).toBeCloseTo(0.01, 8);
  });

  it("takes weights that do not sum to 1", () => {
    const values = Float64Array.of(0.1, 5);
    const sum = percentileOfSum(wait, values, Float64Array.of(0.97, 0.03), 0.99);
    expect(percentileOfSum(wait, values, Float64Array.of(0.194, 0.006), 0.99)).toBeCloseTo(sum, 6);
  });

  it("puts many values together without moving the percentile by more than a bin", () => {
    const values = Float64Array.from({ length: 50_000 }, (_, i) => 0.01 * 1000 ** ((i + 0.5) / 50_000));
    const weights = new Float64Array(50_000).fill(1);
    expect(percentileOfSum(NO_WAIT, values, weights, 0.99) / (0.01 * 1000 ** 0.99)).toBeCloseTo(1, 2);
  });

  it("never ends where the queue does not", () => {
    expect(percentileOfSum(NEVER_SERVED, ...one(1), 0.5)).toBe(Infinity);
  });

  it("refuses a share of 1 and nothing to add", () => {
    expect(() => percentileOfSum(wait, ...one(1), 1)).toThrow(RangeError);
    expect(() => percentileOfSum(wait, new Float64Array(0), new Float64Array(0), 0.5)).toThrow(RangeError);
  });
});
