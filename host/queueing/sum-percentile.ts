import { condense, type WeightedValues } from "./condense.js";
import { probability, type WaitLaw } from "./wait-law.js";

/** Values that a percentile of a sum is worked out with; more are put together in bins. */
const MOST_VALUES = 1024;

/** How close the percentile is, as a share of it. */
const CLOSE = 1e-9;

const ROUNDING = 1e-12;

/**
 * Smallest t with `P(wait + X <= t) >= p` where X, independent of the wait, has one of `values` with probabilities in proportion to `weights`: the percentile of TTFT
 * from the wait and the own prefill.
 *
 * More than 1024 values are first put together by {@link condense}; the answer is then within the width of a bin, `(largest / smallest)^(1 / 1024)`: 0.7 % where
 * they spread over three decades.
 *
 * @param values At least one; none negative.
 * @param p 0 to below 1.
 * @returns `Infinity` where the queue is not stable.
 * @throws RangeError if p is out of range, there are no values, or all weights are 0.
 */
export function percentileOfSum(wait: WaitLaw, values: Float64Array, weights: Float64Array, p: number): number {
  probability(p);
  if (wait.meanS === Infinity) return Infinity;
  const own = condense(values, weights, MOST_VALUES);
  const total = own.weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) throw new RangeError("there are no values with a weight above 0");
  // Rounding of the sums must not ask for the next value.
  const beyond = (1 - p) * total * (1 + ROUNDING);
  const exceeds = (t: number) => weightBeyond(wait, own, t) > beyond;
  // The sum is no less than either part, and no more than the percentile of the one and the largest of the other.
  let low = wait.percentileS(p);
  let high = low + own.values.reduce((largest, value) => Math.max(largest, value), 0);
  if (!exceeds(low)) return low;
  while (high - low > CLOSE * high) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    if (exceeds(middle)) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * P(wait + X > t) for X as in {@link percentileOfSum}: a fraction of its work where only one t is in question.
 *
 * @throws RangeError if there are no values, or all weights are 0.
 */
export function tailOfSum(wait: WaitLaw, values: Float64Array, weights: Float64Array, t: number): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0)) throw new RangeError("there are no values with a weight above 0");
  return weightBeyond(wait, { values, weights }, t) / total;
}

/** Weight of the sums above t. */
function weightBeyond(wait: WaitLaw, { values, weights }: WeightedValues, t: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += weights[i]! * (values[i]! > t ? 1 : wait.tail(t - values[i]!));
  }
  return sum;
}
