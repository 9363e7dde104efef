/** The laws of drawn gaps. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Core } from "../../host/core/load.js";
import type { ArrivalProcess } from "../../host/workloads/models.js";
import { loadBuild } from "../core/wasm-builds.js";
import { drawRequests, gapsOf } from "./draws.js";

const COUNT = 1_000_000;
const RATE = 50;

let core: Core;
beforeAll(async () => {
  core = await loadBuild("release");
});

/** Gaps of mean 1. */
function unitGaps(process: ArrivalProcess, seed: number, count = COUNT): Float64Array {
  return gapsOf(drawRequests(core, { process, rateRps: RATE }, count, seed)).map((gap) => gap * RATE);
}

function moments(values: Float64Array): { mean: number; cv: number; lagOne: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let squares = 0;
  let products = 0;
  for (let i = 0; i < values.length; i++) {
    squares += (values[i]! - mean) ** 2;
    if (i > 0) products += (values[i]! - mean) * (values[i - 1]! - mean);
  }
  return { mean, cv: Math.sqrt(squares / values.length) / mean, lagOne: products / squares };
}

/** Regularised lower incomplete gamma function P(a, x), by its series (Abramowitz and Stegun, 6.5.29). */
function gammaCdf(shape: number, x: number): number {
  if (x <= 0) return 0;
  let term = 1 / shape;
  let sum = term;
  for (let n = 1; term > 1e-17 * sum; n++) {
    term *= x / (shape + n);
    sum += term;
  }
  return sum * Math.exp(shape * Math.log(x) - x - logGamma(shape));
}

/** Stirling's series (Abramowitz and Stegun, 6.1.41), after raising the argument above 20. */
function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  for (; z < 20; z++) shift += Math.log(z);
  const series = (1 / 12 - (1 / 360 - 1 / 1260 / (z * z)) / (z * z)) / z;
  return (z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2 + series - shift;
}

/** Gaps below this, of mean 1, are lost in the rounding of the time of arrival, which is their sum. */
const FINEST_GAP = 1e-6;

/**
 * Kolmogorov's distance between gaps and a law, from FINEST_GAP on, times the root of their number: above KOLMOGOROV_BOUND with a
 * probability of 1e-4.
 */
function kolmogorov(values: Float64Array, cdf: (x: number) => number): number {
  const sorted = values.toSorted();
  const n = sorted.length;
  let distance = 0;
  sorted.forEach((value, i) => {
    if (value < FINEST_GAP) return;
    const below = cdf(value);
    distance = Math.max(distance, below - i / n, (i + 1) / n - below);
  });
  return distance * Math.sqrt(n);
}
const KOLMOGOROV_BOUND = 2.2;

describe("gamma gaps", () => {
  it.each([0.2, 1, 3])("of coefficient of variation %d have that, mean 1 and no memory", (cv) => {
    const { mean, ...measured } = moments(unitGaps({ type: "gamma", cv }, 1));
    const ofCount = 1 / Math.sqrt(COUNT);
    expect(Math.abs(mean - 1)).toBeLessThan(4 * cv * ofCount);
    // Excess kurtosis of a gamma variable is 6 cv^2: that of its variance follows (Kenney and Keeping).
    expect(Math.abs(measured.cv / cv - 1)).toBeLessThan(4 * Math.sqrt((2 + 6 * cv * cv) / 4 + cv * cv) * ofCount);
    expect(Math.abs(measured.lagOne)).toBeLessThan(4 * ofCount);
  });

  it.each([0.2, 0.5, 1.5, 3])("of coefficient of variation %d follow the gamma law", (cv) => {
    const shape = 1 / (cv * cv);
    const gaps = unitGaps({ type: "gamma", cv }, 2, 100_000);
    expect(kolmogorov(gaps, (gap) => gammaCdf(shape, gap * shape))).toBeLessThan(KOLMOGOROV_BOUND);
  });

  it("of coefficient of variation 1 follow the exponential law, as those of a Poisson process do", () => {
    const law = (gap: number) => -Math.expm1(-gap);
    expect(kolmogorov(unitGaps({ type: "gamma", cv: 1 }, 3, 100_000), law)).toBeLessThan(KOLMOGOROV_BOUND);
    expect(kolmogorov(unitGaps({ type: "poisson" }, 3, 100_000), law)).toBeLessThan(KOLMOGOROV_BOUND);
  });

  it("of coefficient of variation 1.1 do not", () => {
    const law = (gap: number) => -Math.expm1(-gap);
    expect(kolmogorov(unitGaps({ type: "gamma", cv: 1.1 }, 3, 100_000), law)).toBeGreaterThan(KOLMOGOROV_BOUND);
  });
});

describe("Poisson gaps", () => {
  it("have mean 1, coefficient of variation 1 and no memory", () => {
    const { mean, cv, lagOne } = moments(unitGaps({ type: "poisson" }, 4));
    expect(Math.abs(mean - 1)).toBeLessThan(0.004);
    expect(Math.abs(cv - 1)).toBeLessThan(0.006);
    expect(Math.abs(lagOne)).toBeLessThan(0.004);
  });
});

describe("deterministic gaps", () => {
  it("are all the same", () => {
    const gaps = gapsOf(drawRequests(core, { process: { type: "deterministic" }, rateRps: 4 }, 10_000, 5));
    expect(new Set(gaps)).toEqual(new Set([0.25]));
  });

  it("are what gamma gaps of coefficient of variation 0 are", () => {
    const gaps = gapsOf(drawRequests(core, { process: { type: "gamma", cv: 0 }, rateRps: 4 }, 10_000, 5));
    expect(new Set(gaps)).toEqual(new Set([0.25]));
  });
});
