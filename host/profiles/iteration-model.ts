/**
 * What one iteration of a batch takes, as the core computes it. The formulas, with every rounding, are in docs/reference/iterations-engine.md, section
 * Iteration models; the files beside this one turn what users write into it.
 */
export type IterationModel = AffineModel | TableModel;

/** One knot of an {@link AffineModel}: what the tokens of a batch take by themselves, s. Between two knots values are interpolated, beyond the last extrapolated. */
export interface TokensKnot {
  /** Tokens of the batch, prompt and output together. */
  tokens: number;
  /** Arithmetic. */
  compute: number;
  /** Reading and writing memory; runs beside the arithmetic. */
  memory: number;
  /** What neither hides: launches, collectives, the engine itself. */
  other: number;
}

/** `max(compute, memory) + other`, each growing with the tokens of the batch, the context that it reads, and its attention work. */
export interface AffineModel {
  type: "affine";
  /** 1 to 64 knots, tokens rising. */
  knots: readonly TokensKnot[];
  /** Tokens are rounded up to a multiple of this; at least 1. */
  tokenGranularity: number;
  /** s a token of context that a decoding sequence reads. */
  computePerContext: number;
  /** s a pair of prompt token and token that it attends to: a chunk of n after p makes n * (p + n / 2). */
  computePerWork: number;
  /** s a token of context that a decoding sequence reads. */
  memoryPerContext: number;
  /** s a token before a chunk, which the chunk reads. */
  memoryPerProcessed: number;
  /** s a sequence in the batch. */
  otherPerSequence: number;
}

/** Measured times over two axes, s. Each axis has 1 to 64 rising knots; `seconds[i][j]` is at knot i of the first axis and j of the second. */
export interface TableModel {
  type: "table";
  /** Iterations of `batch` decoding sequences of mean context `context` tokens. */
  decode: { batch: readonly number[]; context: readonly number[]; seconds: readonly (readonly number[])[] };
  /** Iterations of `tokens` prompt tokens that have `context` tokens before them on average. */
  prefill: { tokens: readonly number[]; context: readonly number[]; seconds: readonly (readonly number[])[] };
  /** What a decode and a prefill iteration have in common, s: an iteration of both pays it once. */
  fixed: number;
}
