import type { LengthLaw } from "../../workloads/length-law/length-law.js";
import type { FleetCandidate } from "./fleet-candidate.js";
import { BEYOND } from "./pool-estimate.js";

/** Share of requests that are longer than the largest window: no pool takes them. Exactly 0 where there are none, whatever the sums of doubles make of it. */
export function tooLongShare(law: LengthLaw, maxCtx: number): number {
  return law.longest <= maxCtx ? 0 : Math.max(0, 1 - law.share(0, maxCtx));
}

/** Whether a fleet turns away more requests than the percentile that is sized leaves: then it cannot keep any objective, however many replicas it has. */
export function turnsTooManyAway(law: LengthLaw, { segments }: FleetCandidate): boolean {
  return tooLongShare(law, segments.at(-1)!.upTo) > BEYOND;
}

/** Where a window leaves more requests out than the percentile that is sized: the smallest that does not, tokens; else `null`. */
export function windowNeeded(law: LengthLaw, maxCtx: number): number | null {
  if (tooLongShare(law, maxCtx) <= BEYOND) return null;
  let [low, high] = [1, Math.ceil(law.longest)];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (tooLongShare(law, middle) <= BEYOND) high = middle;
    else low = middle + 1;
  }
  return high;
}
