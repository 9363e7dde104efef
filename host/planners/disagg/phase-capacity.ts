import { type BatchMix, meanIterationS } from "../../profiles/mean-iteration.js";
import type { Pool } from "../../specs/fleet.js";
import type { LengthMoments } from "../sizing/length-moments.js";

/** Requests a second that one replica could serve of a phase if it never were idle. */
export interface PhaseCapacity {
  /** Whatever they wait. */
  mostRps: number;
  /** With iterations that keep the limit of the time per output token; of prefill, a prompt at a time. */
  expectedRps: number;
}

/**
 * Prompts a second: the more of a prompt at a time and a full budget of them. Stages of a pipeline each work on a batch of their own.
 */
export function prefillCapacity({ iterationModel, serving }: Pool, moments: LengthMoments): PhaseCapacity {
  const { pp, numBlocks, blockSize, maxNumBatchedTokens } = serving;
  const room = Math.min(maxNumBatchedTokens ?? Infinity, (numBlocks / pp) * blockSize);
  const rate = (prompts: number) => {
    const mix = { ...NOTHING, promptTokens: prompts * moments.input, work: prompts * moments.work, prompts };
    return (pp * prompts) / meanIterationS(iterationModel, mix);
  };
  const alone = rate(1);
  // A prompt that is longer than the budget takes several iterations: in this figure, a part of one.
  return { mostRps: Math.max(alone, rate(room / moments.input)), expectedRps: alone };
}

/**
 * Requests a second whose tokens but the first are decoded: of the batches up to all seats, or what memory holds of the context that requests have on average, the one that decodes most.
 *
 * @param tpotMs Limit of an iteration for `expectedRps`.
 * @returns also for how long a request decodes in the largest batch that keeps it.
 */
export function decodeCapacity(
  { iterationModel, serving }: Pool,
  { decodes, contextRead, input }: LengthMoments,
  tpotMs: number,
): PhaseCapacity & { stayS: number } {
  if (decodes <= 0) return { mostRps: Infinity, expectedRps: Infinity, stayS: 0 };
  const { pp, numBlocks, blockSize, maxNumSeqs } = serving;
  const context = contextRead / decodes;
  const held = Math.min(input, context);
  const most = Math.max(1, Math.min(maxNumSeqs / pp, (numBlocks / pp) * (blockSize / held)));
  const iterationS = (batch: number) =>
    meanIterationS(iterationModel, { ...NOTHING, decodes: batch, context: batch * context });
  const rate = (batch: number) => (pp * batch) / iterationS(batch) / decodes;
  const batches = batchesUpTo(most);
  const within = batches.filter((batch) => iterationS(batch) * 1000 <= tpotMs);
  const kept = within.length > 0 ? within : [1];
  return {
    mostRps: Math.max(...batches.map(rate)),
    expectedRps: Math.max(...kept.map(rate)),
    stayS: decodes * iterationS(kept.at(-1)!),
  };
}

const NOTHING: BatchMix = { decodes: 0, context: 0, promptTokens: 0, work: 0, prompts: 0 };

/** 1, and rising by an eighth, to all. */
function batchesUpTo(most: number): number[] {
  const batches: number[] = [];
  for (let batch = 1; batch < most; batch = Math.max(batch + 1, Math.floor(batch * 1.125))) batches.push(batch);
  return [...batches, most];
}
