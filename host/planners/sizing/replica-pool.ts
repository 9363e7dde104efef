import type { Pool } from "../../specs/fleet.js";
import { fleetOf, poolInput, type ReplicaOption } from "./replica-option.js";

/** Pools that were resolved, by their windows: many segments share them. */
const resolved = new WeakMap<ReplicaOption, Map<number, Pool>>();

/**
 * A pool of one replica of a kind.
 *
 * @param maxCtx Its window, tokens.
 * @throws InputError if there is no such pool.
 */
export function replicaPool(option: ReplicaOption, maxCtx: number): Pool {
  const byWindow = resolved.get(option) ?? new Map<number, Pool>();
  resolved.set(option, byWindow);
  const pool = byWindow.get(maxCtx) ?? fleetOf([poolInput(option, { id: "pool", replicas: 1, maxCtx })]).pools[0]!;
  byWindow.set(maxCtx, pool);
  return pool;
}

/** A pool of more replicas, or fewer, of the same kind. */
export function withReplicas(pool: Pool, replicas: number): Pool {
  const gpus = replicas * pool.profile.gpusPerReplica;
  return { ...pool, replicas, gpus, costPerHr: gpus * pool.profile.costPerHr };
}
