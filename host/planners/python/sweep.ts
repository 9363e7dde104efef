import { pythonMinGpus } from "../../queueing/python/min-gpus.js";
import { pythonP99WaitS } from "../../queueing/python/p99-wait.js";
import { InputError } from "../../specs/input-error.js";
import { cdfEval } from "../../workloads/cdf.js";
import { pythonCalibrate, type PythonCalibration } from "./calibrate.js";
import { checkRate } from "./checks.js";
import { pythonRound } from "./round.js";
import {
  checkTwoPools,
  PYTHON_COMPRESSIBLE,
  pythonLongLengths,
  pythonShortLengths,
  type PythonTwoPools,
} from "./two-pools.js";

/** One gamma of the sweep, unrounded; keys as in the tool's `SweepResult`. */
export interface PythonSweepRow {
  gamma: number;
  n_s: number;
  n_l: number;
  total_gpus: number;
  cost_per_hr: number;
  annualised_cost_kusd: number;
  p99_ttft_short_ms: number;
  p99_ttft_long_ms: number;
  slo_met: boolean;
  source: "analytical";
}

const HOURS_PER_YEAR = 8760;

/** Traffic below which the long pool is left out, requests a second. */
const NO_TRAFFIC_RPS = 0.01;

/** What stands for the long pool where no request is long. */
const NO_LENGTHS: PythonCalibration = { gpuRps: 0.01, cv2: 1, slots: 1, meanPrefillS: 0 };

/** Most gammas of a list: each costs a calibration. */
const MOST_GAMMAS = 10_000;

/**
 * The gammas of `optimize --gamma-max`: 1.0, 1.1, ... as the tool's division counts them, so that 1.2, 1.4, 1.7 and 1.9 stop one step short. None below 1.
 *
 * @throws InputError beyond 10,000 of them.
 */
export function pythonGammas(gammaMax = 2): number[] {
  const steps = Math.trunc((gammaMax - 1) / 0.1) + 1;
  if (!(steps <= MOST_GAMMAS)) throw new InputError(`gamma_max is ${gammaMax}, but must be at most 1000.`);
  return Array.from({ length: Math.max(0, steps) }, (_, k) => pythonRound(1 + 0.1 * k, 1));
}

/**
 * The two-pool sweep of the Python tool (`FleetOptimizer.sweep_analytical`), one row a gamma, cheapest first.
 *
 * @param rateRps requests a second.
 * @param gammas default 1.0 to 2.0 in steps of 0.1.
 * @throws InputError for a figure that is not allowed, or a GPU without a slot.
 */
export function pythonSweep(pools: PythonTwoPools, rateRps: number, gammas = pythonGammas()): PythonSweepRow[] {
  checkTwoPools(pools);
  checkRate(rateRps);
  const { cdf, short: profile, bShort } = pools;
  const short = pythonCalibrate({ lengths: pythonShortLengths(cdf, bShort), maxCtx: bShort, profile });
  const rows = gammas.map((gamma) => row(pools, { gamma, rateRps, short }));
  return rows.sort((a, b) => a.cost_per_hr - b.cost_per_hr);
}

/** The row that `optimize` calls best, and `whatif` shows: the cheapest that meets the SLO, else the first. */
export function pythonBest(rows: readonly PythonSweepRow[]): PythonSweepRow | undefined {
  let best: PythonSweepRow | undefined;
  for (const row of rows) if (row.slo_met && !(best && best.cost_per_hr <= row.cost_per_hr)) best = row;
  return best ?? rows[0];
}

/** A row as `optimize --out` writes it. */
export function pythonSweepOut(row: PythonSweepRow): Omit<PythonSweepRow, "cost_per_hr"> {
  return {
    gamma: row.gamma,
    n_s: row.n_s,
    n_l: row.n_l,
    total_gpus: row.total_gpus,
    annualised_cost_kusd: pythonRound(row.annualised_cost_kusd, 1),
    p99_ttft_short_ms: pythonRound(row.p99_ttft_short_ms, 1),
    p99_ttft_long_ms: pythonRound(row.p99_ttft_long_ms, 1),
    slo_met: row.slo_met,
    source: row.source,
  };
}

/** Thousands of dollars a year at a price an hour. */
export function pythonYearlyKusd(costPerHr: number): number {
  return (costPerHr * HOURS_PER_YEAR) / 1000;
}

function row(
  pools: PythonTwoPools,
  { gamma, rateRps, short }: { gamma: number; rateRps: number; short: PythonCalibration },
): PythonSweepRow {
  const { cdf, bShort, sloMs, compressible = PYTHON_COMPRESSIBLE } = pools;
  if (!(gamma >= 0 && gamma < Infinity)) throw new InputError(`gamma is ${gamma}, but must be at least 0.`);
  const border = Math.trunc(gamma * bShort);
  const [alpha, below] = [cdfEval(cdf, bShort), cdfEval(cdf, border)];
  const toShort = Math.min(1, alpha + Math.max(0, below - alpha) * compressible);
  const [shortRps, longRps] = [toShort * rateRps, (1 - toShort) * rateRps];
  const long = longCalibration(pools, border, below);
  const nS = gpusOf(pools, shortRps, short);
  const nL = longRps > NO_TRAFFIC_RPS ? gpusOf(pools, longRps, long) : 0;
  const shortMs = p99TtftMs(nS, shortRps, short);
  const longMs = longRps > NO_TRAFFIC_RPS ? p99TtftMs(nL, longRps, long) : 0;
  const costPerHr = nS * pools.short.costPerHr + nL * pools.long.costPerHr;
  return {
    gamma,
    n_s: nS,
    n_l: nL,
    total_gpus: nS + nL,
    cost_per_hr: costPerHr,
    annualised_cost_kusd: pythonYearlyKusd(costPerHr),
    p99_ttft_short_ms: shortMs,
    p99_ttft_long_ms: longMs,
    slo_met: shortMs <= sloMs && longMs <= sloMs,
    source: "analytical",
  };
}

function longCalibration(pools: PythonTwoPools, border: number, below: number): PythonCalibration {
  const lengths = pythonLongLengths(pools.cdf, border, below);
  if (lengths.length === 0) return NO_LENGTHS;
  return pythonCalibrate({
    lengths,
    maxCtx: pools.longMaxCtx,
    profile: pools.long,
    shortest: Math.max(1, border),
  });
}

function gpusOf({ sloMs, nodeAvail = 1 }: PythonTwoPools, rateRps: number, pool: PythonCalibration): number {
  return Math.ceil(pythonMinGpus({ ...pool, rateRps }, sloMs / 1000) / nodeAvail);
}

/** The tail of the wait plus the mean prefill of a request alone: what the tool reports as P99 TTFT. */
export function p99TtftMs(gpus: number, rateRps: number, pool: PythonCalibration): number {
  const waitS = pythonP99WaitS(gpus * pool.slots, rateRps, pool.gpuRps / pool.slots, pool.cv2);
  return (waitS + pool.meanPrefillS) * 1000;
}
