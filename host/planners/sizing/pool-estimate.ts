import type { Pool } from "../../specs/fleet.js";
import type { Engine } from "../../specs/fleet-spec.js";
import type { LengthNodes } from "../../workloads/length-law/node-list.js";
import { estimateIterations } from "./iterations-estimate.js";
import { estimateSlots } from "./slots-estimate.js";

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

/** Estimates of a pool under the load of its segment, for any number of replicas. */
export interface PoolEstimator {
  /** Replicas that could just serve the load if none ever were idle: with fewer, the backlog grows. Not whole. */
  readonly leastReplicas: number;
  at(replicas: number): PoolEstimate;
}

/** What a pool has to serve. */
export interface PoolLoad {
  rateRps: number;
  /** Lengths; weights need not sum to 1. */
  nodes: LengthNodes;
}

/** @param pool Of one replica; only what a replica is counts. */
export function estimatorOf(engine: Engine, pool: Pool, load: PoolLoad): PoolEstimator {
  return engine === "slots" ? estimateSlots(pool, load) : estimateIterations(pool, load);
}
