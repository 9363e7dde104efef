import type { AttentionFigures } from "./kernel-data.js";
import { attentionPoints, type AttentionPoint, type MeasuredTables } from "./kernel-tables.js";
import { cachedBytes, kernelFit, measuredFigure } from "./matrix-fit.js";
import { rangeText } from "./range-text.js";
import { relativeFit } from "./relative-fit.js";
import { WEIGHT_BYTES, type GpuPeaks } from "./systems.js";

const US = 1e-6;

/** Types of keys and values, as the tables name them. */
const TABLE_DTYPES = { bf16: "bfloat16", fp8: "fp8" } as const;

/** Below this, reading takes no time that matters beside the launch (1.2 us at the slowest memory of the tables). */
const NEXT_TO_NOTHING_BYTES = 1e6;

/** Attention of a GPU over keys and values of a type. */
export function deriveAttention(
  tables: MeasuredTables,
  peaks: GpuPeaks,
  { system, kvDtype }: { system: string; kvDtype: "bf16" | "fp8" },
): AttentionFigures {
  const table = TABLE_DTYPES[kvDtype];
  return {
    decode: deriveDecode(attentionPoints(tables, "decode", system, table), peaks, WEIGHT_BYTES[kvDtype]),
    prefill: derivePrefill(attentionPoints(tables, "prefill", system, table), peaks),
  };
}

/** Where a cache held keys and values from one measurement to the next (see {@link cachedBytes}), only what is larger counts, and what is next to nothing, for the floor. */
function deriveDecode(
  points: readonly AttentionPoint[],
  { memoryBandwidth }: GpuPeaks,
  numberBytes: number,
): AttentionFigures["decode"] {
  const all = points.map((point) => ({
    ...point,
    bytes: point.batch * point.tokens * 2 * point.kvHeads * point.headDim * numberBytes,
  }));
  const cache = cachedBytes(all, memoryBandwidth);
  const read = all.filter(({ bytes }) => bytes > cache || bytes < NEXT_TO_NOTHING_BYTES);
  const seconds = read.map((point) => point.seconds);
  const [floor, slope] = relativeFit(
    read.map(({ bytes }) => [US, bytes / memoryBandwidth]),
    seconds,
  );
  const floorUs = measuredFigure(floor!);
  const bandwidthShare = measuredFigure(1 / slope!);
  const fitted = read.map(({ bytes }) => floorUs.value * US + bytes / (memoryBandwidth * bandwidthShare.value));
  const beyond = cache > 0 ? `; less than 1 or more than ${Math.round(cache / 1e6)} MB read` : "";
  return { floorUs, bandwidthShare, fit: kernelFit(fitted, seconds, `${shapes(read, "context")}${beyond}`) };
}

/** Causal: a prompt of n tokens holds n^2 / 2 pairs. Heads multiply in bf16, whatever the type of keys and values. */
function derivePrefill(points: readonly AttentionPoint[], { peakBf16Flops }: GpuPeaks): AttentionFigures["prefill"] {
  const seconds = points.map((point) => point.seconds);
  const atPeak = points.map(
    ({ batch, tokens, heads, headDim }) => (4 * heads * headDim * ((batch * tokens * tokens) / 2)) / peakBf16Flops,
  );
  const [floor, slope] = relativeFit(
    atPeak.map((time) => [US, time]),
    seconds,
  );
  const floorUs = measuredFigure(floor!);
  const computeShare = measuredFigure(1 / slope!);
  const fitted = atPeak.map((time) => floorUs.value * US + time / computeShare.value);
  return { floorUs, computeShare, fit: kernelFit(fitted, seconds, shapes(points, "prompts")) };
}

function shapes(points: readonly AttentionPoint[], tokens: "context" | "prompts"): string {
  const batch = rangeText(points.map((point) => point.batch));
  const lengths = rangeText(points.map((point) => point.tokens));
  const heads = rangeText(points.map((point) => point.heads));
  return `batch ${batch}; ${tokens} of ${lengths} tokens; ${heads} heads of ${rangeText(points.map((point) => point.headDim))}`;
}
