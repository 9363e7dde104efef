/** What the core and the plain program of the iteration-level engine must agree on. */
import type { IterationsCase } from "../iterations-reference/case.js";
import type { simulateIterations } from "../iterations-reference/simulate.js";
import { bucketOfGap } from "./gap-buckets.js";
import type { PlayedPool, PlayedRequest } from "./play-iterations.js";

/** What both programs must agree on: `null` where a request has no such figure, whatever stands for it. */
export function comparable(request: PlayedRequest): unknown[] {
  const { arrivalTick, status, pool, replica, waitTick, ttft, tpot, e2e, preemptions } = request;
  return [arrivalTick, status, pool, replica, waitTick, ttft, status === "completed" ? tpot : null, e2e, preemptions];
}

export type Reference = ReturnType<typeof simulateIterations>;

/** The page leaves the order of lanes open within a tick of iterations that are shorter than one: only a single lane has none. */
export function isDefined({ pools }: IterationsCase, played: Reference): boolean {
  const lanes = pools.reduce((sum, { replicas, serving }) => sum + replicas * serving!.pp, 0);
  return lanes === 1 || played.pools.every(({ shortestTicks }) => shortestTicks > 1);
}

/** Sums of a pool, and the gaps between its tokens by bucket. */
export function expectedPool(pool: Reference["pools"][number]): Partial<PlayedPool> {
  const gaps = new Map<number, number>();
  for (const [gap, tokens] of pool.itlGaps) {
    const bucket = bucketOfGap(gap);
    gaps.set(bucket, (gaps.get(bucket) ?? 0) + tokens);
  }
  return {
    iterations: pool.iterations,
    prefillTokens: pool.prefillTokens,
    decodeTokens: pool.decodeTokens,
    contextTokens: pool.contextTokens,
    prefillWork: pool.prefillWork,
    preemptions: pool.preemptions,
    recomputedTokens: pool.recomputedTokens,
    cachedTokens: pool.cachedTokens,
    busyTicks: pool.busyTicks,
    gaps: new Map([...gaps].sort(([a], [b]) => a - b)),
  };
}
