/** Schedules in tight memory, and with prefixes. An iteration takes 1 ms, so iteration k of a busy lane runs from k ms to k + 1 ms. */
import { caseOf, pool, request } from "./building.js";
import type { HandSchedule } from "./hand-schedule.js";

const shortMemory = { kvBlocks: 6, maxCtx: 6 };

export const MEMORY_SCHEDULES: Record<string, HandSchedule> = {
  // Six blocks of one token.  0: A 2, B 2.  1: both decode, six are taken.  2: A needs one: B goes with its three.  3: B computes 2 + 2 again.
  "memory runs out: the last admitted is preempted and recomputes": {
    one: caseOf([pool({}, shortMemory)], [request(0, 2, 3, { priority: 9 }), request(0, 2, 3)]),
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

  // As above to 2, where B leaves three blocks free, and A takes one: B could have its first chunk of two, but waits.  3, 4: two tokens of B each.
  "nothing is admitted in an iteration that preempts": {
    one: caseOf([pool({ chunk: 2 }, shortMemory)], [request(0, 2, 3), request(0, 2, 3)]),
    startMs: [0, 0],
    firstTokenMs: [1, 1],
    endMs: [3, 5],
    totals: { iterations: 5, preemptions: 1 },
  },

  // As above; C needs three blocks and waits.  2: B goes to the front of the queue.  3: B takes 4; C would need 3 of 2.  4: C.
  "a preempted request goes first of those that wait": {
    one: caseOf([pool({}, shortMemory)], [request(0, 2, 3), request(0, 2, 3), request(0, 3, 1)]),
    startMs: [0, 0, 4],
    firstTokenMs: [1, 1, 5],
    endMs: [3, 4, 5],
  },

  // Seven blocks, a budget of 3.  0: A 1.  1: A decodes, B 1.  2: both decode, C 1 of 3.  3: A takes the seventh block; B preempts it, and C gets
  // its last 2 tokens for the one that A gives back.  4: A 3 of 4.  5: A 1.
  "a victim gives its token back to those behind it": {
    one: caseOf(
      [pool({ policy: "priority", maxNumBatchedTokens: 3 }, { kvBlocks: 7, maxCtx: 7 })],
      [request(0, 1, 4, { priority: 9 }), request(0.5, 1, 3, { priority: 0 }), request(1.5, 3, 1, { priority: 5 })],
    ),
    startMs: [0, 1, 2],
    firstTokenMs: [1, 2, 4],
    endMs: [6, 4, 4],
    totals: { preemptions: 1, recomputedTokens: 3, iterations: 6 },
  },

  // 0: A 2, unit 1.  1: A 2, unit 2.  2: B finds both.
  "units that a later chunk completes are found": {
    one: caseOf(
      [pool({ prefixBlock: 2, maxNumBatchedTokens: 2 })],
      [request(0, 4, 1, { blockIds: [1, 2] }), request(1.5, 5, 1, { blockIds: [1, 2] })],
    ),
    startMs: [0, 2],
    firstTokenMs: [2, 3],
    endMs: [2, 3],
    totals: { cachedTokens: 4 },
  },

  // The second unit of A is half output: B finds the first alone.
  "units that the input does not fill are none": {
    one: caseOf(
      [pool({ prefixBlock: 2 })],
      [request(0, 3, 3, { blockIds: [1, 2] }), request(4, 5, 1, { blockIds: [1, 2] })],
    ),
    startMs: [0, 4],
    firstTokenMs: [1, 5],
    endMs: [3, 5],
    totals: { cachedTokens: 2, prefillTokens: 3 + 3 },
  },
};
