import type { ComputeKnot, Figure, KernelFit, MatrixFigures } from "./kernel-data.js";
import { rangeText } from "./range-text.js";
import { median, relativeErrors, relativeFit } from "./relative-fit.js";

/** What a kernel with weights does, and the time that it took. */
export interface MatrixWork {
  /** Tokens of the batch; with experts those that each of them gets. */
  tokens: number;
  /** Weights read, and activations read and written. */
  bytes: number;
  flops: number;
  seconds: number;
}

/** What the shares are of. */
export interface Peaks {
  /** FLOP/s in the type of the kernel. */
  flops: number;
  /** Bytes/s. */
  bandwidth: number;
}

/** How to fit a kernel with weights. */
export interface MatrixPlan {
  /** Tokens up to which memory bounds the kernel. */
  memoryTokens: number;
  /** Tokens at which its share of peak arithmetic is told, rising. */
  knots: readonly number[];
  /** Which kernels were measured, for people. */
  covers: string;
  /** Not to be fitted. */
  given?: { floorUs?: Figure; bandwidthShare?: Figure };
}

const US = 1e-6;

/**
 * The most bytes that were moved faster than memory can: a cache held them from one measurement to the next, and may have held anything smaller. In an engine, which reads all
 * layers in turn, it does not. 0: none.
 */
export function cachedBytes(points: readonly { bytes: number; seconds: number }[], bandwidth: number): number {
  return points.reduce((most, { bytes, seconds }) => (bytes > seconds * bandwidth ? Math.max(most, bytes) : most), 0);
}

/** Three digits: more than any fit here can tell. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

function perMille(share: number): number {
  return Math.round(share * 1000) / 1000;
}

/** A figure of that GPU's own measurements. */
export function measuredFigure(value: number): Figure {
  return { value: rounded(value), origin: "measured" };
}

/** Errors of a fit, rounded, with the range of its measurements. */
export function kernelFit(computed: readonly number[], seconds: readonly number[], covers: string): KernelFit {
  const { measurements, meanError, p90Error } = relativeErrors(computed, seconds);
  return { measurements, meanError: perMille(meanError), p90Error: perMille(p90Error), covers };
}

/** Floor and bandwidth from the kernels that memory bounds, then at each knot the median of the share of peak that is reached beyond the floor. */
export function fitMatrices(
  points: readonly MatrixWork[],
  peaks: Peaks,
  plan: MatrixPlan,
): Omit<MatrixFigures, "table"> {
  const { memoryTokens, covers } = plan;
  const read = points.filter(({ tokens }) => tokens <= memoryTokens);
  const { floorUs, bandwidthShare } = fitMemory(read, peaks.bandwidth, plan.given ?? {});
  const fitted: Fitted = {
    floorS: floorUs.value * US,
    bandwidth: peaks.bandwidth * bandwidthShare.value,
    peakFlops: peaks.flops,
  };
  const knots = plan.knots.flatMap((tokens) => fitKnot(points, tokens, fitted) ?? []);
  return {
    floorUs,
    bandwidthShare,
    memoryFit: fitOf(read, fitted, undefined, `up to ${memoryTokens} tokens; ${covers}`),
    computeShare: { origin: "measured", knots },
    wholeFit: fitOf(points, fitted, knots, `${rangeText(points.map(({ tokens }) => tokens))} tokens; ${covers}`),
  };
}

function fitMemory(
  points: readonly MatrixWork[],
  bandwidth: number,
  { floorUs, bandwidthShare }: NonNullable<MatrixPlan["given"]>,
): { floorUs: Figure; bandwidthShare: Figure } {
  if (floorUs && bandwidthShare) return { floorUs, bandwidthShare };
  const seconds = points.map((point) => point.seconds);
  const reads = points.map(({ bytes }) => bytes / bandwidth);
  if (bandwidthShare) {
    const [floor] = relativeFit(
      reads.map(() => [US]),
      seconds,
      reads.map((read) => read / bandwidthShare.value),
    );
    return { floorUs: measuredFigure(floor!), bandwidthShare };
  }
  if (floorUs) {
    const [slope] = relativeFit(
      reads.map((read) => [read]),
      seconds,
      reads.map(() => floorUs.value * US),
    );
    return { floorUs, bandwidthShare: measuredFigure(1 / slope!) };
  }
  const [floor, slope] = relativeFit(
    reads.map((read) => [US, read]),
    seconds,
  );
  return { floorUs: measuredFigure(floor!), bandwidthShare: measuredFigure(1 / slope!) };
}

/** What is known of a kernel before its share of peak arithmetic. */
interface Fitted {
  floorS: number;
  bandwidth: number;
  peakFlops: number;
}

type Share = Pick<ComputeKnot, "tokens" | "share">;

/** Points of a knot: experts get a token more or less than a power of two where not all of them are chosen. */
const SAME_TOKENS = 0.01;

function fitKnot(points: readonly MatrixWork[], tokens: number, fitted: Fitted): ComputeKnot | undefined {
  const at = points.filter((point) => Math.abs(point.tokens / tokens - 1) < SAME_TOKENS);
  if (at.length === 0) return undefined;
  const shares = at.map(({ flops, seconds }) => flops / ((seconds - fitted.floorS) * fitted.peakFlops));
  const share = rounded(median(shares));
  const { measurements, meanError, p90Error } = fitOf(at, fitted, [{ tokens, share }], "");
  return { tokens, share, measurements, meanError, p90Error };
}

function fitOf(points: readonly MatrixWork[], fitted: Fitted, knots: readonly Share[] | undefined, covers: string) {
  return kernelFit(
    points.map((point) => matrixS(point, fitted, knots)),
    points.map(({ seconds }) => seconds),
    covers,
  );
}

/** Time of a kernel by its figures, s; without knots that of its memory traffic alone. */
function matrixS({ tokens, bytes, flops }: MatrixWork, fitted: Fitted, knots?: readonly Share[]): number {
  const memory = bytes / fitted.bandwidth;
  const arithmetic = knots ? flops / (fitted.peakFlops * shareAt(knots, tokens)) : 0;
  return fitted.floorS + Math.max(memory, arithmetic);
}

/** Between two knots interpolated, beyond the ends that of the end. */
function shareAt(knots: readonly Share[], tokens: number): number {
  let before = knots[0]!;
  for (const knot of knots) {
    if (tokens < knot.tokens) {
      if (knot === before) break;
      return before.share + (knot.share - before.share) * ((tokens - before.tokens) / (knot.tokens - before.tokens));
    }
    before = knot;
  }
  return before.share;
}
