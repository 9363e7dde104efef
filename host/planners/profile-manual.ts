import { manualPerformance } from "../profiles/manual-performance.js";
import { provenanceOf } from "../profiles/explain.js";
import { explainManual } from "../profiles/explain-manual.js";
import { GPU_NAMES, gpuProfile, knownGpu } from "../specs/gpu-catalog.js";
import type { ManualProfile } from "../specs/profile-spec.js";
import type { FleetInput } from "../specs/fleet-spec.js";
import { performanceFigures, type ProfileSummary, slotContexts } from "./profile-summary.js";

/** A replica whose constants were given by hand. */
export interface ManualProfileResult extends ProfileSummary {
  kind: "manual";
  /** Most sequences of `calibration_ctx` tokens that a replica runs at once. */
  max_slots: number;
  /** What to beware of; absent: nothing. */
  note?: string;
}

/** Why the prices and GPUs of two profiles of the catalog are too low. */
const ONE_OF_EIGHT =
  "constants are those of a group of 8 GPUs, price and power those of one, as in the Python tool: give them as a profile with gpus_per_replica 8 for a 70B model's dollars and watts";

/** Profiles of the catalog that are calibrated to a group of GPUs. */
const OF_A_GROUP: readonly string[] = ["A100-80GB", "H100-80GB"];

/**
 * What the constants of a profile come to.
 *
 * @param maxCtx longest requests, tokens, for which slots are told; powers of two from 2048 on unless given.
 */
export function manualProfile(profile: ManualProfile, maxCtx?: readonly number[]): ManualProfileResult {
  const contexts = slotContexts(maxCtx);
  const isCatalogued = GPU_NAMES.some((name) => gpuProfile(name) === profile);
  const steps = explainManual(profile, contexts, isCatalogued);
  const powerSource = isCatalogued ? "curve of the Python vllm-sr-sim 0.1.0" : "curve of the profile";
  return {
    kind: "manual",
    ...performanceFigures(manualPerformance(profile), contexts, powerSource),
    max_slots: profile.maxSlots,
    provenance: provenanceOf(steps),
    steps,
    pool: manualPool(profile, contexts, isCatalogued),
    ...(isCatalogued && OF_A_GROUP.includes(profile.name) ? { note: ONE_OF_EIGHT } : {}),
  };
}

function manualPool(
  profile: ManualProfile,
  contexts: readonly number[],
  isCatalogued: boolean,
): FleetInput["pools"][number] {
  const { slots } = manualPerformance(profile);
  const fitting = contexts.filter((context) => slots(context) > 0);
  const gpu = GPU_NAMES.find((name) => isCatalogued && gpuProfile(name) === profile);
  return {
    id: gpu ?? "pool",
    ...(gpu === undefined ? { profile: profileInput(profile) } : { gpu: knownGpu(gpu)! }),
    n_replicas: 1,
    max_ctx: fitting.length > 0 ? Math.max(...fitting) : profile.calibrationCtx,
  };
}

/** A profile in the keys of a fleet file. */
function profileInput(profile: ManualProfile): NonNullable<FleetInput["pools"][number]["profile"]> {
  const { power } = profile;
  return {
    name: profile.name,
    W: profile.W,
    H: profile.H,
    calibration_ctx: profile.calibrationCtx,
    chunk: profile.chunk,
    blk_size: profile.blockSize,
    total_kv_blks: profile.totalKvBlocks,
    max_slots: profile.maxSlots,
    cost_per_hr: profile.costPerHr,
    gpus_per_replica: profile.gpusPerReplica,
    ...(power
      ? {
          power_idle_w: power.idleW,
          power_nominal_w: power.nominalW,
          power_logistic_k: power.k,
          power_logistic_x0: power.x0,
        }
      : {}),
  };
}
