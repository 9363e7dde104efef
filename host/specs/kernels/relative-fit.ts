import { leastSquares } from "./least-squares.js";

/**
 * Relative error beyond which a measurement counts in proportion, no longer squared (Huber, Ann. Math. Statist. 35(1), 1964): kernels that vary by less than this do so by tile and
 * wave; what lies beyond is another kernel, a cache, or a mishap.
 */
const OUTLIER = 0.3;
const REWEIGHTINGS = 60;

/** How a fit lies to the measurements behind it. */
export interface RelativeErrors {
  measurements: number;
  /** Mean size of the relative errors. */
  meanError: number;
  /** 90th percentile of the sizes of the relative errors. */
  p90Error: number;
}

/**
 * Coefficients, none of them negative, of a sum of terms that comes nearest to measured times in relative error: Huber's loss, by iteratively reweighted least squares; the
 * terms that would be negative are left out.
 *
 * @param terms What the coefficients multiply, one row a measurement; not all zero.
 * @param seconds Measured times, above 0.
 * @param known What each of them takes beside the terms, s.
 * @throws RangeError With fewer measurements than coefficients.
 */
export function relativeFit(
  terms: readonly (readonly number[])[],
  seconds: readonly number[],
  known: readonly number[] = seconds.map(() => 0),
): number[] {
  const size = terms[0]?.length ?? 0;
  if (size === 0 || terms.length < size)
    throw new RangeError(`${terms.length} measurements do not tell ${size} coefficients`);
  const rows = terms.map((row, i) => row.map((term) => term / seconds[i]!));
  const shares = seconds.map((time, i) => 1 - known[i]! / time);
  let weights = rows.map(() => 1);
  let coefficients: number[] = [];
  for (let round = 0; round < REWEIGHTINGS; round++) {
    coefficients = nonNegative(rows, shares, weights);
    weights = rows.map((row, i) => {
      const error = Math.abs(dot(row, coefficients) - shares[i]!);
      return error <= OUTLIER ? 1 : OUTLIER / error;
    });
  }
  return coefficients;
}

/** Weighted least squares of `row * coefficients = value` over all choices of terms that are not zero: the best of those without a negative coefficient. */
function nonNegative(
  rows: readonly (readonly number[])[],
  values: readonly number[],
  weights: readonly number[],
): number[] {
  const size = rows[0]!.length;
  let best = new Array<number>(size).fill(0);
  let least = Infinity;
  for (let chosen = 1; chosen < 2 ** size; chosen++) {
    const columns = [...Array(size).keys()].filter((column) => chosen & (1 << column));
    const solved = leastSquares(
      rows.map((row) => columns.map((column) => row[column]!)),
      values,
      weights,
    );
    if (!solved.every((value) => value >= 0)) continue;
    const candidate = new Array<number>(size).fill(0);
    columns.forEach((column, i) => (candidate[column] = solved[i]!));
    const squares = rows.reduce((sum, row, i) => sum + weights[i]! * (dot(row, candidate) - values[i]!) ** 2, 0);
    if (squares < least) [best, least] = [candidate, squares];
  }
  return best;
}

/** Errors of computed times against measured ones. */
export function relativeErrors(computed: readonly number[], seconds: readonly number[]): RelativeErrors {
  const sizes = computed.map((time, i) => Math.abs(time / seconds[i]! - 1));
  return {
    measurements: sizes.length,
    meanError: sizes.reduce((sum, size) => sum + size, 0) / sizes.length,
    p90Error: quantile(sizes, 0.9),
  };
}

/** Middle of some numbers, linear between the two middle ones. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Linear between closest ranks. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const low = Math.floor(position);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (position - low);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
