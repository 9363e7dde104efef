import type { RooflineSpec } from "../specs/roofline-spec.js";
import { weightBytesRead } from "./decode-work.js";
import type { IterationModel } from "./iteration-model.js";
import { meanIterationS, type BatchMix } from "./mean-iteration.js";
import { utilisedPowerW } from "./roofline-power.js";
import { rooflineReplica } from "./roofline-replica.js";

/** Arithmetic, FLOP, and memory traffic, bytes, of all GPUs of a tensor-parallel group. */
export interface PassWork {
  flops: number;
  bytes: number;
}

/**
 * Work of one iteration, prompts and decodes: of decodes alone what {@link decodeWork} says. What a chunk of a prompt reads of the tokens before it is left out, as in mean iterations.
 */
export function passWork(spec: RooflineSpec, mix: BatchMix): PassWork {
  const { peaks } = rooflineReplica(spec);
  const tokens = mix.decodes + mix.promptTokens;
  return {
    flops:
      tokens * peaks.flopsPerToken +
      (mix.decodes + mix.prompts) * peaks.flopsPerSequence +
      mix.context * peaks.flopsPerContext +
      mix.work * peaks.flopsPerWork,
    bytes: weightBytesRead(spec, tokens) + (mix.context + tokens) * peaks.kvBytesPerToken,
  };
}

/** Power of one GPU of a tensor-parallel group that does some work in a time, W, by how near it comes to its peaks. */
export function workPowerW(spec: RooflineSpec, { flops, bytes }: PassWork, seconds: number): number {
  const { peakFlops, peakBandwidth } = rooflineReplica(spec).peaks;
  return utilisedPowerW(spec.hardware, { mfu: flops / (seconds * peakFlops), mbu: bytes / (seconds * peakBandwidth) });
}

/** Power of one GPU in iterations like this one, at full clock, W. See {@link workPowerW}. */
export function passPowerW(spec: RooflineSpec, full: IterationModel, mix: BatchMix): number {
  return workPowerW(spec, passWork(spec, mix), meanIterationS(full, mix));
}
