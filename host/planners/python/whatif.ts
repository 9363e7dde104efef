import type { PythonProfile } from "../../profiles/python/profile.js";
import { pythonRound } from "./round.js";
import { pythonBest, pythonSweep, type PythonSweepRow } from "./sweep.js";
import type { PythonTwoPools } from "./two-pools.js";

/** A rate of `whatif`, as `--out` writes it. */
export interface PythonWhatifRow {
  lam: number;
  n_s: number;
  n_l: number;
  total_gpus: number;
  annualised_cost_kusd: number;
  gamma_opt: number;
}

/** A GPU at a rate of `whatif --gpu-compare`, as `--out` writes it. */
export interface PythonWhatifGpu {
  total_gpus: number;
  cost_per_hr: number;
  annualised_cost_kusd: number;
  p99_ttft_short_ms: number;
  slo_met: boolean;
}

/** A rate of `whatif --gpu-compare`: `lam`, and each GPU under the name that was asked for. */
export type PythonWhatifComparison = { lam: number } & Record<string, number | PythonWhatifGpu>;

/** The best row of the default sweep at each rate, unrounded. */
function pythonWhatifBest(pools: PythonTwoPools, ratesRps: readonly number[]): PythonSweepRow[] {
  return ratesRps.map((rateRps) => pythonBest(pythonSweep(pools, rateRps))!);
}

/**
 * The rows of the Python tool's `whatif`.
 *
 * @throws InputError as {@link pythonSweep}.
 */
export function pythonWhatif(pools: PythonTwoPools, ratesRps: readonly number[]): PythonWhatifRow[] {
  return pythonWhatifBest(pools, ratesRps).map((best, index) => ({
    lam: ratesRps[index]!,
    n_s: best.n_s,
    n_l: best.n_l,
    total_gpus: best.total_gpus,
    annualised_cost_kusd: pythonRound(best.annualised_cost_kusd, 1),
    gamma_opt: best.gamma,
  }));
}

/**
 * The rows of the Python tool's `whatif --gpu-compare`: each GPU in both pools.
 *
 * @param gpus by the name that the row bears.
 * @throws InputError as {@link pythonSweep}.
 */
export function pythonWhatifCompare(
  pools: Omit<PythonTwoPools, "short" | "long">,
  ratesRps: readonly number[],
  gpus: ReadonlyMap<string, PythonProfile>,
): PythonWhatifComparison[] {
  const rows = ratesRps.map((lam): PythonWhatifComparison => ({ lam }));
  for (const [name, profile] of gpus) {
    for (const [index, best] of pythonWhatifBest({ ...pools, short: profile, long: profile }, ratesRps).entries()) {
      rows[index]![name] = {
        total_gpus: best.total_gpus,
        cost_per_hr: pythonRound(best.cost_per_hr, 2),
        annualised_cost_kusd: pythonRound(best.annualised_cost_kusd, 1),
        p99_ttft_short_ms: pythonRound(best.p99_ttft_short_ms, 1),
        slo_met: best.slo_met,
      };
    }
  }
  return rows;
}
