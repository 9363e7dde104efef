import type { FleetSpec } from "./fleet-spec.js";
import { poolProfile, poolReplicas, poolSlots, type Balance, type PoolSpec, type QueueKind } from "./pool-spec.js";
import type { ManualProfile } from "./profile-spec.js";
import type { RouterSpec } from "./router-spec.js";
import type { PoolWorkload } from "./workload-spec.js";

/** A pool in figures. */
export interface Pool {
  id: string;
  profile: ManualProfile;
  replicas: number;
  /** `replicas * profile.gpusPerReplica`. */
  gpus: number;
  /** Requests at once in a replica. */
  slots: number;
  /** Longest request, input and output tokens together. */
  maxCtx: number;
  /** KV blocks of a replica. */
  kvBlocks: number;
  queue: QueueKind;
  /** Most requests that wait in one queue; absent: no limit. */
  maxQueue?: number;
  balance: Balance;
  /** US dollars an hour for all GPUs of the pool. */
  costPerHr: number;
}

/** A fleet in figures: plain data that can be sent to a worker. */
export interface Fleet {
  engine: FleetSpec["engine"];
  /** Target for the P99 of TTFT, ms. */
  sloMs?: number;
  pools: readonly Pool[];
  router: RouterSpec;
  workloads?: readonly PoolWorkload[];
  /** Totals over the pools; `slots` counts those of every replica. */
  replicas: number;
  gpus: number;
  slots: number;
  /** US dollars an hour. */
  costPerHr: number;
}

/** Works out the figures of a fleet that has been checked. */
export function resolveFleet(spec: FleetSpec): Fleet {
  const pools = spec.pools.map(resolvePool);
  const sum = (figure: (pool: Pool) => number) => pools.reduce((total, pool) => total + figure(pool), 0);
  return {
    engine: spec.engine,
    ...(spec.sloMs === undefined ? {} : { sloMs: spec.sloMs }),
    pools,
    router: spec.router,
    ...(spec.workloads === undefined ? {} : { workloads: spec.workloads }),
    replicas: sum((pool) => pool.replicas),
    gpus: sum((pool) => pool.gpus),
    slots: sum((pool) => pool.replicas * pool.slots),
    costPerHr: sum((pool) => pool.costPerHr),
  };
}

function resolvePool(spec: PoolSpec): Pool {
  const profile = poolProfile(spec);
  const replicas = poolReplicas(spec);
  const gpus = replicas * profile.gpusPerReplica;
  return {
    id: spec.id,
    profile,
    replicas,
    gpus,
    slots: poolSlots(spec),
    maxCtx: spec.maxCtx,
    kvBlocks: profile.totalKvBlocks,
    queue: spec.queue,
    ...(spec.maxQueue === undefined ? {} : { maxQueue: spec.maxQueue }),
    balance: spec.balance,
    costPerHr: gpus * profile.costPerHr,
  };
}
