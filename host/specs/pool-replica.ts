import { rooflineReplica } from "../profiles/roofline-replica.js";
import type { IterationModelSpec } from "./iteration-model-spec.js";
import { BARE_DEFAULTS, profileDefaults, type PoolServing, type ServingDefaults } from "./pool-serving.js";
import type { ManualProfile } from "./profile-spec.js";

/** What a pool says of one of its replicas: a profile, an iteration model, or both. */
export interface ReplicaSource {
  profile: ManualProfile | undefined;
  iterationModel: IterationModelSpec | undefined;
  /** Pipeline stages. */
  pp: number;
  /** US dollars an hour for one GPU, where the pool itself says so. */
  costPerHr?: number;
}

/** A replica whose GPUs cost something else than its profile and its hardware say. */
export function priced(source: ReplicaSource, costPerHr: number): ReplicaSource {
  const { profile, iterationModel: model } = source;
  return {
    ...source,
    profile: profile && { ...profile, costPerHr },
    iterationModel: model?.type === "roofline" ? { ...model, hardware: { ...model.hardware, costPerHr } } : model,
    costPerHr,
  };
}

/** GPUs that a replica takes: those of the profile, else all stages of a roofline, else one. */
export function gpusPerReplica({ profile, ...source }: ReplicaSource): number {
  return profile?.gpusPerReplica ?? modelGpus(source) ?? 1;
}

/** GPUs of a replica by its iteration model; `undefined` where that does not know. */
export function modelGpus({ iterationModel, pp }: Omit<ReplicaSource, "profile">): number | undefined {
  return iterationModel?.type === "roofline" ? iterationModel.tp * pp : undefined;
}

/** Batching where the author of a pool says nothing: by the profile; memory by the roofline where there is one, since that knows the model. */
export function servingDefaults({ profile, iterationModel }: ReplicaSource): ServingDefaults {
  const defaults = profile ? profileDefaults(profile, iterationModel === undefined) : BARE_DEFAULTS;
  if (iterationModel?.type !== "roofline") return defaults;
  const replica = rooflineReplica(iterationModel);
  return { ...defaults, blocksOf: (blockSize, pp) => replica.numBlocks(blockSize, pp) };
}

/** Stands in where a pool has neither GPU nor profile: its iterations take no time, which no profile can say. */
export function bareProfile(source: ReplicaSource, serving: PoolServing): ManualProfile {
  const { iterationModel } = source;
  const hardware = iterationModel?.type === "roofline" ? iterationModel.hardware : undefined;
  return {
    name: hardware?.name ?? "custom",
    W: 0,
    H: 0,
    calibrationCtx: 8192,
    chunk: 512,
    blockSize: serving.blockSize,
    totalKvBlocks: serving.numBlocks,
    maxSlots: serving.maxNumSeqs,
    costPerHr: source.costPerHr ?? hardware?.costPerHr ?? 0,
    gpusPerReplica: gpusPerReplica(source),
  };
}
