import { rounded } from "./fleet-summary.js";
import type { ReplayResult } from "./replay.js";
import type { FleetCandidate } from "./sizing/fleet-candidate.js";
import { simulatedRow } from "./sizing/fleet-row.js";
import type { FleetSearch, SizedFleet } from "./sizing/fleet-search.js";
import { type NearestMiss, nearestMiss } from "./sizing/nearest-miss.js";
import type { SizingObjective } from "./sizing/pool-estimate.js";
import type { SizingProblem } from "./sizing/sizing-problem.js";
import type { FreshCheck } from "./sizing/fresh-check.js";
import type { SizedPool } from "./sizing/sized-pool.js";
import { twoPoolKeys } from "./sizing/two-pool-keys.js";

/**
 * The fleet of one threshold, sized for one objective; the keys of the Python tool first. What a fleet would have that cannot be is `null`.
 */
export interface ParetoRow {
  /** Where the two pools meet, total tokens; 0: there is one pool for all. */
  b_short: number;
  /** Share of all requests that is no longer than that, 6 decimals. */
  alpha: number;
  /** GPUs of the pool for short requests, and of the other one. */
  n_s: number | null;
  n_l: number | null;
  total_gpus: number | null;
  /** Thousands of US dollars for 8760 hours, 1 decimal. */
  cost_kusd_yr: number | null;
  /** Against the cheapest fleet of one pool; `null` where there is none. 2 decimals. */
  savings_vs_homo_pct: number | null;
  /** P99 of TTFT = wait + own prefill, simulated, ms, 1 decimal. */
  p99_short_ms: number | null;
  p99_long_ms: number | null;
  worst_p99_ms: number | null;
  /** Whether the 95 % intervals of the P99 of both pools lie within the objective of the question. */
  slo_met: boolean;
  /** Whether no other row costs no more and is no slower, and is better in one of the two. */
  pareto: boolean;
  /** Whether this is the cheapest that meets the objective. */
  recommended: boolean;
  kind: "two_pool" | "homogeneous";
  /** The objective that the pools were sized for, ms. */
  sized_for_slo_ms: number;
  /** The interval of the pool with the worst P99. */
  worst_p99_ms_ci95: [number, number] | null;
  /** US dollars, 4 decimals. */
  cost_per_hr: number | null;
  total_replicas: number | null;
  /** Of all GPUs at the mean load. */
  watts: number | null;
  pools: SizedPool[];
  /** Where no number of replicas is enough: what comes nearest. */
  nearest_miss: NearestMiss | null;
  /** A replay of the whole fleet with requests that the sizing did not see: of the recommended one, else `null`. */
  check: FreshCheck | null;
  /** That replay, where curves were asked for. */
  check_run?: ReplayResult;
  /** The objective of the question, ms. */
  slo_ms: number;
  rate_rps: number;
  engine: "slots" | "iterations";
  seed: number;
}

/** Sizes both pools of a candidate, and tells of them; without what only a comparison of rows can tell. */
export async function paretoRow(
  search: FleetSearch,
  candidate: FleetCandidate,
  asked: SizingObjective,
): Promise<{ row: ParetoRow; sized: SizedFleet | undefined }> {
  const sized = await search.size(candidate);
  const { problem } = search;
  const bShort = candidate.boundaries[0] ?? 0;
  const common = {
    b_short: bShort,
    alpha: rounded(bShort === 0 ? 0 : problem.law.share(0, bShort), 6),
    pareto: false,
    recommended: false,
    kind: candidate.boundaries.length === 0 ? ("homogeneous" as const) : ("two_pool" as const),
    sized_for_slo_ms: problem.objective.ttftMs,
    savings_vs_homo_pct: null,
    check: null,
    slo_ms: asked.ttftMs,
    rate_rps: problem.rateRps,
    engine: problem.engine,
    seed: problem.seed,
  };
  if (!sized) return { row: missing(common, await nearestMiss(search, [candidate])), sized };
  return { row: { ...common, ...figures(problem, sized, asked) }, sized };
}

type Common = Pick<
  ParetoRow,
  | "b_short"
  | "alpha"
  | "pareto"
  | "recommended"
  | "kind"
  | "sized_for_slo_ms"
  | "savings_vs_homo_pct"
  | "check"
  | "slo_ms"
  | "rate_rps"
  | "engine"
  | "seed"
>;

function figures(problem: SizingProblem, sized: SizedFleet, asked: SizingObjective): Omit<ParetoRow, keyof Common> {
  const fleet = simulatedRow(problem, sized, 1);
  const { n_s, n_l, total_gpus, annualised_cost_kusd, p99_ttft_short_ms, p99_ttft_long_ms } = twoPoolKeys(fleet);
  const worst = fleet.pools.reduce((a, b) =>
    (b.simulated!.p99_ttft_ms ?? Infinity) > (a.simulated!.p99_ttft_ms ?? Infinity) ? b : a,
  ).simulated!;
  return {
    n_s,
    n_l,
    total_gpus,
    cost_kusd_yr: annualised_cost_kusd,
    p99_short_ms: p99_ttft_short_ms,
    p99_long_ms: p99_ttft_long_ms,
    worst_p99_ms: worst.p99_ttft_ms,
    worst_p99_ms_ci95: worst.p99_ttft_ms_ci95,
    slo_met: keeps(sized, asked),
    cost_per_hr: fleet.cost_per_hr,
    total_replicas: fleet.total_replicas,
    watts: fleet.watts,
    pools: fleet.pools,
    nearest_miss: null,
  };
}

/** Sized for one objective, a fleet may keep another one; the limit of the time per output token is the same in both. */
function keeps({ pools }: SizedFleet, { ttftMs }: SizingObjective): boolean {
  return pools.every(({ points, upper }) => {
    const { isFeasible, p99TtftCi95 } = points.get(upper)!;
    return isFeasible && p99TtftCi95 !== null && p99TtftCi95[1] <= ttftMs;
  });
}

function missing(common: Common, miss: NearestMiss | undefined): ParetoRow {
  return {
    ...common,
    n_s: null,
    n_l: null,
    total_gpus: null,
    cost_kusd_yr: null,
    p99_short_ms: null,
    p99_long_ms: null,
    worst_p99_ms: null,
    worst_p99_ms_ci95: null,
    slo_met: false,
    cost_per_hr: null,
    total_replicas: null,
    watts: null,
    pools: [],
    nearest_miss: miss ?? null,
  };
}
