import * as C from "../../assembly/contract.js";

const TICKS_PER_MS = 1e6;

/** Percentiles of the sketch are off by at most this share: half a bucket, which is 1/128 wide. */
export const ITL_RELATIVE_ERROR = 1 / 256;

/** The gaps between tokens, ms: over every output token but the first of each request, in the whole run (warm-up and drain included). */
export interface InterTokenLatency {
  /** Gaps counted. */
  tokens: number;
  mean: number | null;
  p50: number | null;
  p90: number | null;
  p95: number | null;
  p99: number | null;
  p999: number | null;
  max: number | null;
  /** Bound on the relative error of the percentiles; mean and max are exact. */
  relative_error: number;
}

/** What a pool's FIGURES row says of its gaps. */
export interface GapTotals {
  tokens: number;
  sumTicks: number;
  largestTicks: number;
}

/**
 * The distribution of gaps that are counted in buckets.
 *
 * @param counts ITL_BUCKETS counts: those of a pool, or of several added up.
 */
export function readGaps(counts: Float64Array, { tokens, sumTicks, largestTicks }: GapTotals): InterTokenLatency {
  const at = (p: number) => (tokens === 0 ? null : Math.min(quantile(counts, p * tokens), largestTicks) / TICKS_PER_MS);
  return {
    tokens,
    mean: tokens === 0 ? null : sumTicks / tokens / TICKS_PER_MS,
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    p999: at(0.999),
    max: tokens === 0 ? null : largestTicks / TICKS_PER_MS,
    relative_error: ITL_RELATIVE_ERROR,
  };
}

/** Middle of the bucket that holds the value of rank `rank`, ticks. */
function quantile(counts: Float64Array, rank: number): number {
  let before = 0;
  let bucket = 0;
  while (bucket < counts.length - 1 && before + counts[bucket]! < rank) before += counts[bucket++]!;
  return (lowestTick(bucket) + lowestTick(bucket + 1)) / 2;
}

/** The smallest tick of a bucket: buckets divide each power of two into ITL_BUCKETS_PER_OCTAVE equal parts. */
export function lowestTick(bucket: number): number {
  const octave = Math.floor(bucket / C.ITL_BUCKETS_PER_OCTAVE);
  const part = bucket % C.ITL_BUCKETS_PER_OCTAVE;
  return 2 ** (C.ITL_FIRST_OCTAVE + octave) * (1 + part / C.ITL_BUCKETS_PER_OCTAVE);
}
