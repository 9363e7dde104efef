import type { PythonManualProfile } from "../../profiles/python/manual.js";
import { pythonMinGpus } from "../../queueing/python/min-gpus.js";
import type { CdfPoint } from "../../workloads/cdf.js";
import { pythonCalibrate } from "./calibrate.js";
import { p99TtftMs } from "./sweep.js";
import { checkPositive, checkRate, checkTokens } from "./checks.js";

/** How far the tool trusts a curve of power. */
export type PythonPowerQuality = "HIGH" | "FAIR" | "LOW" | "NONE";

/** A pool whose tokens per watt are wanted. */
export interface PythonWattPool {
  /** Lengths of its requests. */
  lengths: readonly CdfPoint[];
  /** Requests a second. */
  rateRps: number;
  profile: PythonManualProfile;
  /** Longest request, tokens. */
  maxCtx: number;
  sloMs: number;
  /** The profile's name by default. */
  label?: string;
}

/** A GPU of `tok-per-watt`, as `--out` writes it: unrounded. */
export interface PythonWattRow {
  gpu_name: string;
  pool_label: string;
  n_gpus: number;
  rho: number;
  /** Mean sequences of a GPU. */
  n_active: number;
  /** NaN, as `tokens_per_watt`, where the profile has no constants of power; JSON has null for it. */
  power_per_gpu_w: number;
  tokens_per_watt: number;
  /** US dollars a million output tokens. */
  cost_per_mil: number;
  p99_ttft_ms: number;
  power_model_qual: PythonPowerQuality;
  /** Whether `n_gpus` is the fewest that meet the SLO. */
  slo_optimal: boolean;
}

/** Share of a request's tokens that is its output. */
const OUTPUT_SHARE = 0.2;

const SECONDS_PER_HOUR = 3600;

/**
 * `tok-per-watt` of the Python tool for one pool each: the fewest GPUs, then, if wanted, each utilisation of a sweep.
 *
 * @param utilisations brought to 0.05 to 0.95; none by default.
 * @throws InputError for a figure that is not allowed, or a GPU without a slot.
 */
export function pythonTokensPerWatt(
  pools: readonly PythonWattPool[],
  utilisations: readonly number[] = [],
): PythonWattRow[] {
  return pools.flatMap((pool) => [
    pythonWattRow(pool),
    ...utilisations.map((utilisation) => pythonWattRow(pool, utilisation)),
  ]);
}

/** A pool with the fewest GPUs that meet the SLO, or with those that `utilisation` leaves. */
export function pythonWattRow(pool: PythonWattPool, utilisation?: number): PythonWattRow {
  const { lengths, rateRps, profile, maxCtx, sloMs } = pool;
  checkRate(rateRps);
  checkPositive("slo", sloMs);
  checkTokens("max_ctx", maxCtx);
  if (utilisation !== undefined) checkPositive("rho", utilisation);
  const calibration = pythonCalibrate({ lengths, maxCtx, profile });
  const { gpuRps, slots } = calibration;
  const output = pythonMeanOutput(lengths);
  const gpus =
    utilisation === undefined
      ? pythonMinGpus({ ...calibration, rateRps }, sloMs / 1000)
      : Math.max(1, Math.ceil(rateRps / (gpuRps * Math.max(0.05, Math.min(0.95, utilisation)))));
  const rho = rateRps / (gpus * gpuRps);
  const active = rho * slots;
  const powerW = profile.constants.power ? profile.powerW(Math.max(1, Math.trunc(active))) : NaN;
  return {
    gpu_name: profile.name,
    pool_label: pool.label ?? profile.name,
    n_gpus: gpus,
    rho,
    n_active: active,
    power_per_gpu_w: powerW,
    tokens_per_watt: (gpuRps * rho * output) / powerW,
    cost_per_mil: ((gpus * profile.costPerHr) / SECONDS_PER_HOUR / (rateRps * output)) * 1e6,
    p99_ttft_ms: p99TtftMs(gpus, rateRps, calibration),
    power_model_qual: pythonPowerQuality(profile),
    slo_optimal: utilisation === undefined,
  };
}

/** Mean output of a request, whole tokens, at least 1: a fifth of the mean total, every request as long as the middle of its bin, the first from 0. */
export function pythonMeanOutput(lengths: readonly CdfPoint[]): number {
  let [mean, mass, edge, below] = [0, 0, 0, 0];
  for (const [tokens, fraction] of lengths) {
    mean += (edge + (tokens - edge) / 2) * (fraction - below);
    mass += fraction - below;
    [edge, below] = [tokens, fraction];
  }
  return Math.max(1, Math.trunc(OUTPUT_SHARE * (mass > 0 ? mean / mass : mean)));
}

/** The tool's label of a curve: by the name of the profile. */
function pythonPowerQuality({ name, constants: { power } }: PythonManualProfile): PythonPowerQuality {
  if (!power || power.k <= 0) return "NONE";
  const upper = name.toUpperCase();
  if (upper.includes("H100") || upper.includes("H200")) return "HIGH";
  return upper.includes("A100") ? "FAIR" : "LOW";
}
