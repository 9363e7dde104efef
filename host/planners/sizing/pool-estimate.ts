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
  /** Time from arrival to last token, mean, s. */
  meanE2eS: number;
}

/** Share of requests that may exceed the objective: it is the 99th percentile that is sized. */
export const BEYOND = 0.01;

/** Estimates of a pool under the load of its segment, for any number of replicas. */
export interface PoolEstimator {
  /** Replicas that could just serve the load if none ever were idle: with fewer, the backlog grows. Not whole. */
  readonly leastReplicas: number;
  at(replicas: number): PoolEstimate;
  /** Whether the P99 of TTFT of so many is at most this, s. */
  keeps(replicas: number, ttftS: number): boolean;
}

/** What a pool has to serve. */
export interface PoolLoad {
  rateRps: number;
  /** Lengths; weights need not sum to 1. */
  nodes: LengthNodes;
}
