import { rounded } from "../fleet-summary.js";
import type { FleetCandidate } from "./fleet-candidate.js";
import type { FleetSearch } from "./fleet-search.js";
import type { PoolSizing } from "./pool-sizing.js";
import type { PoolPoint } from "./pool-trial.js";
import type { SizingProblem } from "./sizing-problem.js";

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
 * The fleet that comes nearest to an objective that none meets. Candidates are given up at the first pool that cannot meet it, so that little may be known of the others: where that matters they are
 * simulated here, with so many replicas that more would not help.
 */
export async function nearestMiss(
  search: FleetSearch,
  candidates: readonly FleetCandidate[],
): Promise<NearestMiss | undefined> {
  const open = new Set(candidates);
  for (;;) {
    let nearest: { candidate: FleetCandidate; worst: Miss } | undefined;
    for (const candidate of open) {
      const worst = worstOf(search, candidate);
      if (worst && (!nearest || worst.excess < nearest.worst.excess)) nearest = { candidate, worst };
    }
    if (!nearest) return undefined;
    const unknown = nearest.candidate.segments.find((segment) => !bestOf(search.sizingsOf(segment), search.problem));
    if (!unknown) return missOf(nearest.candidate, nearest.worst, search.problem);
    const sizing = search.expectedChoice(unknown);
    if (sizing.why === undefined) await sizing.tryEnough();
    // Nothing can be known of it.
    if (!bestOf(search.sizingsOf(unknown), search.problem)) open.delete(nearest.candidate);
  }
}

/** Of the pools of a candidate about which something is known the one that misses the objective most. */
function worstOf(search: FleetSearch, { segments }: FleetCandidate): Miss | undefined {
  let worst: Miss | undefined;
  for (const segment of segments) {
    const best = bestOf(search.sizingsOf(segment), search.problem);
    if (best && (!worst || best.excess > worst.excess)) worst = best;
  }
  return worst;
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
