import type { ExpertsDtype, MatrixFigures } from "./kernel-data.js";
import { expertsPoints, type ExpertsPoint, type MeasuredTables } from "./kernel-tables.js";
import { cachedBytes, fitMatrices, measuredFigure, type MatrixWork } from "./matrix-fit.js";
import { rangeText } from "./range-text.js";
import { peakFlopsOf, WEIGHT_BYTES, type GpuPeaks } from "./systems.js";

/** Experts that get up to this many tokens are bound by memory on all GPUs of the tables. */
const MEMORY_TOKENS = 16;
const KNOTS = [32, 64, 128, 256, 512, 1024, 2048];
const ACTIVATION_BYTES = 2;

/**
 * Models with this many experts (DeepSeek-V3) choose them by groups, which the tables do not heed: by their balanced times half the experts were read, or memory was 1.7 times as
 * fast as it can be.
 */
const GROUPED_EXPERTS = 256;

/**
 * Tokens of real models choose some experts far more often than others. Figures are fitted to those of the tables that do (shares of experts by a power law, exponent 1.2), with
 * the reads that {@link expertsWork} expects of even choice, as the roofline does: so they hold what uneven choice saves in reads and costs in waits. Qwen3-235B and gpt-oss-120b
 * on H100 come out nearer to whole engines than with balanced tokens.
 */
const UNEVEN = "power_law_1.2";
const BALANCED = "balanced";

/** Work of the fused experts of a layer, each with two products (gate and up in one, down), of which each token chooses `topK` at random. */
function expertsWork(point: ExpertsPoint, dtype: ExpertsDtype): MatrixWork {
  const { experts, topK, tokens } = point;
  return workOf(point, dtype, experts * (1 - (1 - topK / experts) ** tokens));
}

function workOf(point: ExpertsPoint, dtype: ExpertsDtype, chosen: number): MatrixWork {
  const { tokens, hidden, intermediate, topK, seconds } = point;
  const weights = 3 * hidden * intermediate;
  const activations = tokens * topK * (2 * hidden + 3 * intermediate);
  return {
    tokens: (tokens * topK) / chosen,
    bytes: chosen * weights * WEIGHT_BYTES[dtype] + activations * ACTIVATION_BYTES,
    flops: 2 * tokens * topK * weights,
    seconds,
  };
}

/**
 * Fused experts of a GPU.
 *
 * Where a cache held them from one measurement to the next (see {@link cachedBytes}), which balanced tokens tell, since they meet as many experts as they can, only what is larger
 * counts, and the floor is the shortest of all.
 *
 * @param table The type as the table names it.
 */
export function deriveExperts(
  tables: MeasuredTables,
  peaks: GpuPeaks,
  { system, dtype, table }: { system: string; dtype: ExpertsDtype; table: string },
): MatrixFigures {
  const read = (distribution: string) =>
    expertsPoints(tables, system, table, distribution).filter(({ experts }) => experts < GROUPED_EXPERTS);
  const balanced = read(BALANCED).map((point) =>
    workOf(point, dtype, Math.min(point.experts, point.tokens * point.topK)),
  );
  const cache = cachedBytes(
    balanced.filter(({ tokens }) => tokens <= MEMORY_TOKENS),
    peaks.memoryBandwidth,
  );
  const measured = read(UNEVEN);
  const all = measured.map((point) => expertsWork(point, dtype));
  const shortest = Math.min(...all.map(({ seconds }) => seconds));
  const experts = rangeText(measured.map((point) => point.experts));
  const beyond = cache > 0 ? `; more than ${Math.round(cache / 1e6)} MB read` : "";
  const fitted = fitMatrices(
    all.filter(({ bytes }) => bytes > cache),
    { flops: peakFlopsOf(peaks, dtype), bandwidth: peaks.memoryBandwidth },
    {
      memoryTokens: MEMORY_TOKENS,
      knots: KNOTS,
      covers: `${experts} experts of width ${rangeText(measured.map((point) => point.intermediate))}${beyond}`,
      ...(cache > 0 ? { given: { floorUs: measuredFigure(shortest * 1e6) } } : {}),
    },
  );
  return { table, ...fitted };
}
