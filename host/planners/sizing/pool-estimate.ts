import type { LengthNodes } from "../../workloads/length-law/node-list.js";

/** What analysis expects of a pool. */
export interface PoolEstimate {
  replicas: number;
  /** Arrivals as a share of what the replicas can serve. */
  rho: number;
  /** P99 of the wait for service, and of TTFT = wait + own prefill, s; `Infinity` where `rho` is 1 or more. */
  p99WaitS: number;
  p99TtftS: number;
  /** Requests in service at a time, in all replicas. */
  running: number;
  /** Tokens that a request in service holds, on average. */
  contextPerRequest: number;
  /** Time per output token, s: of the engine `slots` its P99, of `iterations` the iteration that flow balance gives. */
  tpotS: number;
  /** Time from arrival to last token, mean, s. */
  meanE2eS: number;
}

/** What a pool is to keep within: the 99th percentile of each figure that has a limit. */
export interface SizingObjective {
  /** Time to first token, wait and own prefill together, ms. */
  ttftMs: number;
  /** Time per output token, ms; absent: no limit. */
  tpotMs?: number;
}

/** Share of requests that may exceed the objective: it is the 99th percentile that is sized. */
export const BEYOND = 0.01;

/** Values of a law that estimates work with, at most: those of 128 equal ratios from the least to the greatest are within 7 % of each other where they spread over four decades. */
export const ESTIMATE_VALUES = 128;

/** Estimates of a pool under the load of its segment, for any number of replicas. */
export interface PoolEstimator {
  /** Replicas that could just serve the load if none ever were idle: with fewer, the backlog grows. Not whole. */
  readonly leastReplicas: number;
  /** P99 of the own prefill of requests that are alone in their replica, s: no number of replicas has a shorter P99 of TTFT. */
  readonly aloneS: number;
  at(replicas: number): PoolEstimate;
  /** Whether so many keep an objective. */
  keeps(replicas: number, objective: SizingObjective): boolean;
}

/** What a pool has to serve. */
export interface PoolLoad {
  rateRps: number;
  /** Lengths; weights need not sum to 1. */
  nodes: LengthNodes;
}
