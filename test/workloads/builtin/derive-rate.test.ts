import { describe, expect, it } from "vitest";
import { fitRates } from "../../../host/workloads/builtin/derive-rate.js";
import { uniforms } from "./sampler.js";

/** Poisson counts around these means. */
function poisson(means: readonly number[], seed: number): Float64Array {
  const uniform = uniforms(seed);
  return Float64Array.from(means, (mean) => {
    let count = 0;
    for (let due = -Math.log(1 - uniform()); due < mean; due -= Math.log(1 - uniform())) count++;
    return count;
  });
}

function blocks(values: Float64Array, steps: number): number[] {
  return Array.from({ length: Math.floor(values.length / steps) }, (_, block) =>
    values.slice(block * steps, (block + 1) * steps).reduce((sum, value) => sum + value, 0),
  );
}

function moments(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}

const HOUR = Array.from({ length: 3600 }, (_, second) => second);
/** A rate that rises and falls over minutes, with busy and quiet seconds. */
const UNEVEN = HOUR.map((second) => (4 + 2 * Math.sin(second / 200)) * (second % 7 < 2 ? 2 : 0.5));
/** Ten seconds of work, half a minute of silence. */
const ON_OFF = HOUR.map((second) => (second % 40 < 10 ? 12 : 0));

describe("fitRates", () => {
  it("keeps the number of arrivals", () => {
    const counts = poisson(UNEVEN, 1);
    const fitted = fitRates(counts, [60, 10, 1]);
    expect(moments([...fitted]).mean).toBeCloseTo(moments([...counts]).mean, 9);
  });

  it.each([60, 10, 1])("varies on %d s as the counts do, less their Poisson noise", (steps) => {
    const counts = poisson(UNEVEN, 2);
    const counted = moments(blocks(counts, steps));
    const fitted = moments(blocks(fitRates(counts, [60, 10, 1]), steps));
    expect(fitted.variance / (counted.variance - counted.mean)).toBeCloseTo(1, 9);
  });

  it("recovers a constant rate from counts that vary less than Poisson counts", () => {
    const counts = Float64Array.from(HOUR, (second) => 3 + (second % 2));
    for (const rate of fitRates(counts, [60, 10, 1])) expect(rate).toBeCloseTo(3.5, 9);
  });

  it("is nearer the rate than the counts are", () => {
    const counts = poisson(UNEVEN, 3);
    const error = (rates: Float64Array) => rates.reduce((sum, rate, i) => sum + (rate - UNEVEN[i]!) ** 2, 0);
    expect(error(fitRates(counts, [60, 10, 1]))).toBeLessThan(0.8 * error(counts));
  });

  it("is never negative", () => {
    expect(Math.min(...fitRates(poisson(UNEVEN, 4), [60, 10, 1]))).toBeGreaterThanOrEqual(0);
  });

  it("keeps silence silent", () => {
    const fitted = fitRates(poisson(ON_OFF, 5), [120, 10, 1]);
    expect(ON_OFF.every((rate, second) => rate > 0 || fitted[second] === 0)).toBe(true);
  });

  it("does not take a quiet second of a steady rate for silence", () => {
    const steady = HOUR.map(() => 1.5);
    expect(Math.min(...fitRates(poisson(steady, 6), [60, 10, 1]))).toBeGreaterThan(0);
  });

  it("fits a last block that is cut short by its length", () => {
    const counts = Float64Array.from({ length: 130 }, (_, second) => 2 + (second % 2));
    const fitted = fitRates(counts, [60, 10, 1]);
    expect(fitted).toHaveLength(130);
    for (const rate of fitted) expect(rate).toBeCloseTo(2.5, 9);
  });

  it("gives the same numbers every time", () => {
    expect(fitRates(poisson(UNEVEN, 7), [60, 10, 1])).toEqual(fitRates(poisson(UNEVEN, 7), [60, 10, 1]));
  });
});
