import type { IterationModel } from "../../host/profiles/iteration-model.js";

const BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const CONTEXTS = [128, 512, 1024, 2048, 4096, 8192, 16_384];
const TOKENS = [1, 128, 512, 2048, 8192];
const BEFORE = [0, 2048, 16_384];

const FIXED_S = 0.01;

/** 10 ms, 50 us a token of the batch, 20 ns a token of context, 1 ns a pair of prompt token and token that it attends to. */
export const AFFINE: IterationModel = {
  type: "affine",
  knots: [
    { tokens: 0, compute: 0.01, memory: 0, other: 0 },
    { tokens: 1, compute: 0.01005, memory: 0, other: 0 },
  ],
  tokenGranularity: 8,
  computePerContext: 2e-8,
  computePerWork: 1e-9,
  memoryPerContext: 0,
  memoryPerProcessed: 0,
  otherPerSequence: 0,
};

/** Weights and context are read while the arithmetic goes on; what neither hides takes 2 ms. */
export const ROOFLINE: IterationModel = {
  type: "affine",
  knots: [
    { tokens: 0, compute: 0, memory: 0.008, other: 0.002 },
    { tokens: 8192, compute: 0.41, memory: 0.009, other: 0.004 },
  ],
  tokenGranularity: 8,
  computePerContext: 1e-10,
  computePerWork: 1e-9,
  memoryPerContext: 2e-8,
  memoryPerProcessed: 1e-8,
  otherPerSequence: 1e-5,
};

/** Times of the order of the affine model's, as if they had been measured. */
export const TABLE: IterationModel = {
  type: "table",
  decode: {
    batch: BATCHES,
    context: CONTEXTS,
    seconds: BATCHES.map((batch) => CONTEXTS.map((context) => FIXED_S + batch * (5e-5 + 2e-8 * context))),
  },
  prefill: {
    tokens: TOKENS,
    context: BEFORE,
    seconds: TOKENS.map((tokens) => BEFORE.map((before) => FIXED_S + tokens * (5e-5 + 1e-9 * (before + tokens / 2)))),
  },
  fixed: FIXED_S,
};
