/** Confidence intervals: Student's t over replications, and over batches of one run. */

/** Quantiles 0.975 of Student's t by degrees of freedom, from 1 to 30 (Abramowitz and Stegun, table 26.10); the normal one beyond. */
const STUDENT_975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];
const NORMAL_975 = 1.959964;

/** Two-sided 95 % factor of Student's t. Beyond 30 degrees of freedom by Cornish and Fisher's first term, to three decimals. */
export function student95(degreesOfFreedom: number): number {
  const tabulated = STUDENT_975[degreesOfFreedom - 1];
  return tabulated ?? NORMAL_975 + (NORMAL_975 ** 3 + NORMAL_975) / (4 * degreesOfFreedom);
}

/** Mean and 95 % half-width over independent replications; `null` half-width for one. */
export function meanInterval(values: readonly number[]): { mean: number; halfWidth: number | null } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { mean, halfWidth: null };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  return { mean, halfWidth: student95(n - 1) * Math.sqrt(variance / n) };
}

/**
 * 95 % half-width of the share of values above a percentile, from the counts above it in batches of one run (method of batch means, Law, "Simulation
 * Modeling and Analysis", 5th ed., section 9.5.3, applied to the indicator of exceedance). Where neighbouring batches still go together (lag-one
 * correlation r > 0) the variance is raised by (1 + r) / (1 - r), as for a first-order autoregression; r is first corrected for its bias in short
 * series, (1 + 3 r) / n (Kendall, Biometrika 41, 1954). It is never less than that of independent draws.
 *
 * Batches are merged in pairs: ten cover better than twenty. Measured over 400 seeds, an interval holds the exact P99 of M/M/16 at load 0.8 in 93 % of
 * runs of 20,000 requests, of M/M/1 at 0.7 in 95 %, of M/M/1 at 0.9 in 95 % of runs of 100,000; of runs too short to tell (M/M/1 at 0.9, 20,000) in 78 %.
 *
 * @param above Values above the percentile, by batch.
 * @param sizes Values in each batch.
 * @param tail The nominal share above, such as 0.01.
 */
export function batchHalfWidth(above: ArrayLike<number>, sizes: readonly number[], tail: number): number {
  const count = sizes.reduce((sum, size) => sum + size, 0);
  const independent = NORMAL_975 * Math.sqrt((tail * (1 - tail)) / count);
  if (sizes.some((size) => size === 0)) return independent;
  const shares = mergedShares(above, sizes);
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return Math.max(independent, seriesHalfWidth(shares.map((share) => share - mean)));
}

/**
 * 95 % half-width of the mean of a short stationary series, from its deviations in order: Student's t, widened where neighbours still go together
 * as {@link batchHalfWidth} has it.
 *
 * @param deviations At least two.
 */
export function seriesHalfWidth(deviations: readonly number[]): number {
  const n = deviations.length;
  const squares = deviations.reduce((sum, d) => sum + d * d, 0);
  if (squares === 0) return 0;
  const products = deviations.slice(1).reduce((sum, d, i) => sum + d * deviations[i]!, 0);
  const lagOne = products / squares;
  const r = Math.min(0.9, Math.max(0, lagOne + (1 + 3 * lagOne) / n));
  const variance = (squares / (n - 1) / n) * ((1 + r) / (1 - r));
  return student95(n - 1) * Math.sqrt(variance);
}

/** The share above in each pair of neighbouring batches. */
function mergedShares(above: ArrayLike<number>, sizes: readonly number[]): number[] {
  const pairs = Math.floor(sizes.length / 2);
  return Array.from({ length: pairs }, (_, pair) => {
    const [first, second] = [2 * pair, 2 * pair + 1];
    return (above[first]! + above[second]!) / (sizes[first]! + sizes[second]!);
  });
}
