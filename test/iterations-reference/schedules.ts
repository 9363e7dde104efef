/** Schedules worked out by hand from the page. An iteration takes 1 ms, so iteration k of a busy lane runs from k ms to k + 1 ms. */
import { caseOf, pool, request } from "./building.js";
import type { IterationsCase } from "./case.js";
import type { PoolTotals } from "./totals.js";

/** A case with what must become of its requests, ms; `Infinity` where not reached. */
export interface HandSchedule {
  one: IterationsCase;
  startMs: number[];
  firstTokenMs: number[];
  endMs: number[];
  /** Of the first pool. */
  totals?: Partial<Omit<PoolTotals, "itlGaps">>;
  /** Gaps before the output tokens of the first pool, ms, shortest first. */
  gapsMs?: number[];
}

const shortMemory = { kvBlocks: 6, maxCtx: 6 };

export const SCHEDULES: Record<string, HandSchedule> = {
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

  // Six blocks of one token.  0: A 2, B 2.  1: both decode, six are taken.  2: A needs one: B goes with its three.  3: B computes 2 + 2 again.
  "memory runs out: the last admitted is preempted and recomputes": {
    one: caseOf([pool({}, shortMemory)], [request(0, 2, 3), request(0, 2, 3)]),
    startMs: [0, 0],
    firstTokenMs: [1, 1],
    endMs: [3, 4],
    totals: { iterations: 4, prefillTokens: 8, decodeTokens: 3, preemptions: 1, recomputedTokens: 3 },
    gapsMs: [1, 1, 1, 2],
  },

  // 0: A 2.  1: A decodes, B 2.  2: A takes the sixth block; B, which goes first, needs one: A gives its token back and leaves.
  // 3: B decodes its last; A needs 4 blocks, two are free.  4: A computes 4 again.  5: A decodes.
  "memory runs out: the least urgent is preempted, though it had its token": {
    one: caseOf(
      [pool({ policy: "priority" }, shortMemory)],
      [request(0, 2, 4, { priority: 9 }), request(0.5, 2, 3, { priority: 0 })],
    ),
    startMs: [0, 1],
    firstTokenMs: [1, 2],
    endMs: [6, 4],
    totals: { iterations: 6, prefillTokens: 8, decodeTokens: 1 + 2 + 1, preemptions: 1, recomputedTokens: 3 },
    gapsMs: [1, 1, 1, 1, 3],
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

  // Ten blocks, two of them reserved.  0: A 4; B needs 5 + 2 of 6.  1: A decodes; B needs 7 of 5.  2: nothing runs: B needs 5 of 10.
  "a watermark holds admission back while something runs": {
    one: caseOf([pool({ watermark: 0.2 }, { kvBlocks: 10, maxCtx: 10 })], [request(0, 4, 2), request(0, 5, 1)]),
    startMs: [0, 2],
    firstTokenMs: [1, 3],
    endMs: [2, 3],
  },

  // 0: A, with units 1 and 2 of two tokens; B finds both and computes one token; C may find only one: one token at least is computed.
  "a prefix is found in the iteration that computes it": {
    one: caseOf(
      [pool({ prefixBlock: 2 }, { blockSize: 2 })],
      [
        request(0, 5, 1, { blockIds: [1, 2] }),
        request(0, 5, 1, { blockIds: [1, 2] }),
        request(0, 4, 1, { blockIds: [1, 2] }),
      ],
    ),
    startMs: [0, 0, 0],
    firstTokenMs: [1, 1, 1],
    endMs: [1, 1, 1],
    totals: { prefillTokens: 5 + 1 + 2, cachedTokens: 4 + 2, prefillWork: 12.5 + 4.5 + 6 },
  },

  // Three blocks.  0: A leaves units 2, 1 unused, in this order.  2: B takes two blocks: unit 2 goes.  4: C finds unit 1.
  "units are dropped from the end of a prefix": {
    one: caseOf(
      [pool({ prefixBlock: 1 }, { kvBlocks: 3, maxCtx: 3 })],
      [
        request(0, 2, 1, { blockIds: [1, 2] }),
        request(2, 2, 1, { blockIds: [3, 4] }),
        request(4, 2, 1, { blockIds: [1, 2] }),
      ],
    ),
    startMs: [0, 2, 4],
    firstTokenMs: [1, 3, 5],
    endMs: [1, 3, 5],
    totals: { cachedTokens: 1, prefillTokens: 5 },
  },

  // Stages of 0.5 ms. A: 0 to 0.5 to 1, then 1 to 1.5 to 2. B, in the other lane, behind it: 0.5 to 1 to 1.5, then 1.5 to 2 to 2.5.
  "two pipeline stages serve two lanes in turn": {
    one: caseOf([pool({ pp: 2 })], [request(0, 1, 2), request(0, 1, 2)]),
    startMs: [0, 0],
    firstTokenMs: [1, 1.5],
    endMs: [2, 2.5],
    totals: { iterations: 4, busyTicks: 4.5e6 },
    gapsMs: [1, 1],
  },

  // B comes at the very end of iteration 0 and is in iteration 1.
  "an iteration sees what arrives at its tick": {
    one: caseOf([pool()], [request(0, 1, 3), request(1, 1, 1)]),
    startMs: [0, 1],
    firstTokenMs: [1, 2],
    endMs: [3, 2],
  },

  // One seat in each of two replicas.  A, B start, C waits in the pool, D finds its queue full.  1: B ends, C joins its replica.
  "a shared queue is emptied by the replica that is free first": {
    one: caseOf(
      [pool({}, { replicas: 2, slots: 1, queue: "shared", maxQueue: 1 })],
      [request(0, 1, 3), request(0, 1, 1), request(0, 1, 1), request(0, 1, 1)],
    ),
    startMs: [0, 0, 1, Infinity],
    firstTokenMs: [1, 1, 2, Infinity],
    endMs: [3, 1, 2, Infinity],
  },

  // Two users.  0: r0, r1.  Both are ready at 2, one request is left.
  "users think before they ask again": {
    one: caseOf(
      [pool()],
      [9, 9, 9].map((arrivalMs) => request(arrivalMs, 1, 1)),
      {
        closedLoop: { concurrency: 2, thinkS: 0.001 },
      },
    ),
    startMs: [0, 0, 2],
    firstTokenMs: [1, 1, 3],
    endMs: [1, 1, 3],
  },

  // User 0 at 0, user 1 at 1, when r0 ends and user 0, who does not think, sends r2.
  "users start one by one": {
    one: caseOf(
      [pool()],
      [0, 0, 0].map((arrivalMs) => request(arrivalMs, 1, 1)),
      {
        closedLoop: { concurrency: 2, rampS: 0.002 },
      },
    ),
    startMs: [0, 1, 1],
    firstTokenMs: [1, 2, 2],
    endMs: [1, 2, 2],
  },

  // The clock stops at 1.5: iteration 1 does not end, B has not come.
  "a horizon cuts an iteration": {
    one: caseOf([pool()], [request(0, 1, 3), request(1, 1, 1), request(1.6, 1, 1)], { horizonS: 0.0015 }),
    startMs: [0, 1],
    firstTokenMs: [1, Infinity],
    endMs: [Infinity, Infinity],
    totals: { iterations: 1, prefillTokens: 1, decodeTokens: 0, busyTicks: 1.5e6 },
  },
};
