import type { Distribution } from "./distribution.js";
import { type Figures, type Latencies, sumCounts } from "./figures.js";
import { meanInterval } from "./intervals.js";
import type { Outcome } from "./outcome.js";

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
      ttft_ms: first.slo.ttft_ms,
      attainment: meanOf(runs.map((run) => run.slo.attainment)),
      attainment_completed: meanOf(runs.map((run) => run.slo.attainment_completed)),
    },
    throughput: {
      requests_per_s: mean((run) => run.throughput.requests_per_s),
      output_tokens_per_s: mean((run) => run.throughput.output_tokens_per_s),
      goodput_rps: mean((run) => run.throughput.goodput_rps),
    },
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

function combineDistributions(runs: readonly Distribution[]): Distribution {
  const mean = (of: (run: Distribution) => number | null) => meanOf(runs.map(of));
  return {
    count: runs.reduce((sum, run) => sum + run.count, 0),
    mean: mean((run) => run.mean),
    p50: mean((run) => run.p50),
    p90: mean((run) => run.p90),
    p95: mean((run) => run.p95),
    p99: mean((run) => run.p99),
    p999: mean((run) => run.p999),
    max: runs.reduce<number | null>((max, run) => (run.max === null ? max : Math.max(max ?? run.max, run.max)), null),
    p99_ci95: p99Interval(runs),
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
