import type { PythonManualProfile } from "../../profiles/python/manual.js";
import type { Cdf } from "../../workloads/cdf.js";
import { pythonSplitCdf } from "./split-cdf.js";
import { pythonMeanOutput, pythonWattRow, type PythonWattPool, type PythonWattRow } from "./tokens-per-watt.js";
import { checkRate, checkTokens } from "./checks.js";

/** A fleet of `tok-per-watt --b-short`, as `--out` writes it: unrounded. */
export interface PythonFleetWatts {
  fleet_tpw: number;
  /** US dollars a million output tokens. */
  fleet_cost_per_mil: number;
  fleet_power_kw: number;
  total_gpus: number;
}

/** A fleet with what the tool prints beside it. */
export interface PythonFleetWattReport {
  summary: PythonFleetWatts;
  pools: PythonWattRow[];
  worst_p99_ms: number;
  /** Labels of pools whose curve of power is of quality LOW. */
  lowQuality: string[];
}

/** What `tok-per-watt --b-short --gpu-short --gpu-long` is asked for. */
export interface PythonTwoPoolWattOptions {
  cdf: Cdf;
  rateRps: number;
  sloMs: number;
  /** Of both pools: the short one has no more slots for being short. */
  maxCtx: number;
  bShort: number;
  short: PythonManualProfile;
  long: PythonManualProfile;
}

/** Two pools against one of the long pool's GPUs. */
export interface PythonTwoPoolWatts {
  homo: PythonFleetWattReport;
  routed: PythonFleetWattReport;
}

/** Output tokens of all pools over the power of all GPUs (`fleet_tpw_analysis`). */
export function pythonFleetTokensPerWatt(pools: readonly PythonWattPool[]): PythonFleetWattReport {
  const rows = pools.map((pool) => pythonWattRow(pool));
  let [tokensPerS, powerW, dollarsPerS, gpus, worst] = [0, 0, 0, 0, 0];
  for (const [index, row] of rows.entries()) {
    const { lengths, rateRps, profile } = pools[index]!;
    tokensPerS += rateRps * pythonMeanOutput(lengths);
    powerW += row.n_gpus * row.power_per_gpu_w;
    dollarsPerS += (row.n_gpus * profile.costPerHr) / 3600;
    gpus += row.n_gpus;
    worst = Math.max(worst, row.p99_ttft_ms);
  }
  return {
    summary: {
      fleet_tpw: powerW > 0 ? tokensPerS / powerW : NaN,
      fleet_cost_per_mil: (dollarsPerS / tokensPerS) * 1e6,
      fleet_power_kw: powerW / 1000,
      total_gpus: gpus,
    },
    pools: rows,
    worst_p99_ms: worst,
    lowQuality: rows.filter((row) => row.power_model_qual === "LOW").map((row) => row.pool_label),
  };
}

/**
 * `tok-per-watt` of the Python tool with two pools.
 *
 * @throws InputError for a figure that is not allowed, or a GPU without a slot.
 */
export function pythonTwoPoolTokensPerWatt(options: PythonTwoPoolWattOptions): PythonTwoPoolWatts {
  const { cdf, rateRps, sloMs, maxCtx, bShort, short, long } = options;
  checkRate(rateRps);
  checkTokens("b_short", bShort);
  const split = pythonSplitCdf(cdf, bShort);
  const shared = { maxCtx, sloMs };
  return {
    homo: pythonFleetTokensPerWatt([{ ...shared, lengths: cdf, rateRps, profile: long, label: `homo-${long.name}` }]),
    routed: pythonFleetTokensPerWatt([
      {
        ...shared,
        lengths: split.short,
        rateRps: split.alpha * rateRps,
        profile: short,
        label: `short(${bShort}T)-${short.name}`,
      },
      {
        ...shared,
        lengths: split.long,
        rateRps: (1 - split.alpha) * rateRps,
        profile: long,
        label: `long-${long.name}`,
      },
    ]),
  };
}
