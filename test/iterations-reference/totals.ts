/** Section "What is measured": sums by pool. */

/**
 * Iterations, what they computed and the time that they took count when they end: one that the horizon cuts counts nowhere. Cached tokens count at
 * admission, preemptions when they happen, as they do for each request.
 */
export interface PoolTotals {
  iterations: number;
  /** Prompt tokens computed, those that are computed again too. */
  prefillTokens: number;
  decodeTokens: number;
  /** Sum over iterations of S. */
  contextTokens: number;
  /** Sum over iterations of Q / 2. */
  prefillWork: number;
  preemptions: number;
  /** Sum of `computed` of victims. */
  recomputedTokens: number;
  /** Prompt tokens found in prefix caches, over all admissions. */
  cachedTokens: number;
  /** Prompt tokens looked for, over all admissions. */
  promptTokens: number;
  /** Most requests that got tokens in one iteration. */
  largestBatch: number;
  itlCount: number;
  /** How often each gap occurred before an output token that is not its request's first; keys are ticks. */
  itlGaps: Map<number, number>;
  /** Time of iterations, summed over lanes. */
  busyTicks: number;
  /** Shortest iteration, `Infinity` if there was none. */
  shortestTicks: number;
  /** Integrals over the run, ticks: KV blocks in use, running requests, waiting requests (in lanes and in the pool's queue). */
  kvArea: bigint;
  runningArea: bigint;
  waitingArea: bigint;
  /** Requests completed here. */
  completed: number;
  /** Of a prefill pool: left with their prompts, left before them, stayed for want of room at the decode side. */
  handedOver: number;
  spilled: number;
  kept: number;
  /** Of a decode pool: handed over or spilled to it. */
  takenOver: number;
  /** Of the pool's links, over transfers that landed. */
  transfers: number;
  linkBytes: number;
  /** From `E` to landing, ticks. */
  transferSum: number;
  /** From `E` to `max(E, G)`, ticks. */
  grantSum: number;
  /** `done - alone`, ticks. */
  linkWaitSum: number;
}

export function noTotals(): PoolTotals {
  return {
    iterations: 0,
    prefillTokens: 0,
    decodeTokens: 0,
    contextTokens: 0,
    prefillWork: 0,
    preemptions: 0,
    recomputedTokens: 0,
    cachedTokens: 0,
    promptTokens: 0,
    largestBatch: 0,
    itlCount: 0,
    itlGaps: new Map(),
    busyTicks: 0,
    shortestTicks: Infinity,
    kvArea: 0n,
    runningArea: 0n,
    waitingArea: 0n,
    completed: 0,
    handedOver: 0,
    spilled: 0,
    kept: 0,
    takenOver: 0,
    transfers: 0,
    linkBytes: 0,
    transferSum: 0,
    grantSum: 0,
    linkWaitSum: 0,
  };
}

export function countGap(totals: PoolTotals, gapTicks: bigint): void {
  const gap = Number(gapTicks);
  totals.itlCount += 1;
  totals.itlGaps.set(gap, (totals.itlGaps.get(gap) ?? 0) + 1);
}
