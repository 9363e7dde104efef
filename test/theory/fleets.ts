import type { CorePool } from "../../host/core/run-spec.js";
import { profileModel } from "../../host/profiles/linear-model.js";
import type { Fleet, Pool } from "../../host/specs/fleet.js";
import { profileDefaults, resolveServing } from "../../host/specs/pool-serving.js";

/** A pool of a fleet with the figures of a core's pool; a replica is one GPU of one dollar an hour. */
export function fleetPool(id: string, pool: CorePool): Pool {
  const profile = {
    name: "test",
    W: pool.W,
    H: pool.H,
    calibrationCtx: pool.calibrationCtx,
    chunk: pool.chunk,
    blockSize: pool.blockSize,
    totalKvBlocks: pool.kvBlocks,
    maxSlots: pool.slots,
    costPerHr: 1,
    gpusPerReplica: 1,
  };
  return {
    id,
    profile,
    replicas: pool.replicas,
    gpus: pool.replicas,
    hasSlots: true,
    slots: pool.slots,
    maxCtx: pool.maxCtx,
    kvBlocks: pool.kvBlocks,
    queue: pool.queue,
    ...(pool.maxQueue === null ? {} : { maxQueue: pool.maxQueue }),
    balance: pool.balance,
    serving: resolveServing(undefined, pool.maxCtx, profileDefaults(profile, true)),
    iterationModel: profileModel(profile),
    hasIterationModel: false,
    costPerHr: pool.replicas,
  };
}

/** A fleet of the core's pools, named 0, 1, 2, ... */
export function fleetOf(pools: readonly CorePool[], router: Fleet["router"] = { type: "length", by: "total" }): Fleet {
  const replicas = pools.reduce((sum, pool) => sum + pool.replicas, 0);
  return {
    engine: "slots",
    pools: pools.map((pool, index) => fleetPool(String(index), pool)),
    router,
    replicas,
    gpus: replicas,
    slots: pools.reduce((sum, pool) => sum + pool.replicas * pool.slots, 0),
    costPerHr: replicas,
  };
}
