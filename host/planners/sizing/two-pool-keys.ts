import type { FleetRow } from "./fleet-row.js";

/**
 * A fleet in the keys of the Python tool's `optimize --out`. It knows two pools; of other fleets the first pool is the short one, and `long` tells of all others: GPUs summed, the worst P99. A single pool is
 * the long one.
 */
export interface TwoPoolKeys {
  gamma: number;
  /** GPUs of the pool for short requests; 0 if there is one pool. */
  n_s: number;
  /** GPUs of the others. */
  n_l: number;
  total_gpus: number;
  /** Thousands of US dollars for 8760 hours, 1 decimal. */
  annualised_cost_kusd: number;
  /** TTFT = wait + own prefill, 1 decimal: simulated, or expected where the row is analytical. */
  p99_ttft_short_ms: number | null;
  p99_ttft_long_ms: number | null;
  slo_met: boolean;
  source: FleetRow["source"];
}

/** The keys that the Python tool has for a fleet. */
export function twoPoolKeys(row: FleetRow): TwoPoolKeys {
  const { gamma, pools, total_gpus, annualised_cost_kusd, slo_met, source } = row;
  const short = pools.length > 1 ? pools.slice(0, 1) : [];
  const long = pools.slice(short.length);
  const gpus = (of: typeof pools) => of.reduce((sum, pool) => sum + pool.gpus, 0);
  return {
    gamma,
    n_s: gpus(short),
    n_l: gpus(long),
    total_gpus,
    annualised_cost_kusd,
    p99_ttft_short_ms: worst(short.map(p99)),
    p99_ttft_long_ms: worst(long.map(p99)),
    slo_met,
    source,
  };
}

function p99({ simulated, analytical }: FleetRow["pools"][number]): number | null {
  return simulated ? simulated.p99_ttft_ms : analytical.p99_ttft_ms;
}

function worst(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>(
    (most, value) => (value === null || most === null ? null : Math.max(most, value)),
    values[0] ?? null,
  );
}
