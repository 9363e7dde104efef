/** A request on its way through the fleet. */
import type { Request } from "./case.js";
import type { Demand } from "./demand.js";

export type RejectReason = "too_long_for_pool" | "too_long_for_every_pool" | "queue_full";

export interface Job {
  ordinal: number;
  request: Request;
  /** Input tokens after any compression. */
  input: number;
  compressed: boolean;
  /** Sent to the default pool for want of a label that names one. */
  byDefault: boolean;
  arrivalTick: number;
  /** Index in the fleet; -1: no pool took it. */
  pool: number;
  /** Index in its pool; -1: none chosen yet, or none ever. */
  replica: number;
  /** Known once a pool that holds it is found. */
  demand: Demand | null;
  /** When it reached its pool, started and ended; `null` before. */
  reachTick: number | null;
  startTick: number | null;
  endTick: number | null;
  rejected: RejectReason | null;
}

/** When a job in service will end. */
export function dueTick(job: Job): number {
  return job.startTick! + job.demand!.prefillTicks + job.demand!.decodeTicks;
}
