import { isLess, type PairCounts, type PairFrontier, type PairPrice } from "./pair-frontier.js";

/** A kind of replica on each side, and the counts that are enough of them. */
export interface PairCandidate {
  frontier: PairFrontier;
  price: PairPrice;
  /** Plays so many of them. */
  isEnough: (counts: PairCounts) => Promise<boolean>;
}

/** The best pair, and the candidate that it is of. */
export interface CheapestPair<Candidate extends PairCandidate> {
  candidate: Candidate;
  counts: PairCounts;
}

/**
 * The pair that counts for least among several candidates: always the one with the least bound is narrowed, until no bound is below the best pair. What is left open of the others cannot be better.
 */
export async function cheapestPair<Candidate extends PairCandidate>(
  candidates: readonly Candidate[],
): Promise<CheapestPair<Candidate> | undefined> {
  for (;;) {
    const best = bestKnown(candidates);
    const next = leastBound(candidates);
    if (next === undefined) return best?.pair;
    if (best && !isLess(next.bound, best.price)) return best.pair;
    await next.candidate.frontier.narrow(next.candidate.isEnough);
  }
}

/**
 * All corners of a candidate that some price could want: it is narrowed as long as a pair that is not known yet could count for less than all known ones by one of the prices.
 */
export async function narrowFor(
  { frontier, isEnough }: Omit<PairCandidate, "price">,
  prices: readonly PairPrice[],
): Promise<void> {
  const couldGain = (price: PairPrice) => {
    const bound = frontier.bound(price);
    if (bound === undefined) return false;
    const best = frontier.best(price);
    return best === undefined || isLess(bound, price(best));
  };
  while (prices.some(couldGain)) await frontier.narrow(isEnough);
}

function bestKnown<Candidate extends PairCandidate>(candidates: readonly Candidate[]) {
  let best: { pair: CheapestPair<Candidate>; price: readonly number[] } | undefined;
  for (const candidate of candidates) {
    const counts = candidate.frontier.best(candidate.price);
    if (counts === undefined) continue;
    const price = candidate.price(counts);
    if (best === undefined || isLess(price, best.price)) best = { pair: { candidate, counts }, price };
  }
  return best;
}

function leastBound<Candidate extends PairCandidate>(candidates: readonly Candidate[]) {
  let least: { candidate: Candidate; bound: readonly number[] } | undefined;
  for (const candidate of candidates) {
    const bound = candidate.frontier.bound(candidate.price);
    if (bound !== undefined && (least === undefined || isLess(bound, least.bound))) least = { candidate, bound };
  }
  return least;
}
