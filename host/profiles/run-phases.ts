import type { Pool } from "../specs/fleet.js";
import type { IterationModel } from "./iteration-model.js";
import { meanIterationS, type BatchMix } from "./mean-iteration.js";

/** What a pool did in a stretch of time, all replicas together. */
export interface PoolSums {
  /** How long the stretch was, s. */
  seconds: number;
  /** Time with an iteration running, summed over lanes, s. */
  lanesBusyS: number;
  iterations: number;
  prefillTokens: number;
  decodeTokens: number;
  /** Tokens of context read by decodes, summed over iterations. */
  contextTokens: number;
  /** Pairs of prompt token and token that it attends to. */
  prefillWork: number;
}

/** A phase of a stretch of time. */
export interface Phase {
  /** Lanes in it, integrated over time, s. */
  seconds: number;
  iterations: number;
  /** What is in one of them, on average. */
  mix: BatchMix;
}

/** How the lanes of a pool spent a stretch of time. */
export interface RunPhases {
  prefill: Phase;
  decode: Phase;
  /** Lanes without an iteration, integrated over time, s. */
  idleS: number;
}

/**
 * Shares the busy time of a pool between its two phases, in proportion to what the iterations of each would take alone by the pool's model. That is exact where a lane does one or the other, and a
 * convention where both are in one iteration.
 *
 * Sums do not say how many iterations held prompts. They are taken to be one for each prompt, or as many as the token budget makes of it; decodes are taken to be in all iterations where the scheduler mixes
 * them with prompts, and in the others where it does not.
 */
export function runPhases(pool: Pool, sums: PoolSums): RunPhases {
  const { serving, replicas, iterationModel } = pool;
  const prefill = prefillPhase(sums, serving.maxNumBatchedTokens ?? Infinity);
  const decode = decodePhase(sums, mixesPhases(pool) ? sums.iterations : sums.iterations - prefill.iterations);
  const alone = { prefill: aloneS(iterationModel, prefill), decode: aloneS(iterationModel, decode) };
  const both = alone.prefill + alone.decode;
  const lanesS = replicas * serving.pp * sums.seconds;
  // Iterations count when they end: at the edges of the stretch there may be more of them than time.
  const busyS = both > 0 ? Math.min(lanesS, sums.lanesBusyS) : 0;
  const prefillS = busyS > 0 ? busyS * (alone.prefill / both) : 0;
  return {
    prefill: { ...prefill, seconds: prefillS },
    decode: { ...decode, seconds: busyS - prefillS },
    idleS: lanesS - busyS,
  };
}

type Iterations = Omit<Phase, "seconds">;

const NOTHING: BatchMix = { decodes: 0, context: 0, promptTokens: 0, work: 0, prompts: 0 };

function prefillPhase(
  { prefillTokens, prefillWork, decodeTokens, iterations: all }: PoolSums,
  budget: number,
): Iterations {
  if (prefillTokens <= 0) return { iterations: 0, mix: NOTHING };
  // A prompt of L tokens makes L^2 / 2 pairs, in however many chunks: this is their mean length, by tokens.
  const promptTokens = Math.max(1, (2 * prefillWork) / prefillTokens);
  // With no decode beside them, all iterations are of prompts.
  const perIteration = decodeTokens > 0 ? Math.min(budget, promptTokens) : prefillTokens / Math.max(1, all);
  const iterations = prefillTokens / perIteration;
  return {
    iterations,
    mix: {
      ...NOTHING,
      promptTokens: perIteration,
      work: prefillWork / iterations,
      prompts: Math.max(1, perIteration / promptTokens),
    },
  };
}

function decodePhase({ decodeTokens, contextTokens }: PoolSums, most: number): Iterations {
  if (decodeTokens <= 0) return { iterations: 0, mix: NOTHING };
  const iterations = Math.max(1, Math.min(decodeTokens, most));
  return {
    iterations,
    mix: { ...NOTHING, decodes: decodeTokens / iterations, context: contextTokens / iterations },
  };
}

/** Whether an iteration may hold prompts and decodes: docs/reference/iterations-engine.md, table of schedulers. */
function mixesPhases({ serving: { scheduler } }: Pool): boolean {
  return scheduler !== "vllm-v0" && scheduler !== "static";
}

function aloneS(model: IterationModel, { iterations, mix }: Iterations): number {
  return iterations > 0 ? iterations * meanIterationS(model, mix) : 0;
}
