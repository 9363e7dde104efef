import type { Distribution } from "../core/distribution.js";
import type { Figures, RejectedByReason, RequestCounts } from "../core/figures.js";
import type { InterTokenLatency } from "../core/gap-sketch.js";
import type { Core } from "../core/load.js";
import type { Fleet } from "../specs/fleet.js";
import type { Engine } from "../specs/fleet-spec.js";
import { ITL_SHARES, type SearchedUsers } from "./capacity-options.js";
import type { RunsProgress } from "./capacity-progress.js";
import type { ScalableRequests } from "./capacity-requests.js";
import { type Attained, combineAttained, type LimitedTime, type RequestLimits, Tally } from "./capacity-tally.js";
import type { Classify } from "./classify.js";
import { replay, type ReplayResult } from "./replay.js";

/** The objective, all of it settled. */
export interface SettledObjective {
  limits: RequestLimits;
  itlMs?: number;
  /** Share of the arrivals, and of the gaps. */
  attainment: number;
}

/** What the loads of a search are tried with. */
export interface Trial {
  fleet: Fleet;
  requests: ScalableRequests;
  objective: SettledObjective;
  engine: Engine;
  seed: number;
  warmup: number;
  replications: number;
  core: Core;
  users?: SearchedUsers;
  step?: boolean;
  classify?: Classify;
  progress?: RunsProgress;
}

/** The gaps between tokens beside their limit. */
export interface LimitedGaps {
  limit: "itl";
  limit_ms: number;
  value_ms: number | null;
}

/** Why a load is too much. */
export type LimitedBy =
  /** The backlog of these pools grew. */
  | { cause: "overloaded"; backlog_growth_rps: number; pools: string[] }
  /** More arrivals were turned away than may exceed the limits. */
  | { cause: "rejected"; share: number; allowed: number; rejected_by_reason: RejectedByReason }
  /** By itself too many arrivals exceeded this limit; if that is true of several, the one that most exceeded. */
  | ({ cause: LimitedTime["limit"] } & LimitedTime)
  /** Of no limit alone, but of all together: too many arrivals exceeded one or the other. */
  | { cause: "all_limits"; missed: number; allowed: number }
  | ({ cause: "itl" } & LimitedGaps);

/** What the requests and the replicas of a pool, or of the fleet, came to. */
export interface PointFigures {
  requests: RequestCounts;
  /** Measured arrivals, per second of the measured window. */
  arrival_rate_rps: number;
  verdict: Figures["stability"]["verdict"];
  ttft_ms: Distribution;
  tpot_ms: Distribution;
  e2e_ms: Distribution;
  itl_ms?: InterTokenLatency;
  utilisation: Figures["utilisation"];
  /** Engine `iterations`: share of the time with an iteration running; of the fleet the mean over its replicas. */
  busy?: number;
  /** Engine `iterations`: requests in an iteration, on average over the time with one running; of the fleet the mean over its replicas. */
  mean_batch?: number;
  largest_batch?: number;
  preemptions?: number;
  replicas: number;
}

/** A load that was tried, and what came of it. */
export interface OperatingPoint extends PointFigures {
  /** Arrival rate that was asked for; of a closed loop the one that came about, requests/s. */
  rate_rps: number;
  /** Users of a closed loop. */
  concurrency?: number;
  /** Whether it is bearable: nothing overloaded, the objective met. */
  is_feasible: boolean;
  /** If it is not. */
  limited_by: LimitedBy | null;
  /** Share of the measured arrivals that kept within all limits of their times. */
  attainment: number;
  attainment_ci95: [number, number];
  /** Each time that is limited, beside its limit. */
  limits: (LimitedTime | LimitedGaps)[];
  /** Arrivals that kept within all limits, requests/s. */
  goodput_rps: number;
  output_tokens_per_s: number;
  pools: Record<string, PointFigures>;
}

/** Longer than any time that the clock holds, and not infinite: the limit of a time that is not limited. */
const NO_LIMIT_MS = 8e12;

/** Plays the requests at a load (requests/s, or users of a closed loop), and judges what came of it. */
export async function tryLoad(trial: Trial, load: number, count: number): Promise<OperatingPoint> {
  const { fleet, requests, objective, users, replications, warmup } = trial;
  const { limits } = objective;
  const tallies = Array.from({ length: replications }, () => new Tally(limits));
  const result = await replay({
    fleet,
    requests: requests.at(load, count),
    engine: trial.engine,
    seed: trial.seed,
    warmup,
    replications,
    core: trial.core,
    sloMs: limits.ttft ?? NO_LIMIT_MS,
    ...(limits.tpot === undefined ? {} : { sloTpotMs: limits.tpot }),
    ...(limits.e2e === undefined ? {} : { sloE2eMs: limits.e2e }),
    ...(users ? { closedLoop: closedLoop(users, load) } : {}),
    ...(trial.step ? { step: true } : {}),
    ...(trial.classify ? { classify: trial.classify } : {}),
    ...(trial.progress ? { onProgress: trial.progress.update } : {}),
    onResults: (rows, replication) => tallies[replication]!.add(rows),
  });
  trial.progress?.endRun();
  const attained = combineAttained(tallies.map((tally) => tally.read(warmup, objective.attainment)));
  return pointOf(trial, result, attained, load);
}

function closedLoop({ thinkS, think, rampS }: SearchedUsers, concurrency: number) {
  return {
    concurrency,
    ...(thinkS === undefined ? {} : { thinkS }),
    ...(think === undefined ? {} : { think }),
    ...(rampS === undefined ? {} : { rampS }),
  };
}

function pointOf({ objective, users }: Trial, result: ReplayResult, attained: Attained, load: number): OperatingPoint {
  const gaps = limitedGaps(objective, result.itl_ms);
  const limitedBy = judge(objective, result, attained, gaps);
  const rate = users ? result.arrival_rate_rps : load;
  return {
    rate_rps: rate,
    ...(users ? { concurrency: load } : {}),
    is_feasible: limitedBy === null,
    limited_by: limitedBy,
    attainment: attained.attainment,
    attainment_ci95: attained.attainment_ci95,
    limits: [...attained.limits, ...(gaps ? [gaps] : [])],
    goodput_rps: rate * attained.attainment,
    output_tokens_per_s: result.throughput.output_tokens_per_s,
    ...figuresOf(result, Object.values(result.pools)),
    pools: Object.fromEntries(Object.entries(result.pools).map(([id, pool]) => [id, figuresOf(pool, [pool])])),
  };
}

function limitedGaps({ itlMs, attainment }: SettledObjective, itl?: InterTokenLatency): LimitedGaps | undefined {
  if (itlMs === undefined || itl === undefined) return undefined;
  const percentiles = [itl.p50, itl.p90, itl.p95, itl.p99, itl.p999];
  const value = percentiles[ITL_SHARES.findIndex((share) => share === attainment)];
  return { limit: "itl", limit_ms: itlMs, value_ms: value ?? null };
}

/** Why a run does not do; `null` if it does. A backlog that grows goes before all else: the times that come of it are those of a longer run. */
function judge(
  { attainment: share }: SettledObjective,
  { stability, pools, requests }: ReplayResult,
  { attainment, lost, limits }: Attained,
  gaps?: LimitedGaps,
): LimitedBy | null {
  if (stability.verdict === "overloaded") {
    const growing = Object.entries(pools).filter(([, pool]) => pool.stability.verdict === "overloaded");
    return {
      cause: "overloaded",
      backlog_growth_rps: stability.backlog_growth_rps,
      pools: growing.map(([id]) => id),
    };
  }
  if (attainment < share) {
    const allowed = rest(share);
    if (lost > allowed) {
      return { cause: "rejected", share: lost, allowed, rejected_by_reason: requests.rejected_by_reason };
    }
    const worst = limits.toSorted((a, b) => b.missed - a.missed)[0];
    if (worst && worst.missed > allowed) return { cause: worst.limit, ...worst };
    return { cause: "all_limits", missed: rest(attainment), allowed };
  }
  // A run of requests of one token has no gap, and exceeds no limit of them.
  if (gaps && gaps.value_ms !== null && gaps.value_ms > gaps.limit_ms) return { cause: "itl", ...gaps };
  return null;
}

/** What is left of a share, without the last bits of the subtraction. */
function rest(share: number): number {
  return Number((1 - share).toPrecision(12));
}

function figuresOf(figures: Figures, pools: readonly Figures[]): PointFigures {
  const batching = pools.flatMap((pool) =>
    pool.batching ? [{ ...pool.batching, replicas: pool.total_replicas }] : [],
  );
  const replicas = batching.reduce((sum, pool) => sum + pool.replicas, 0);
  return {
    requests: figures.requests,
    arrival_rate_rps: figures.arrival_rate_rps,
    verdict: figures.stability.verdict,
    ttft_ms: figures.ttft_ms,
    tpot_ms: figures.tpot_ms,
    e2e_ms: figures.e2e_ms,
    ...(figures.itl_ms ? { itl_ms: figures.itl_ms } : {}),
    utilisation: figures.utilisation,
    ...(batching.length > 0
      ? {
          busy: batching.reduce((sum, pool) => sum + pool.busy * pool.replicas, 0) / replicas,
          mean_batch: batching.reduce((sum, pool) => sum + pool.mean_batch * pool.replicas, 0) / replicas,
          largest_batch: Math.max(...batching.map((pool) => pool.largest_batch)),
          preemptions: batching.reduce((sum, pool) => sum + pool.preemptions, 0),
        }
      : {}),
    replicas: figures.total_replicas,
  };
}
