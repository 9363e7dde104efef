import { pythonGpu } from "../profiles/python/manual.js";
import { compatRequests } from "./compat-requests.js";
import { DEFAULT_FLEX_MAX_CTX, DEFAULT_FLEX_PCTS } from "./grid-flex.js";
import { DEFAULT_RATE_RPS, type PlanningInput } from "./planning-requests.js";
import { pythonGridFlex, type PythonGridFlexRow } from "./python/grid-flex.js";
import { DEFAULT_SLO_MS } from "./replay.js";

/** What {@link gridFlexCompat} is asked; defaults are those of `gridFlex`. */
export type GridFlexCompatOptions = PlanningInput & {
  /** A GPU with constants of its own: a100, h100 or a10g. */
  gpu: string;
  gpus: number;
  maxCtx?: number;
  flexPcts?: readonly number[];
  sloMs?: number;
};

/** A level as the Python tool writes it, but for the token Infinity, which is no JSON: `null`. */
export interface GridFlexCompatRow extends Omit<PythonGridFlexRow, "p99_ttft_ms"> {
  p99_ttft_ms: number | null;
}

/**
 * Grid flexibility by the formulas of the Python tool, for comparison with its figures; it sees of the requests their CDF and their rate alone.
 *
 * @throws InputError if the requests are not drawn from a CDF, or a figure is out of range.
 */
export async function gridFlexCompat(options: GridFlexCompatOptions): Promise<GridFlexCompatRow[]> {
  const { gpu, gpus, maxCtx = DEFAULT_FLEX_MAX_CTX, flexPcts = DEFAULT_FLEX_PCTS, sloMs = DEFAULT_SLO_MS } = options;
  const { cdf, rateRps = DEFAULT_RATE_RPS } = await compatRequests(options);
  const profile = pythonGpu(gpu, "gpu");
  const rows = pythonGridFlex({ cdf, rateRps, gpus, profile, sloMs, maxCtx, flexPcts });
  return rows.map((row) => ({ ...row, p99_ttft_ms: row.p99_ttft_ms < Infinity ? row.p99_ttft_ms : null }));
}
