import type { Core } from "../../core/load.js";
import type { Engine } from "../../specs/fleet-spec.js";
import type { LengthLaw } from "../../workloads/length-law/length-law.js";
import type { PoolLoad, SizingObjective } from "./pool-estimate.js";
import type { RequestSupply } from "./request-supply.js";

/** What of a P99 has to lie within its limit: the upper end of its 95 % interval, so that other requests of the kind keep it as well; or the figure itself, so that these do. */
export const SIZE_BY = ["interval", "p99"] as const;
/** One of {@link SIZE_BY}. */
export type SizeBy = (typeof SIZE_BY)[number];

/** What all pools that are sized for one question have in common. */
export interface SizingProblem {
  engine: Engine;
  objective: SizingObjective;
  /** What of a P99 has to lie within its limit. */
  sizeBy: SizeBy;
  /** All requests, a second. */
  rateRps: number;
  /** Their lengths. */
  law: LengthLaw;
  /** The requests themselves, at that rate. */
  supply: RequestSupply;
  /** Tokens that a prompt block of the requests stands for; absent: they have none. */
  blockTokens?: number;
  /** Other requests of the same kind, which confirm what was found; absent: there are none. */
  fresh?: RequestSupply;
  /** Requests of a pool that are simulated; absent: as many as the pool needs to settle. */
  requests?: number;
  seed: number;
  core: Core;
  /** Told of every run. Waited for, so that it can let other work have its turn. */
  onRun?: (runs: number) => void | Promise<void>;
  /** Runs so far. */
  runs: number;
  /** Loads of segments that were worked out: kinds of replica share them. */
  readonly loads: Map<string, PoolLoad>;
}
