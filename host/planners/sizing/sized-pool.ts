import { poolReplicaPowerW } from "../../profiles/pool-power.js";
import type { PowerQuality } from "../../profiles/power-coefficients.js";
import { rounded } from "../fleet-summary.js";
import { deployedReplicas, priceOf } from "./objective.js";
import type { PoolSizing } from "./pool-sizing.js";
import type { PoolPoint } from "./pool-trial.js";
import { segmentShare } from "./segment.js";
import type { SizingProblem } from "./sizing-problem.js";

/** A pool of a fleet that was sized. Figures of time in ms, 1 decimal. */
export interface SizedPool {
  id: string;
  /** It serves requests of more total tokens than this, up to `max_ctx`. */
  above: number;
  max_ctx: number;
  /** Kind of replica. */
  replica: string;
  /** Replicas that are needed, and those that are deployed so that enough are up. */
  replicas_needed: number;
  replicas: number;
  gpus_per_replica: number;
  gpus: number;
  cost_per_hr: number;
  /** Power of all its GPUs at the mean load; `null` where nothing is known of it. */
  watts: number | null;
  power_model_qual: PowerQuality | null;
  /** Share of all requests, and their rate. */
  share: number;
  rate_rps: number;
  /** What analysis expects of so many replicas (of those needed). */
  analytical: { replicas: number; rho: number; p99_wait_ms: number | null; p99_ttft_ms: number | null };
  /** What simulation measured; `null` where it was not simulated. */
  simulated: SimulatedPool | null;
  /** All runs of this pool with this kind of replica, fewest replicas first; none of a fleet by analysis. */
  tried: TriedPool[];
}

/** A run of a pool with one number of replicas. What was broken off, since it missed the objective for certain, has no figures. */
export interface TriedPool {
  /** Replicas that were up, and what those cost of which so many are. */
  replicas: number;
  cost_per_hr: number;
  p99_ttft_ms: number | null;
  p99_ttft_ms_ci95: [number, number] | null;
  verdict: "stable" | "overloaded" | null;
  is_feasible: boolean;
  was_broken_off: boolean;
}

/** A run of a pool. */
export interface SimulatedPool {
  requests: number;
  p99_ttft_ms: number | null;
  p99_ttft_ms_ci95: [number, number] | null;
  p99_tpot_ms: number | null;
  p99_tpot_ms_ci95: [number, number] | null;
  /** Share of the measured requests that met the objective. */
  slo_attainment: number | null;
  /** Requests in service at a time, a replica. */
  mean_batch: number;
  verdict: "stable" | "overloaded";
}

/** How a sized pool is told of. */
export interface SizedPoolOptions {
  id: string;
  nodeAvailability: number;
  /** Replicas that are needed. */
  replicas: number;
}

/** Tells of a pool with so many replicas: what analysis expects of them, and what a run with them gave, if there was one. */
export function sizedPool(problem: SizingProblem, sizing: PoolSizing, options: SizedPoolOptions): SizedPool {
  const { id, nodeAvailability, replicas } = options;
  const { segment, option, pool } = sizing;
  if (!pool) throw new RangeError("a pool that cannot be built has no size");
  const estimate = sizing.estimate(replicas);
  const point = sizing.points.get(replicas);
  const deployed = deployedReplicas(replicas, nodeAvailability);
  const { gpus, costPerHr } = priceOf(pool, deployed);
  const running = point?.running ?? estimate.running;
  const power = poolReplicaPowerW(pool, running / deployed, estimate.contextPerRequest);
  const share = segmentShare(problem.law, segment);
  return {
    id,
    above: segment.above,
    max_ctx: segment.upTo,
    replica: option.name,
    replicas_needed: replicas,
    replicas: deployed,
    gpus_per_replica: pool.profile.gpusPerReplica,
    gpus,
    cost_per_hr: rounded(costPerHr, 4),
    watts: power ? rounded(power.watts * deployed, 1) : null,
    power_model_qual: power?.quality ?? null,
    share: rounded(share, 6),
    rate_rps: rounded(share * problem.rateRps, 4),
    analytical: {
      replicas: sizing.expected!.replicas,
      rho: rounded(estimate.rho, 4),
      p99_wait_ms: finiteMs(estimate.p99WaitS),
      p99_ttft_ms: finiteMs(estimate.p99TtftS),
    },
    simulated: point ? simulatedPool(point) : null,
    tried: triedPools(sizing, nodeAvailability),
  };
}

function triedPools({ points, pool }: PoolSizing, nodeAvailability: number): TriedPool[] {
  const rising = [...points.values()].sort((a, b) => a.replicas - b.replicas);
  return rising.map(({ replicas, p99TtftMs, p99TtftCi95, verdict, isFeasible, isBroken }) => ({
    replicas,
    cost_per_hr: rounded(priceOf(pool!, deployedReplicas(replicas, nodeAvailability)).costPerHr, 4),
    p99_ttft_ms: rounded(p99TtftMs, 1),
    p99_ttft_ms_ci95: roundedPair(p99TtftCi95, 1),
    verdict: isBroken ? null : verdict,
    is_feasible: isFeasible,
    was_broken_off: isBroken,
  }));
}

/** Tells of a run of a pool. */
function simulatedPool(point: PoolPoint): SimulatedPool {
  return {
    requests: point.requests,
    p99_ttft_ms: rounded(point.p99TtftMs, 1),
    p99_ttft_ms_ci95: roundedPair(point.p99TtftCi95, 1),
    p99_tpot_ms: rounded(point.p99TpotMs, 3),
    p99_tpot_ms_ci95: roundedPair(point.p99TpotCi95, 3),
    slo_attainment: rounded(point.attainment, 6),
    mean_batch: rounded(point.running / point.replicas, 2),
    verdict: point.verdict,
  };
}

function roundedPair(pair: [number, number] | null, decimals: number): [number, number] | null {
  return pair && [rounded(pair[0], decimals), rounded(pair[1], decimals)];
}

function finiteMs(seconds: number): number | null {
  return seconds === Infinity ? null : rounded(seconds * 1000, 1);
}
