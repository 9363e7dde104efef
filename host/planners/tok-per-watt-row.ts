import { poolReplicaPowerW } from "../profiles/pool-power.js";
import type { PowerQuality } from "../profiles/power-coefficients.js";
import { rounded } from "./fleet-summary.js";
import type { NearestMiss } from "./sizing/nearest-miss.js";
import { priceOf } from "./sizing/objective.js";
import type { PoolSizing } from "./sizing/pool-sizing.js";
import { segmentNodes } from "./sizing/segment.js";
import type { SizingProblem } from "./sizing/sizing-problem.js";

/** A pool, its power and its output; the keys of the Python tool first. What cannot be told is `null`. */
export interface WattRow {
  gpu_name: string;
  pool_label: string;
  /** GPUs, those of all replicas. */
  n_gpus: number | null;
  /** Arrivals as a share of what the replicas can serve, by analysis; 4 decimals. */
  rho: number | null;
  /** Mean number of requests in service in a replica, simulated; 2 decimals. */
  n_active: number | null;
  /** Power of one GPU at that number, W, 1 decimal. */
  power_per_gpu_w: number | null;
  /** Output tokens a second and watt, over all GPUs; 4 decimals. */
  tokens_per_watt: number | null;
  /** US dollars a million output tokens, 4 decimals. */
  cost_per_mil: number | null;
  /** P99 of TTFT = wait + own prefill, simulated, ms, 1 decimal. */
  p99_ttft_ms: number | null;
  power_model_qual: PowerQuality;
  /** Whether `n_gpus` is the fewest that meet the objective; else it follows from a utilisation that was asked for. */
  slo_optimal: boolean;
  /** Whether the 95 % interval of the P99 lies within the objective. */
  slo_met: boolean;
  p99_ttft_ms_ci95: [number, number] | null;
  /** Joules an output token: the inverse of `tokens_per_watt`; 4 decimals. */
  joules_per_token: number | null;
  /** Power of all GPUs, W, 1 decimal. */
  watts: number | null;
  n_replicas: number | null;
  gpus_per_replica: number | null;
  /** Output tokens that the requests of the pool ask for, a second; 1 decimal. */
  output_tokens_per_s: number;
  /** US dollars, 4 decimals. */
  cost_per_hr: number | null;
  /** The pool serves requests of more total tokens than this, up to `max_ctx`. */
  above: number;
  max_ctx: number;
  /** A backlog that grows serves fewer tokens than are asked for: then no figure of tokens is given. */
  verdict: "stable" | "overloaded" | null;
  /** Where no number of replicas is enough: what comes nearest. */
  nearest_miss: NearestMiss | null;
  /** Rate of all requests, those of other pools included. */
  rate_rps: number;
  slo_ms: number;
  engine: "slots" | "iterations";
  seed: number;
}

/** How a pool is told of. */
export interface WattRowOptions {
  label?: string;
  /** Replicas, of which there was a run; absent: no number is enough. */
  replicas?: number;
  isSloOptimal: boolean;
  miss?: NearestMiss | undefined;
}

/** Output tokens that the requests of a pool ask for, a second. */
function outputTokensPerS({ law, rateRps }: SizingProblem, { segment }: PoolSizing): number {
  const { output, weight } = segmentNodes(law, segment);
  return rateRps * output.reduce((sum, tokens, i) => sum + tokens * weight[i]!, 0);
}

/** Tells of a pool with so many replicas. */
export function wattRow(problem: SizingProblem, sizing: PoolSizing, options: WattRowOptions): WattRow {
  const { segment, option, pool } = sizing;
  const tokensPerS = outputTokensPerS(problem, sizing);
  const common = {
    gpu_name: option.name,
    pool_label: options.label ?? option.name,
    slo_optimal: options.isSloOptimal,
    output_tokens_per_s: rounded(tokensPerS, 1),
    above: segment.above,
    max_ctx: segment.upTo,
    nearest_miss: options.miss ?? null,
    rate_rps: problem.rateRps,
    slo_ms: problem.objective.ttftMs,
    engine: problem.engine,
    seed: problem.seed,
  };
  if (!pool || options.replicas === undefined) return { ...NOTHING, ...common };
  return { ...NOTHING, ...common, ...simulatedFigures(sizing, pool, options.replicas, tokensPerS) };
}

/** Figures of a pool that was simulated. */
function simulatedFigures(
  sizing: PoolSizing,
  pool: NonNullable<PoolSizing["pool"]>,
  replicas: number,
  tokensPerS: number,
): Partial<WattRow> {
  const point = sizing.points.get(replicas)!;
  const { rho, contextPerRequest } = sizing.estimate(replicas);
  const active = point.running / replicas;
  const power = poolReplicaPowerW(pool, active, contextPerRequest);
  const { gpus, costPerHr } = priceOf(pool, replicas);
  const watts = power && power.watts * replicas;
  const isServed = point.verdict === "stable";
  const [low, high] = point.p99TtftCi95 ?? [null, null];
  return {
    n_gpus: gpus,
    rho: rounded(rho, 4),
    n_active: rounded(active, 2),
    power_per_gpu_w: watts === undefined ? null : rounded(watts / gpus, 1),
    tokens_per_watt: watts === undefined || !isServed ? null : rounded(tokensPerS / watts, 4),
    cost_per_mil: isServed ? rounded(dollarsPerMillion(costPerHr, tokensPerS), 4) : null,
    p99_ttft_ms: rounded(point.p99TtftMs, 1),
    power_model_qual: power?.quality ?? "NONE",
    slo_met: point.isFeasible,
    p99_ttft_ms_ci95: low === null ? null : [rounded(low, 1), rounded(high, 1)],
    joules_per_token: watts === undefined || !isServed ? null : rounded(watts / tokensPerS, 4),
    watts: watts === undefined ? null : rounded(watts, 1),
    n_replicas: replicas,
    gpus_per_replica: pool.profile.gpusPerReplica,
    cost_per_hr: rounded(costPerHr, 4),
    verdict: point.verdict,
  };
}

/** US dollars a million tokens. */
export function dollarsPerMillion(costPerHr: number, tokensPerS: number): number {
  return (costPerHr / 3600 / tokensPerS) * 1e6;
}

/** What is known of a pool that no number of replicas is enough for. */
const NOTHING = {
  gpu_name: "",
  pool_label: "",
  n_gpus: null,
  rho: null,
  n_active: null,
  power_per_gpu_w: null,
  tokens_per_watt: null,
  cost_per_mil: null,
  p99_ttft_ms: null,
  power_model_qual: "NONE",
  slo_optimal: false,
  slo_met: false,
  p99_ttft_ms_ci95: null,
  joules_per_token: null,
  watts: null,
  n_replicas: null,
  gpus_per_replica: null,
  output_tokens_per_s: 0,
  cost_per_hr: null,
  above: 0,
  max_ctx: 0,
  verdict: null,
  nearest_miss: null,
  rate_rps: 0,
  slo_ms: 0,
  engine: "iterations",
  seed: 0,
} satisfies WattRow;
