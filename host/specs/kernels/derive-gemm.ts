import type { GemmDtype, MatrixFigures } from "./kernel-data.js";
import { gemmPoints, type GemmPoint, type MeasuredTables } from "./kernel-tables.js";
import { cachedBytes, fitMatrices, measuredFigure, type MatrixWork } from "./matrix-fit.js";
import { rangeText } from "./range-text.js";
import { peakFlopsOf, WEIGHT_BYTES, type GpuPeaks } from "./systems.js";

/** Products whose tokens are up to this many are bound by memory on all GPUs of the tables. */
const MEMORY_TOKENS = 64;
const KNOTS = [128, 256, 512, 1024, 2048, 4096, 8192];
/** Smaller matrices are not those of a language model, and tell more of launches than of memory. */
const LEAST_BYTES = 8e6;
/** Activations are read and written in bf16. */
const ACTIVATION_BYTES = 2;

/** Work of a product with weights of a type. */
function gemmWork({ tokens, inputs, outputs, seconds }: GemmPoint, dtype: GemmDtype): MatrixWork {
  const weights = inputs * outputs;
  const activations = tokens * (inputs + outputs);
  return {
    tokens,
    bytes: weights * WEIGHT_BYTES[dtype] + activations * ACTIVATION_BYTES,
    flops: 2 * tokens * weights,
    seconds,
  };
}

/**
 * Dense products of a GPU.
 *
 * Where a cache held matrices from one measurement to the next (see {@link cachedBytes}), only what is larger counts, and the floor is the shortest product of all: what lies in
 * the cache is read in next to no time.
 *
 * @param table The type as the table names it.
 */
export function deriveGemm(
  tables: MeasuredTables,
  peaks: GpuPeaks,
  { system, dtype, table }: { system: string; dtype: GemmDtype; table: string },
): MatrixFigures {
  const all = gemmPoints(tables, system, table).map((point) => gemmWork(point, dtype));
  const weightBytes = ({ flops, tokens }: MatrixWork) => (flops / 2 / tokens) * WEIGHT_BYTES[dtype];
  const bandwidth = peaks.memoryBandwidth;
  const small = all.filter(({ tokens }) => tokens <= MEMORY_TOKENS);
  const cache = cachedBytes(small, bandwidth);
  const points = all.filter((point) => weightBytes(point) >= LEAST_BYTES && point.bytes > cache);
  const megabytes = rangeText(points.map((point) => weightBytes(point) / 1e6));
  const shortest = Math.min(...all.map(({ seconds }) => seconds));
  const fitted = fitMatrices(
    points,
    { flops: peakFlopsOf(peaks, dtype), bandwidth },
    {
      memoryTokens: MEMORY_TOKENS,
      knots: KNOTS,
      covers: `matrices of ${megabytes} MB`,
      ...(cache > 0 ? { given: { floorUs: measuredFigure(shortest * 1e6) } } : {}),
    },
  );
  return { table, ...fitted };
}
