import { type FieldPath, pathText } from "../../specs/check.js";
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
  const pool = byWindow.get(maxCtx) ?? onePool(option, maxCtx);
  byWindow.set(maxCtx, pool);
  return pool;
}

function onePool(option: ReplicaOption, maxCtx: number): Pool {
  const input = poolInput(option, { id: "pool", replicas: 1, maxCtx });
  // Of pools[0]: the only one.
  const naming = (path: FieldPath) => `${option.name}: ${pathText(path.slice(2), "the pool")}`;
  return fleetOf([input], undefined, naming).pools[0]!;
}

/** A pool of more replicas, or fewer, of the same kind. */
export function withReplicas(pool: Pool, replicas: number): Pool {
  const gpus = replicas * pool.profile.gpusPerReplica;
  return { ...pool, replicas, gpus, costPerHr: gpus * pool.profile.costPerHr };
}
