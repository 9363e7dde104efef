import { slotsAt } from "../specs/pool-capacity.js";
import type { ManualProfile } from "../specs/profile-spec.js";
import { curvePower } from "./curve-power.js";
import type { ReplicaPerformance } from "./replica-performance.js";
import { iterationTimeS, serviceTimeS, throughputRps } from "./service-time.js";

/** Constants given by hand as a planner asks for them: the engine `slots` computes with the same, to the nanosecond. */
export interface ManualPerformance extends ReplicaPerformance {
  readonly profile: ManualProfile;
}

/** What the constants of a profile say. */
export function manualPerformance(profile: ManualProfile): ManualPerformance {
  const { W, H, calibrationCtx, chunk, blockSize, totalKvBlocks, gpusPerReplica, costPerHr, name } = profile;
  const slots = (maxCtx: number) => slotsAt(profile, maxCtx);
  return {
    profile,
    name,
    W,
    H,
    calibrationCtx,
    perSequenceS: 0,
    perContextTokenS: H / calibrationCtx,
    chunk,
    blockSize,
    totalKvBlocks,
    gpusPerReplica,
    gpuCostPerHr: costPerHr,
    replicaCostPerHr: costPerHr * gpusPerReplica,
    slots,
    iterationS: ({ sequences, context }) => iterationTimeS(profile, sequences, context),
    prefillS: (promptTokens, beside) =>
      Math.ceil(promptTokens / chunk) *
      iterationTimeS(profile, (beside?.sequences ?? 0) + 1, beside?.context ?? promptTokens),
    serviceS: (input, output, maxCtx) => serviceTimeS(profile, slots(maxCtx), input, output),
    throughputRps: (maxCtx, input, output) =>
      slots(maxCtx) === 0 ? 0 : throughputRps(profile, slots(maxCtx), input, output),
    replicaPowerW: ({ sequences }) => curvePower(profile, sequences),
  };
}
