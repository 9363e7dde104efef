/**
 * From counts of arrivals to the rate behind them.
 *
 * A Poisson process whose rate is the raw count of each second does not look like the trace it was counted from: the count
 * already holds the Poisson noise of that second, and drawing adds it once more, so that the index of dispersion (variance
 * over mean of the counts in windows of some length) comes out higher by one. What is wanted is a rate whose own variation is
 * the excess alone: with N the arrivals of a block and L its rate times its length,
 *
 *     Var N = Var L + E N,    hence    Var L = Var N - E N    on every time scale.
 *
 * That is done level by level, from long blocks to short ones. A block of N arrivals and fitted rate L hands L down to its
 * sub-blocks in the shares
 *
 *     p_k + s (N_k / N - p_k),    s = sqrt(v / (v + (1 - sum p_k^2) / N)),
 *
 * p_k its share of the time. (1 - sum p_k^2) / N is what a multinomial split of N arrivals contributes to the sum of squared
 * deviations of the shares; v is the variation of the true shares, one number for the whole level, found by bisection so that
 * Var L over the level's blocks is Var N - E N. s is the shrinkage that keeps the variance (of the signal), not the one that
 * minimises the squared error: the latter would lose the variance that this is about. Shares stay positive since s <= 1. The
 * first level is the split of the whole time.
 *
 * **Silent blocks.** Linear shrinkage gives empty blocks some rate. That is right where an empty block is a low draw of a
 * moderate rate, and wrong for a source that goes silent, whose long gaps it would break up. Robbins' formula tells which:
 * under any prior E[L | N = 0] = P(N = 1) / P(N = 0) (H. Robbins, An empirical Bayes approach to statistics, 3rd Berkeley
 * Symposium, 1956). Where a level has fewer than {@link SILENCE} blocks with one arrival to each empty one, its empty blocks
 * get no rate and no share of the time.
 */

/** Ratio of blocks with one arrival to empty blocks below which empty means silent. */
export const SILENCE = 0.05;

const BISECTIONS = 100;

/** Blocks of one level. */
interface Level {
  /** Arrivals of each block. */
  counts: Float64Array;
  /** Fitted mean number of arrivals of each block. */
  rates: Float64Array;
}

/**
 * Fit the rate of each step to the arrivals counted in it.
 *
 * @param counts - arrivals of each step
 * @param blockSteps - block lengths of the levels in steps, longest first, each a multiple of the next, the last 1
 * @returns mean number of arrivals of each step; they add up to the arrivals counted
 */
export function fitRates(counts: Float64Array, blockSteps: readonly number[]): Float64Array {
  const total = sum(counts);
  let parent: Level = { counts: Float64Array.of(total), rates: Float64Array.of(total) };
  let parentSteps = counts.length;
  for (const steps of blockSteps) {
    parent = fitLevel(counts, steps, parent, parentSteps);
    parentSteps = steps;
  }
  return parent.rates;
}

function fitLevel(stepCounts: Float64Array, steps: number, parent: Level, parentSteps: number): Level {
  const counts = blockSums(stepCounts, steps);
  const time = blockSums(new Float64Array(stepCounts.length).fill(1), steps);
  if (emptyMeansSilent(counts)) {
    const children = parentSteps / steps;
    for (let block = 0; block < counts.length; block++) {
      if (counts[block] === 0 && parent.counts[Math.floor(block / children)]! > 0) time[block] = 0;
    }
  }

  // A block that is cut by the end of the trace is no draw of the same law as the others.
  const whole = Math.floor(stepCounts.length / steps);
  const wanted = Math.max(0, variance(counts, whole) - mean(counts, whole));
  const split = splitParents(parent, parentSteps / steps, counts, time);
  let [low, high] = [0, 1];
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (low + high) / 2;
    if (variance(split(middle), whole) < wanted) low = middle;
    else high = middle;
  }
  return { counts, rates: split(high) };
}

/** The rates of a level as a function of x = v / (1 + v), which is in 0..1 where the variation of the shares v is in 0..infinity. */
function splitParents(parent: Level, children: number, counts: Float64Array, time: Float64Array) {
  return (x: number): Float64Array => {
    const rates = new Float64Array(counts.length);
    for (let p = 0; p < parent.rates.length; p++) {
      const arrivals = parent.counts[p]!;
      if (arrivals === 0 && parent.rates[p] === 0) continue;
      const first = Math.ceil(p * children);
      const end = Math.min(Math.ceil((p + 1) * children), counts.length);
      const parentTime = sum(time.subarray(first, end));
      let squares = 0;
      for (let k = first; k < end; k++) squares += (time[k]! * time[k]!) / (parentTime * parentTime);
      const shrink = arrivals === 0 ? 0 : x === 1 ? 1 : Math.sqrt(x / (x + ((1 - x) * (1 - squares)) / arrivals));
      for (let k = first; k < end; k++) {
        const share = time[k]! / parentTime;
        const seen = arrivals === 0 ? share : counts[k]! / arrivals;
        rates[k] = parent.rates[p]! * (share + shrink * (seen - share));
      }
    }
    return rates;
  };
}

function emptyMeansSilent(counts: Float64Array): boolean {
  let [empty, single] = [0, 0];
  for (const count of counts) {
    if (count === 0) empty++;
    if (count === 1) single++;
  }
  return empty > 0 && single < SILENCE * empty;
}

function blockSums(values: Float64Array, steps: number): Float64Array {
  const sums = new Float64Array(Math.ceil(values.length / steps));
  values.forEach((value, step) => (sums[Math.floor(step / steps)]! += value));
  return sums;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function mean(values: Float64Array, count: number): number {
  return sum(values.subarray(0, count)) / count;
}

/** Population variance of the first `count` values. */
function variance(values: Float64Array, count: number): number {
  const centre = mean(values, count);
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (values[i]! - centre) * (values[i]! - centre);
  return squares / count;
}
