import { cdfEval } from "../../workloads/cdf.js";
import { pythonSweep, pythonYearlyKusd, type PythonSweepRow } from "./sweep.js";
import type { PythonTwoPools } from "./two-pools.js";

/** A threshold of `pareto`, as `--out` writes it: unrounded. */
export interface PythonThresholdRow {
  b_short: number;
  /** Share of requests of at most `b_short` tokens. */
  alpha: number;
  n_s: number;
  n_l: number;
  total_gpus: number;
  cost_kusd_yr: number;
  savings_vs_homo_pct: number;
  p99_short_ms: number;
  p99_long_ms: number;
  worst_p99_ms: number;
  slo_met: boolean;
  pareto: boolean;
}

/** `pareto` of the Python tool. */
export interface PythonThresholdPareto {
  /** One threshold for all: every request that fits the long pool goes to the short one, which is as wide. */
  homo: PythonSweepRow;
  /** By threshold, rising. */
  rows: PythonThresholdRow[];
  /** The cheapest on the front that meets the SLO. */
  recommended?: PythonThresholdRow;
}

/** Shares of requests between which a point of the CDF is a threshold to try. */
const SHARES = { low: 0.01, high: 0.999 };

/**
 * All points of the CDF but the last as thresholds (`threshold_pareto`), each sized by {@link pythonSweep} at one gamma. A row is on the tool's front unless another
 * is better in cost and in latency both; rows that cost the same stay, however slow.
 *
 * @throws InputError as {@link pythonSweep}.
 */
export function pythonThresholdPareto(
  pools: Omit<PythonTwoPools, "bShort">,
  rateRps: number,
  gamma = 1,
): PythonThresholdPareto {
  const { cdf } = pools;
  const sized = (bShort: number) => pythonSweep({ ...pools, bShort }, rateRps, [gamma])[0]!;
  const homo = sized(pools.longMaxCtx);
  const rows: PythonThresholdRow[] = [];
  for (const [bShort] of cdf.slice(0, -1)) {
    const alpha = cdfEval(cdf, bShort);
    if (alpha >= SHARES.low && alpha <= SHARES.high) rows.push(thresholdRow(sized(bShort), { bShort, alpha, homo }));
  }
  for (const row of rows) row.pareto = !rows.some((other) => isBetter(other, row));
  const recommended = cheapest(rows.filter((row) => row.pareto && row.slo_met));
  return recommended ? { homo, rows, recommended } : { homo, rows };
}

function thresholdRow(
  row: PythonSweepRow,
  { bShort, alpha, homo }: { bShort: number; alpha: number; homo: PythonSweepRow },
): PythonThresholdRow {
  const cost = pythonYearlyKusd(row.cost_per_hr);
  const homoCost = pythonYearlyKusd(homo.cost_per_hr);
  return {
    b_short: bShort,
    alpha,
    n_s: row.n_s,
    n_l: row.n_l,
    total_gpus: row.total_gpus,
    cost_kusd_yr: cost,
    savings_vs_homo_pct: homoCost > 0 ? ((homoCost - cost) / homoCost) * 100 : 0,
    p99_short_ms: row.p99_ttft_short_ms,
    p99_long_ms: row.p99_ttft_long_ms,
    worst_p99_ms: Math.max(row.p99_ttft_short_ms, row.p99_ttft_long_ms),
    slo_met: row.slo_met,
    pareto: false,
  };
}

function isBetter(a: PythonThresholdRow, b: PythonThresholdRow): boolean {
  return a.cost_kusd_yr < b.cost_kusd_yr && a.worst_p99_ms < b.worst_p99_ms;
}

function cheapest(rows: readonly PythonThresholdRow[]): PythonThresholdRow | undefined {
  let best = rows[0];
  for (const row of rows) if (best && row.cost_kusd_yr < best.cost_kusd_yr) best = row;
  return best;
}
