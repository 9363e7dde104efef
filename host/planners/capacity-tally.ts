import * as C from "../../assembly/contract.js";
import { rankOf } from "../core/distribution.js";
import { batchHalfWidth, meanInterval } from "../core/intervals.js";
import type { ResultRows } from "../core/simulation.js";

/** A time of a request that can be limited. */
export type RequestLimit = "ttft" | "tpot" | "e2e";

/** Limits of a request's times, ms; one that is not there was not set. */
export type RequestLimits = Partial<Record<RequestLimit, number>>;

/** A time of the measured arrivals beside its limit. */
export interface LimitedTime {
  limit: RequestLimit;
  limit_ms: number;
  /** Share of the arrivals that exceeded it, those that never came so far included. */
  missed: number;
  /** The percentile that the objective is about, ms; `null` where it falls among arrivals that never came so far. */
  value_ms: number | null;
  /** 95 % confidence interval of that. */
  value_ci95_ms: [number, number] | null;
}

/** How the measured arrivals of a run, or of several, kept their limits. */
export interface Attained {
  /** Measured arrivals. */
  measured: number;
  /** Share of them that kept within all limits. */
  attainment: number;
  /** 95 % confidence interval of that. */
  attainment_ci95: [number, number];
  /** Share of them that were turned away. */
  lost: number;
  limits: LimitedTime[];
}

const TICKS_PER_MS = 1e6;

/** Collects the times of the requests of one run, in order of arrival. */
export class Tally {
  private count = 0;
  private readonly lost = new Column();
  private readonly times: Record<RequestLimit, Column> = { ttft: new Column(), tpot: new Column(), e2e: new Column() };

  constructor(private readonly limits: RequestLimits) {}

  /** Takes settled requests. */
  add(rows: ResultRows): void {
    const isLost = this.lost.extend(rows.count);
    for (let i = 0; i < rows.count; i++) isLost[i] = Number(rows.status[i] !== C.STATUS_COMPLETED);
    for (const limit of limitNames(this.limits)) {
      this.times[limit].extend(rows.count).set(rows[limit].subarray(0, rows.count));
    }
    this.count += rows.count;
  }

  /**
   * How they kept their limits.
   *
   * @param warmup Share of the requests, from the first on, that are not measured.
   * @param share Of the arrivals that are to keep within all limits.
   */
  read(warmup: number, share: number): Attained {
    const first = Math.floor(warmup * this.count);
    const measured = this.count - first;
    const missed = new Uint8Array(measured);
    const limits = limitNames(this.limits).map((limit) =>
      readTime(this.times[limit].from(first), { limit, limitMs: this.limits[limit]!, share, missed }),
    );
    const lost = this.lost.from(first);
    lost.forEach((isLost, i) => (missed[i]! |= isLost));
    const attainment = measured === 0 ? 0 : missed.reduce((kept, isMissed) => kept - isMissed, measured) / measured;
    const halfWidth = measured === 0 ? 0 : halfWidthOf((i) => missed[i]! > 0, measured, 1 - share);
    return {
      measured,
      attainment,
      attainment_ci95: [Math.max(0, attainment - halfWidth), Math.min(1, attainment + halfWidth)],
      lost: shareOf(lost),
      limits,
    };
  }
}

/** Puts independent runs together: means, with the intervals of Student's t. One run is given back as it is. */
export function combineAttained(runs: readonly Attained[]): Attained {
  const first = runs[0];
  if (first === undefined) throw new RangeError("no run to combine");
  if (runs.length === 1) return first;
  const attainment = meanInterval(runs.map((run) => run.attainment));
  return {
    measured: runs.reduce((sum, run) => sum + run.measured, 0),
    attainment: attainment.mean,
    attainment_ci95: [
      Math.max(0, attainment.mean - attainment.halfWidth!),
      Math.min(1, attainment.mean + attainment.halfWidth!),
    ],
    lost: meanInterval(runs.map((run) => run.lost)).mean,
    limits: first.limits.map((time, index) =>
      combineTimes(
        runs.map((run) => run.limits[index]!),
        time,
      ),
    ),
  };
}

function combineTimes(times: readonly LimitedTime[], { limit, limit_ms }: LimitedTime): LimitedTime {
  const missed = meanInterval(times.map((time) => time.missed)).mean;
  const values = times.map(({ value_ms }) => value_ms);
  if (!values.every((value) => value !== null)) return { limit, limit_ms, missed, value_ms: null, value_ci95_ms: null };
  const { mean, halfWidth } = meanInterval(values);
  return {
    limit,
    limit_ms,
    missed,
    value_ms: mean,
    value_ci95_ms: [Math.max(0, mean - halfWidth!), mean + halfWidth!],
  };
}

function limitNames(limits: RequestLimits): RequestLimit[] {
  return (["ttft", "tpot", "e2e"] as const).filter((limit) => limits[limit] !== undefined);
}

interface TimeReading {
  limit: RequestLimit;
  limitMs: number;
  share: number;
  /** Set to 1 for each arrival that exceeded the limit. */
  missed: Uint8Array;
}

function readTime(ticks: Float64Array, { limit, limitMs, share, missed }: TimeReading): LimitedTime {
  const limitTicks = limitMs * TICKS_PER_MS;
  let exceeded = 0;
  for (let i = 0; i < ticks.length; i++) {
    if (ticks[i]! <= limitTicks) continue;
    exceeded++;
    missed[i] = 1;
  }
  const told = limit === "tpot" ? ticks.filter((time) => time !== C.NOT_APPLICABLE) : ticks.slice();
  const inOrder = told.slice().sort();
  const at = (p: number) => inOrder[rankOf(p, inOrder.length) - 1]!;
  const shared = { limit, limit_ms: limitMs, missed: ticks.length === 0 ? 0 : exceeded / ticks.length };
  const value = inOrder.length === 0 ? Infinity : at(share);
  if (value === Infinity) return { ...shared, value_ms: null, value_ci95_ms: null };
  const halfWidth = halfWidthOf((i) => told[i]! > value, told.length, 1 - share);
  const reached = inOrder.findLast((time) => time < Infinity)!;
  const high = Math.min(reached, at(Math.min(1, share + halfWidth)));
  return {
    ...shared,
    value_ms: value / TICKS_PER_MS,
    value_ci95_ms: [at(Math.max(0, share - halfWidth)) / TICKS_PER_MS, high / TICKS_PER_MS],
  };
}

/** 95 % half-width of the share of arrivals for which something is so, by batch means. */
function halfWidthOf(isSo: (arrival: number) => boolean, count: number, tail: number): number {
  const above = new Float64Array(C.BATCHES);
  const sizes: number[] = [];
  let arrival = 0;
  for (let batch = 0; batch < C.BATCHES; batch++) {
    const end = Math.floor(((batch + 1) * count) / C.BATCHES);
    sizes.push(end - arrival);
    for (; arrival < end; arrival++) above[batch]! += Number(isSo(arrival));
  }
  return batchHalfWidth(above, sizes, tail);
}

function shareOf(flags: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < flags.length; i++) sum += flags[i]!;
  return flags.length === 0 ? 0 : sum / flags.length;
}

/** A column of numbers that grows. */
class Column {
  private values = new Float64Array(1 << 15);
  private length = 0;

  /** Makes room for more values at the end, to be written by the caller. */
  extend(more: number): Float64Array {
    const from = this.length;
    this.length += more;
    if (this.length > this.values.length) {
      const larger = new Float64Array(2 * this.length);
      larger.set(this.values.subarray(0, from));
      this.values = larger;
    }
    return this.values.subarray(from, this.length);
  }

  /** The values from an index on. */
  from(first: number): Float64Array {
    return this.values.subarray(first, this.length);
  }
}
