/** Staged cases that once told two programs apart. */
import { caseOf, request } from "../building.js";
import type { IterationsCase } from "../case.js";
import { decodePool, prefillPool } from "./building-stages.js";

/**
 * The second request asks, for as many blocks as are free, at the very tick at which an iteration of the decode lane starts that takes one of them: who starts
 * first, the lower lane, decides.
 */
function askingAtAStart(decodesFirst: boolean): IterationsCase {
  const stage = {
    decodePool: decodesFirst ? 0 : 1,
    handover: "push",
    mode: "layerwise",
    linkBytesPerS: Infinity,
  } as const;
  const decode = decodePool({ pool: { maxCtx: 9, kvBlocks: 9 } });
  const prefill = prefillPool({ pool: { maxCtx: 9 }, stage });
  // The first lands at 1 ms and a tick, and takes its seventh block five iterations later.
  const requests = [request(0, 1, 8), request(6.000001, 3, 2)];
  return caseOf(decodesFirst ? [decode, prefill] : [prefill, decode], requests);
}

export const NAMED_STAGED_CASES: Record<string, IterationsCase> = {
  "blocks asked for as an iteration has taken one of them": askingAtAStart(true),
  "blocks asked for as an iteration is to take one of them": askingAtAStart(false),
};
