import { rounded } from "../fleet-summary.js";
import type { FleetCandidate } from "./fleet-candidate.js";
import type { FleetSearch } from "./fleet-search.js";
import type { PoolSizing } from "./pool-sizing.js";
import type { PoolPoint } from "./pool-trial.js";
import type { SizingProblem } from "./sizing-problem.js";

/** How near the nearest fleet comes to an objective that none meets. */
export interface NearestMiss {
  /** Kind of replica, and the requests it is to serve. */
  replica: string;
  above: number;
  max_ctx: number;
  /** With so many replicas, from which on more do not help. */
  replicas: number;
  p99_ttft_ms: number | null;
  p99_ttft_ms_ci95: [number, number] | null;
  p99_tpot_ms: number | null;
  /** The objective that this pool would meet, ms, rounded up; `null` where the pool does not keep up at all. */
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

/** The pool that keeps the fleet nearest to an objective from meeting it; `undefined` where no pool was simulated. */
export function nearestMiss(search: FleetSearch, candidates: readonly FleetCandidate[]): NearestMiss | undefined {
  let nearest: { sizing: PoolSizing; point: PoolPoint; excess: number } | undefined;
  for (const { segments } of candidates) {
    let worst: typeof nearest;
    for (const segment of segments) {
      const best = bestOf(search.sizingsOf(segment), search.problem);
      if (best && (!worst || best.excess > worst.excess)) worst = best;
    }
    if (worst && worst.sizing.lower === Infinity && (!nearest || worst.excess < nearest.excess)) nearest = worst;
  }
  return nearest && missOf(nearest.sizing, nearest.point, search.problem);
}

/** Of several kinds of replica the run that came nearest to the objective. */
function bestOf(sizings: readonly PoolSizing[], problem: SizingProblem) {
  let best: { sizing: PoolSizing; point: PoolPoint; excess: number } | undefined;
  for (const sizing of sizings) {
    for (const point of sizing.points.values()) {
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

function missOf({ segment, option }: PoolSizing, point: PoolPoint, { objective }: SizingProblem): NearestMiss {
  const { p99TtftCi95: ttft, p99TpotCi95: tpot, verdict } = point;
  const missesTpot = objective.tpotMs !== undefined && tpot !== null && tpot[1] > objective.tpotMs;
  return {
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

/** Kinds of replica that cannot serve some pool, each once, for the largest window that it cannot serve. */
export function refusals(search: FleetSearch): Refusal[] {
  const byReplica = new Map<string, Refusal>();
  for (const { why, option, segment } of search.all) {
    if (why === undefined) continue;
    const before = byReplica.get(option.name);
    if (before && before.max_ctx >= segment.upTo) continue;
    byReplica.set(option.name, { replica: option.name, above: segment.above, max_ctx: segment.upTo, why });
  }
  return [...byReplica.values()];
}
