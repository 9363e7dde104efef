import type { LengthLaw } from "../../workloads/length-law/length-law.js";

/** Share of requests that are longer than the largest window: no pool takes them. Exactly 0 where there are none, whatever the sums of doubles make of it. */
export function tooLongShare(law: LengthLaw, maxCtx: number): number {
  return law.longest <= maxCtx ? 0 : Math.max(0, 1 - law.share(0, maxCtx));
}
