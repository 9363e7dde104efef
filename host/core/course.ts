import * as C from "../../assembly/contract.js";
import type { Simulation } from "./simulation.js";

/** What a pool's series says at one moment; between two points, by interpolation. Areas and ticks in ns. */
export interface Moment {
  tick: number;
  waiting: number;
  busyArea: number;
  kvArea: number;
  waitingArea: number;
  arrived: number;
  completed: number;
  outputTokens: number;
  /** Requests in service now; this and what follows: see SERIES_ of assembly/contract.ts. */
  busy: number;
  iterations: number;
  lanesBusyArea: number;
  prefillTokens: number;
  decodeTokens: number;
  contextTokens: number;
  prefillWork: number;
  preemptions: number;
  /** Staged fleets: requests so far that left to, or came from, another pool. */
  handedOver: number;
  takenOver: number;
  linkBytes: number;
  /** Blocks of nobody who runs. */
  outsideArea: number;
}

const FIELD_OF: Record<keyof Moment, number> = {
  tick: C.SERIES_TICK,
  waiting: C.SERIES_WAITING,
  busyArea: C.SERIES_BUSY_AREA,
  kvArea: C.SERIES_KV_AREA,
  waitingArea: C.SERIES_WAITING_AREA,
  arrived: C.SERIES_ARRIVED,
  completed: C.SERIES_COMPLETED,
  outputTokens: C.SERIES_OUTPUT_TOKENS,
  busy: C.SERIES_BUSY,
  iterations: C.SERIES_ITERATIONS,
  lanesBusyArea: C.SERIES_LANES_BUSY_AREA,
  prefillTokens: C.SERIES_PREFILL_TOKENS,
  decodeTokens: C.SERIES_DECODE_TOKENS,
  contextTokens: C.SERIES_CONTEXT_TOKENS,
  prefillWork: C.SERIES_PREFILL_WORK,
  preemptions: C.SERIES_PREEMPTIONS,
  handedOver: C.SERIES_HANDED_OVER,
  takenOver: C.SERIES_TAKEN_OVER,
  linkBytes: C.SERIES_LINK_BYTES,
  outsideArea: C.SERIES_OUTSIDE_AREA,
};

/** What a pool's series says at the begin and the end of the measured window. */
export interface Window {
  begin: Moment;
  end: Moment;
}

/** How a run went: the series of every pool, over the measured window. */
export class Course {
  private readonly values: Float64Array;
  private readonly rows: number;
  private readonly points: number;
  /** First point of the window, a fraction of a point where the window begins between two. */
  private readonly begin: number;

  /** @param first Ordinal of the first measured request: the window runs from its arrival to the last point. */
  constructor(simulation: Simulation, first: number) {
    const { points, rows, values } = simulation.series();
    this.points = points;
    this.rows = rows;
    this.values = values;
    this.begin = this.pointBefore(first);
  }

  /** The state of a pool (the row after the last: requests that no pool took) at the begin and the end of the window. */
  window(pool: number): Window {
    return { begin: this.at(pool, this.begin), end: this.at(pool, this.points - 1) };
  }

  /** `count` equal stretches of the window, as `count + 1` moments. */
  stretches(pool: number, count: number): Moment[] {
    const length = this.points - 1 - this.begin;
    return Array.from({ length: count + 1 }, (_, i) => this.at(pool, this.begin + (length * i) / count));
  }

  private pointBefore(ordinal: number): number {
    let point = 0;
    while (point + 1 < this.points && this.value(0, point + 1, C.SERIES_ORDINAL) <= ordinal) point++;
    if (point + 1 >= this.points) return Math.max(0, this.points - 1);
    const from = this.value(0, point, C.SERIES_ORDINAL);
    const to = this.value(0, point + 1, C.SERIES_ORDINAL);
    return point + (to > from ? (ordinal - from) / (to - from) : 0);
  }

  private at(pool: number, place: number): Moment {
    const point = Math.floor(place);
    const next = Math.min(point + 1, this.points - 1);
    const share = place - point;
    const moment = {} as Moment;
    for (const name of Object.keys(FIELD_OF) as (keyof Moment)[]) {
      const field = FIELD_OF[name];
      const from = this.value(pool, point, field);
      moment[name] = from + share * (this.value(pool, next, field) - from);
    }
    return moment;
  }

  private value(pool: number, point: number, field: number): number {
    return this.values[(point * this.rows + pool) * C.SERIES_FIELDS + field]!;
  }
}
