/** Differences between two runs that met the same requests (common random numbers), and how sure they are. */
import { meanInterval, seriesHalfWidth } from "./intervals.js";

/** A difference and its 95 % confidence interval; `null` where there is no such figure, or too little to take it from. */
export interface PairedDifference {
  difference: number | null;
  ci95: [number, number] | null;
}

const NOT_KNOWN: PairedDifference = { difference: null, ci95: null };

/**
 * From independent replications, each of which gave a difference: their mean, with Student's t over them (the paired-t approach: Law, "Simulation
 * Modeling and Analysis", 5th ed., section 10.2.1).
 */
export function replicatedDifference(differences: readonly (number | null)[]): PairedDifference {
  if (!differences.every((difference) => difference !== null)) return NOT_KNOWN;
  const { mean, halfWidth } = meanInterval(differences);
  return around(mean, halfWidth);
}

/**
 * From one run: the difference over all of its requests, with an interval from the differences in batches of consecutive requests (batch means applied to
 * the differences; of a percentile sectioning: deviations are taken from the difference of the whole run, Nakayama, "Confidence intervals for quantiles
 * using sectioning when applying variance-reduction techniques", TOMACS 24(4), 2014). Where neighbouring batches still go together it is widened.
 *
 * @param whole The difference over the whole run.
 * @param batches The difference in each batch, in order; `null` where a batch has none.
 */
export function batchedDifference(whole: number | null, batches: readonly (number | null)[]): PairedDifference {
  if (whole === null) return NOT_KNOWN;
  const known = batches.filter((difference) => difference !== null);
  if (known.length < batches.length || known.length < 2) return { difference: whole, ci95: null };
  return around(whole, seriesHalfWidth(known.map((difference) => difference - whole)));
}

function around(difference: number, halfWidth: number | null): PairedDifference {
  return { difference, ci95: halfWidth === null ? null : [difference - halfWidth, difference + halfWidth] };
}
