import type { CoreDraw } from "../../core/run-spec.js";
import type { Simulation } from "../../core/simulation.js";
import type { Fleet } from "../../specs/fleet.js";

/** Requests by their total tokens. */
export interface TotalsRange {
  /** Total tokens, input and output together, are more than this ... */
  above: number;
  /** ... and at most this. */
  upTo: number;
}

/** Requests that the runs of a pool play: the same ones in each. */
export interface PoolRequests {
  count: number;
  /** Requests of the whole workload among which there are so many, about. */
  lookedAt: number;
  /** From the first of them to the last, s, about. */
  spanS: number;
  /** What the core draws them from; absent: they are fed. */
  draw?: CoreDraw;
  /**
   * Plays them.
   *
   * @param isEnough Asked now and then whether enough was seen: then the rest is not played. Default: never.
   */
  feed(simulation: Simulation, fleet: Fleet, isEnough?: () => boolean): Promise<void>;
}

/** Requests to plan for, in parts by length. */
export interface RequestSupply {
  /**
   * `count` requests of the range; fewer where there are no more. Of requests that vary in time rather more, so that they are those of whole rounds of the variation.
   *
   * @param isCount Whether there are to be so many and no more.
   */
  part(range: TotalsRange, count: number, isCount?: boolean): Promise<PoolRequests>;
}

/** Requests that are played before {@link PoolRequests.feed} asks whether enough was seen. */
export const ROWS_AT_ONCE = 2048;
