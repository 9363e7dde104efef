/** Time integrals of a pool's state. */
import { blocksInUse, busySlots, outstanding, type PoolState, waiting } from "./pool-state.js";

/** Each is a count times ticks, since the start of the run. */
export interface Integrals {
  busySlots: number;
  kvBlocks: number;
  waiting: number;
  /** Waiting or in service. */
  inSystem: number;
}

export function noTime(): Integrals {
  return { busySlots: 0, kvBlocks: 0, waiting: 0, inSystem: 0 };
}

/** Adds a stretch of time through which the pool did not change. */
export function addElapsed(integrals: Integrals, state: PoolState, ticks: number): void {
  integrals.busySlots += busySlots(state) * ticks;
  integrals.kvBlocks += blocksInUse(state) * ticks;
  integrals.waiting += waiting(state) * ticks;
  integrals.inSystem += outstanding(state) * ticks;
  if (!Number.isSafeInteger(Math.max(integrals.kvBlocks, integrals.inSystem))) {
    throw new RangeError("an integral is no longer an exact integer: shorten the run");
  }
}

export function addIntegrals(a: Integrals, b: Integrals): Integrals {
  return {
    busySlots: a.busySlots + b.busySlots,
    kvBlocks: a.kvBlocks + b.kvBlocks,
    waiting: a.waiting + b.waiting,
    inSystem: a.inSystem + b.inSystem,
  };
}
