import type { RooflineSpec } from "../specs/roofline-spec.js";
import {
  laneIterationS,
  laneSlots,
  promptChunks,
  type ComputedProfile,
  type ProfileServing,
} from "./computed-profile.js";
import { mostWithin } from "./most-within.js";
import { powerCoefficients } from "./power-coefficients.js";
import { lineBatches, stepLine } from "./step-line.js";
import type { ReplicaPerformance, ReplicaPower, RunningBatch } from "./replica-performance.js";
import { rooflineModel } from "./roofline.js";
import { rooflineGpuPowerW } from "./roofline-power.js";
import { rooflineReplica } from "./roofline-replica.js";

/** What vLLM does unless told: `max_num_seqs` 256, `block_size` 16; a chunk of 512 prompt tokens and a mean context of 2048 are those of the Python tool. */
export const PROFILE_SERVING: ProfileServing = { pp: 1, chunk: 512, blockSize: 16, maxNumSeqs: 256, meanCtx: 2048 };

/**
 * The profile of a replica from the facts of its hardware and model, by the roofline of this project.
 *
 * A replica whose weights leave no room for a KV block has a profile with `totalKvBlocks` 0 and no slots; {@link ReplicaPerformance.throughputRps} is 0 then.
 *
 * @param serving what differs from {@link PROFILE_SERVING}.
 */
export function buildProfile(roofline: RooflineSpec, serving: Partial<ProfileServing> = {}): ComputedProfile {
  const served = { ...PROFILE_SERVING, ...serving };
  const { hardware, tp } = roofline;
  const { pp, chunk, blockSize, meanCtx } = served;
  const lane = { iterationModel: rooflineModel(roofline), serving: served };
  const totalKvBlocks = rooflineReplica(roofline).numBlocks(blockSize, pp);
  const slots = (maxCtx: number) => laneSlots(served, totalKvBlocks, maxCtx);
  const iterationS = (batch: RunningBatch) => laneIterationS(lane, batch);
  const batches = lineBatches(roofline, slots(meanCtx), pp);
  const gpusPerReplica = tp * pp;
  return {
    ...lane,
    roofline,
    name: profileName(roofline, pp),
    ...stepLine(iterationS, batches, meanCtx),
    lineBatches: batches,
    chunk,
    blockSize,
    totalKvBlocks,
    gpusPerReplica,
    gpuCostPerHr: hardware.costPerHr,
    replicaCostPerHr: hardware.costPerHr * gpusPerReplica,
    slots,
    iterationS,
    prefillS: (promptTokens, beside = { sequences: 0, context: 0 }) =>
      promptChunks(promptTokens, chunk).reduce((sum, one) => sum + laneIterationS(lane, beside, one), 0),
    ...service(lane, slots),
    ...power(lane, roofline, gpusPerReplica),
  };
}

/** `<hardware>/<model>/TP<tp>/<dtype>`, as the Python tool names profiles; stages of a pipeline and keys and values of another type are said too. */
function profileName({ hardware, model, tp, dtype, kvDtype }: RooflineSpec, pp: number): string {
  const parallel = pp === 1 ? `TP${tp}` : `TP${tp}PP${pp}`;
  const types = kvDtype === "bf16" ? dtype : `${dtype}-kv-${kvDtype}`;
  return `${hardware.name}/${model.name}/${parallel}/${types}`;
}

type Lane = Pick<ComputedProfile, "iterationModel" | "serving">;

/**
 * All slots are taken by requests alike, in all stages of their lives. While one is served, a lane decodes all tokens of its requests and prefills all their prompts, a chunk an iteration at
 * most; what it takes is the sum of these iterations, so that a request waits for the prefill of its neighbours too. The Python tool has it wait for its own alone.
 */
function service(
  lane: Lane,
  slots: (maxCtx: number) => number,
): Pick<ReplicaPerformance, "serviceS" | "throughputRps"> {
  const { pp, chunk } = lane.serving;
  const serviceS = (input: number, output: number, maxCtx: number) => {
    const requests = Math.max(1, slots(maxCtx) / pp);
    const chunks = promptChunks(input, chunk);
    const iterations = Math.max(output, requests * chunks.length);
    const batch = { sequences: (pp * requests * output) / iterations, context: input + output / 2 };
    const prefillS = chunks.reduce((sum, one) => sum + laneIterationS(lane, batch, one), 0);
    return (iterations - requests * chunks.length) * laneIterationS(lane, batch) + requests * prefillS;
  };
  const throughputRps = (maxCtx: number, input: number, output: number) =>
    slots(maxCtx) === 0 ? 0 : slots(maxCtx) / serviceS(input, output, maxCtx);
  return { serviceS, throughputRps };
}

function power(
  lane: Lane,
  roofline: RooflineSpec,
  gpus: number,
): Pick<ComputedProfile, "replicaPowerW" | "sequencesAtPowerW"> {
  const { pp, maxNumSeqs } = lane.serving;
  const { quality } = powerCoefficients(roofline.hardware);
  const replicaPowerW = ({ sequences, context }: RunningBatch): ReplicaPower => ({
    watts: gpus * rooflineGpuPowerW(roofline, lane.iterationModel, { sequences: sequences / pp, context }),
    quality,
  });
  return {
    replicaPowerW,
    sequencesAtPowerW: (targetW, context) =>
      mostWithin(maxNumSeqs, (sequences) => replicaPowerW({ sequences, context }).watts <= targetW),
  };
}
