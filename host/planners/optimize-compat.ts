import { pythonGpu } from "../profiles/python/manual.js";
import { compatRequests } from "./compat-requests.js";
import { DEFAULT_B_SHORT, DEFAULT_GAMMA_MAX, DEFAULT_LONG_MAX_CTX } from "./optimize.js";
import { DEFAULT_RATE_RPS, type PlanningInput } from "./planning-requests.js";
import { pythonBest, pythonGammas, pythonSweep, pythonSweepOut, type PythonSweepRow } from "./python/sweep.js";
import { DEFAULT_SLO_MS } from "./replay.js";

/** What {@link optimizeCompat} is asked; defaults are those of `optimize`. */
export type OptimizeCompatOptions = PlanningInput & {
  sloMs?: number;
  bShort?: number;
  longMaxCtx?: number;
  /** GPUs with constants of their own: a100, h100 or a10g. */
  gpuShort?: string;
  gpuLong?: string;
  gammaMax?: number;
  /** Share of the requests just above the boundary that is compressed. Default 0.75. */
  pCompress?: number;
  nodeAvailability?: number;
};

/** A row as the Python tool writes it; `null` stands for its Infinity, which is no JSON. */
export type OptimizeCompatRow = Omit<PythonSweepRow, "cost_per_hr" | "p99_ttft_short_ms" | "p99_ttft_long_ms"> & {
  p99_ttft_short_ms: number | null;
  p99_ttft_long_ms: number | null;
};

/** The rows of the Python tool, and the one that it calls best. */
export interface OptimizeCompatResult {
  rows: OptimizeCompatRow[];
  best: OptimizeCompatRow | null;
}

/**
 * The analytical sweep of `optimize` by the formulas of the Python tool, for comparison with its figures. Its own verification, which leaves out part of the load, is not repeated.
 *
 * @throws InputError if the requests are not drawn from a CDF, or a figure is out of range.
 */
export async function optimizeCompat(options: OptimizeCompatOptions): Promise<OptimizeCompatResult> {
  const { cdf, rateRps = DEFAULT_RATE_RPS } = await compatRequests(options);
  const rows = pythonSweep(
    {
      cdf,
      short: pythonGpu(options.gpuShort ?? "a100", "gpuShort"),
      long: pythonGpu(options.gpuLong ?? "a100", "gpuLong"),
      bShort: options.bShort ?? DEFAULT_B_SHORT,
      longMaxCtx: options.longMaxCtx ?? DEFAULT_LONG_MAX_CTX,
      sloMs: options.sloMs ?? DEFAULT_SLO_MS,
      ...(options.pCompress === undefined ? {} : { compressible: options.pCompress }),
      ...(options.nodeAvailability === undefined ? {} : { nodeAvail: options.nodeAvailability }),
    },
    rateRps,
    pythonGammas(options.gammaMax ?? DEFAULT_GAMMA_MAX),
  );
  const best = pythonBest(rows);
  return { rows: rows.map(compatRow), best: best ? compatRow(best) : null };
}

function compatRow(row: PythonSweepRow): OptimizeCompatRow {
  const out = pythonSweepOut(row);
  const finite = (ms: number) => (ms < Infinity ? ms : null);
  return {
    ...out,
    p99_ttft_short_ms: finite(out.p99_ttft_short_ms),
    p99_ttft_long_ms: finite(out.p99_ttft_long_ms),
  };
}
