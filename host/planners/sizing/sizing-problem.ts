import type { Core } from "../../core/load.js";
import type { Engine } from "../../specs/fleet-spec.js";
import type { LengthLaw } from "../../workloads/length-law/length-law.js";
import type { PoolLoad } from "./pool-estimate.js";
import type { RequestSupply } from "./request-supply.js";

/** What a fleet is to keep within: the 99th percentile of each figure that has a limit, in every pool. */
export interface SizingObjective {
  /** Time to first token, wait and own prefill together, ms. */
  ttftMs: number;
  /** Time per output token, ms; absent: no limit. */
  tpotMs?: number;
}

/** What all pools that are sized for one question have in common. */
export interface SizingProblem {
  engine: Engine;
  objective: SizingObjective;
  /** All requests, a second. */
  rateRps: number;
  /** Their lengths. */
  law: LengthLaw;
  /** The requests themselves, at that rate. */
  supply: RequestSupply;
  /** Tokens that a prompt block of the requests stands for; absent: they have none. */
  blockTokens?: number;
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
