/** Distribution of a token count, from one pass in bounded memory. */

/** Summary of a token count. */
export interface TokenStatistics {
  mean: number;
  p50: number;
  p90: number;
  p95: number;
  p99: number;
  max: number;
}

/** Counts below this have a counter of their own: percentiles among them are exact. */
const EXACT_BELOW = 2 ** 20;
/** Counters to an octave from there on: percentiles among those are at most 0.1 % too high. */
const PER_OCTAVE = 1024;
const OCTAVES = 12;
const LEADING_ZEROS = Math.clz32(EXACT_BELOW);
const FIRST_SIZE = 4096;

/** Counts how often each number of tokens occurs. */
export class TokenCounts {
  private exact = new Float64Array(FIRST_SIZE);
  private large: Float64Array | undefined;
  private count = 0;
  private sum = 0;
  private max = 0;

  /** @param tokens - whole number, 0 .. 2^32 - 1 */
  add(tokens: number): void {
    this.count++;
    this.sum += tokens;
    if (tokens > this.max) this.max = tokens;
    if (tokens < this.exact.length) this.exact[tokens]!++;
    else if (tokens < EXACT_BELOW) this.grow(tokens);
    else (this.large ??= new Float64Array(OCTAVES * PER_OCTAVE))[largeIndex(tokens)]!++;
  }

  private grow(tokens: number): void {
    let size = this.exact.length;
    while (size <= tokens) size *= 2;
    const grown = new Float64Array(size);
    grown.set(this.exact);
    this.exact = grown;
    this.exact[tokens]!++;
  }

  /** Sum over all requests, tokens. */
  total(): number {
    return this.sum;
  }

  /** `null` if nothing was counted. */
  statistics(): TokenStatistics | null {
    if (this.count === 0) return null;
    return {
      mean: this.sum / this.count,
      p50: this.percentile(50),
      p90: this.percentile(90),
      p95: this.percentile(95),
      p99: this.percentile(99),
      max: this.max,
    };
  }

  /** The value of rank ceil(percent / 100 * n), counted from 1. */
  private percentile(percent: number): number {
    let left = Math.ceil((this.count * percent) / 100);
    for (let tokens = 0; tokens < this.exact.length; tokens++) {
      left -= this.exact[tokens]!;
      if (left <= 0) return tokens;
    }
    for (let index = 0; index < OCTAVES * PER_OCTAVE; index++) {
      left -= this.large?.[index] ?? 0;
      if (left <= 0) return Math.min(largeHigh(index), this.max);
    }
    return this.max;
  }
}

/** Counter of a number of tokens from {@link EXACT_BELOW} on: its octave, and its place in it in equal steps. */
function largeIndex(tokens: number): number {
  const octave = LEADING_ZEROS - Math.clz32(tokens);
  return (octave - 1) * PER_OCTAVE + Math.floor(tokens / stepOf(octave));
}

/** Largest number of tokens that a counter holds. */
function largeHigh(index: number): number {
  const octave = Math.floor(index / PER_OCTAVE);
  return ((index % PER_OCTAVE) + PER_OCTAVE + 1) * stepOf(octave) - 1;
}

/** Width of the counters of an octave, tokens. */
function stepOf(octave: number): number {
  return (EXACT_BELOW / PER_OCTAVE) << octave;
}
