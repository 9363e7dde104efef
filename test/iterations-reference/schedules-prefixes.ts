/** Schedules at the edges of prefix caching. An iteration takes 1 ms, so iteration k of a busy lane runs from k ms to k + 1 ms. */
import { caseOf, pool, request } from "./building.js";
import type { HandSchedule } from "./hand-schedule.js";

export const PREFIX_SCHEDULES: Record<string, HandSchedule> = {
  // Four blocks. 0: A leaves units 1 and 2 unused.  2: B 2; C finds both units, which are two of the two free blocks, and needs one more.
  // 3: B decodes, for which unit 2 goes; C finds unit 1 and needs 2 + 1 of 1.  4: C 2.
  "cached units that nobody uses are not free for who finds them": {
    one: caseOf(
      [pool({ prefixBlock: 1 }, { kvBlocks: 4, maxCtx: 4 })],
      [request(0, 2, 1, { blockIds: [1, 2] }), request(2, 2, 2), request(2, 3, 1, { blockIds: [1, 2] })],
    ),
    startMs: [0, 2, 4],
    firstTokenMs: [1, 3, 5],
    endMs: [1, 4, 5],
    totals: { cachedTokens: 1, prefillTokens: 6, decodeTokens: 1 },
  },

  // Nine blocks.  0: A 2, B 4 with units 1 and 2.  1: both decode.  2: A takes the ninth block, B leaves.  3: A decodes; B needs 2 + 4 of 4.
  // 4: B, whose prompt is 6 now, finds both units.  5, 6: B decodes.
  "a preempted request finds all units of its input": {
    one: caseOf(
      [pool({ prefixBlock: 2 }, { kvBlocks: 9, maxCtx: 9 })],
      [request(0, 2, 4), request(0, 4, 5, { blockIds: [1, 2] })],
    ),
    startMs: [0, 0],
    firstTokenMs: [1, 1],
    endMs: [4, 7],
    totals: { iterations: 7, preemptions: 1, recomputedTokens: 5, cachedTokens: 4, prefillTokens: 8, decodeTokens: 6 },
    gapsMs: [1, 1, 1, 1, 1, 1, 3],
  },

  // A is cut from 7 to 5 prompt tokens: its third unit is half output.  4: B finds two.
  "units that compression cuts are none": {
    one: caseOf(
      [pool({ prefixBlock: 2 })],
      [request(0, 7, 3, { blockIds: [1, 2, 3] }), request(4, 7, 1, { blockIds: [1, 2, 3] })],
      {
        router: {
          type: "compress_route",
          bShort: 8,
          gamma: 2,
          pCompress: 1,
          safeCategories: [0],
          compressLatencyS: 0,
        },
      },
    ),
    startMs: [0, 4],
    firstTokenMs: [1, 5],
    endMs: [3, 5],
    totals: { cachedTokens: 4, prefillTokens: 5 + 3 },
  },

  // Four blocks, chunks of one token.  0: A 1, B 1.  1: A completes unit 1, so that of B stays its own.  2: A is gone, B takes a block, and unit 1 goes.
  // 4: nothing of unit 1 is left for C.
  "a unit is put into the cache by the tokens that complete it or never": {
    one: caseOf(
      [pool({ prefixBlock: 2, chunk: 1 }, { kvBlocks: 4, maxCtx: 4 })],
      [request(0, 2, 1, { blockIds: [1] }), request(0, 3, 1, { blockIds: [1] }), request(4, 3, 1, { blockIds: [1] })],
    ),
    startMs: [0, 0, 4],
    firstTokenMs: [2, 3, 7],
    endMs: [2, 3, 7],
    totals: { cachedTokens: 0 },
  },

  // Four blocks. A and B end together, so that unit 1 is used less recently.  2: C takes three blocks: unit 1 goes.  4: D finds unit 2.
  "who was admitted first leaves first": {
    one: caseOf(
      [pool({ prefixBlock: 1 }, { kvBlocks: 4, maxCtx: 4 })],
      [
        request(0, 2, 1, { blockIds: [1] }),
        request(0, 2, 1, { blockIds: [2] }),
        request(2, 3, 1),
        request(4, 2, 1, { blockIds: [2] }),
      ],
    ),
    startMs: [0, 0, 2, 4],
    firstTokenMs: [1, 1, 3, 5],
    endMs: [1, 1, 3, 5],
    totals: { cachedTokens: 1, prefillTokens: 2 + 2 + 3 + 1 },
  },

  // Seven blocks, chunks of two tokens.  0: A 2.  1: A 2, B 1.  2: A has its last 2 tokens when B, which goes first, needs a block: A gives them back, and
  // unit 5 is not computed.  3: A finds units 1 to 4, and computes 2.
  "tokens that a victim gives back complete no unit": {
    one: caseOf(
      [pool({ policy: "priority", prefixBlock: 1, chunk: 2 }, { kvBlocks: 7, maxCtx: 7 })],
      [request(0, 6, 1, { priority: 9, blockIds: [1, 2, 3, 4, 5] }), request(0.5, 1, 2)],
    ),
    startMs: [0, 1],
    firstTokenMs: [4, 2],
    endMs: [4, 3],
    totals: { iterations: 4, preemptions: 1, recomputedTokens: 4, cachedTokens: 4, prefillTokens: 7, decodeTokens: 1 },
  },
};
