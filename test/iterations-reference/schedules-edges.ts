/** Schedules at the edges of single rules. An iteration takes 1 ms unless told otherwise, so iteration k of a busy lane runs from k ms to k + 1 ms. */
import type { CoreRouter } from "../../host/core/run-spec.js";
import { caseOf, everyIteration, pool, request } from "./building.js";
import type { HandSchedule } from "./hand-schedule.js";

/** A millisecond on the way, prompts of at most 20 tokens in all cut to 10. */
const compressing: CoreRouter = {
  type: "compress_route",
  bShort: 10,
  gamma: 2,
  pCompress: 1,
  safeCategories: [0],
  compressLatencyS: 0.001,
};

/** Of a tick: an iteration takes one and a half, and a grain. */
const NS = 1e-6;
const oddTicks = { model: everyIteration(1.5 * NS) };

export const EDGE_SCHEDULES: Record<string, HandSchedule> = {
  // One seat, no queue.  1: A ends, then B reaches the pool and starts.
  "an end comes before a compressed request": {
    one: caseOf([pool({}, { slots: 1, maxQueue: 0 })], [request(0, 1, 1), request(0, 15, 1)], { router: compressing }),
    startMs: [0, 1],
    firstTokenMs: [1, 2],
    endMs: [1, 2],
    waitMs: [0, 0],
    totals: { prefillTokens: 1 + 9 },
  },

  // One seat, no queue.  1: A reaches the pool, then B finds it full.
  "a compressed request comes before an arrival": {
    one: caseOf([pool({}, { slots: 1, maxQueue: 0 })], [request(0, 15, 1), request(1, 1, 1)], { router: compressing }),
    startMs: [1, Infinity],
    firstTokenMs: [2, Infinity],
    endMs: [2, Infinity],
  },

  "what happens at the horizon happens": {
    one: caseOf([pool()], [request(0, 1, 1), request(1, 1, 1)], { horizonS: 0.001 }),
    startMs: [0, 1],
    firstTokenMs: [1, Infinity],
    endMs: [1, Infinity],
  },

  // A ends at 1.5 ns, tick 1, at which B comes: it runs from 1.0 to 2.5 ns.
  "a lane that is idle again at the tick of an arrival forgets its grains": {
    one: caseOf([pool(oddTicks)], [request(0, 1, 1), request(NS, 1, 1)]),
    startMs: [0, 1 * NS],
    firstTokenMs: [1 * NS, 2 * NS],
    endMs: [1 * NS, 2 * NS],
  },

  // Tokens at 1.5, 3, 4.5 and 6 ns, ticks 1, 3, 4 and 6; but every gap is one whole tick of 1.5.
  "gaps in a row are whole ticks of durations": {
    one: caseOf([pool(oddTicks)], [request(0, 1, 4)]),
    startMs: [0],
    firstTokenMs: [1 * NS],
    endMs: [6 * NS],
    gapsMs: [NS, NS, NS],
  },

  // Six blocks.  2: A needs one; of equal priorities B, who came later, goes.
  "of equal priorities the last to come is preempted": {
    one: caseOf([pool({ policy: "priority" }, { kvBlocks: 6, maxCtx: 6 })], [request(0, 2, 3), request(0, 2, 3)]),
    startMs: [0, 0],
    firstTokenMs: [1, 1],
    endMs: [3, 4],
  },

  // Five blocks.  0: A 2.  1: A decodes, B 2.  2: A needs one and is the least urgent itself; B decodes.  3: B decodes; A needs 4 of 1.  4: A 4.
  "a request that preempts itself lets the others go on": {
    one: caseOf(
      [pool({ policy: "priority" }, { kvBlocks: 5, maxCtx: 5 })],
      [request(0, 2, 3, { priority: 9 }), request(0.5, 2, 3)],
    ),
    startMs: [0, 1],
    firstTokenMs: [1, 2],
    endMs: [5, 4],
    totals: { iterations: 5, preemptions: 1, recomputedTokens: 3 },
    gapsMs: [1, 1, 1, 3],
  },

  // 0: A, B.  1: C.  2: three decodes, of a budget of 2.
  "decodes do not ask for budget": {
    one: caseOf(
      [pool({ scheduler: "vllm-v0", maxNumBatchedTokens: 2 })],
      [0, 0, 0].map(() => request(0, 1, 2)),
    ),
    startMs: [0, 0, 1],
    firstTokenMs: [1, 1, 2],
    endMs: [3, 3, 3],
    totals: { iterations: 3, decodeTokens: 3 },
    gapsMs: [1, 2, 2],
  },

  "a cap on chunks holds for every chunk": {
    one: caseOf([pool({ chunk: 2 })], [request(0, 6, 1)]),
    startMs: [0],
    firstTokenMs: [3],
    endMs: [3],
  },

  // Two blocks of 4 tokens, both of A from the start: its fifth token needs none.
  "orca asks for no block when a request decodes": {
    one: caseOf([pool({ scheduler: "orca" }, { kvBlocks: 2, blockSize: 4, maxCtx: 8 })], [request(0, 4, 3)]),
    startMs: [0],
    firstTokenMs: [1],
    endMs: [3],
    totals: { kvArea: 6_000_000n },
  },

  // Blocks of 2 tokens.  0: 3 tokens, two blocks.  1: the fourth token fits.  2: the fifth needs a third block.
  "a decode takes a block when those that it owns are full": {
    one: caseOf([pool({}, { blockSize: 2 })], [request(0, 3, 3)]),
    startMs: [0],
    firstTokenMs: [1],
    endMs: [3],
    totals: { kvArea: 7_000_000n },
  },

  // 0: A.  1: A decodes, and B takes 10 of the 3 that are left, as the first prompt.
  "vllm with prompts whole takes the first whatever its length beside decodes": {
    one: caseOf([pool({ maxNumBatchedTokens: 4, chunked: false })], [request(0, 1, 3), request(0.5, 10, 1)]),
    startMs: [0, 1],
    firstTokenMs: [1, 2],
    endMs: [3, 2],
    gapsMs: [1, 1],
  },

  // Ten blocks, two of them reserved: 9 tokens fit all the same.
  "a watermark does not count while nothing runs": {
    one: caseOf([pool({ watermark: 0.2 }, { kvBlocks: 10, maxCtx: 10 })], [request(0, 9, 1)]),
    startMs: [0],
    firstTokenMs: [1],
    endMs: [1],
  },

  // Ten blocks, floor(1.9) of them reserved.  0: A 4; B needs 5 + 1 of 6.
  "a watermark is whole blocks, rounded down": {
    one: caseOf([pool({ watermark: 0.19 }, { kvBlocks: 10, maxCtx: 10 })], [request(0, 4, 2), request(0, 5, 1)]),
    startMs: [0, 0],
    firstTokenMs: [1, 1],
    endMs: [2, 1],
  },

  // Six blocks.  0: A 4; B needs 3 of 2, and C, who needs 1, waits behind it.  1: A decodes; B needs 3 of 1.  2: B, C.
  "the head is never overtaken": {
    one: caseOf([pool({}, { kvBlocks: 6, maxCtx: 6 })], [request(0, 4, 2), request(0, 3, 1), request(0, 1, 1)]),
    startMs: [0, 2, 2],
    firstTokenMs: [1, 3, 3],
    endMs: [2, 3, 3],
  },

  // 1: A and B end, C and D join.
  "a shared queue fills all seats that are free": {
    one: caseOf(
      [pool({}, { slots: 2, queue: "shared" })],
      [0, 0, 0, 0].map(() => request(0, 1, 1)),
    ),
    startMs: [0, 0, 1, 1],
    firstTokenMs: [1, 1, 2, 2],
    endMs: [1, 1, 2, 2],
  },

  // One seat each, no queues.  A to 0, B to 1, C to 0, which is full, so D to 1.
  "round_robin counts a choice that is rejected": {
    one: caseOf(
      [pool({}, { replicas: 2, slots: 1, maxQueue: 0, balance: "round_robin" })],
      [request(0, 1, 9), request(0, 1, 1), request(0.5, 1, 1), request(2, 1, 1)],
    ),
    startMs: [0, 0, Infinity, 2],
    firstTokenMs: [1, 1, Infinity, 3],
    endMs: [9, 1, Infinity, 3],
  },
};
