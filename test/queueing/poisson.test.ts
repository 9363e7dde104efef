import { describe, expect, it } from "vitest";
import { poissonAtItsMean, poissonExcess, poissonWeights } from "../../host/queueing/poisson.js";

describe("poissonWeights", () => {
  it.each([0, 0.3, 5, 63.5, 2000])("of mean %d sum to 1 with that mean and variance", (mean) => {
    const { first, weights } = poissonWeights(mean);
    const moment = (power: number) => weights.reduce((sum, weight, i) => sum + weight * (first + i - mean) ** power, 0);
    expect(moment(0)).toBeCloseTo(1, 13);
    expect(moment(1)).toBeCloseTo(0, 9);
    expect(moment(2)).toBeCloseTo(mean, 8);
  });

  it("are e^-m m^k / k!", () => {
    const { first, weights } = poissonWeights(2);
    expect(first).toBe(0);
    expect(weights[3]).toBeCloseTo((Math.exp(-2) * 8) / 6, 15);
  });
});

it("poissonAtItsMean joins its product and its series without a step", () => {
  // x^x e^-x / x! from x to x + 1 changes by (1 + 1/x)^x / e.
  for (const x of [1, 7, 15, 16, 40]) {
    expect((poissonAtItsMean(x + 1) / poissonAtItsMean(x)) * Math.E).toBeCloseTo((1 + 1 / x) ** x, 12);
  }
  expect(poissonAtItsMean(3)).toBeCloseTo((27 * Math.exp(-3)) / 6, 15);
});

it.each([0.001, 0.5, 0.89, 0.91, 0.999])("poissonExcess at %d of x is mean - x + x ln(x / mean)", (share) => {
  expect(poissonExcess(50, 50 * share) / (50 * (share - 1 - Math.log(share)))).toBeCloseTo(1, 9);
});
