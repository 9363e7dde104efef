/**
 * Cases small enough to work out by hand: an iteration takes one second and a chunk is one token, so a request is served for
 * input + output seconds and holds input + output blocks.
 */
import type { Fleet, Pool, Request, Router, RunOptions } from "./case.js";
import type { ReferenceResult } from "./figures.js";
import { simulateReference } from "./simulate.js";

/** Ticks in a second. */
export const SECOND = 1e9;

/** One replica of one slot, with room for 1000 tokens, unless told otherwise. */
export function pool(changes: Partial<Pool> = {}): Pool {
  return {
    id: "pool",
    replicas: 1,
    slots: 1,
    maxCtx: 1000,
    kvBlocks: 10_000,
    blockSize: 1,
    W: 1,
    H: 0,
    calibrationCtx: 1,
    chunk: 1,
    queue: "replica",
    maxQueue: Infinity,
    balance: "least_outstanding",
    ...changes,
  };
}

/** A request of `tokens` tokens, one of them input, that arrives at `arrivalS`. */
export function request(arrivalS: number, tokens: number, changes: Partial<Request> = {}): Request {
  return { arrivalS, input: 1, output: tokens - 1, label: -1, category: 0, ...changes };
}

/** Plays requests through pools; by default the first pool that holds a request takes it. */
export function play(
  pools: readonly Pool[],
  requests: readonly Request[],
  {
    router = { type: "length", threshold: null, by: "total" },
    ...options
  }: Partial<RunOptions> & { router?: Router } = {},
): ReferenceResult {
  const fleet: Fleet = { pools, router };
  return simulateReference(fleet, requests, { seed: 1, replication: 0, horizonS: Infinity, warmup: 0, ...options });
}

/** A column of the result of all requests, ticks as seconds. */
export function seconds(
  result: ReferenceResult,
  column: "waitTicks" | "ttftTicks" | "tpotTicks" | "e2eTicks",
): (number | null)[] {
  return result.requests.map((row) => (row[column] === null ? null : row[column] / SECOND));
}
