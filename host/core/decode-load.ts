import * as C from "../../assembly/contract.js";
import { meanIterationS } from "../profiles/mean-iteration.js";
import type { Pool } from "../specs/fleet.js";
import type { Window } from "./course.js";

/**
 * Output tokens that the requests taken over in the window ask of a decode pool, over those that it could emit at most in that time: in batches as large as its seats and its memory allow, at
 * the context that was read on average. Above 1 it falls behind, however long that may not show: while batches still grow, nobody waits. An estimate: mean context stands for that of every batch, and
 * what spilled prompts take is left out. `null` where nothing was decoded.
 *
 * @param row FIGURES of the pool.
 */
export function decodeLoad(
  { replicas, serving, iterationModel }: Pool,
  row: Float64Array,
  window: Window,
): number | null {
  const { begin, end } = window;
  const decodes = row[C.FIGURE_DECODE_TOKENS]!;
  const came = row[C.FIGURE_TAKEN_OVER]!;
  const seconds = (end.tick - begin.tick) / C.TICKS_PER_SECOND;
  if (decodes === 0 || came === 0 || seconds <= 0) return null;
  const asked = ((end.takenOver - begin.takenOver) / seconds) * (decodes / came);
  const context = row[C.FIGURE_CONTEXT_TOKENS]! / decodes;
  const { blockSize, numBlocks, maxNumSeqs, pp } = serving;
  // On average half of the last block is empty.
  const held = context / blockSize + 0.5;
  const batch = Math.max(1, Math.min(maxNumSeqs, numBlocks / held) / pp);
  const mix = { decodes: batch, context: batch * context, promptTokens: 0, work: 0, prompts: 0 };
  return asked / ((replicas * pp * batch) / meanIterationS(iterationModel, mix));
}

/** Whether a load of so many requests is above 1 by more than two standard errors of their rate, were they to come at random. */
export function isTooMuch(load: number | null, requests: number): boolean {
  return load !== null && requests > 0 && load > 1 + 2 / Math.sqrt(requests);
}
