/**
 * One whole question to the request-level engine as plain data: a fleet, the requests it meets and how the run is made.
 *
 * The rules are those of `docs/reference/slots-engine.md`; nothing here is shared with the engine itself, so that the two can be
 * compared. All times are seconds, all lengths tokens.
 */

/** How a pool with a queue a replica chooses one. */
export type Balance = "least_outstanding" | "least_queue" | "round_robin" | "two_choices";

/** A pool of like replicas. */
export interface Pool {
  id: string;
  replicas: number;
  /** Requests at once in a replica. */
  slots: number;
  /** Longest request served, input + output tokens. */
  maxCtx: number;
  /** KV memory of a replica, blocks. */
  kvBlocks: number;
  /** Tokens in a block. */
  blockSize: number;
  /** Constant part of the iteration time, seconds. */
  W: number;
  /** Seconds an iteration takes longer for each sequence of `calibrationCtx` tokens. */
  H: number;
  calibrationCtx: number;
  /** Input tokens prefilled in one iteration. */
  chunk: number;
  queue: "replica" | "shared";
  /** Most requests waiting in one queue; `Infinity` for no limit. */
  maxQueue: number;
  balance: Balance;
}

/** How a request finds its pool. Pools are named by their index in the fleet. */
export type Router =
  | {
      type: "length";
      /** `null`: no threshold. */
      threshold: number | null;
      /** What is compared with the threshold: input + output, or the input alone. */
      by: "total" | "input";
    }
  | {
      type: "compress_route";
      bShort: number;
      gamma: number;
      pCompress: number;
      safeCategories: readonly number[];
      compressLatencyS: number;
    }
  | { type: "spillover"; threshold: number; spillThreshold: number }
  | { type: "least_loaded" }
  | { type: "model" | "semantic"; defaultPool: number }
  | { type: "random" }
  | { type: "round_robin" };

/** Pools in the order of the fleet file, and the router in front of them. */
export interface Fleet {
  pools: readonly Pool[];
  router: Router;
}

/** A request of the workload. */
export interface Request {
  arrivalS: number;
  /** Input tokens before any compression. */
  input: number;
  output: number;
  /** Index of the pool that the request's label names; -1 for no label or one that names no pool. */
  label: number;
  /** 0..63. */
  category: number;
}

/** How a run is made. */
export interface RunOptions {
  /** 0 .. 2^53 - 1. */
  seed: number;
  replication: number;
  /** `Infinity`: until all is served. */
  horizonS: number;
  /** Share of the arrived requests, from the first on, that is simulated and not measured. */
  warmup: number;
}

/** A fleet, the requests in order of arrival, and the options of the run. */
export interface Case {
  fleet: Fleet;
  requests: readonly Request[];
  options: RunOptions;
}
