import { expect } from "vitest";

/**
 * When a measured mean counts as equal to an exact value.
 *
 * The runs are fixed by their seeds, so a test passes always or never; what has to be small is the chance that correct code meets seeds that
 * fail it. All comparisons of this folder together hold with probability {@link FAMILY_LEVEL}: by Bonferroni's inequality each one is made
 * at `1 - (1 - FAMILY_LEVEL) / COMPARISONS`, with Student's t over independent replications.
 */
export const FAMILY_LEVEL = 0.999;

/** At least as many comparisons as this folder makes. */
export const COMPARISONS = 128;

/** Replications of every comparison: odd, because Student's t has a finite formula for an even number of degrees of freedom. */
export const REPLICATIONS = 15;

/** P(|T| > t) for Student's t with an even number of degrees of freedom (Abramowitz and Stegun, 26.7.4). */
export function studentTwoSidedTail(t: number, degreesOfFreedom: number): number {
  const cosine2 = degreesOfFreedom / (degreesOfFreedom + t * t);
  let term = 1;
  let sum = 1;
  for (let k = 2; k < degreesOfFreedom; k += 2) {
    term *= ((k - 1) / k) * cosine2;
    sum += term;
  }
  return 1 - Math.sqrt(1 - cosine2) * sum;
}

/** The t that is exceeded in size with probability `tail`. */
export function studentTwoSided(tail: number, degreesOfFreedom: number): number {
  let low = 0;
  let high = 1e3;
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (studentTwoSidedTail(middle, degreesOfFreedom) > tail) low = middle;
    else high = middle;
  }
  return high;
}

/** Mean and standard error of independent replications. */
export function summary(values: readonly number[]): { mean: number; standardError: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (values.length - 1) / values.length) };
}

/**
 * Expects the mean of independent replications to agree with the exact value: within the confidence interval of the family, and within
 * the share `relative` of it, so that a wide interval proves nothing. An exact value of 0 must be met exactly.
 */
export function expectAgrees(what: string, values: readonly number[], exact: number, relative: number): void {
  const { mean, standardError } = summary(values);
  const said = `${what}: ${mean} +- ${standardError} against ${exact}`;
  if (exact === 0) {
    expect(mean, said).toBe(0);
    return;
  }
  const t = studentTwoSided((1 - FAMILY_LEVEL) / COMPARISONS, values.length - 1);
  expect(Math.abs(mean / exact - 1), said).toBeLessThanOrEqual(relative);
  expect(Math.abs(mean - exact), said).toBeLessThanOrEqual(t * standardError);
}

/**
 * Upper bound of a chi-square variable, exceeded with probability 3e-5: Wilson and Hilferty's cube root approximation at four standard
 * deviations (Abramowitz and Stegun, 26.4.17).
 */
export function chiSquareBound(degreesOfFreedom: number): number {
  const share = 2 / (9 * degreesOfFreedom);
  return degreesOfFreedom * (1 - share + 4 * Math.sqrt(share)) ** 3;
}

/** Expects counts to be draws from `probabilities`, by the chi-square test at {@link chiSquareBound}. */
export function expectFrequencies(counts: readonly number[], probabilities: readonly number[]): void {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let distance = 0;
  counts.forEach((count, i) => {
    const mean = total * probabilities[i]!;
    distance += (count - mean) ** 2 / mean;
  });
  expect(distance, `${counts.join(" ")} against ${probabilities.join(" ")}`).toBeLessThan(
    chiSquareBound(counts.length - 1),
  );
}
