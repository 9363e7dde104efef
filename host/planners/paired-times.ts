import { rankOf } from "../core/distribution.js";
import type { ResultRows } from "../core/simulation.js";

const TICKS_PER_MS = 1e6;

/** Batches into which a run is cut: ten cover better than twenty, see host/core/intervals.ts. */
export const PAIRED_BATCHES = 10;

/** Most times that are kept of a run; of longer ones every second, third, ... request is kept. */
const MOST_TIMES = 2 ** 20;

/** Requests that a batch must have for its P99 to be more than its maximum. */
const LEAST_FOR_P99 = 100;

/** Figures of the times to first token in one batch of consecutive requests. */
export interface BatchFigures {
  /** ms; `null` where it falls among requests that were never served, or there are too few. */
  p99Ms: number | null;
  /** Of the served ones, ms; `null` if there is none. */
  meanMs: number | null;
  /** Share of all that kept within the objective; `null` if the batch is empty. */
  attainment: number | null;
}

/**
 * The times to first token of a run's measured requests, kept in order of arrival, so that runs of the same requests can be compared batch by batch. It takes
 * at most 8 MB, whatever the run.
 */
export class PairedTimes {
  private readonly times: Float64Array;
  private readonly stride: number;
  private next: number;
  private kept = 0;
  private seen = 0;

  /**
   * @param count Requests of the run.
   * @param first Ordinal of the first that is measured.
   */
  constructor(count: number, first: number) {
    const measured = Math.max(0, count - first);
    this.stride = Math.max(1, Math.ceil(measured / MOST_TIMES));
    this.times = new Float64Array(Math.ceil(measured / this.stride));
    this.next = first;
  }

  /** Takes settled requests, in order of arrival. */
  take(rows: ResultRows): void {
    const { stride, times } = this;
    const end = this.seen + rows.count;
    for (; this.next < end && this.kept < times.length; this.next += stride) {
      times[this.kept++] = rows.ttft[this.next - this.seen]!;
    }
    this.seen = end;
  }

  /** The figures of each batch. */
  batches(sloMs: number): BatchFigures[] {
    const bound = (batch: number) => Math.floor((batch * this.kept) / PAIRED_BATCHES);
    return Array.from({ length: PAIRED_BATCHES }, (_, batch) =>
      figuresOf(this.times.subarray(bound(batch), bound(batch + 1)), sloMs),
    );
  }
}

function figuresOf(ticks: Float64Array, sloMs: number): BatchFigures {
  const count = ticks.length;
  const served = ticks.filter((time) => time < Infinity);
  const p99 = count < LEAST_FOR_P99 ? Infinity : ticks.slice().sort()[rankOf(0.99, count) - 1]!;
  const within = served.reduce((sum, time) => sum + Number(time <= sloMs * TICKS_PER_MS), 0);
  return {
    p99Ms: p99 < Infinity ? p99 / TICKS_PER_MS : null,
    meanMs: served.length > 0 ? served.reduce((sum, time) => sum + time, 0) / served.length / TICKS_PER_MS : null,
    attainment: count > 0 ? within / count : null,
  };
}
