import type { Batching } from "./batching-figures.js";
import type { Bottleneck } from "./bottlenecks.js";
import type { Distribution } from "./distribution.js";
import type { Energy } from "./energy-figures.js";
import type { Figures } from "./figures.js";
import type { InterTokenLatency } from "./gap-sketch.js";
import { meanInterval } from "./intervals.js";
import type { AttainmentByLimit, Latencies } from "./latencies.js";
import type { Outcome } from "./outcome.js";
import { combineQuantiles } from "./quantiles.js";
import { sumCounts } from "./request-counts.js";
import { STAGED_DISTRIBUTIONS, type StagedFigures, type Transfers } from "./staged-figures.js";

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
    ...(first.bottlenecks ? { bottlenecks: combineBottlenecks(outcomes.map((run) => run.bottlenecks!)) } : {}),
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
      ...(first.stability.load === undefined ? {} : { load: meanOf(runs.map((run) => run.stability.load!)) }),
      percentiles_depend_on_horizon: overloaded,
    },
    ...combineLatencies(runs),
    completed_only: combineLatencies(runs.map((run) => run.completed_only)),
    ...combineStaged(runs),
    slo: {
      ...first.slo,
      attainment: meanOf(runs.map((run) => run.slo.attainment)),
      ...combineByLimit(runs.map((run) => run.slo.attainment_by_limit)),
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
    ...combineEnergy(runs),
    utilisation: combineUtilisation(runs.map((run) => run.utilisation)),
    total_replicas: first.total_replicas,
    total_gpus: first.total_gpus,
    cost: first.cost,
  };
}

/** What did not keep up in at least half of the runs, with all that it held up in them. */
function combineBottlenecks(runs: readonly (readonly Bottleneck[])[]): Bottleneck[] {
  const found = new Map<string, Bottleneck & { times: number }>();
  for (const { pool, what, holds_up: heldUp } of runs.flat()) {
    const key = `${what} ${pool}`;
    const before = found.get(key);
    const all = [...new Set([...(before?.holds_up ?? []), ...heldUp])];
    found.set(key, { pool, what, holds_up: all, times: (before?.times ?? 0) + 1 });
  }
  return [...found.values()]
    .filter(({ times }) => 2 * times >= runs.length)
    .map(({ pool, what, holds_up }) => ({ pool, what, holds_up }));
}

function combineStaged(runs: readonly StagedFigures[]): StagedFigures {
  const first = runs[0]!;
  const told = STAGED_DISTRIBUTIONS.filter((name) => first[name] !== undefined);
  return {
    ...Object.fromEntries(told.map((name) => [name, combineDistributions(runs.map((run) => run[name]!))])),
    ...(first.transfers ? { transfers: combineTransfers(runs.map((run) => run.transfers!)) } : {}),
  };
}

function combineTransfers(runs: readonly Transfers[]): Transfers {
  const sum = (of: (run: Transfers) => number) => runs.reduce((total, run) => total + of(run), 0);
  const mean = (of: (run: Transfers) => number | null) => meanOf(runs.map(of));
  return {
    count: sum((run) => run.count),
    bytes: sum((run) => run.bytes),
    mean_bytes: mean((run) => run.mean_bytes),
    mean_ms: mean((run) => run.mean_ms),
    waiting_for_room_ms: mean((run) => run.waiting_for_room_ms),
    waiting_for_link_ms: mean((run) => run.waiting_for_link_ms),
    moving_ms: mean((run) => run.moving_ms),
  };
}

function combineUtilisation(runs: readonly Figures["utilisation"][]): Figures["utilisation"] {
  const { kv_outside: outside, link } = runs[0]!;
  const mean = (of: (run: Figures["utilisation"]) => number) => meanOf(runs.map(of))!;
  return {
    slots: mean((run) => run.slots),
    kv: mean((run) => run.kv),
    ...(outside === undefined ? {} : { kv_outside: mean((run) => run.kv_outside!) }),
    ...(link === undefined ? {} : { link: meanOf(runs.map((run) => run.link!)) }),
  };
}

/** Means; nothing is told where one run does not know it. */
function combineEnergy(runs: readonly Figures[]): Pick<Figures, "energy" | "energy_unknown"> {
  const unknown = runs.find(({ energy_unknown: why }) => why !== undefined)?.energy_unknown;
  if (unknown !== undefined) return { energy_unknown: unknown };
  const energies = runs.map(({ energy }) => energy);
  if (!energies.every((energy) => energy !== undefined)) return {};
  const mean = (of: (energy: Energy) => number | null) => meanOf(energies.map(of));
  return {
    energy: {
      ...energies[0]!,
      mean_power_w: mean((energy) => energy.mean_power_w)!,
      energy_j: mean((energy) => energy.energy_j)!,
      energy_per_request_j: mean((energy) => energy.energy_per_request_j),
      energy_per_output_token_j: mean((energy) => energy.energy_per_output_token_j),
      prefill_share: mean((energy) => energy.prefill_share)!,
      decode_share: mean((energy) => energy.decode_share)!,
      idle_share: mean((energy) => energy.idle_share)!,
    },
  };
}

/** The means over the runs; nothing where one has none. */
function combineByLimit(runs: readonly (AttainmentByLimit | undefined)[]): { attainment_by_limit?: AttainmentByLimit } {
  if (!runs.every((run) => run !== undefined)) return {};
  const limits = Object.keys(runs[0]!) as (keyof AttainmentByLimit)[];
  const means = limits.map((limit) => [limit, meanOf(runs.map((run) => run[limit]!))!]);
  return { attainment_by_limit: Object.fromEntries(means) as AttainmentByLimit };
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
