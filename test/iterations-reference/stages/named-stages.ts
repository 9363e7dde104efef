/** Staged cases that once told two programs apart. */
import { affine, caseOf, request } from "../building.js";
import type { IterationsCase } from "../case.js";
import { decodePool, prefillPool } from "./building-stages.js";

/** Arrival (ns), prompt tokens, output tokens, priority. */
const STARVED: readonly (readonly [number, number, number, number])[] = [
  [1400, 6, 34, 0],
  [4200, 1, 32, 0],
  [5600, 4, 16, 2],
  [7000, 1, 16, 0],
  [7000, 7, 35, 1],
  [11200, 6, 10, 0],
  [11200, 1, 7, 0],
  [14566, 1, 9, 0],
  [14566, 1, 10, 0],
  [25066, 3, 14, 0],
  [27066, 3, 10, 0],
  [30566, 6, 2, 0],
  [31566, 6, 1, 0],
  [33066, 2, 1, 0],
];

/** Iterations of half a microsecond and a grain. */
const short = affine({ knots: [{ tokens: 1, compute: 0, memory: 0, other: 5e-7 }], tokenGranularity: 8 });

const sawtooth = affine({
  knots: [
    { tokens: 0, compute: 2e-6, memory: 5e-7, other: 0 },
    { tokens: 3, compute: 0, memory: 1e-6, other: 0 },
  ],
  computePerContext: 1e-12,
  computePerWork: 1e-10,
  otherPerSequence: 1.25e-7,
});

/** A prompt of low priority is short of tokens for long, behind four that decode and complete together with the last free blocks. */
function starvedPrompt(): IterationsCase {
  const stage = {
    decodePool: 0,
    firstToken: "decode",
    handover: "push",
    mode: "layerwise",
    linkBytesPerS: Infinity,
    kv: { tokenBytes: 7, windowBytes: 3, window: 4 },
    layers: 2,
  } as const;
  const pools = [
    decodePool({
      pool: { slots: 6, maxCtx: 42, kvBlocks: 100 },
      serving: { scheduler: "sarathi", policy: "priority", maxNumBatchedTokens: 4, chunk: 1, model: short },
      stage: { linkBytesPerS: 574814039.592495 },
    }),
    prefillPool({
      pool: { replicas: 3, slots: 1, maxCtx: 42, kvBlocks: 42 },
      serving: { scheduler: "vllm-v0", maxNumBatchedTokens: 1, chunk: 1, model: sawtooth },
      stage,
    }),
  ];
  return caseOf(
    pools,
    STARVED.map(([ns, input, output, priority]) => request(ns / 1e6, input, output, { priority })),
  );
}

export const NAMED_STAGED_CASES: Record<string, IterationsCase> = {
  "a prompt starved behind decodes that complete with the last blocks": starvedPrompt(),
};
