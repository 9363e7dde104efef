import {
  BATCHES,
  METRIC_E2E,
  METRIC_HANDOVER,
  METRIC_TPOT,
  METRIC_TPOT_OVER_N,
  METRIC_TTFT,
  METRIC_TTFT_AT_USER,
  METRICS_KEPT,
  METRICS_KEPT_STAGED,
  NOT_APPLICABLE,
  SAMPLES_CAPACITY,
} from "./contract";
import { NEVER_TICK, nearestTick, Tick } from "./clock";

const SEGMENT_BITS: i32 = 14;
const SEGMENT: i32 = 1 << SEGMENT_BITS;
const SEGMENTS: i32 = SAMPLES_CAPACITY >> SEGMENT_BITS;

/** SEGMENT samples: the ticks of one METRIC_ after those of the other, and the pools. */
class Segment {
  readonly ticks: StaticArray<i64>;
  readonly pools: StaticArray<i16> = new StaticArray<i16>(SEGMENT);

  constructor(metrics: i32) {
    this.ticks = new StaticArray<i64>(metrics * SEGMENT);
  }
}

/**
 * The settled figures of every request, in order of arrival, from which percentiles are taken exactly: four i64 ticks (of staged fleets five) and the pool, 34 bytes a request, in
 * segments that are laid down as they are needed. When SAMPLES_CAPACITY is reached, every second one is dropped and from then on only every
 * `stride`-th request is kept, so memory is bounded; counts and sums elsewhere still cover every request.
 */
export class Samples {
  /** Samples held. */
  count: i32 = 0;
  /** A sample is kept of every stride-th request; a power of two. */
  stride: u32 = 1;

  private readonly segments: StaticArray<Segment> = new StaticArray<Segment>(SEGMENTS);
  /** Segments laid down so far. */
  private laid: i32 = 0;
  /** METRICS_KEPT, or METRICS_KEPT_STAGED. */
  private readonly metrics: i32;

  constructor(
    /** Of a staged fleet, by pool: whether the decode side emits the first token; null: not staged. */
    private readonly firstTokenAtDecode: StaticArray<bool> | null,
  ) {
    this.metrics = firstTokenAtDecode == null ? METRICS_KEPT : METRICS_KEPT_STAGED;
  }

  /** Adds the figures of request `ordinal`; requests come in order. */
  @inline
  add(ordinal: u32, pool: i32, wait: Tick, ttft: Tick, tpot: Tick, e2e: Tick, handover: Tick): void {
    if (ordinal & (this.stride - 1)) return;
    if (this.count == SAMPLES_CAPACITY) {
      this.thin();
      if (ordinal & (this.stride - 1)) return;
    }
    const index = this.count >> SEGMENT_BITS;
    if (index == this.laid) this.segments[this.laid++] = new Segment(this.metrics);
    const segment = this.segments[index];
    const place = this.count & (SEGMENT - 1);
    segment.ticks[place] = wait;
    segment.ticks[SEGMENT + place] = ttft;
    segment.ticks[2 * SEGMENT + place] = tpot;
    segment.ticks[3 * SEGMENT + place] = e2e;
    if (this.metrics > METRICS_KEPT) segment.ticks[METRIC_HANDOVER * SEGMENT + place] = handover;
    segment.pools[place] = <i16>pool;
    this.count++;
  }

  /** The first sample of request `ordinal` or a later one; `count` if there is none. */
  placeOf(ordinal: u32): i32 {
    return <i32>min<u32>((ordinal + this.stride - 1) / this.stride, <u32>this.count);
  }

  /** The figure `metric` of sample `i`. */
  @inline
  tick(metric: i32, i: i32): Tick {
    return metric < METRICS_KEPT ? this.kept(metric, i) : this.derived(metric, i);
  }

  @inline
  private kept(metric: i32, i: i32): Tick {
    return this.segments[i >> SEGMENT_BITS].ticks[metric * SEGMENT + (i & (SEGMENT - 1))];
  }

  /** A figure that staged fleets alone keep, or that is worked out of others. */
  private derived(metric: i32, i: i32): Tick {
    if (metric == METRIC_TPOT_OVER_N) return this.tpotOverAll(i);
    const handover = this.metrics > METRICS_KEPT ? this.kept(METRIC_HANDOVER, i) : NOT_APPLICABLE;
    if (metric == METRIC_HANDOVER) return handover;
    const ttft = this.kept(METRIC_TTFT, i);
    if (handover == NOT_APPLICABLE) return ttft;
    const isUsers = this.firstTokenAtDecode![this.pool(i)];
    if (metric == METRIC_TTFT_AT_USER) return isUsers ? ttft : handover == NEVER_TICK ? NEVER_TICK : ttft + handover;
    return isUsers && ttft != NEVER_TICK ? ttft - handover : ttft;
  }

  /** The number of output tokens follows from TPOT, which is their mean gap to the nearest tick: no longer output than 2^20 tokens is told wrong where a gap is a ms. */
  private tpotOverAll(i: i32): Tick {
    const e2e = this.kept(METRIC_E2E, i);
    if (e2e == NEVER_TICK) return NEVER_TICK;
    const tpot = this.kept(METRIC_TPOT, i);
    if (tpot <= 0) return 0;
    const decode = <f64>(e2e - this.kept(METRIC_TTFT, i));
    return nearestTick(decode / <f64>(nearestTick(decode / <f64>tpot) + 1));
  }

  /** The pool of sample `i`; -1 = none. */
  pool(i: i32): i32 {
    return <i32>this.segments[i >> SEGMENT_BITS].pools[i & (SEGMENT - 1)];
  }

  private thin(): void {
    const kept = this.count >> 1;
    for (let i = 0; i < kept; i++) {
      const from = i << 1;
      const segment = this.segments[i >> SEGMENT_BITS];
      const place = i & (SEGMENT - 1);
      for (let metric = 0; metric < this.metrics; metric++)
        segment.ticks[metric * SEGMENT + place] = this.kept(metric, from);
      segment.pools[place] = <i16>this.pool(from);
    }
    this.count = kept;
    this.stride <<= 1;
  }
}

/** Buckets per octave are 1024 (ten bits of mantissa); ticks below 2^63 make at most 63 octaves. */
const BUCKET_SHIFT: u64 = 42;
const BUCKET_BIAS: u64 = 1023 << 10;
const BUCKETS: i32 = 64 << 10;

function bucketOf(tick: Tick): i32 {
  // f64 bit patterns of positive numbers order like the numbers; + 1 keeps tick 0 positive.
  return <i32>((reinterpret<u64>(<f64>(tick + 1)) >> BUCKET_SHIFT) - BUCKET_BIAS);
}

/**
 * The order statistics of one figure over one set of requests. `gather` takes the values and scatters them into narrow buckets (a
 * counting sort on the leading bits); a rank then costs the sorting of one bucket.
 */
export class Selection {
  /** Values taken, those not reached included. */
  count: i32 = 0;
  /** Values that are reached. */
  reached: i32 = 0;
  /** Reached values above zero. */
  positive: i32 = 0;
  /** Sum of the reached values, ticks. */
  sum: f64 = 0;
  /** Largest reached value; -1 if there is none. */
  largest: Tick = -1;
  /** How many values lie above a tick, by batch, in the order of arrival. */
  readonly above: StaticArray<f64> = new StaticArray<f64>(BATCHES);

  private values: StaticArray<i64> = new StaticArray<i64>(0);
  private sorted: StaticArray<i64> = new StaticArray<i64>(0);
  /** End of each bucket in `sorted`. */
  private readonly ends: StaticArray<i32> = new StaticArray<i32>(BUCKETS + 1);
  private readonly ready: StaticArray<u8> = new StaticArray<u8>(BUCKETS + 1);

  /**
   * Takes `metric` of the samples `first` and later that belong to `pool` (-2: of all pools and none; -1: of no pool), of completed requests alone if asked.
   * Requests that cannot have the figure are left out.
   */
  gather(samples: Samples, metric: i32, pool: i32, first: i32, completedMetric: i32): void {
    this.reserve(samples.count - first);
    const values = this.values;
    let count = 0;
    for (let i = first; i < samples.count; i++) {
      if (pool != -2 && samples.pool(i) != pool) continue;
      if (completedMetric >= 0 && samples.tick(completedMetric, i) == NEVER_TICK) continue;
      const tick = samples.tick(metric, i);
      if (tick != NOT_APPLICABLE) values[count++] = tick;
    }
    this.count = count;
    this.scatter();
  }

  /**
   * How many of the samples `first` and later of `pool` (as in `gather`) keep within all three limits, ticks, of which the first is for the metric `first token`
   * and the second for the metric `per token`. A figure that the request cannot have keeps within any limit, one that it did not reach within none.
   */
  countWithin(
    samples: Samples,
    pool: i32,
    first: i32,
    firstToken: i32,
    perToken: i32,
    ttft: Tick,
    tpot: Tick,
    e2e: Tick,
  ): i32 {
    let within = 0;
    for (let i = first; i < samples.count; i++) {
      if (pool != -2 && samples.pool(i) != pool) continue;
      within += i32(
        samples.tick(firstToken, i) <= ttft && samples.tick(perToken, i) <= tpot && samples.tick(METRIC_E2E, i) <= e2e,
      );
    }
    return within;
  }

  /** The value of rank `rank`, counted from 1; NEVER_TICK where that one was not reached. */
  select(rank: i32): Tick {
    if (rank < 1 || rank > this.reached) return NEVER_TICK;
    const place = rank - 1;
    let low = 0;
    let high = BUCKETS - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ends[middle] > place) high = middle;
      else low = middle + 1;
    }
    if (!this.ready[low]) {
      sort(this.sorted, low > 0 ? this.ends[low - 1] : 0, this.ends[low]);
      this.ready[low] = 1;
    }
    return this.sorted[place];
  }

  /** Counts the values above `tick` in each of BATCHES runs of equal length, into `above`. Batch b holds values floor(b * count / BATCHES) and on. */
  countAbove(tick: Tick): void {
    let from = 0;
    for (let batch = 0; batch < BATCHES; batch++) {
      const to = <i32>((<i64>this.count * (batch + 1)) / BATCHES);
      let above = 0;
      for (let i = from; i < to; i++) above += i32(this.values[i] > tick);
      this.above[batch] = <f64>above;
      from = to;
    }
  }

  private reserve(count: i32): void {
    if (count <= this.values.length) return;
    this.values = new StaticArray<i64>(count);
    this.sorted = new StaticArray<i64>(count);
  }

  private scatter(): void {
    const values = this.values;
    const ends = this.ends;
    ends.fill(0);
    this.ready.fill(0);
    let reached = 0;
    let positive = 0;
    let sum: f64 = 0;
    let largest: Tick = -1;
    for (let i = 0; i < this.count; i++) {
      const value = values[i];
      if (value == NEVER_TICK) continue;
      reached++;
      positive += i32(value > 0);
      sum += <f64>value;
      largest = max(largest, value);
      ends[bucketOf(value)]++;
    }
    let begin = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const inBucket = ends[bucket];
      ends[bucket] = begin;
      begin += inBucket;
    }
    for (let i = 0; i < this.count; i++) {
      const value = values[i];
      if (value != NEVER_TICK) this.sorted[ends[bucketOf(value)]++] = value;
    }
    this.reached = reached;
    this.positive = positive;
    this.sum = sum;
    this.largest = largest;
  }
}

/** Sorts values[from .. to) in place: heap sort, so that no input makes it quadratic or deep. */
function sort(values: StaticArray<i64>, from: i32, to: i32): void {
  const count = to - from;
  for (let root = (count >> 1) - 1; root >= 0; root--) sink(values, from, root, count);
  for (let end = count - 1; end > 0; end--) {
    const largest = values[from];
    values[from] = values[from + end];
    values[from + end] = largest;
    sink(values, from, 0, end);
  }
}

function sink(values: StaticArray<i64>, from: i32, root: i32, count: i32): void {
  const value = values[from + root];
  for (;;) {
    let child = 2 * root + 1;
    if (child >= count) break;
    if (child + 1 < count && values[from + child + 1] > values[from + child]) child++;
    if (values[from + child] <= value) break;
    values[from + root] = values[from + child];
    root = child;
  }
  values[from + root] = value;
}
