import type { PythonProfile } from "../../profiles/python/profile.js";
import { InputError } from "../../specs/input-error.js";
import type { Cdf } from "../../workloads/cdf.js";
import { checkPositive, checkRate, checkTokens, checkWhole } from "./checks.js";

/** Share of its rate that a prefill worker keeps (AIConfigurator, arXiv:2601.06288, algorithm 3, as are the two below). */
const PYTHON_PREFILL_SHARE = 0.9;

/** Share of its rate that a decode worker keeps. */
const PYTHON_DECODE_SHARE = 0.92;

/** What the transfer of KV makes of TTFT, whatever the link and the load. */
export const PYTHON_TTFT_FACTOR = 1.8;

/** What the tool's disaggregated sizing is asked for. */
export interface PythonDisaggOptions {
  prefill: PythonProfile;
  decode: PythonProfile;
  /** Mean prompt and mean output, tokens. */
  meanIsl: number;
  meanOsl: number;
  sloTtftMs: number;
  sloTpotMs: number;
  maxCtx: number;
  /** Most workers of each kind: 32 and 64 by default, as on the command line. */
  maxPrefill?: number;
  maxDecode?: number;
  /** Totals of GPUs that are allowed; by default all. */
  totals?: readonly number[];
}

/** A pair of pools, as `disagg --out` writes it: unrounded. */
export interface PythonDisaggPoint {
  n_prefill: number;
  n_decode: number;
  total_gpus: number;
  /** Requests a second that the slower of the two pools could serve if nothing ever waited. */
  system_rate: number;
  thru_per_gpu: number;
  ttft_ms: number;
  tpot_ms: number;
  /** US dollars. */
  cost_per_hr: number;
  slo_met: boolean;
}

/** `disagg --out` of the Python tool. */
export interface PythonDisagg {
  best: PythonDisaggPoint;
  pareto: PythonDisaggPoint[];
}

/** Most workers of a kind: the tool has no limit, but all pairs are laid out in memory. */
const MOST_WORKERS = 512;

/**
 * Mean lengths as `disagg` derives them where none is given: three and one quarter of the mean total, which counts every request as long as the upper edge of its
 * bin, cut to whole tokens.
 */
export function pythonDisaggLengths(cdf: Cdf): { meanIsl: number; meanOsl: number } {
  let [mean, below] = [0, 0];
  for (const [tokens, fraction] of cdf) {
    mean += tokens * (fraction - below);
    below = fraction;
  }
  return { meanIsl: Math.trunc(mean * 0.75), meanOsl: Math.trunc(mean * 0.25) };
}

/**
 * All pairs of pools (`DisaggFleetOptimizer.sweep`), prefill workers in the outer loop.
 *
 * TTFT and TPOT are those of a worker with all slots taken, the same for every pair and every load: there is no queue.
 *
 * @throws InputError for a figure that is not allowed.
 */
export function pythonDisaggSweep(options: PythonDisaggOptions): PythonDisaggPoint[] {
  checkOptions(options);
  const { prefill, decode, meanIsl, meanOsl, maxCtx, maxPrefill = 32, maxDecode = 64, totals } = options;
  const prefillRps = prefill.throughputRps(maxCtx, meanIsl, 1);
  const decodeRps = decode.throughputRps(maxCtx, 1, meanOsl);
  const prefillMs = Math.ceil(meanIsl / prefill.chunk) * prefill.iterationS(prefill.slots(maxCtx)) * 1000;
  const ttftMs = prefillMs * PYTHON_TTFT_FACTOR;
  const tpotMs = decode.iterationS(decode.slots(maxCtx)) * 1000;
  const points: PythonDisaggPoint[] = [];
  for (let p = 1; p <= maxPrefill; p++) {
    for (let d = 1; d <= maxDecode; d++) {
      const gpus = p * prefill.gpusPerWorker + d * decode.gpusPerWorker;
      if (totals && totals.length > 0 && !totals.includes(gpus)) continue;
      const rate = Math.min(prefillRps * p * PYTHON_PREFILL_SHARE, decodeRps * d * PYTHON_DECODE_SHARE);
      points.push({
        n_prefill: p,
        n_decode: d,
        total_gpus: gpus,
        system_rate: rate,
        thru_per_gpu: rate / gpus,
        ttft_ms: ttftMs,
        tpot_ms: tpotMs,
        cost_per_hr: p * prefill.costPerHr + d * decode.costPerHr,
        slo_met: ttftMs <= options.sloTtftMs && tpotMs <= options.sloTpotMs,
      });
    }
  }
  return points;
}

/** The pair of the highest rate a GPU (`DisaggFleetOptimizer.optimize`), the first found of equals; `undefined` where the SLO is not met, which no pair changes. */
export function pythonDisaggOptimize(options: PythonDisaggOptions): PythonDisaggPoint | undefined {
  let best: PythonDisaggPoint | undefined;
  for (const point of pythonDisaggSweep(options)) {
    if (point.slo_met && point.thru_per_gpu > (best?.thru_per_gpu ?? 0)) best = point;
  }
  return best;
}

/**
 * `disagg` of the Python tool: of the pairs that meet the SLO and let `rateRps` through, the cheapest, and those that no other beats in cost and GPUs, by GPUs.
 * `undefined` if there is none.
 *
 * @throws InputError as {@link pythonDisaggSweep}.
 */
export function pythonDisagg(options: PythonDisaggOptions, rateRps: number): PythonDisagg | undefined {
  checkRate(rateRps);
  const feasible = pythonDisaggSweep(options).filter((point) => point.slo_met && point.system_rate >= rateRps);
  let best = feasible[0];
  if (!best) return undefined;
  for (const point of feasible) if (point.cost_per_hr < best.cost_per_hr) best = point;
  return { best, pareto: front(feasible) };
}

/** Those with no other at most as dear and as large, and less of one. Equals all stay. The sort keeps the order of the sweep among equal sizes. */
function front(points: readonly PythonDisaggPoint[]): PythonDisaggPoint[] {
  const cheapestOfSize = new Map<number, number>();
  for (const { total_gpus: gpus, cost_per_hr: cost } of points) {
    cheapestOfSize.set(gpus, Math.min(cost, cheapestOfSize.get(gpus) ?? Infinity));
  }
  let smallerCost = Infinity;
  const frontCost = new Map<number, number>();
  for (const [gpus, cost] of [...cheapestOfSize].sort(([a], [b]) => a - b)) {
    if (cost < smallerCost) frontCost.set(gpus, cost);
    smallerCost = Math.min(smallerCost, cost);
  }
  return points
    .filter((point) => frontCost.get(point.total_gpus) === point.cost_per_hr)
    .sort((a, b) => a.total_gpus - b.total_gpus);
}

function checkOptions(options: PythonDisaggOptions): void {
  const { meanIsl, meanOsl, sloTtftMs, sloTpotMs, maxCtx, maxPrefill = 32, maxDecode = 64 } = options;
  checkTokens("max_ctx", maxCtx);
  checkPositive("mean_isl", meanIsl);
  checkPositive("mean_osl", meanOsl);
  checkPositive("slo_ttft", sloTtftMs);
  checkPositive("slo_tpot", sloTpotMs);
  checkWhole("max_prefill", maxPrefill, MOST_WORKERS);
  checkWhole("max_decode", maxDecode, MOST_WORKERS);
  for (const profile of [options.prefill, options.decode]) {
    if (profile.slots(maxCtx) >= 1) continue;
    throw new InputError(`${profile.name} has no slot for a request of ${maxCtx} tokens.`);
  }
}
