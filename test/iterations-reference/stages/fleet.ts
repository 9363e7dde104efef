/** What events of a staged fleet reach beyond their own lane. */
import type { CorePrefillStage } from "../../../host/core/run-spec.js";
import type { RunSeed } from "../../reference/random.js";
import type { ServingPool } from "../case.js";
import type { Lane } from "../lane.js";
import type { PoolState, Replica } from "../pool-state.js";
import type { Sequence } from "../sequence.js";
import type { Transfer } from "./transfer.js";

export interface StagedFleet {
  pools: PoolState[];
  /** Seed and replication. */
  one: RunSeed;
  now: bigint;
  /** Begun and not yet landed. */
  transfers: Transfer[];
}

/** What a pool does as a prefill pool; `null` if it is none. */
export function prefillStageOf({ stage }: ServingPool): CorePrefillStage | null {
  return stage?.role === "prefill" ? stage : null;
}

/** What the pool at which a request arrived does as a prefill pool. */
export function stageOf(fleet: StagedFleet, sequence: Sequence): CorePrefillStage {
  const stage = prefillStageOf(fleet.pools[sequence.pool]!.pool);
  if (stage === null) throw new Error("a request of no prefill pool");
  return stage;
}

/** The decode pool of a prefill pool. */
export function decodePoolOf(fleet: StagedFleet, stage: CorePrefillStage): PoolState {
  return fleet.pools[stage.decodePool]!;
}

export function replicaOf(fleet: StagedFleet, { poolIndex, replica }: Lane): Replica {
  return fleet.pools[poolIndex]!.replicas[replica]!;
}

/** `c`: tokens of a request whose keys and values cross. */
export function crossingTokens(stage: CorePrefillStage, { input }: Sequence): number {
  return stage.firstToken === "prefill" ? input : input - 1;
}

/** Whether requests ask while they run in their prefill lane. */
export function asksWhenAdmitted(stage: CorePrefillStage): boolean {
  return stage.handover === "push" && stage.mode === "layerwise";
}
