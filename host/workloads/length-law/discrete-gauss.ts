/**
 * Four-point Gauss rules for sums over consecutive whole numbers.
 *
 * The mean of a polynomial of degree 7 or less over N whole numbers in a row is its weighted mean over four places: the roots of
 * the discrete Chebyshev (Gram) polynomial of degree 4, `x^4 - (3 N^2 - 13) x^2 / 14 + 3 (N^2 - 1)(N^2 - 9) / 560`, x from the middle. Its
 * coefficients are polynomials in N, so that the rule is also right for an N that is not whole, as a polynomial in N, from N = 3 on.
 * Source: e.g. Hildebrand, Introduction to Numerical Analysis (1974), sections 7.13 and 8.14.
 */

/** Points of a rule. */
export const GAUSS_POINTS = 4;

/** Least N for which the four places are real. */
export const LEAST_GAUSS_COUNT = 3;

/** Places, from the middle, and weights of a rule; the sum of the weights is 1. The other two places are the negatives of these. */
export interface HalfRule {
  near: number;
  far: number;
  /** Weight of each of the two near places. */
  nearWeight: number;
  farWeight: number;
}

/** The rule for `count` whole numbers in a row, at least {@link LEAST_GAUSS_COUNT}; `count` need not be whole. */
export function discreteGauss(count: number): HalfRule {
  const square = count * count;
  const half = (3 * square - 13) / 28;
  const product = (3 * (square - 1) * (square - 9)) / 560;
  const farSquare = half + Math.sqrt(half * half - product);
  // By Vieta, without cancellation where the near places are close to the middle.
  const nearSquare = product / farSquare;
  const variance = (square - 1) / 12;
  const farWeight = (variance / 2 - nearSquare / 2) / (farSquare - nearSquare);
  return { near: Math.sqrt(nearSquare), far: Math.sqrt(farSquare), nearWeight: 0.5 - farWeight, farWeight };
}
