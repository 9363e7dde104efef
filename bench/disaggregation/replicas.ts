import type { ReplicaInput, ReplicaOption } from "../../host/planners/sizing/replica-option.js";
import { type GpuName, GPUS, MODEL } from "./setting.js";

/** GPUs of a replica that the search may choose. */
export const TP_SIZES = [4, 8] as const;
/** Tokens of an iteration at most (`max_num_batched_tokens`) of a replica that prefills alone. */
export const PREFILL_BUDGETS = [2048, 8192] as const;
/** Of one that decodes alone: more than it has sequences, and then it counts for nothing. */
export const DECODE_BUDGETS = [512] as const;
/** Of one that does both, which cuts prompts into so much: less of it keeps the gaps between tokens short. 8192 is the default of fleet files. */
export const CHUNKS = [256, 512, 1024, 2048, 8192] as const;

/** What a kind of replica is made of. */
export interface ReplicaSetting {
  gpu: GpuName;
  tp: number;
  /** `max_num_batched_tokens`. */
  budget: number;
}

/** A kind of replica under a name that tells it from all others. */
export function replicaOf({ gpu, tp, budget }: ReplicaSetting): ReplicaOption {
  const { hardware, ...cap } = GPUS[gpu];
  const replica: ReplicaInput = {
    iteration_model: { type: "roofline", hardware, model: MODEL, tp },
    serving: { max_num_batched_tokens: budget },
    ...("powerCapW" in cap ? { power_cap_w: cap.powerCapW } : {}),
  };
  return { name: `${gpu} x${tp} ${budget}`, replica };
}

/** Replicas of all sizes with these budgets. */
export function replicasOf(gpu: GpuName, budgets: readonly number[]): ReplicaOption[] {
  return TP_SIZES.flatMap((tp) => budgets.map((budget) => replicaOf({ gpu, tp, budget })));
}

/** What {@link replicaOf} was asked for. */
export function settingOf(name: string): { gpu: string; tp: number; budget: number } {
  const [, gpu, tp, budget] = /^(.*) x(\d+) (\d+)$/.exec(name)!;
  return { gpu: gpu!, tp: Number(tp), budget: Number(budget) };
}
