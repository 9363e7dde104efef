/** Schedules of pools, pipelines, users and horizons. An iteration takes 1 ms, so iteration k of a busy lane runs from k ms to k + 1 ms. */
import { caseOf, pool, request } from "./building.js";
import type { HandSchedule } from "./hand-schedule.js";

export const FLOW_SCHEDULES: Record<string, HandSchedule> = {
  // Stages of 0.5 ms. A: 0 to 0.5 to 1, then 1 to 1.5 to 2. B, in the other lane, behind it: 0.5 to 1 to 1.5, then 1.5 to 2 to 2.5.
  "two pipeline stages serve two lanes in turn": {
    one: caseOf([pool({ pp: 2 })], [request(0, 1, 2), request(0, 1, 2)]),
    startMs: [0, 0],
    firstTokenMs: [1, 1.5],
    endMs: [2, 2.5],
    totals: { iterations: 4, busyTicks: 4.5e6 },
    gapsMs: [1, 1],
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
    totals: { iterations: 1, prefillTokens: 1, decodeTokens: 0, busyTicks: 1e6 },
  },

  // Lanes of seven blocks, the fifteenth is nobody's. C goes to lane 0, where three blocks are left, and starts when A ends.
  "a lane has its share of the blocks and no more": {
    one: caseOf([pool({ pp: 2 }, { kvBlocks: 15, maxCtx: 6 })], [request(0, 4, 1), request(0, 4, 1), request(0, 4, 1)]),
    startMs: [0, 0, 1],
    firstTokenMs: [1, 1.5, 2],
    endMs: [1, 1.5, 2],
  },

  // One seat, no queue.  0: r0 starts, r1 is rejected.  1: r0 ends, then user 1 sends r2.  2: r2 ends, then user 0 sends r3.
  "users who are rejected think and ask again": {
    one: caseOf(
      [pool({}, { slots: 1, maxQueue: 0 })],
      [0, 0, 0, 0].map((arrivalMs) => request(arrivalMs, 1, 1)),
      {
        closedLoop: { concurrency: 2, thinkS: 0.001 },
      },
    ),
    startMs: [0, Infinity, 1, 2],
    firstTokenMs: [1, Infinity, 2, 3],
    endMs: [1, Infinity, 2, 3],
  },
};
