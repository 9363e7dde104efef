import type { WorkloadModel } from "../models.js";
import { LengthLaw } from "./length-law.js";
import { MergedRectangles } from "./merge-rectangles.js";
import { splitTotals } from "./split-totals.js";
import type { Streak } from "./streak.js";
import { windowWeights } from "./window-weights.js";

/** No requests one by one. */
const NO_POINTS = { input: new Float64Array(0), output: new Float64Array(0), weight: new Float64Array(0) };

/**
 * The law of the lengths that a workload draws, in the long run: windows of time count as their share of the arrivals.
 *
 * Exact where input and output have cells of their own, and for totals where their `inputShare` is a fraction with a denominator of 100 or less, or
 * bins are at most 4096 wide; otherwise (wide bins, odd shares) inputs are right to a token and right in the mean to 1/2 of one.
 */
export function lengthLawOf({ lengths, profile }: Pick<WorkloadModel, "lengths" | "profile">): LengthLaw {
  const { windowCell, cumulative, inputLow, inputHigh, outputLow, outputHigh, inputShare = 0 } = lengths;
  const shares = windowWeights(windowCell.length - 1, lengths.windowS, profile);
  const merged = new MergedRectangles();
  const streaks: Streak[] = [];
  shares.forEach((share, window) => {
    let below = 0;
    for (let cell = windowCell[window]!; cell < windowCell[window + 1]!; cell++) {
      const weight = share * (cumulative[cell]! - below);
      below = cumulative[cell]!;
      if (weight === 0) continue;
      const [low, high] = [inputLow[cell]!, inputHigh[cell]!];
      if (inputShare > 0) {
        const split = splitTotals(low, high, inputShare, weight);
        for (const rectangle of split.rectangles) merged.add(rectangle);
        streaks.push(...split.streaks);
      } else {
        merged.add({
          inputLow: low,
          inputHigh: high,
          outputLow: outputLow[cell]!,
          outputHigh: outputHigh[cell]!,
          weight,
        });
      }
    }
  });
  return new LengthLaw({ rectangles: merged.rectangles, streaks, points: NO_POINTS });
}
