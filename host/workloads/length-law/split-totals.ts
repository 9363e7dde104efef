import type { Rectangle } from "./rectangle.js";
import type { Streak } from "./streak.js";

/** A share as a fraction whose products with whole totals are rounded down as those of the double are. */
interface Fraction {
  numerator: number;
  denominator: number;
}

/** Largest denominator that is looked for. */
const MOST_DENOMINATOR = 100;

/** Totals of a bin that are taken one by one where the share is no simple fraction. */
const MOST_SINGLE = 4096;

/** What a bin of totals is made of. */
export interface SplitTotals {
  rectangles: Rectangle[];
  streaks: Streak[];
}

/**
 * The requests of a bin of totals, each equally likely: input `max(1, trunc(total * share))`, the rest output, at least 1 (as the core draws them).
 *
 * With `total = denominator * m + rest` and a share that is a simple fraction, input and output are linear in m for each rest: exact. So are up
 * to 4096 totals of any share. Beyond, the fraction of a token that `trunc` takes away is replaced by its mean of half a token.
 */
export function splitTotals(low: number, high: number, share: number, weight: number): SplitTotals {
  const part = (from: number, to: number) => (weight * (to - from + 1)) / (high - low + 1);
  if (share === 1) return { rectangles: [box(low, high, 1, 1, weight)], streaks: [] };
  const rectangles: Rectangle[] = [];
  let from = low;
  if (from === 1) {
    rectangles.push(box(1, 1, 1, 1, part(1, 1)));
    from = 2;
  }
  // Up to here the input is 1 token, whatever the total.
  const lastOfOne = Math.min(high, lastBelow(2, share));
  if (lastOfOne >= from) {
    rectangles.push(box(1, 1, from - 1, lastOfOne - 1, part(from, lastOfOne)));
    from = lastOfOne + 1;
  }
  if (from > high) return { rectangles, streaks: [] };
  const fraction = simpleFraction(share);
  if (fraction && high - from > fraction.denominator) {
    return { rectangles, streaks: restStreaks(from, high, fraction, part(from, high)) };
  }
  if (high - from >= MOST_SINGLE) return { rectangles, streaks: [smoothStreak(from, high, share, part(from, high))] };
  for (let total = from; total <= high; total++) {
    const input = Math.max(1, Math.trunc(total * share));
    const output = Math.max(1, total - input);
    rectangles.push(box(input, input, output, output, part(total, total)));
  }
  return { rectangles, streaks: [] };
}

function box(inputLow: number, inputHigh: number, outputLow: number, outputHigh: number, weight: number): Rectangle {
  return { inputLow, inputHigh, outputLow, outputHigh, weight };
}

/** The largest whole total with `total * share < bound`. */
function lastBelow(bound: number, share: number): number {
  let total = Math.ceil(bound / share);
  while (total * share >= bound) total--;
  return total;
}

/** A streak for each rest of the total by the denominator. */
function restStreaks(low: number, high: number, { numerator, denominator }: Fraction, weight: number): Streak[] {
  const streaks: Streak[] = [];
  for (let rest = 0; rest < denominator; rest++) {
    const first = Math.ceil((low - rest) / denominator);
    const last = Math.floor((high - rest) / denominator);
    if (first > last) continue;
    const input = Math.floor((rest * numerator) / denominator);
    streaks.push({
      inputAt0: input,
      inputStep: numerator,
      outputAt0: rest - input,
      outputStep: denominator - numerator,
      first,
      last,
      weight: (weight * (last - first + 1)) / (high - low + 1),
    });
  }
  return streaks;
}

function smoothStreak(low: number, high: number, share: number, weight: number): Streak {
  return {
    inputAt0: -0.5,
    inputStep: share,
    outputAt0: 0.5,
    outputStep: 1 - share,
    first: low,
    last: high,
    weight,
  };
}

/** The fraction that a share stands for, where it is a simple one and rounds alike for every total up to 2^30. */
function simpleFraction(share: number): Fraction | undefined {
  for (let denominator = 1; denominator <= MOST_DENOMINATOR; denominator++) {
    const numerator = Math.round(share * denominator);
    if (numerator / denominator === share && numerator > 0 && roundsAlike(share, numerator, denominator)) {
      return { numerator, denominator };
    }
  }
  return undefined;
}

/**
 * Whether the double never falls short where `total * numerator / denominator` is whole: it must lie at most 2^-54 of itself below the
 * fraction, for then the product is rounded back to the whole number. (0.7 does not: 90 * 0.7 is 62.99999999999999.)
 */
function roundsAlike(share: number, numerator: number, denominator: number): boolean {
  const scale = 2 ** 80;
  const short = BigInt(numerator) * BigInt(scale) - BigInt(denominator) * BigInt(share * scale);
  return short * 2n ** 54n <= BigInt(numerator) * BigInt(scale);
}
