import { ITL_BUCKETS, ITL_BUCKETS_PER_OCTAVE, ITL_FIRST_OCTAVE } from "./contract";
import { GRAIN_BITS } from "./grains";
import { Tick } from "./clock";

/** Bits of a double below its exponent and the seven leading bits of its fraction. */
const SHIFT: i64 = 52 - 7;
const FIRST: i64 = (1023 + ITL_FIRST_OCTAVE) * ITL_BUCKETS_PER_OCTAVE;

/**
 * The gaps between the tokens of a pool, counted in buckets of relative width 1/128: a percentile read from the middle of its bucket is off by at most
 * 0.4 %. Sketches are merged by adding them up. A run of iterations whose durations form an arithmetic series is added bucket by bucket, not gap by gap.
 */
export class ItlSketch {
  tokens: f64 = 0;
  /** Ticks. */
  sum: f64 = 0;
  largest: Tick = 0;

  constructor(
    private readonly counts: StaticArray<f64>,
    /** Where its buckets begin in `counts`. */
    private readonly base: i32,
  ) {}

  /** Adds `tokens` gaps of `gap` ticks. */
  add(gap: Tick, tokens: i32): void {
    this.counts[this.base + bucketOf(gap)] += <f64>tokens;
    this.tokens += <f64>tokens;
    this.sum += <f64>gap * <f64>tokens;
    this.largest = max(this.largest, gap);
  }

  /** Adds `tokens` gaps for each of `count` durations: `first` grains, and `step` more from one to the next. */
  addSeries(first: i64, step: i64, count: i64, tokens: i32): void {
    const last = first + step * (count - 1);
    const total = <f64>(count * <i64>tokens);
    this.tokens += total;
    this.sum += 0.5 * (<f64>first + <f64>last) * (1.0 / <f64>(1 << GRAIN_BITS)) * total;
    this.largest = max(this.largest, max(first, last) >> GRAIN_BITS);
    const firstBucket = bucketOf(first >> GRAIN_BITS);
    if (firstBucket == bucketOf(last >> GRAIN_BITS)) {
      this.counts[this.base + firstBucket] += total;
    } else if (step > 0) {
      this.spread(first, step, count, tokens);
    } else {
      this.spread(last, -step, count, tokens);
    }
  }

  private spread(first: i64, step: i64, count: i64, tokens: i32): void {
    let done: i64 = 0;
    while (done < count) {
      const bucket = bucketOf((first + step * done) >> GRAIN_BITS);
      // Durations below the next bucket: the number of j with first + step * j < bound.
      const bound = bucket == ITL_BUCKETS - 1 ? i64.MAX_VALUE : lowestTick(bucket + 1) << GRAIN_BITS;
      const below = min(count, (bound - first - 1) / step + 1);
      this.counts[this.base + bucket] += <f64>((below - done) * <i64>tokens);
      done = below;
    }
  }
}

function bucketOf(tick: Tick): i32 {
  const bucket = (reinterpret<i64>(<f64>max<i64>(tick, 1)) >> SHIFT) - FIRST;
  return <i32>min<i64>(max<i64>(bucket, 0), ITL_BUCKETS - 1);
}

/** The smallest tick of a bucket. */
function lowestTick(bucket: i32): Tick {
  return <i64>reinterpret<f64>((<i64>bucket + FIRST) << SHIFT);
}
