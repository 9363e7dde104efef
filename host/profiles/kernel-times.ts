import type { HardwareFacts } from "../specs/hardware-catalog.js";
import type { GemmTimes, ShareKnots } from "../specs/kernel-catalog.js";
import type { Dtype } from "../specs/roofline-spec.js";
import { expectedExperts } from "./expected-experts.js";
import { weightsOf, type Matrix } from "./model-shape.js";

/** What a scale of 16 bits and a zero point of 4 add to each of the 128 weights that share them (AWQ, arXiv:2306.00978; GPTQ models are published alike). */
const INT4_SCALES = 20 / 8 / 128;
/** What a scale of 8 bits adds to each of the 32 weights that share it (OCP Microscaling Formats specification 1.0, section 5.3). */
const MXFP4_SCALES = 1 / 32;

/** Bytes of a number of each type, with its part of what the numbers of a group share. */
export const BYTES: Readonly<Record<Dtype, number>> = {
  bf16: 2,
  fp8: 1,
  int4: 0.5 + INT4_SCALES,
  mxfp4: 0.5 + MXFP4_SCALES,
};

/** Types of the weights of layers: of the experts, and of all else. Published mxfp4 models have their experts alone in it. */
export function storedTypes(dtype: Dtype): { dense: Dtype; experts: Dtype } {
  return { dense: dtype === "mxfp4" ? "bf16" : dtype, experts: dtype };
}

/** Peak dense arithmetic with weights of a type, FLOP/s. Weights of 4 bits are made bf16 on the way: activations stay so. */
export function peakFlops(hardware: HardwareFacts, dtype: Dtype): number {
  return (dtype === "fp8" ? hardware.peakFp8Flops : undefined) ?? hardware.peakBf16Flops;
}

/** A share at a number of tokens: between knots interpolated, beyond the ends that of the end. */
export function shareAt(knots: ShareKnots, tokens: number): number {
  let before = knots[0]!;
  for (const knot of knots) {
    if (tokens < knot[0]) {
      if (knot === before) break;
      return before[1] + (knot[1] - before[1]) * ((tokens - before[0]) / (knot[0] - before[0]));
    }
    before = knot;
  }
  return before[1];
}

/** A product of a batch with weights of a type on one GPU. */
export interface GemmSetting {
  hardware: HardwareFacts;
  times: GemmTimes;
  dtype: Dtype;
}

/** What a product of `tokens` tokens with a matrix takes, s: a launch, then arithmetic or memory, whichever takes longer (Williams et al., CACM 52(4), 2009). */
export function gemmS(setting: GemmSetting, { inputs, outputs }: Matrix, tokens: number): number {
  const { hardware, times, dtype } = setting;
  const flops = 2 * tokens * inputs * outputs;
  const bytes = inputs * outputs * BYTES[dtype] + tokens * (inputs + outputs) * BYTES.bf16;
  return times.floorS + bound(setting, { flops, bytes, share: shareAt(times.computeShare, tokens) }, hardware);
}

/** The routed experts of a layer. */
export interface Experts {
  experts: number;
  topK: number;
  /** The products of one expert. */
  matrices: readonly Matrix[];
}

/** What the routed experts of a layer take for `tokens` tokens, s: only those that a token chose are read. */
export function expertsS(setting: GemmSetting, { experts, topK, matrices }: Experts, tokens: number): number {
  const { hardware, times, dtype } = setting;
  const weights = weightsOf(matrices);
  const chosen = expectedExperts(experts, topK, tokens);
  const width = matrices.reduce((sum, { inputs, outputs }) => sum + inputs + outputs, 0);
  const flops = 2 * tokens * topK * weights;
  const bytes = chosen * weights * BYTES[dtype] + tokens * topK * width * BYTES.bf16;
  const share = shareAt(times.computeShare, (tokens * topK) / chosen);
  return times.floorS + bound(setting, { flops, bytes, share }, hardware);
}

function bound(
  { times, dtype }: GemmSetting,
  { flops, bytes, share }: { flops: number; bytes: number; share: number },
  hardware: HardwareFacts,
): number {
  const arithmetic = flops / (peakFlops(hardware, dtype) * share);
  const memory = bytes / (hardware.memoryBandwidth * times.bandwidthShare);
  return Math.max(arithmetic, memory);
}
