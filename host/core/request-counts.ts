import * as C from "../../assembly/contract.js";
import type { Reading } from "./reading.js";

/** Why requests were turned away. */
export interface RejectedByReason {
  too_long_for_pool: number;
  too_long_for_every_pool: number;
  queue_full: number;
}

/**
 * Where every request of the run went: `arrived = completed + rejected + unfinished`. Where prefill and decode are apart, a request is completed, or unfinished, in the pool where it is
 * then: there a pool has `arrived + taken_over = completed + rejected + unfinished + handed_over + spilled`.
 */
export interface RequestCounts {
  arrived: number;
  completed: number;
  rejected: number;
  rejected_by_reason: RejectedByReason;
  /** Waiting or in service when the clock stopped. */
  unfinished: number;
  /** Simulated and counted here, but not in percentiles, attainment and rates. */
  warmup_excluded: number;
  /** Shortened by the router on their way here. */
  compressed: number;
  /** Sent to the default pool because no label named one. */
  routed_by_default: number;
  /** This and what follows: staged fleets alone. Left for the decode pool once their prompt was computed. */
  handed_over?: number;
  /** Left for the decode pool before their prompt. */
  spilled?: number;
  /** Came from a prefill pool, either way. */
  taken_over?: number;
  /** Decoded where they were prefilled, for want of room in the decode pool. */
  kept?: number;
}

/** Reads where the requests of a pool went, or those that no pool took. */
export function readCounts(
  { simulation, course, first, poolCount, stages }: Reading,
  scope: number | "none",
): RequestCounts {
  const row = simulation.figures(scope);
  const rejectedByReason: RejectedByReason = {
    too_long_for_pool: row[C.FIGURE_REJECTED_TOO_LONG_FOR_POOL]!,
    too_long_for_every_pool: row[C.FIGURE_REJECTED_TOO_LONG_FOR_EVERY_POOL]!,
    queue_full: row[C.FIGURE_REJECTED_QUEUE_FULL]!,
  };
  const arrived = row[C.FIGURE_ARRIVED]!;
  const measured =
    simulation.sampleStride === 1
      ? simulation.gather("ttft", scope, first, false).count
      : arrived - Math.round(course.window(scope === "none" ? poolCount : scope).begin.arrived);
  return {
    arrived,
    completed: row[C.FIGURE_COMPLETED]!,
    rejected:
      rejectedByReason.too_long_for_pool + rejectedByReason.too_long_for_every_pool + rejectedByReason.queue_full,
    rejected_by_reason: rejectedByReason,
    unfinished: row[C.FIGURE_UNFINISHED]!,
    warmup_excluded: arrived - measured,
    compressed: row[C.FIGURE_COMPRESSED]!,
    routed_by_default: row[C.FIGURE_BY_DEFAULT]!,
    ...(stages ? readMoves(row) : {}),
  };
}

function readMoves(row: Float64Array) {
  return {
    handed_over: row[C.FIGURE_HANDED_OVER]!,
    spilled: row[C.FIGURE_SPILLED]!,
    taken_over: row[C.FIGURE_TAKEN_OVER]!,
    kept: row[C.FIGURE_KEPT]!,
  };
}

/** Adds counts up, reason by reason. */
export function sumCounts(counts: readonly RequestCounts[]): RequestCounts {
  const sum = (of: (count: RequestCounts) => number) => counts.reduce((total, count) => total + of(count), 0);
  return {
    arrived: sum((count) => count.arrived),
    completed: sum((count) => count.completed),
    rejected: sum((count) => count.rejected),
    rejected_by_reason: {
      too_long_for_pool: sum((count) => count.rejected_by_reason.too_long_for_pool),
      too_long_for_every_pool: sum((count) => count.rejected_by_reason.too_long_for_every_pool),
      queue_full: sum((count) => count.rejected_by_reason.queue_full),
    },
    unfinished: sum((count) => count.unfinished),
    warmup_excluded: sum((count) => count.warmup_excluded),
    compressed: sum((count) => count.compressed),
    routed_by_default: sum((count) => count.routed_by_default),
    ...(counts[0]?.handed_over === undefined
      ? {}
      : {
          handed_over: sum((count) => count.handed_over ?? 0),
          spilled: sum((count) => count.spilled ?? 0),
          taken_over: sum((count) => count.taken_over ?? 0),
          kept: sum((count) => count.kept ?? 0),
        }),
  };
}
