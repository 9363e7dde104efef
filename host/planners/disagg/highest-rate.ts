import type { Ladder } from "../capacity-ladder.js";

/** Something whose highest rate is searched. */
export interface RateCandidate {
  /** No more than this can be borne, requests/s: known without a run. */
  mostRps: number;
  /** Where analysis expects the highest rate, requests/s. */
  expectedRps: number;
  /** Plays a rate. */
  isBorne: (rateRps: number) => Promise<boolean>;
}

/** A candidate, and the highest step of the ladder that it bears. */
export interface HighestRate<Candidate extends RateCandidate> {
  candidate: Candidate;
  step: number;
  rateRps: number;
}

/** Below this share of what analysis expects no candidate is tried. */
const LEAST_SHARE = 1e-3;

/**
 * The candidate that bears the highest rate. Each in its turn, those that analysis expects most of first, is asked whether it bears one step more than the best so far: most say no in a single run. Of those that say yes the
 * highest step is searched.
 */
export async function highestRate<Candidate extends RateCandidate>(
  candidates: readonly Candidate[],
  ladder: Ladder,
): Promise<HighestRate<Candidate> | undefined> {
  const order = [...candidates].sort((a, b) => b.expectedRps - a.expectedRps);
  let best: HighestRate<Candidate> | undefined;
  for (const candidate of order) {
    const step = await highestStep(candidate, ladder, best?.step);
    if (step !== undefined) best = { candidate, step, rateRps: ladder.at(step) };
  }
  return best;
}

/**
 * The highest step that a candidate bears, if it bears more than `above`: from where it is expected away, twice as far each time, then halfway.
 *
 * @returns `undefined` if it does not bear more than `above`; or, where there is none, a thousandth of what is expected.
 */
export async function highestStep(
  { mostRps, expectedRps, isBorne }: RateCandidate,
  ladder: Ladder,
  above?: number,
): Promise<number | undefined> {
  const most = ladder.below(mostRps);
  const least = above === undefined ? Math.min(most, ladder.below(LEAST_SHARE * expectedRps)) : above + 1;
  if (least > most) return undefined;
  const bears = (step: number) => isBorne(ladder.at(step));
  // Of what must beat another the step above that one tells most.
  let next = above === undefined ? Math.max(least, Math.min(most, ladder.below(expectedRps))) : least;
  let [low, high] = [least - 1, most + 1];
  for (let stride = 1; high - low > 1; stride *= 2) {
    if (await bears(next)) low = next;
    else high = next;
    if (low < least && high === least) return undefined;
    const isBetween = low >= least && high <= most;
    if (isBetween) next = Math.floor((low + high) / 2);
    else next = low >= least ? Math.min(most, low + stride) : Math.max(least, high - stride);
  }
  return low < least ? undefined : low;
}
