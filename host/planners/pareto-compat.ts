import { pythonGpu } from "../profiles/python/manual.js";
import { compatRequests } from "./compat-requests.js";
import { DEFAULT_LONG_MAX_CTX } from "./optimize.js";
import { DEFAULT_RATE_RPS, type PlanningInput } from "./planning-requests.js";
import { pythonThresholdPareto, type PythonThresholdPareto } from "./python/threshold-pareto.js";
import { DEFAULT_SLO_MS } from "./replay.js";

/** What the formulas of the Python tool's `pareto` know of. */
export type ParetoCompatOptions = PlanningInput & {
  gpuShort?: string;
  gpuLong?: string;
  longMaxCtx?: number;
  sloMs?: number;
};

/**
 * Thresholds by the formulas of the Python tool, for comparison with its figures: nothing is simulated, and its front keeps fleets that cost the same and are slower.
 *
 * @throws InputError if the requests are not drawn from a CDF, or an option is out of range.
 */
export async function paretoCompat(options: ParetoCompatOptions): Promise<PythonThresholdPareto> {
  const { gpuShort = "a100", gpuLong = "a100", longMaxCtx = DEFAULT_LONG_MAX_CTX, sloMs = DEFAULT_SLO_MS } = options;
  const profiles = { short: pythonGpu(gpuShort, "gpuShort"), long: pythonGpu(gpuLong, "gpuLong") };
  const { cdf, rateRps = DEFAULT_RATE_RPS } = await compatRequests(options);
  return pythonThresholdPareto({ cdf, ...profiles, longMaxCtx, sloMs }, rateRps);
}
