import type { AffineModel, IterationModel, TokensKnot } from "./iteration-model.js";

/** Most seconds of an iteration that the core takes: then its clock holds even the longest. */
export const MAX_ITERATION_S = 1000;

/** What bounds the batch of a replica. */
export interface BatchBounds {
  /** Longest request, input and output tokens together. */
  maxCtx: number;
  /** KV memory of a replica, tokens. */
  kvTokens: number;
  /** Running requests in a replica. */
  seats: number;
  /** Most prompt tokens of an iteration, where long prompts are cut; absent: they are not. */
  promptTokens?: number;
}

/**
 * An upper bound of what an iteration takes, s: all memory full, and each seat with the longest prompt. The core refuses a pool where it is more than
 * {@link MAX_ITERATION_S}; the order of operations is the core's, so that both agree to the last bit.
 */
export function longestIterationS(model: IterationModel, bounds: BatchBounds): number {
  if (model.type === "affine") return longestAffineS(model, bounds);
  const held = Math.min(bounds.seats * bounds.maxCtx, bounds.kvTokens);
  const { decode, prefill } = model;
  return Math.max(
    longestInGridS(decode.seconds, { knots: decode.batch, most: bounds.seats }, decode.context, bounds.maxCtx),
    longestInGridS(prefill.seconds, { knots: prefill.tokens, most: held }, prefill.context, bounds.maxCtx),
  );
}

function longestAffineS(model: AffineModel, { maxCtx, kvTokens, seats, promptTokens = Infinity }: BatchBounds): number {
  const tokens = Math.min(kvTokens, seats * maxCtx) + seats + model.tokenGranularity;
  let time = 0;
  for (const part of ["compute", "memory", "other"] as const) time += longestPartS(model.knots, part, tokens);
  const perToken = model.computePerContext + model.memoryPerContext + model.memoryPerProcessed;
  time += perToken * tokens + model.computePerWork * Math.min(tokens, promptTokens) * maxCtx;
  return time + model.otherPerSequence * seats;
}

function longestPartS(knots: readonly TokensKnot[], part: "compute" | "memory" | "other", tokens: number): number {
  const most = knots.reduce((largest, knot) => Math.max(largest, knot[part]), 0);
  const [before, last] = knots.slice(-2);
  if (!before || !last) return most;
  const rise = (last[part] - before[part]) / (last.tokens - before.tokens);
  return most + Math.max(0, rise) * Math.max(0, tokens - last.tokens);
}

/** Beyond its ends a grid grows at most as fast as its steepest step, along either axis. */
function longestInGridS(
  seconds: readonly (readonly number[])[],
  x: { knots: readonly number[]; most: number },
  yKnots: readonly number[],
  mostY: number,
): number {
  const most = seconds.reduce((largest, row) => row.reduce((a, b) => Math.max(a, b), largest), 0);
  return most * (1 + growth(x.knots, x.most)) * (1 + growth(yKnots, mostY));
}

function growth(knots: readonly number[], most: number): number {
  const [before, last] = knots.slice(-2);
  return before === undefined || last === undefined ? 0 : most / (last - before);
}
