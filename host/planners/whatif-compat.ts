import { pythonGpu } from "../profiles/python/manual.js";
import { compatRequests } from "./compat-requests.js";
import { DEFAULT_B_SHORT, DEFAULT_LONG_MAX_CTX } from "./optimize.js";
import type { PlanningInput } from "./planning-requests.js";
import {
  pythonWhatif,
  pythonWhatifCompare,
  type PythonWhatifComparison,
  type PythonWhatifRow,
} from "./python/whatif.js";
import { DEFAULT_SLO_MS } from "./replay.js";
import { DEFAULT_WHATIF_RATES_RPS } from "./whatif-fleets.js";

/** What the formulas of the Python tool's `whatif` know of; defaults are those of `whatif`. */
export type WhatifCompatOptions = PlanningInput & {
  ratesRps?: readonly number[];
  bShort?: number;
  longMaxCtx?: number;
  sloMs?: number;
};

/**
 * The cheapest fleet at each rate by the formulas of the Python tool, for comparison with its figures: nothing is simulated.
 *
 * @throws InputError if the requests are not drawn from a CDF, or an option is out of range.
 */
export async function whatifCompat(
  options: WhatifCompatOptions & { gpuShort?: string; gpuLong?: string },
): Promise<PythonWhatifRow[]> {
  const { gpuShort = "a100", gpuLong = "a100" } = options;
  const { pools, ratesRps } = await poolsOf(options);
  return pythonWhatif(
    { ...pools, short: pythonGpu(gpuShort, "gpuShort"), long: pythonGpu(gpuLong, "gpuLong") },
    ratesRps,
  );
}

/**
 * The same for several GPUs, each in both pools.
 *
 * @throws InputError as {@link whatifCompat}, and for a name that is not known: the tool silently takes an A100.
 */
export async function whatifGpusCompat(
  options: WhatifCompatOptions & { gpuCompare: readonly string[] },
): Promise<PythonWhatifComparison[]> {
  const gpus = new Map(options.gpuCompare.map((name) => [name, pythonGpu(name, "gpuCompare")]));
  const { pools, ratesRps } = await poolsOf(options);
  return pythonWhatifCompare(pools, ratesRps, gpus);
}

async function poolsOf(options: WhatifCompatOptions) {
  const { bShort = DEFAULT_B_SHORT, longMaxCtx = DEFAULT_LONG_MAX_CTX, sloMs = DEFAULT_SLO_MS } = options;
  const { cdf } = await compatRequests(options);
  return { pools: { cdf, bShort, longMaxCtx, sloMs }, ratesRps: options.ratesRps ?? DEFAULT_WHATIF_RATES_RPS };
}
