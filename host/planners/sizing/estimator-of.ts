import type { Pool } from "../../specs/fleet.js";
import type { Engine } from "../../specs/fleet-spec.js";
import { estimateIterations } from "./iterations-estimate.js";
import type { PoolEstimate, PoolEstimator, PoolLoad } from "./pool-estimate.js";
import { estimateSlots } from "./slots-estimate.js";

/**
 * What analysis expects of a pool under a load.
 *
 * @param pool Of one replica; only what a replica is counts.
 */
export function estimatorOf(engine: Engine, pool: Pool, load: PoolLoad): PoolEstimator {
  return remembered(engine === "slots" ? estimateSlots(pool, load) : estimateIterations(pool, load));
}

/** The same estimator, which works out each number of replicas once. */
function remembered(estimator: PoolEstimator): PoolEstimator {
  const estimates = new Map<number, PoolEstimate>();
  return {
    ...estimator,
    at: (replicas) => {
      const estimate = estimates.get(replicas) ?? estimator.at(replicas);
      estimates.set(replicas, estimate);
      return estimate;
    },
  };
}
