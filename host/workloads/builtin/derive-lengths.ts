/**
 * From the token counts of a trace to cells: how often which (input, output) range occurs in which window of time.
 *
 * **Bins.** Both axes are cut at values of the trace so that a bin holds at most a given share of the requests, and of those
 * from it upwards (for the high percentiles), and its bounds are at most a given ratio apart (the tails are thin but heavy in
 * tokens). A value that alone exceeds the share becomes a bin of its own, so that pile-ups (a context cap, a fixed prompt) stay
 * where they are. Bounds are the smallest and largest value in the bin.
 *
 * **Shrinkage.** The requests of a window are a sample of that window's law. Drawing from the sample adds sampling noise to
 * noise, and the means of windows would vary more than in the trace. With F the ratio of mean squares between and within
 * windows (one-way analysis of variance; 1 if time plays no part), sampling noise is 1/F of the variance of the window means,
 * and drawing adds that much again. Mixing a window's own sample, weight a, with the sample of the whole trace scales the
 * deviations of the window means by a; a^2 F + 1 = F gives a = sqrt(1 - 1/F), and window means vary as in the trace. F is the
 * mean over input and output.
 */
import { ENTRY_DIGITS, type JointLengths, type TokenBin } from "./joint.js";
import { encodeDigits } from "./digits.js";

/** The two columns of a trace that lengths are made of, and the window of each request. */
export interface LengthSample {
  input: readonly number[];
  output: readonly number[];
  /** Index of the window, 0 .. windows - 1. */
  window: readonly number[];
}

/** How fine the bins are. */
export interface BinLimits {
  /** Largest share of the requests in a bin of more than one value. */
  share: number;
  /** Largest share, in such a bin, of the requests that are in no bin below it: makes bins narrow in the upper tail. */
  tailShare: number;
  /** Largest ratio of upper to lower bound. */
  ratio: number;
}

/** Fewest requests in a bin, whatever its limits: no bin gives away a single request. */
const FEWEST = 8;

/** Derive the length part of a joint workload. */
export function deriveLengths(
  sample: LengthSample,
  windows: number,
  windowS: number,
  limits: { input: BinLimits; output: BinLimits },
): JointLengths {
  const inputBins = cutBins(sample.input, limits.input);
  const outputBins = cutBins(sample.output, limits.output);
  const counts = Array.from({ length: windows }, () => new Map<number, number>());
  sample.window.forEach((window, i) => {
    const cell = binOf(inputBins, sample.input[i]!) * outputBins.length + binOf(outputBins, sample.output[i]!);
    const inWindow = counts[window]!;
    inWindow.set(cell, (inWindow.get(cell) ?? 0) + 1);
  });
  const f = (varianceRatio(sample.input, sample.window) + varianceRatio(sample.output, sample.window)) / 2;
  return {
    windowS,
    ownShare: f > 1 ? Math.round(1000 * Math.sqrt(1 - 1 / f)) / 1000 : 0,
    inputBins,
    outputBins,
    windows: counts.map(encodeCounts),
  };
}

function cutBins(values: readonly number[], limits: BinLimits): TokenBin[] {
  const sorted = Uint32Array.from(values).sort();
  const requests = sorted.length;
  const bins: TokenBin[] = [];
  let bin: [low: number, high: number] = [0, 0];
  let below = 0;
  for (let first = 0, end = 0; first < requests; first = end) {
    const value = sorted[first]!;
    while (end < requests && sorted[end] === value) end++;
    const most = Math.min(limits.share * requests, limits.tailShare * (requests - below));
    const fits = end - below <= most && value <= bin[0] * limits.ratio;
    const tooFew = first - below < FEWEST || requests - first < FEWEST;
    if (first > 0 && (fits || tooFew)) {
      bin[1] = value;
    } else {
      bin = [value, value];
      bins.push(bin);
      below = first;
    }
  }
  return bins;
}

function binOf(bins: readonly TokenBin[], value: number): number {
  let [low, high] = [0, bins.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value > bins[middle]![1]) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Mean square between windows over mean square within them; NaN with one window. */
function varianceRatio(values: readonly number[], window: readonly number[]): number {
  const groups = new Map<number, { count: number; sum: number }>();
  values.forEach((value, i) => {
    const group = groups.get(window[i]!) ?? { count: 0, sum: 0 };
    group.count++;
    group.sum += value;
    groups.set(window[i]!, group);
  });
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [between, within] = [0, 0];
  for (const { count, sum } of groups.values()) {
    const deviation = sum / count - mean;
    between += count * deviation * deviation;
  }
  values.forEach((value, i) => {
    const group = groups.get(window[i]!)!;
    const deviation = value - group.sum / group.count;
    within += deviation * deviation;
  });
  return between / (groups.size - 1) / (within / (values.length - groups.size));
}

const MAX_GAP = 36 ** (ENTRY_DIGITS - 1) - 1;
const MAX_COUNT = 35;

/** Entries as {@link JointLengths.windows} wants them; a gap or a count too large for its digits takes several. */
function encodeCounts(counts: Map<number, number>): string {
  const entries: number[] = [];
  let at = 0;
  for (const [cell, count] of [...counts].sort(([a], [b]) => a - b)) {
    for (; cell - at > MAX_GAP; at += MAX_GAP) entries.push(MAX_GAP * 36);
    let left = count;
    do {
      const here = Math.min(left, MAX_COUNT);
      entries.push((cell - at) * 36 + here);
      at = cell;
      left -= here;
    } while (left > 0);
  }
  return encodeDigits(entries, ENTRY_DIGITS);
}
