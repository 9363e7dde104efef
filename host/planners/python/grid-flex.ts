import { pythonManualProfile, type PythonManualProfile } from "../../profiles/python/manual.js";
import { InputError } from "../../specs/input-error.js";
import type { Cdf } from "../../workloads/cdf.js";
import { pythonCalibrate } from "./calibrate.js";
import { p99TtftMs } from "./sweep.js";
import { checkPositive, checkRate, checkTokens, checkWhole } from "./checks.js";

/** What the tool's grid flexibility is asked for. */
export interface PythonGridFlexOptions {
  cdf: Cdf;
  /** Requests a second. */
  rateRps: number;
  gpus: number;
  profile: PythonManualProfile;
  sloMs: number;
  /** Longest request, tokens; 8,192 by default. */
  maxCtx?: number;
  /** Cuts of power, per cent of nominal; {@link PYTHON_FLEX_PCTS} by default. */
  flexPcts?: readonly number[];
}

/** A level of `grid-flex`: the tool's `--out` has all keys but the last. */
export interface PythonGridFlexRow {
  flex_pct: number;
  n_max_cap: number;
  power_per_gpu_w: number;
  power_fleet_kw: number;
  /** Infinite where the capped GPUs cannot keep up. */
  p99_ttft_ms: number;
  slo_met: boolean;
  power_model: "logistic" | "linear";
}

/** The levels that `grid-flex` tries. */
export const PYTHON_FLEX_PCTS = [0, 5, 10, 15, 20, 25, 30, 40, 50] as const;

/**
 * `grid-flex` of the Python tool, analytical: the sequences of each GPU are capped to those that draw the wanted power, and the fleet is judged again.
 *
 * @throws InputError for a figure that is not allowed, a profile without constants of power, or one without a slot.
 */
export function pythonGridFlex(options: PythonGridFlexOptions): PythonGridFlexRow[] {
  const { rateRps, gpus, sloMs, maxCtx = 8192, flexPcts = PYTHON_FLEX_PCTS } = options;
  checkRate(rateRps);
  checkPositive("slo", sloMs);
  checkTokens("max_ctx", maxCtx);
  checkWhole("n_gpus", gpus, 1e9);
  return flexPcts.map((flexPct) => level(options, maxCtx, flexPct));
}

function level(options: PythonGridFlexOptions, maxCtx: number, flexPct: number): PythonGridFlexRow {
  if (!Number.isFinite(flexPct)) throw new InputError(`flex_pcts has ${flexPct}, but must be finite numbers.`);
  const { profile, gpus } = options;
  const idleW = profile.powerW(0);
  const nominalW = profile.constants.power?.nominalW ?? idleW;
  const targetW = Math.max(idleW, nominalW * (1 - flexPct / 100));
  const cap = Math.min(profile.slots(maxCtx), profile.sequencesAtPowerW(targetW));
  const powerW = profile.powerW(cap);
  const calibration = pythonCalibrate({ lengths: options.cdf, maxCtx, profile: capped(profile, cap, maxCtx) });
  const ttftMs = p99TtftMs(gpus, options.rateRps, calibration);
  return {
    flex_pct: flexPct,
    n_max_cap: cap,
    power_per_gpu_w: powerW,
    power_fleet_kw: (gpus * powerW) / 1000,
    p99_ttft_ms: ttftMs,
    slo_met: ttftMs <= options.sloMs,
    power_model: (profile.constants.power?.k ?? 0) > 0 ? "logistic" : "linear",
  };
}

/** The GPU with room for no more than `cap` sequences of `maxCtx` tokens, in memory and in bandwidth alike. */
function capped({ constants }: PythonManualProfile, cap: number, maxCtx: number): PythonManualProfile {
  return pythonManualProfile({
    ...constants,
    totalKvBlocks: cap * Math.ceil(maxCtx / constants.blockSize),
    maxSlots: Math.ceil((cap * maxCtx) / constants.calibrationCtx),
  });
}
