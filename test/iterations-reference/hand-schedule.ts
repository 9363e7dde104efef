import type { IterationsCase } from "./case.js";
import type { PoolTotals } from "./totals.js";

/** A case with what must become of its requests, ms; `Infinity` where not reached. */
export interface HandSchedule {
  one: IterationsCase;
  startMs: number[];
  firstTokenMs: number[];
  endMs: number[];
  /** From reaching the pool to the start. */
  waitMs?: number[];
  /** Of the first pool. */
  totals?: Partial<Omit<PoolTotals, "itlGaps">>;
  /** Gaps before the output tokens of the first pool, ms, shortest first. */
  gapsMs?: number[];
}
