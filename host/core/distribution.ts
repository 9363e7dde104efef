import { BATCHES } from "../../assembly/contract.js";
import { batchHalfWidth } from "./intervals.js";
import type { Metric, Scope, Simulation } from "./simulation.js";

const TICKS_PER_MS = 1e6;

/** Percentiles that are reported, by the name of their field. */
const PERCENTILES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999 } as const;

/**
 * The distribution of one figure over a set of requests, ms. A request that has no such figure (rejected, or unfinished before it) ranks behind all others:
 * where a percentile falls among those it is `null`. `mean` and `max` are over the requests that have the figure.
 */
export interface Distribution {
  /** Requests ranked, those without the figure included. */
  count: number;
  mean: number | null;
  p50: number | null;
  p90: number | null;
  p95: number | null;
  p99: number | null;
  p999: number | null;
  max: number | null;
  /** 95 % confidence interval of p99; `null` where p99 is. */
  p99_ci95: [number, number] | null;
}

/** Rank of percentile `p` among `count` values, counted from 1: the smallest with a share of at least `p` at or below it. */
export function rankOf(p: number, count: number): number {
  // 0.99 * 100 is 99.00000000000001 in doubles: what is whole but for rounding must not be rounded up.
  const rank = p * count;
  const nearest = Math.round(rank);
  return Math.max(1, Math.abs(rank - nearest) < 1e-9 * count ? nearest : Math.ceil(rank));
}

/** Reads the distribution of a figure over the requests of `scope` from ordinal `first` on, and which share of those that have it have more than 0. */
export function readDistribution(
  simulation: Simulation,
  metric: Metric,
  scope: Scope,
  first: number,
  completedOnly: boolean,
): { distribution: Distribution; positiveShare: number | null } {
  const gathered = simulation.gather(metric, scope, first, completedOnly);
  const { count, reached, positive, sumTicks, largestTicks } = gathered;
  const at = (p: number) => finiteMs(count === 0 ? Infinity : simulation.select(rankOf(p, count)));
  const percentiles = {
    p50: at(PERCENTILES.p50),
    p90: at(PERCENTILES.p90),
    p95: at(PERCENTILES.p95),
    p99: at(PERCENTILES.p99),
    p999: at(PERCENTILES.p999),
  };
  const distribution = {
    count,
    mean: reached > 0 ? sumTicks / reached / TICKS_PER_MS : null,
    ...percentiles,
    max: reached > 0 ? largestTicks / TICKS_PER_MS : null,
    p99_ci95: percentiles.p99 === null ? null : p99Interval(simulation, count, reached),
  };
  return { distribution, positiveShare: reached > 0 ? positive / reached : null };
}

/** Reads no more of a distribution than how many are ranked, and the P99 with its interval. */
export function readP99(
  simulation: Simulation,
  metric: Metric,
  scope: Scope,
  first: number,
): Pick<Distribution, "count" | "p99" | "p99_ci95"> {
  const { count, reached } = simulation.gather(metric, scope, first, false);
  const p99 = finiteMs(count === 0 ? Infinity : simulation.select(rankOf(PERCENTILES.p99, count)));
  return { count, p99, p99_ci95: p99 === null ? null : p99Interval(simulation, count, reached) };
}

function p99Interval(simulation: Simulation, count: number, reached: number): [number, number] {
  const p99 = simulation.select(rankOf(PERCENTILES.p99, count));
  const halfWidth = batchHalfWidth(simulation.countAbove(p99), batchSizes(count), 1 - PERCENTILES.p99);
  const low = simulation.select(rankOf(Math.max(0, PERCENTILES.p99 - halfWidth), count));
  const high = simulation.select(Math.min(reached, rankOf(Math.min(1, PERCENTILES.p99 + halfWidth), count)));
  return [low / TICKS_PER_MS, high / TICKS_PER_MS];
}

/** Sizes of the batches into which the core cuts `count` values. */
function batchSizes(count: number): number[] {
  const bound = (batch: number) => Math.floor((batch * count) / BATCHES);
  return Array.from({ length: BATCHES }, (_, batch) => bound(batch + 1) - bound(batch));
}

/** Ticks as ms; nothing for what was not reached. */
export function finiteMs(ticks: number): number | null {
  return ticks === Infinity ? null : ticks / TICKS_PER_MS;
}
