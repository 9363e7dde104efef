/** Schedules of each scheduler. An iteration takes 1 ms, so iteration k of a busy lane runs from k ms to k + 1 ms. */
import { caseOf, pool, request } from "./building.js";
import type { HandSchedule } from "./hand-schedule.js";

export const BATCHING_SCHEDULES: Record<string, HandSchedule> = {
  // 0: A chunk 4.  1: A 2, B 2 of 3.  2: A decodes, B 1.  3: both decode their last.
  "vllm fills the budget with chunks behind decodes": {
    one: caseOf([pool({ maxNumBatchedTokens: 4 })], [request(0, 6, 3), request(0, 3, 2)]),
    startMs: [0, 1],
    firstTokenMs: [2, 3],
    endMs: [4, 4],
    totals: {
      iterations: 4,
      prefillTokens: 9,
      decodeTokens: 3,
      contextTokens: 6 + 7 + 3,
      prefillWork: 8 + 10 + 2 + 2.5,
    },
    gapsMs: [1, 1, 1],
  },

  // 0 and 1: two tokens of each of three prompts.
  "a cap on chunks lets several prompts prefill at once": {
    one: caseOf(
      [pool({ maxNumBatchedTokens: 10, chunk: 2 })],
      [0, 0, 0].map(() => request(0, 4, 1)),
    ),
    startMs: [0, 0, 0],
    firstTokenMs: [2, 2, 2],
    endMs: [2, 2, 2],
    totals: { iterations: 2, prefillTokens: 12, decodeTokens: 0, largestBatch: 3 },
  },

  // 0: A 10 of a budget of 4, as the first; B 3 do not fit behind it.  1: B and C, 4 together.
  "vllm with prompts whole takes the first whatever its length": {
    one: caseOf(
      [pool({ maxNumBatchedTokens: 4, chunked: false, chunk: 2 })],
      [request(0, 10, 1), request(0, 3, 1), request(0, 1, 1)],
    ),
    startMs: [0, 1, 1],
    firstTokenMs: [1, 2, 2],
    endMs: [1, 2, 2],
  },

  // Four blocks of 4 tokens.  0: A 6.  1: A 2, and behind it 4 of B, whose first chunk needs one block.  2: B 6.  3: B 2.
  "vllm admits a prompt that has room for its first chunk": {
    one: caseOf(
      [pool({ maxNumBatchedTokens: 6 }, { kvBlocks: 4, blockSize: 4, maxCtx: 16 })],
      [request(0, 8, 1), request(0, 12, 1)],
    ),
    startMs: [0, 1],
    firstTokenMs: [2, 4],
    endMs: [2, 4],
  },

  // The same.  0: A 6.  1: A 2; B needs three blocks, two are free.  2: B 6.  3: B 6.
  "sarathi admits a prompt that has room for the whole of it": {
    one: caseOf(
      [pool({ scheduler: "sarathi", maxNumBatchedTokens: 6 }, { kvBlocks: 4, blockSize: 4, maxCtx: 16 })],
      [request(0, 8, 1), request(0, 12, 1)],
    ),
    startMs: [0, 2],
    firstTokenMs: [2, 4],
    endMs: [2, 4],
  },

  // Two blocks hold the longest request, four are there: two requests, however short.  0: A, B.  1: A decodes, C.
  "orca reserves the longest request and mixes prompts with decodes": {
    one: caseOf(
      [pool({ scheduler: "orca" }, { kvBlocks: 4, blockSize: 4, maxCtx: 8 })],
      [request(0, 1, 2), request(0, 1, 1), request(0, 1, 1)],
    ),
    startMs: [0, 0, 1],
    firstTokenMs: [1, 1, 2],
    endMs: [2, 1, 2],
    totals: { iterations: 2, prefillTokens: 3, decodeTokens: 1 },
  },

  // 0: A.  1: B alone, A pauses.  2, 3: A decodes.
  "vllm-v0 stops decodes for a prompt": {
    one: caseOf([pool({ scheduler: "vllm-v0", maxNumBatchedTokens: 8 })], [request(0, 2, 3), request(0.5, 5, 1)]),
    startMs: [0, 1],
    firstTokenMs: [1, 2],
    endMs: [4, 2],
    totals: { iterations: 4, prefillTokens: 7, decodeTokens: 2, contextTokens: 2 + 3 },
    gapsMs: [1, 2],
  },

  // 0: A, B.  1, 2: A decodes, C waits though a seat is free.  3: C.
  "static waits until nothing runs": {
    one: caseOf(
      [pool({ scheduler: "static" }, { slots: 2 })],
      [request(0, 1, 3), request(0, 1, 1), request(0.5, 1, 1)],
    ),
    startMs: [0, 0, 3],
    firstTokenMs: [1, 1, 4],
    endMs: [3, 1, 4],
  },

  // One seat.  0: A.  Then C before B by priority, and D before B by arrival.
  "priority orders the queue by number, then by arrival": {
    one: caseOf(
      [pool({ policy: "priority" }, { slots: 1 })],
      [3, 2, 1, 1].map((priority, i) => request(i / 10, 1, 1, { priority })),
    ),
    startMs: [0, 3, 1, 2],
    firstTokenMs: [1, 4, 2, 3],
    endMs: [1, 4, 2, 3],
  },

  // B comes at the very end of iteration 0 and is in iteration 1.
  "an iteration sees what arrives at its tick": {
    one: caseOf([pool()], [request(0, 1, 3), request(1, 1, 1)]),
    startMs: [0, 1],
    firstTokenMs: [1, 2],
    endMs: [3, 2],
  },

  // 0, 1, 2: two tokens of A, which holds six blocks from its admission on.
  "sarathi holds the blocks of the whole prompt": {
    one: caseOf([pool({ scheduler: "sarathi", maxNumBatchedTokens: 2 })], [request(0, 6, 1)]),
    startMs: [0],
    firstTokenMs: [3],
    endMs: [3],
    totals: { iterations: 3, kvArea: 18_000_000n },
  },

  // A budget of 1 and chunks of 1 are given.
  "orca heeds no budget": {
    one: caseOf(
      [pool({ scheduler: "orca", maxNumBatchedTokens: 1, chunk: 1 })],
      [0, 0].map(() => request(0, 3, 1)),
    ),
    startMs: [0, 0],
    firstTokenMs: [1, 1],
    endMs: [1, 1],
  },

  // Chunks of 1, or prompts whole, are asked for.  0: A 4 of its budget of 4.  1: A 2, B 2.  2: B 1.
  "sarathi cuts prompts at its budget alone": {
    one: caseOf(
      [pool({ scheduler: "sarathi", maxNumBatchedTokens: 4, chunk: 1, chunked: false })],
      [request(0, 6, 1), request(0, 3, 1)],
    ),
    startMs: [0, 1],
    firstTokenMs: [2, 3],
    endMs: [2, 3],
  },
};
