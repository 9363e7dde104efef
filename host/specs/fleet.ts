import { underCap } from "../profiles/capped-model.js";
import type { IterationModel } from "../profiles/iteration-model.js";
import { linearModel, profileModel } from "../profiles/linear-model.js";
import { rooflineModel } from "../profiles/roofline.js";
import { rooflineReplica, type ReplicaPeaks } from "../profiles/roofline-replica.js";
import { tableModel } from "../profiles/table-model.js";
import type { Engine, FleetSpec } from "./fleet-spec.js";
import type { IterationModelSpec } from "./iteration-model-spec.js";
import { bareProfile, servingDefaults } from "./pool-replica.js";
import { resolveServing, type PoolServing } from "./pool-serving.js";
import { type PoolStage, resolveStages } from "./pool-stage.js";
import { poolReplicas, poolSlots, replicaSource, type Balance, type PoolSpec, type QueueKind } from "./pool-spec.js";
import type { ManualProfile } from "./profile-spec.js";
import type { RooflineSpec } from "./roofline-spec.js";
import type { RouterSpec } from "./router-spec.js";
import { longestRequests, stageReferences } from "./stage-references.js";
import type { PoolWorkload } from "./workload-spec.js";

/** A pool in figures. */
export interface Pool {
  id: string;
  /** Where the pool has neither GPU nor profile: one without times and power, and without a name and a price but those of a roofline's hardware. */
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
  /** What all stages of a replica could do at most, and what its work comes to; absent where the iteration model does not know it. */
  peaks?: ReplicaPeaks;
  /** The roofline that `iterationModel` and `peaks` come from, where they do. */
  roofline?: RooflineSpec;
  /** US dollars an hour for all GPUs of the pool. */
  costPerHr: number;
  /** Most power of one GPU, W; absent: as much as it draws. */
  powerCapW?: number;
  /** What the pool does of a request where prefill and decode are apart; absent: all. */
  stage?: PoolStage;
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
  const stages = resolveStages(spec.pools);
  const longest = longestRequests(spec.pools, stageReferences(spec.pools));
  const pools = spec.pools.map((pool, index) => resolvePool(pool, longest[index]!, stages[index]));
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

function resolvePool(spec: PoolSpec, longestRequest: number, stage: PoolStage | undefined): Pool {
  const source = replicaSource(spec);
  const serving = resolveServing(spec.serving, longestRequest, servingDefaults(source));
  const profile = source.profile ?? bareProfile(source, serving);
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
    ...underCap(source.iterationModel ? modelFields(source.iterationModel, source.pp) : profileFields(profile), {
      id: spec.id,
      profile,
      powerCapW: spec.powerCapW,
    }),
    costPerHr: gpus * profile.costPerHr,
    ...(spec.powerCapW === undefined ? {} : { powerCapW: spec.powerCapW }),
    ...(stage === undefined ? {} : { stage }),
  };
}

type ModelFields = Pick<Pool, "iterationModel" | "hasIterationModel" | "peaks" | "roofline">;

function profileFields(profile: ManualProfile): ModelFields {
  return { iterationModel: profileModel(profile), hasIterationModel: false };
}

function modelFields(spec: IterationModelSpec, pp: number): ModelFields {
  switch (spec.type) {
    case "linear":
      return { iterationModel: linearModel(spec), hasIterationModel: true };
    case "table":
      return { iterationModel: tableModel(spec), hasIterationModel: true };
    case "roofline": {
      const { peaks } = rooflineReplica(spec);
      const all = { peakFlops: peaks.peakFlops * pp, peakBandwidth: peaks.peakBandwidth * pp };
      return {
        iterationModel: rooflineModel(spec),
        hasIterationModel: true,
        peaks: { ...peaks, ...all },
        roofline: spec,
      };
    }
  }
}

export { requireEngine } from "./require-engine.js";
