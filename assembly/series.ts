import {
  SERIES_ARRIVED,
  SERIES_BUSY,
  SERIES_BUSY_AREA,
  SERIES_COMPLETED,
  SERIES_CONTEXT_TOKENS,
  SERIES_DECODE_TOKENS,
  SERIES_FIELDS,
  SERIES_HANDED_OVER,
  SERIES_ITERATIONS,
  SERIES_KV_AREA,
  SERIES_LANES_BUSY_AREA,
  SERIES_LINK_BYTES,
  SERIES_ORDINAL,
  SERIES_OUTPUT_TOKENS,
  SERIES_OUTSIDE_AREA,
  SERIES_PREEMPTIONS,
  SERIES_PREFILL_TOKENS,
  SERIES_PREFILL_WORK,
  SERIES_TAKEN_OVER,
  SERIES_TICK,
  SERIES_WAITING,
  SERIES_WAITING_AREA,
} from "./contract";
import { Tick } from "./clock";
import { Pool } from "./fleet";
import { Serving } from "./serving";
import { Stage } from "./stage";

/** Points of a run of few pools; of many pools, fewer, to bound the memory. */
const POINTS: i32 = 512;
const POINTS_OF_MANY: i32 = 64;
const MANY_POOLS: i32 = 64;

/**
 * How a run went, in bounded memory: the state of every pool just before every stride-th arrival. When it is full every second point is
 * dropped and the stride doubles, so there are always between half the points and all of them, evenly spread over the arrivals, however long the run.
 */
export class Series {
  /** Points held. */
  points: i32 = 0;
  /** A point is due before every stride-th arrival. */
  private stride: u32 = 1;
  /** Ordinal of the next arrival that a point is due before. */
  due: u32 = 0;
  readonly values: StaticArray<f64>;
  private readonly rows: i32;
  private readonly capacity: i32;

  constructor(private readonly pools: StaticArray<Pool>) {
    const rows = pools.length + 1;
    const capacity = pools.length > MANY_POOLS ? POINTS_OF_MANY : POINTS;
    // One point more than are kept on the way: the end of the window.
    this.values = new StaticArray<f64>((capacity + 1) * rows * SERIES_FIELDS);
    this.rows = rows;
    this.capacity = capacity;
  }

  /** Records the state at `tick`, before arrival `ordinal`. `unrouted`: arrivals so far that no pool took. */
  record(tick: Tick, ordinal: u32, unrouted: f64): void {
    if (this.points == this.capacity && ordinal == this.due) this.thin();
    const first = this.points * this.rows * SERIES_FIELDS;
    for (let p = 0; p < this.pools.length; p++) {
      const pool = this.pools[p];
      pool.touch(tick);
      const row = first + p * SERIES_FIELDS;
      this.stamp(row, tick, ordinal);
      this.values[row + SERIES_WAITING] = <f64>pool.waiting;
      this.values[row + SERIES_BUSY] = <f64>pool.busy;
      this.values[row + SERIES_BUSY_AREA] = pool.busyArea;
      this.values[row + SERIES_KV_AREA] = pool.kvArea;
      this.values[row + SERIES_WAITING_AREA] = pool.waitingArea;
      this.values[row + SERIES_ARRIVED] = pool.arrived;
      this.values[row + SERIES_COMPLETED] = pool.completed;
      this.values[row + SERIES_OUTPUT_TOKENS] = pool.outputTokens;
      const serving = pool.serving;
      if (serving != null) this.recordServing(row, serving);
      const stage = pool.stage;
      if (stage != null) this.recordStage(row, stage, tick);
    }
    const last = first + this.pools.length * SERIES_FIELDS;
    this.stamp(last, tick, ordinal);
    this.values[last + SERIES_ARRIVED] = unrouted;
    this.points++;
    while (this.due <= ordinal) this.due += this.stride;
  }

  private recordServing(row: i32, serving: Serving): void {
    this.values[row + SERIES_ITERATIONS] = serving.iterations;
    this.values[row + SERIES_LANES_BUSY_AREA] = serving.busy;
    this.values[row + SERIES_PREFILL_TOKENS] = serving.prefillTokens;
    this.values[row + SERIES_DECODE_TOKENS] = serving.decodeTokens;
    this.values[row + SERIES_CONTEXT_TOKENS] = serving.contextTokens;
    this.values[row + SERIES_PREFILL_WORK] = 0.5 * serving.prefillWork;
    this.values[row + SERIES_PREEMPTIONS] = serving.preemptions;
  }

  private recordStage(row: i32, stage: Stage, tick: Tick): void {
    const outside = stage.outsideArea(tick);
    this.values[row + SERIES_KV_AREA] += outside;
    this.values[row + SERIES_OUTSIDE_AREA] = outside;
    this.values[row + SERIES_HANDED_OVER] = stage.handedOver + stage.spilled;
    this.values[row + SERIES_TAKEN_OVER] = stage.takenOver;
    this.values[row + SERIES_LINK_BYTES] = stage.linkBytes;
  }

  private stamp(row: i32, tick: Tick, ordinal: u32): void {
    this.values[row + SERIES_TICK] = <f64>tick;
    this.values[row + SERIES_ORDINAL] = <f64>ordinal;
  }

  private thin(): void {
    const width = this.rows * SERIES_FIELDS;
    const kept = this.points >> 1;
    for (let point = 0; point < kept; point++) {
      for (let i = 0; i < width; i++) this.values[point * width + i] = this.values[2 * point * width + i];
    }
    this.points = kept;
    this.stride <<= 1;
  }
}
