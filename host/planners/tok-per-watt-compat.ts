import { pythonGpu } from "../profiles/python/manual.js";
import { compatRequests } from "./compat-requests.js";
import type { PlanningInput } from "./planning-requests.js";
import { pythonTwoPoolTokensPerWatt, type PythonTwoPoolWatts } from "./python/fleet-tokens-per-watt.js";
import { pythonTokensPerWatt, type PythonWattRow } from "./python/tokens-per-watt.js";
import { DEFAULT_SLO_MS } from "./replay.js";
import { DEFAULT_WATT_GPUS, DEFAULT_WATT_MAX_CTX, DEFAULT_WATT_RATE_RPS } from "./tok-per-watt.js";

/** What the formulas of the Python tool's `tok-per-watt` know of. */
export type TokensPerWattCompatOptions = PlanningInput & {
  maxCtx?: number;
  sloMs?: number;
};

/**
 * Tokens per watt of single pools by the formulas of the Python tool, for comparison with its figures: nothing is simulated, and a fifth of all tokens is output.
 *
 * @throws InputError if the requests are not drawn from a CDF, or an option is out of range.
 */
export async function tokensPerWattCompat(
  options: TokensPerWattCompatOptions & { gpus?: readonly string[]; rhoSweep?: readonly number[] },
): Promise<PythonWattRow[]> {
  const { gpus = DEFAULT_WATT_GPUS, rhoSweep = [] } = options;
  const profiles = gpus.map((name) => pythonGpu(name, "gpus"));
  const { maxCtx, sloMs, cdf, rateRps } = await questionOf(options);
  return pythonTokensPerWatt(
    profiles.map((profile) => ({ lengths: cdf, rateRps, profile, maxCtx, sloMs })),
    rhoSweep,
  );
}

/**
 * The same for two pools against one; both have the window `maxCtx`.
 *
 * @throws InputError as {@link tokensPerWattCompat}.
 */
export async function twoPoolTokensPerWattCompat(
  options: TokensPerWattCompatOptions & { bShort: number; gpuShort: string; gpuLong: string },
): Promise<PythonTwoPoolWatts> {
  const { bShort, gpuShort, gpuLong } = options;
  const pools = { short: pythonGpu(gpuShort, "gpuShort"), long: pythonGpu(gpuLong, "gpuLong") };
  return pythonTwoPoolTokensPerWatt({ ...(await questionOf(options)), ...pools, bShort });
}

async function questionOf(options: TokensPerWattCompatOptions) {
  const { maxCtx = DEFAULT_WATT_MAX_CTX, sloMs = DEFAULT_SLO_MS } = options;
  const { cdf, rateRps = DEFAULT_WATT_RATE_RPS } = await compatRequests(options);
  return { maxCtx, sloMs, cdf, rateRps };
}
