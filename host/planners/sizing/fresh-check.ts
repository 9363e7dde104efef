import type { FleetInput } from "../../specs/fleet-spec.js";
import { checkFleet } from "../../specs/fleet-spec.js";
import { resolveFleet } from "../../specs/fleet.js";
import { rounded, roundedInterval } from "../fleet-summary.js";
import type { PlanningRequests } from "../planning-requests.js";
import { replay, type ReplayResult } from "../replay.js";
import { SIZING_WARMUP } from "./pool-trial.js";
import type { SizingProblem } from "./sizing-problem.js";

/** A replay of the whole recommended fleet, with requests that the search did not see. */
export interface FreshCheck {
  seed: number;
  requests: number;
  /** Whether the requests are others than those of the search; those of a trace are the same. */
  has_fresh_requests: boolean;
  p99_ttft_ms: number | null;
  p99_ttft_ms_ci95: [number, number] | null;
  p99_tpot_ms: number | null;
  slo_attainment: number | null;
  verdict: "stable" | "overloaded";
  /** P99 of TTFT of each pool by its id. */
  pools: Record<string, number | null>;
  /** Whether the P99 of the fleet, and of every pool, keep within the objective. */
  holds: boolean;
}

/** Most requests that are replayed. */
const MOST_REQUESTS = 200_000;

/** Replays a fleet under the requests of a question, drawn with a seed of which neither the search nor its confirmation has seen anything. */
export async function freshCheck(
  problem: SizingProblem,
  requests: PlanningRequests,
  fleetInput: FleetInput,
  count: number,
): Promise<FreshCheck> {
  return (await freshRun(problem, requests, fleetInput, { count })).check;
}

/** As {@link freshCheck}, with the whole replay. */
export async function freshRun(
  problem: SizingProblem,
  requests: PlanningRequests,
  fleetInput: FleetInput,
  { count, curves = false }: { count: number; curves?: boolean },
): Promise<{ check: FreshCheck; run: ReplayResult }> {
  const { engine, objective, core, rateRps } = problem;
  const seed = problem.seed + 2;
  const played = Math.min(count, MOST_REQUESTS);
  const result = await replay({
    fleet: resolveFleet(checkFleet(fleetInput)),
    engine,
    requests: requests.at(rateRps, requests.isDrawn ? played : requests.count),
    sloMs: objective.ttftMs,
    ...(objective.tpotMs === undefined ? {} : { sloTpotMs: objective.tpotMs }),
    seed,
    warmup: SIZING_WARMUP,
    curves,
    core,
  });
  return { check: checkOf(problem, requests, result), run: result };
}

function checkOf({ objective }: SizingProblem, requests: PlanningRequests, result: ReplayResult): FreshCheck {
  const all = [result, ...Object.values(result.pools).filter(({ requests: { arrived } }) => arrived > 0)];
  const keeps = (p99: number | null, limit: number | undefined) =>
    limit === undefined || (p99 !== null && p99 <= limit);
  return {
    seed: result.seed,
    requests: result.requests.arrived,
    has_fresh_requests: requests.isDrawn,
    p99_ttft_ms: rounded(result.ttft_ms.p99, 1),
    p99_ttft_ms_ci95: roundedInterval(result.ttft_ms),
    p99_tpot_ms: rounded(result.tpot_ms.p99, 3),
    slo_attainment: rounded(result.slo.attainment, 6),
    verdict: result.stability.verdict,
    pools: Object.fromEntries(Object.entries(result.pools).map(([id, pool]) => [id, rounded(pool.ttft_ms.p99, 1)])),
    holds: all.every(
      ({ ttft_ms, tpot_ms, stability }) =>
        stability.verdict === "stable" && keeps(ttft_ms.p99, objective.ttftMs) && keeps(tpot_ms.p99, objective.tpotMs),
    ),
  };
}
