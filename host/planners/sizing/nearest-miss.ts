import { rounded } from "../fleet-summary.js";
import type { FleetCandidate } from "./fleet-candidate.js";
import type { FleetSearch } from "./fleet-search.js";
import type { PoolSizing } from "./pool-sizing.js";
import type { PoolPoint } from "./pool-trial.js";
import type { Segment } from "./segment.js";
import type { SizingProblem } from "./sizing-problem.js";
import { turnsTooManyAway } from "./too-long-share.js";

/** How near the nearest fleet comes to an objective that none meets: its pool that misses it most. */
export interface NearestMiss {
  /** Where the pools of that fleet meet, total tokens. */
  boundaries: readonly number[];
  /** Kind of replica, and the requests it is to serve. */
  replica: string;
  above: number;
  max_ctx: number;
  /** With so many replicas, from which on more do not help. */
  replicas: number;
  p99_ttft_ms: number | null;
  p99_ttft_ms_ci95: [number, number] | null;
  p99_tpot_ms: number | null;
  /** The objective that this fleet would meet, ms, rounded up; `null` where the pool does not keep up at all. */
  feasible_slo_ms: number | null;
  /** The same for the time per output token; `null` where there is no limit or it is kept. */
  feasible_slo_tpot_ms: number | null;
}

/** A kind of replica that could not be considered, and why. */
export interface Refusal {
  replica: string;
  above: number;
  max_ctx: number;
  why: string;
}

/** A run, and how many times the objective it took. */
interface Miss {
  sizing: PoolSizing;
  point: PoolPoint;
  excess: number;
}

/**
 * The fleet that comes nearest to an objective that none meets. Candidates are given up at the first pool that cannot meet it, so that little may be known of the others. Of what is not known the prefill of
 * lone requests is a bound; the candidate with the least bound is taken up, and what is not known of it simulated with so many replicas that more would not help, until all is known of the one with the least.
 */
export async function nearestMiss(
  search: FleetSearch,
  candidates: readonly FleetCandidate[],
): Promise<NearestMiss | undefined> {
  // More replicas or time would not take in what is too long.
  const open = candidates.filter((candidate) => !turnsTooManyAway(search.problem.law, candidate));
  for (;;) {
    const nearest = leastBy(open, ({ segments }) =>
      Math.max(...segments.map((segment) => excessBound(search, segment))),
    );
    if (nearest === undefined) return undefined;
    const unknown = nearest.segments.find((segment) => !bestOf(search.sizingsOf(segment), search.problem));
    if (!unknown) return missOf(nearest, worstOf(search, nearest), search.problem);
    await leastBy(search.sizingsOf(unknown), ({ aloneMs }) => aloneMs)!.tryEnough();
  }
}

/** How many times the objective the pool of a segment takes at least; `Infinity` where it does not keep up, or cannot be built. */
function excessBound(search: FleetSearch, segment: Segment): number {
  const sizings = search.sizingsOf(segment);
  const known = bestOf(sizings, search.problem);
  return known?.excess ?? Math.min(...sizings.map(({ aloneMs }) => aloneMs)) / search.problem.objective.ttftMs;
}

/** The one with the least figure that is finite. */
function leastBy<Item>(items: readonly Item[], figure: (item: Item) => number): Item | undefined {
  let [best, least] = [undefined as Item | undefined, Infinity];
  for (const item of items) {
    const own = figure(item);
    if (own < least) [best, least] = [item, own];
  }
  return best;
}

/** Of the pools of a candidate, all of which are known, the one that misses the objective most. */
function worstOf(search: FleetSearch, { segments }: FleetCandidate): Miss {
  const all = segments.map((segment) => bestOf(search.sizingsOf(segment), search.problem)!);
  return all.reduce((worst, miss) => (miss.excess > worst.excess ? miss : worst));
}

/** Of several kinds of replica the run that came nearest to the objective. */
function bestOf(sizings: readonly PoolSizing[], problem: SizingProblem): Miss | undefined {
  let best: Miss | undefined;
  for (const sizing of sizings) {
    for (const point of sizing.points.values()) {
      if (point.isBroken) continue;
      const excess = excessOf(point, problem);
      if (!best || excess < best.excess) best = { sizing, point, excess };
    }
  }
  return best;
}

/** How many times the objective a pool takes; `Infinity` where it does not keep up. */
function excessOf({ verdict, p99TtftCi95, p99TpotCi95 }: PoolPoint, { objective }: SizingProblem): number {
  if (verdict === "overloaded" || !p99TtftCi95) return Infinity;
  const ttft = p99TtftCi95[1] / objective.ttftMs;
  if (objective.tpotMs === undefined) return ttft;
  return Math.max(ttft, p99TpotCi95 ? p99TpotCi95[1] / objective.tpotMs : Infinity);
}

function missOf({ boundaries }: FleetCandidate, { sizing, point }: Miss, { objective }: SizingProblem): NearestMiss {
  const { segment, option } = sizing;
  const { p99TtftCi95: ttft, p99TpotCi95: tpot, verdict } = point;
  const missesTpot = objective.tpotMs !== undefined && tpot !== null && tpot[1] > objective.tpotMs;
  return {
    boundaries,
    replica: option.name,
    above: segment.above,
    max_ctx: segment.upTo,
    replicas: point.replicas,
    p99_ttft_ms: rounded(point.p99TtftMs, 1),
    p99_ttft_ms_ci95: ttft && [rounded(ttft[0], 1), rounded(ttft[1], 1)],
    p99_tpot_ms: rounded(point.p99TpotMs, 3),
    feasible_slo_ms: ttft && verdict === "stable" ? Math.max(objective.ttftMs, Math.ceil(ttft[1])) : null,
    feasible_slo_tpot_ms: missesTpot && verdict === "stable" ? Math.ceil(tpot[1] * 10) / 10 : null,
  };
}

/** Kinds of replica that cannot serve some pool, each once, for the smallest window that it cannot serve. */
export function refusals(search: FleetSearch): Refusal[] {
  const byReplica = new Map<string, Refusal>();
  for (const { why, option, segment } of search.refused) {
    if (why === undefined) continue;
    const before = byReplica.get(option.name);
    if (before && before.max_ctx <= segment.upTo) continue;
    byReplica.set(option.name, { replica: option.name, above: segment.above, max_ctx: segment.upTo, why });
  }
  return [...byReplica.values()];
}
