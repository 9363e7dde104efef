import type { Distribution } from "../core/distribution.js";
import type { Figures, RequestCounts } from "../core/figures.js";
import type { Fleet } from "../specs/fleet.js";
import type { ReplayResult } from "./replay.js";
import type { TraceSummary } from "./trace-summary.js";

/**
 * A run in one flat object: the keys, units and roundings of the Python tool's `FleetSimResult.summary()`, and more beside them.
 *
 * Where that tool measures completed requests only, percentiles and compliance here are over all measured arrivals: a request that was
 * turned away missed its objective, and a percentile that falls among those is `null`. The figures of the completed ones
 * end in `_completed`. Utilisation is the share of slots that are busy, averaged over time.
 */
export interface FleetSummary extends FleetTotals, PoolTotals, PlayedRequests {
  /** Objective for the time to first token, ms. */
  slo_ms: number;
  requests: RequestCounts;
  /** Requests at the start that were simulated and not measured. */
  warmup_excluded: number;
  stability: Figures["stability"];
  throughput: Figures["throughput"];
  /** The measured window. */
  duration_s: number;
  /** Arrivals in it, per second. */
  arrival_rate_rps: number;
  percentiles: ReplayResult["percentiles"];
  engine: ReplayResult["engine"];
  seed: number;
  replications: number;
  /** What the flat keys leave out, by the id of the pool. */
  pools: Record<string, PoolDetail>;
}

/** What was played. */
export interface PlayedRequests {
  /** The streams that its requests came in. */
  arrivals: readonly RequestStream[];
  /** The trace that was played, if it was one: what was read of it, and what was left out. */
  trace?: TraceSummary;
}

/** The figures of the whole fleet. */
export interface FleetTotals {
  total_gpus: number;
  total_completed: number;
  /** US dollars, 4 decimals. */
  cost_per_hr_usd: number;
  /** Thousands of US dollars for 8760 hours, 1 decimal. */
  annualised_cost_kusd: number;
  /** Time to first token, 1 decimal. */
  fleet_p99_ttft_ms: number | null;
  fleet_p50_ttft_ms: number | null;
  /** Reaching the pool to the start of service, 1 decimal. */
  fleet_p99_qwait_ms: number | null;
  /** Share of the measured arrivals that met the objective, 4 decimals; `null` without an arrival. */
  fleet_slo_compliance: number | null;
  /** 4 decimals. */
  mean_utilisation: number;
  /** 95 % confidence intervals. */
  fleet_p99_ttft_ms_ci95: [number, number] | null;
  fleet_p99_qwait_ms_ci95: [number, number] | null;
  /** Arrival to the last token, 1 decimal. */
  fleet_p99_e2e_ms: number | null;
  /** Time per output token, 3 decimals. */
  fleet_p99_tpot_ms: number | null;
  /** Cost of the fleet over the output tokens of the window, 4 decimals; `null` if there were none. */
  usd_per_million_output_tokens: number | null;
  fleet_p99_ttft_ms_completed: number | null;
  fleet_slo_compliance_completed: number | null;
}

/** The figures of each pool, under keys that begin with its id. */
export interface PoolTotals {
  [key: `${string}_n_gpus`]: number;
  [key: `${string}_p99_ttft_ms`]: number | null;
  [key: `${string}_p99_qwait_ms`]: number | null;
  [key: `${string}_util`]: number;
  [key: `${string}_slo`]: number | null;
  [key: `${string}_p99_ttft_ms_ci95`]: [number, number] | null;
  [key: `${string}_p99_qwait_ms_ci95`]: [number, number] | null;
}

/** What the flat keys leave out about a pool. */
export interface PoolDetail {
  replicas: number;
  /** Requests at once in a replica. */
  slots_per_replica: number;
  max_ctx: number;
  requests: RequestCounts;
  stability: Figures["stability"];
}

/** A stream of requests that was played: drawn from a workload, or those of a trace. */
export interface RequestStream {
  /** Drawn: name of the workload, or path of the CDF. */
  workload?: string;
  /** Name of the trace. */
  trace?: string;
  /** Mean rate at which they came, requests/s. */
  rate_rps: number;
  /** Rate of the trace, or of what the workload was derived from, requests/s: where the two differ, its course in time was stretched. */
  own_rate_rps?: number;
  requests: number;
  /** Id of the pool that they were labelled with, if any. */
  pool?: string;
}

/** Summarises a run of a fleet. */
export function summariseFleet(result: ReplayResult, fleet: Fleet, { arrivals, trace }: PlayedRequests): FleetSummary {
  return {
    ...fleetTotals(result),
    ...(Object.fromEntries(fleet.pools.flatMap(({ id }) => poolTotals(id, result.pools[id]!))) as PoolTotals),
    slo_ms: result.slo.ttft_ms,
    arrivals,
    ...(trace === undefined ? {} : { trace }),
    requests: result.requests,
    warmup_excluded: result.requests.warmup_excluded,
    stability: result.stability,
    throughput: result.throughput,
    duration_s: result.duration_s,
    arrival_rate_rps: result.arrival_rate_rps,
    percentiles: result.percentiles,
    engine: result.engine,
    seed: result.seed,
    replications: result.replications,
    pools: Object.fromEntries(
      fleet.pools.map(({ id, replicas, slots, maxCtx }) => {
        const { requests, stability } = result.pools[id]!;
        return [id, { replicas, slots_per_replica: slots, max_ctx: maxCtx, requests, stability }];
      }),
    ),
  };
}

function fleetTotals(figures: Figures): FleetTotals {
  return {
    total_gpus: figures.total_gpus,
    total_completed: figures.requests.completed,
    cost_per_hr_usd: rounded(figures.cost.per_hr_usd, 4),
    annualised_cost_kusd: rounded(figures.cost.annualised_kusd, 1),
    fleet_p99_ttft_ms: rounded(figures.ttft_ms.p99, 1),
    fleet_p50_ttft_ms: rounded(figures.ttft_ms.p50, 1),
    fleet_p99_qwait_ms: rounded(figures.queue_wait_ms.p99, 1),
    fleet_slo_compliance: rounded(figures.slo.attainment, 4),
    mean_utilisation: rounded(figures.utilisation.slots, 4),
    fleet_p99_ttft_ms_ci95: roundedInterval(figures.ttft_ms),
    fleet_p99_qwait_ms_ci95: roundedInterval(figures.queue_wait_ms),
    fleet_p99_e2e_ms: rounded(figures.e2e_ms.p99, 1),
    fleet_p99_tpot_ms: rounded(figures.tpot_ms.p99, 3),
    usd_per_million_output_tokens: rounded(usdPerMillionTokens(figures), 4),
    fleet_p99_ttft_ms_completed: rounded(figures.completed_only.ttft_ms.p99, 1),
    fleet_slo_compliance_completed: rounded(figures.slo.attainment_completed, 4),
  };
}

function usdPerMillionTokens({ cost, throughput }: Figures): number | null {
  const tokensPerHr = throughput.output_tokens_per_s * 3600;
  return tokensPerHr > 0 ? (cost.per_hr_usd / tokensPerHr) * 1e6 : null;
}

type Entry = [key: keyof PoolTotals, value: number | [number, number] | null];

// No suffix ends in another one: whatever the ids are, the keys of two pools are different.
function poolTotals(id: string, figures: Figures): Entry[] {
  return [
    [`${id}_n_gpus`, figures.total_gpus],
    [`${id}_p99_ttft_ms`, rounded(figures.ttft_ms.p99, 1)],
    [`${id}_p99_qwait_ms`, rounded(figures.queue_wait_ms.p99, 1)],
    [`${id}_util`, rounded(figures.utilisation.slots, 4)],
    [`${id}_slo`, rounded(figures.slo.attainment, 4)],
    [`${id}_p99_ttft_ms_ci95`, roundedInterval(figures.ttft_ms)],
    [`${id}_p99_qwait_ms_ci95`, roundedInterval(figures.queue_wait_ms)],
  ];
}

/** 95 % confidence interval of P99, to 1 decimal. */
export function roundedInterval({ p99_ci95 }: Distribution): [number, number] | null {
  return p99_ci95 === null ? null : [rounded(p99_ci95[0], 1), rounded(p99_ci95[1], 1)];
}

/** Rounded to so many decimals. */
export function rounded<Value extends number | null>(value: Value, decimals: number): Value;
export function rounded(value: number | null, decimals: number): number | null {
  return value === null ? null : Number(value.toFixed(decimals));
}
