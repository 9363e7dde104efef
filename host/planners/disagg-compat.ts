import { pythonGpu } from "../profiles/python/manual.js";
import { compatRequests } from "./compat-requests.js";
import { DISAGG_DEFAULTS, type DisaggConstantOptions } from "./disagg/constant-method.js";
import { DEFAULT_RATE_RPS, type PlanningInput } from "./planning-requests.js";
import { pythonDisagg, pythonDisaggLengths, type PythonDisagg } from "./python/disagg.js";

/** What {@link disaggCompat} is asked; defaults are those of `disagg`. */
export type DisaggCompatOptions = PlanningInput &
  Pick<DisaggConstantOptions, "sloTtftMs" | "sloTpotMs" | "maxCtx" | "maxPrefill" | "maxDecode"> & {
    /** GPUs with constants of their own: a100, h100 or a10g. */
    gpuPrefill: string;
    gpuDecode: string;
    /** Mean prompt and output, tokens. Default: three and one quarter of a mean total, as the tool derives them from a CDF. */
    meanIsl?: number;
    meanOsl?: number;
  };

/**
 * Disaggregated sizing by the formulas of the Python tool, for comparison with its figures. `undefined` if it finds no pair.
 *
 * @throws InputError if the requests are not drawn from a CDF, or a figure is out of range.
 */
export async function disaggCompat(options: DisaggCompatOptions): Promise<PythonDisagg | undefined> {
  const { cdf, rateRps = DEFAULT_RATE_RPS } = await compatRequests(options);
  const derived = pythonDisaggLengths(cdf);
  return pythonDisagg(
    {
      prefill: pythonGpu(options.gpuPrefill, "gpuPrefill"),
      decode: pythonGpu(options.gpuDecode, "gpuDecode"),
      meanIsl: options.meanIsl ?? derived.meanIsl,
      meanOsl: options.meanOsl ?? derived.meanOsl,
      sloTtftMs: options.sloTtftMs ?? DISAGG_DEFAULTS.sloTtftMs,
      sloTpotMs: options.sloTpotMs ?? DISAGG_DEFAULTS.sloTpotMs,
      maxCtx: options.maxCtx ?? DISAGG_DEFAULTS.maxCtx,
      maxPrefill: options.maxPrefill ?? DISAGG_DEFAULTS.maxPrefill,
      maxDecode: options.maxDecode ?? DISAGG_DEFAULTS.maxDecode,
    },
    rateRps,
  );
}
