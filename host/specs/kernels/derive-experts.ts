import type { ExpertsDtype, Figure, KernelFit, MatrixFigures } from "./kernel-data.js";
import { expertsPoints, type ExpertsPoint, type MeasuredTables } from "./kernel-tables.js";
import { cachedBytes, fitMatrices, rounded, type MatrixWork } from "./matrix-fit.js";
import { rangeText } from "./range-text.js";
import { median } from "./relative-fit.js";
import { peakFlopsOf, WEIGHT_BYTES, type GpuPeaks } from "./systems.js";

/** Experts that get up to this many tokens are bound by memory on all GPUs of the tables. */
const MEMORY_TOKENS = 16;
const KNOTS = [32, 64, 128, 256, 512, 1024, 2048];
const ACTIVATION_BYTES = 2;

/**
 * Models with this many experts (DeepSeek-V3) choose them by groups, which undoes the balance of the tables: by their times half the experts were read, or memory was 1.7 times as
 * fast as it can be.
 */
const GROUPED_EXPERTS = 256;

/** How the tables share tokens out over experts. */
export type Distribution = "balanced" | "power_law_1.2";

/**
 * Work of the fused experts of a layer, three matrices in each. Balanced tokens meet as many experts as they can; of the uneven ones it is not known, and they count as if each
 * chose at random.
 */
export function expertsWork(point: ExpertsPoint, dtype: ExpertsDtype, distribution: Distribution): MatrixWork {
  const { tokens, hidden, intermediate, experts, topK, seconds } = point;
  const weights = 3 * hidden * intermediate;
  const chosen =
    distribution === "balanced" ? Math.min(experts, tokens * topK) : experts * (1 - (1 - topK / experts) ** tokens);
  const activations = tokens * topK * 3 * (hidden + intermediate);
  return {
    tokens: (tokens * topK) / chosen,
    bytes: chosen * weights * WEIGHT_BYTES[dtype] + activations * ACTIVATION_BYTES,
    flops: 2 * tokens * topK * weights,
    seconds,
  };
}

/** Which experts to derive. */
export interface ExpertsSource {
  system: string;
  dtype: ExpertsDtype;
  /** The type as the table names it. */
  table: string;
  distribution: Distribution;
}

/** Fused experts of a GPU. Where a cache held them from one measurement to the next (see {@link cachedBytes}), only what is larger counts. */
export function deriveExperts(tables: MeasuredTables, peaks: GpuPeaks, source: ExpertsSource): MatrixFigures {
  const { system, dtype, table, distribution } = source;
  const measured = expertsPoints(tables, system, table, distribution).filter(
    ({ experts }) => experts < GROUPED_EXPERTS,
  );
  const all = measured.map((point) => expertsWork(point, dtype, distribution));
  const small = all.filter(({ tokens }) => tokens <= MEMORY_TOKENS);
  const cache = distribution === "balanced" ? cachedBytes(small, peaks.memoryBandwidth) : 0;
  const points = all.filter(({ bytes }) => bytes > cache);
  const experts = rangeText(measured.map((point) => point.experts));
  const beyond = cache > 0 ? `; more than ${Math.round(cache / 1e6)} MB read` : "";
  const fitted = fitMatrices(
    points,
    { flops: peakFlopsOf(peaks, dtype), bandwidth: peaks.memoryBandwidth },
    {
      memoryTokens: MEMORY_TOKENS,
      knots: KNOTS,
      covers: `${experts} experts of width ${rangeText(measured.map((point) => point.intermediate))}${beyond}`,
    },
  );
  return { table, ...fitted };
}

/**
 * Experts whose balanced tokens were not measured, from uneven ones: each figure times what lies, in the middle of the other GPUs, between theirs for balanced tokens and for
 * uneven ones. Floors and bandwidths of H100, H200 and B200 agree in that to 5 %.
 *
 * @param others Figures of other GPUs, of the same type.
 */
export function carryToBalanced(
  uneven: MatrixFigures,
  others: readonly { balanced: MatrixFigures; uneven: MatrixFigures }[],
): MatrixFigures {
  const carried = (figure: Figure, of: (figures: MatrixFigures) => number): Figure => ({
    value: rounded(figure.value * median(others.map((other) => of(other.balanced) / of(other.uneven)))),
    origin: figure.origin,
  });
  const shareOf = (figures: MatrixFigures, tokens: number) =>
    figures.computeShare.knots.find((knot) => knot.tokens === tokens)?.share ?? NaN;
  const covers = (fit: KernelFit): KernelFit => ({ ...fit, covers: `${fit.covers}; uneven tokens, carried over` });
  return {
    table: uneven.table,
    floorUs: carried(uneven.floorUs, ({ floorUs }) => floorUs.value),
    bandwidthShare: carried(uneven.bandwidthShare, ({ bandwidthShare }) => bandwidthShare.value),
    memoryFit: covers(uneven.memoryFit),
    computeShare: {
      origin: uneven.computeShare.origin,
      knots: uneven.computeShare.knots.map((knot) => {
        const ratios = others.map((other) => shareOf(other.balanced, knot.tokens) / shareOf(other.uneven, knot.tokens));
        return { ...knot, share: rounded(knot.share * median(ratios)) };
      }),
    },
    wholeFit: covers(uneven.wholeFit),
  };
}
