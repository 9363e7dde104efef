import { pythonBuild, type PythonConstants, type PythonReplica } from "./builder.js";
import { pythonDecodeEfficiency, pythonReplicaPowerW, type PythonDecodeEfficiency } from "./efficiency.js";
import { pythonHeadDim, pythonIsMoe, pythonModelDisplayName } from "./model-shape.js";
import { throughputOf, type PythonProfile } from "./profile.js";
import { PYTHON_SERVING, pythonDtypeName, type PythonServing } from "./serving.js";

/** A profile computed from hardware and model. */
export interface PythonComputedProfile extends PythonProfile, PythonReplica, PythonConstants {
  /** Length of a sequence, tokens, that `H` holds for. */
  readonly calibrationCtx: number;
  /** Power of a GPU that runs `n` sequences of `ctx` tokens (default: `calibrationCtx`), W. It is not multiplied by the GPUs of a replica. */
  powerW(n: number, ctx?: number): number;
  /** Decoding of `n` sequences of `ctx` tokens (default: `calibrationCtx`). */
  decodeEfficiency(n: number, ctx?: number): PythonDecodeEfficiency;
}

/**
 * The profile that the Python tool computes: `ProfileBuilder().build(hw, model, cfg)`.
 *
 * @param serving what differs from {@link PYTHON_SERVING}.
 * @throws InputError as {@link pythonBuild}.
 */
export function pythonProfile(
  hardware: PythonReplica["hardware"],
  model: PythonReplica["model"],
  serving: Partial<PythonServing> = {},
): PythonComputedProfile {
  const replica: PythonReplica = { hardware, model, serving: { ...PYTHON_SERVING, ...serving } };
  const { tp, dtypeBytes, chunk, blockSize, maxSlots, meanCtxTokens } = replica.serving;
  const constants = pythonBuild(replica);
  const { W, H, totalKvBlocks } = constants;
  const iterationS = (n: number, length = meanCtxTokens) => W + H * (length / meanCtxTokens) * n;
  const prefillIterationS = (tokens: number, history: number, n: number, length?: number) =>
    Math.max(iterationS(n, length), chunkFlops(replica, tokens, history) / tensorFlops(replica));
  const slots = (maxCtx: number) => {
    const held = Math.max(1, Math.floor(totalKvBlocks / Math.ceil(maxCtx / blockSize)));
    return maxSlots > 0 ? Math.min(maxSlots, held) : held;
  };
  const serviceS = (input: number, output: number, maxCtx: number) => {
    const [n, length] = [slots(maxCtx), input + output];
    return Math.ceil(input / chunk) * prefillIterationS(chunk, input / 2, n, length) + output * iterationS(n, length);
  };
  return {
    ...replica,
    ...constants,
    calibrationCtx: meanCtxTokens,
    name: `${hardware.name}/${pythonModelDisplayName(model)}/TP${tp}/${pythonDtypeName(dtypeBytes)}`,
    costPerHr: hardware.costPerHr * tp,
    gpusPerWorker: tp,
    chunk,
    blockSize,
    iterationS,
    prefillIterationS,
    slots,
    serviceS,
    throughputRps: (maxCtx, input, output) => throughputOf({ slots, serviceS }, maxCtx, input, output),
    powerW: (n, ctx = meanCtxTokens) => pythonReplicaPowerW(replica, constants, n, ctx),
    decodeEfficiency: (n, ctx = meanCtxTokens) => pythonDecodeEfficiency(replica, constants, n, ctx),
  };
}

/** Peak that a chunk is compared with, FLOP/s: all of it, no efficiency. */
function tensorFlops({ hardware, serving }: PythonReplica): number {
  return serving.dtypeBytes <= 1 && hardware.fp8Flops > 0 ? hardware.fp8Flops : hardware.fp16Flops;
}

/** FLOPs of one GPU for a chunk of `c` tokens after `q`: projections, attention, feed-forward. One sequence's chunk, however many are prefilled. */
function chunkFlops({ model, serving: { tp } }: PythonReplica, c: number, q: number): number {
  const { layers, heads, kvHeads, hidden, topK, moeIntermediate, sharedExperts, intermediate } = model;
  const headDim = pythonHeadDim(model);
  const projections = (2 * c * hidden * (2 * heads + 2 * kvHeads) * headDim * layers) / tp;
  const attention = (4 * heads * headDim * c * (c / 2 + q) * layers) / tp;
  const width = pythonIsMoe(model) ? topK * moeIntermediate + sharedExperts * intermediate : intermediate;
  return projections + attention + (6 * hidden * width * c * layers) / tp;
}
