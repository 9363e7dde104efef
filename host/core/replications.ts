import type { Batching } from "./batching-figures.js";
import type { Distribution } from "./distribution.js";
import { type Figures, type Latencies, sumCounts } from "./figures.js";
import type { InterTokenLatency } from "./gap-sketch.js";
import { meanInterval } from "./intervals.js";
import type { Outcome } from "./outcome.js";
import { combineQuantiles } from "./quantiles.js";

/**
 * Puts independent replications together: counts are summed, every other figure is the mean over the replications, and the interval of P99
 * is Student's t over their P99. The fleet or pool is overloaded if it was in at least half of them. One replication is given back as it is.
 */
export function combineOutcomes(outcomes: readonly Outcome[]): Outcome {
  const first = outcomes[0];
  if (first === undefined) throw new RangeError("no replication to combine");
  if (outcomes.length === 1) return first;
  const poolIds = Object.keys(first.pools);
  return {
    ...combineFigures(outcomes),
    percentiles: first.percentiles,
    pools: Object.fromEntries(poolIds.map((id) => [id, combineFigures(outcomes.map(({ pools }) => pools[id]!))])),
  };
}

function combineFigures(runs: readonly Figures[]): Figures {
  const first = runs[0]!;
  const mean = (of: (run: Figures) => number) => meanOf(runs.map(of))!;
  const overloaded = runs.filter((run) => run.stability.verdict === "overloaded").length * 2 >= runs.length;
  return {
    requests: sumCounts(runs.map((run) => run.requests)),
    duration_s: mean((run) => run.duration_s),
    arrival_rate_rps: mean((run) => run.arrival_rate_rps),
    stability: {
      verdict: overloaded ? "overloaded" : "stable",
      backlog_growth_rps: mean((run) => run.stability.backlog_growth_rps),
      percentiles_depend_on_horizon: overloaded,
    },
    ...combineLatencies(runs),
    completed_only: combineLatencies(runs.map((run) => run.completed_only)),
    slo: {
      ...first.slo,
      attainment: meanOf(runs.map((run) => run.slo.attainment)),
      attainment_completed: meanOf(runs.map((run) => run.slo.attainment_completed)),
    },
    throughput: {
      requests_per_s: mean((run) => run.throughput.requests_per_s),
      output_tokens_per_s: mean((run) => run.throughput.output_tokens_per_s),
      goodput_rps: mean((run) => run.throughput.goodput_rps),
    },
    ...(first.itl_ms ? { itl_ms: combineGaps(runs.map((run) => run.itl_ms!)) } : {}),
    ...(first.quantiles ? { quantiles: combineQuantiles(runs.map((run) => run.quantiles!)) } : {}),
    ...(first.course ? { course: first.course } : {}),
    ...(first.batching ? { batching: combineBatching(runs.map((run) => run.batching!)) } : {}),
    utilisation: { slots: mean((run) => run.utilisation.slots), kv: mean((run) => run.utilisation.kv) },
    total_replicas: first.total_replicas,
    total_gpus: first.total_gpus,
    cost: first.cost,
  };
}

function combineLatencies(runs: readonly Latencies[]): Latencies {
  return {
    ttft_ms: combineDistributions(runs.map((run) => run.ttft_ms)),
    queue_wait_ms: {
      ...combineDistributions(runs.map((run) => run.queue_wait_ms)),
      p_wait: meanOf(runs.map((run) => run.queue_wait_ms.p_wait)),
    },
    tpot_ms: combineDistributions(runs.map((run) => run.tpot_ms)),
    e2e_ms: combineDistributions(runs.map((run) => run.e2e_ms)),
  };
}

function combineGaps(runs: readonly InterTokenLatency[]): InterTokenLatency {
  return {
    tokens: runs.reduce((sum, run) => sum + run.tokens, 0),
    ...combinePercentiles(runs),
    relative_error: runs[0]!.relative_error,
  };
}

/** Counts are summed, shares are means, and the course is that of the first run. */
function combineBatching(runs: readonly Batching[]): Batching {
  const sum = (of: (run: Batching) => number) => runs.reduce((total, run) => total + of(run), 0);
  const mean = (of: (run: Batching) => number | null) => meanOf(runs.map(of));
  const first = runs[0]!;
  const promptTokens = sum((run) => run.prefix_cache?.prompt_tokens ?? 0);
  const cachedTokens = sum((run) => run.prefix_cache?.cached_tokens ?? 0);
  return {
    mean_batch: mean((run) => run.mean_batch)!,
    largest_batch: Math.max(...runs.map((run) => run.largest_batch)),
    busy: mean((run) => run.busy)!,
    iterations: sum((run) => run.iterations),
    mean_iteration_ms: mean((run) => run.mean_iteration_ms),
    prefill_tokens: sum((run) => run.prefill_tokens),
    decode_tokens: sum((run) => run.decode_tokens),
    preemptions: sum((run) => run.preemptions),
    recomputed_tokens: sum((run) => run.recomputed_tokens),
    prefix_cache: first.prefix_cache && {
      prompt_tokens: promptTokens,
      cached_tokens: cachedTokens,
      hit_rate: promptTokens > 0 ? cachedTokens / promptTokens : 0,
    },
    mfu: mean((run) => run.mfu),
    mbu: mean((run) => run.mbu),
    course: first.course,
  };
}

function combineDistributions(runs: readonly Distribution[]): Distribution {
  return {
    count: runs.reduce((sum, run) => sum + run.count, 0),
    ...combinePercentiles(runs),
    p99_ci95: p99Interval(runs),
  };
}

type Percentiles = Pick<Distribution, "mean" | "p50" | "p90" | "p95" | "p99" | "p999" | "max">;

/** The means; of the largest the largest. */
function combinePercentiles(runs: readonly Percentiles[]): Percentiles {
  const mean = (of: (run: Percentiles) => number | null) => meanOf(runs.map(of));
  return {
    mean: mean((run) => run.mean),
    p50: mean((run) => run.p50),
    p90: mean((run) => run.p90),
    p95: mean((run) => run.p95),
    p99: mean((run) => run.p99),
    p999: mean((run) => run.p999),
    max: runs.reduce<number | null>((max, run) => (run.max === null ? max : Math.max(max ?? run.max, run.max)), null),
  };
}

function p99Interval(runs: readonly Distribution[]): [number, number] | null {
  const values = runs.map((run) => run.p99);
  if (!values.every((value) => value !== null)) return null;
  const { mean, halfWidth } = meanInterval(values);
  return [Math.max(0, mean - halfWidth!), mean + halfWidth!];
}

/** The mean; `null` where a replication has no such figure. */
function meanOf(values: readonly (number | null)[]): number | null {
  if (!values.every((value) => value !== null)) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
