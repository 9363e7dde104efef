import type { Course, Moment } from "./course.js";

/** How a pool went through the measured window, in {@link COURSE_STRETCHES} equal parts: the end of each, and averages in it. */
export interface PoolCourse {
  /** Ends of the parts, s of the simulated clock. */
  t_s: number[];
  /** Requests in service. */
  running: number[];
  waiting: number[];
  /** Share of the KV blocks in use. */
  kv: number[];
  /** Pools of staged fleets that prefill or decode: share of the KV blocks that is held for a transfer, or granted and not seated; part of `kv`. */
  kv_outside?: number[];
}

/** Parts into which a {@link PoolCourse} cuts the window. */
const COURSE_STRETCHES = 64;

const TICKS_PER_SECOND = 1e9;

/**
 * Reads the course of the pool with this index.
 *
 * @param kvBlocks KV blocks of all its replicas.
 * @param handsOver Whether requests are handed over from or to it.
 */
export function readPoolCourse(course: Course, index: number, kvBlocks: number, handsOver = false): PoolCourse {
  const moments = course.stretches(index, COURSE_STRETCHES);
  const told: PoolCourse = { t_s: [], running: [], waiting: [], kv: [] };
  const outside: number[] = [];
  for (let i = 1; i < moments.length; i++) {
    const from = moments[i - 1]!;
    const to = moments[i]!;
    const ticks = to.tick - from.tick;
    if (ticks <= 0) continue;
    told.t_s.push(to.tick / TICKS_PER_SECOND);
    const mean = (area: keyof Moment) => (to[area] - from[area]) / ticks;
    told.running.push(mean("busyArea"));
    told.waiting.push(mean("waitingArea"));
    told.kv.push((to.kvArea - from.kvArea) / (ticks * kvBlocks));
    outside.push((to.outsideArea - from.outsideArea) / (ticks * kvBlocks));
  }
  return handsOver ? { ...told, kv_outside: outside } : told;
}
