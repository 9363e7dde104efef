import type { IterationModel } from "../profiles/iteration-model.js";
import { linearModel, profileModel } from "../profiles/linear-model.js";
import { tableModel } from "../profiles/table-model.js";
import type { Engine, FleetSpec } from "./fleet-spec.js";
import type { IterationModelSpec } from "./iteration-model-spec.js";
import { poolProfile, poolReplicas, poolSlots, type Balance, type PoolSpec, type QueueKind } from "./pool-spec.js";
import { BARE_DEFAULTS, profileDefaults, resolveServing, type PoolServing } from "./pool-serving.js";
import type { ManualProfile } from "./profile-spec.js";
import type { RouterSpec } from "./router-spec.js";
import type { PoolWorkload } from "./workload-spec.js";

/** A pool in figures. */
export interface Pool {
  id: string;
  /** Where the pool has neither GPU nor profile: a nameless one without times, price and power. */
  profile: ManualProfile;
  replicas: number;
  /** `replicas * profile.gpusPerReplica`. */
  gpus: number;
  /** Whether the engine `slots` can play it. */
  hasSlots: boolean;
  /** Engine `slots`: requests at once in a replica; 0 where `hasSlots` is false. */
  slots: number;
  /** Longest request, input and output tokens together. */
  maxCtx: number;
  /** Engine `slots`: KV blocks of a replica. */
  kvBlocks: number;
  queue: QueueKind;
  /** Most requests that wait in one queue; absent: no limit. */
  maxQueue?: number;
  balance: Balance;
  /** Weight of a cached prefix against load; there if `balance` is `prefix_affinity`. */
  prefixWeight?: number;
  /** Engine `iterations`: how a replica batches. */
  serving: PoolServing;
  /** Engine `iterations`: what an iteration takes. */
  iterationModel: IterationModel;
  /** Whether that was given; else it is what the constants of the profile say. */
  hasIterationModel: boolean;
  /** What the hardware could do at most; absent where the iteration model does not know it. */
  peaks?: ReplicaPeaks;
  /** US dollars an hour for all GPUs of the pool. */
  costPerHr: number;
}

/** What a replica could do at most, and what its work comes to. */
export interface ReplicaPeaks {
  /** FLOP/s of all GPUs of the replica. */
  peakFlops: number;
  /** Bytes/s of memory, of all GPUs of the replica. */
  peakBandwidth: number;
  /** FLOPs of a token, without attention. */
  flopsPerToken: number;
  /** FLOPs of attention, a token of context that a decoding sequence reads. */
  flopsPerContext: number;
  /** FLOPs of attention, a pair of prompt token and token that it attends to. */
  flopsPerWork: number;
  /** Bytes of the weights. */
  weightBytes: number;
  /** Bytes of the keys and values of a token. */
  kvBytesPerToken: number;
}

/** A fleet in figures: plain data that can be sent to a worker. */
export interface Fleet {
  /** Absent: left to whoever runs the fleet. */
  engine?: Engine;
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
    ...(spec.engine === undefined ? {} : { engine: spec.engine }),
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
  const given = poolProfile(spec);
  const defaults = given ? profileDefaults(given, spec.iterationModel === undefined) : BARE_DEFAULTS;
  const serving = resolveServing(spec.serving, spec.maxCtx, defaults);
  const profile = given ?? bareProfile(serving);
  const replicas = poolReplicas(spec);
  const gpus = replicas * profile.gpusPerReplica;
  const slots = poolSlots(spec);
  return {
    id: spec.id,
    profile,
    replicas,
    gpus,
    hasSlots: slots > 0,
    slots,
    maxCtx: spec.maxCtx,
    kvBlocks: profile.totalKvBlocks,
    queue: spec.queue,
    ...(spec.maxQueue === undefined ? {} : { maxQueue: spec.maxQueue }),
    balance: spec.balance,
    ...(spec.prefixWeight === undefined ? {} : { prefixWeight: spec.prefixWeight }),
    serving,
    iterationModel: spec.iterationModel ? iterationModel(spec.iterationModel) : profileModel(profile),
    hasIterationModel: spec.iterationModel !== undefined,
    costPerHr: gpus * profile.costPerHr,
  };
}

/** Stands in where a pool has neither GPU nor profile: its iterations take no time, which no profile can say. */
function bareProfile({ maxNumSeqs, numBlocks, blockSize }: PoolServing): ManualProfile {
  return {
    name: "custom",
    W: 0,
    H: 0,
    calibrationCtx: 8192,
    chunk: 512,
    blockSize,
    totalKvBlocks: numBlocks,
    maxSlots: maxNumSeqs,
    costPerHr: 0,
    gpusPerReplica: 1,
  };
}

function iterationModel(spec: IterationModelSpec): IterationModel {
  switch (spec.type) {
    case "linear":
      return linearModel(spec);
    case "table":
      return tableModel(spec);
  }
}

export { requireEngine } from "./require-engine.js";
