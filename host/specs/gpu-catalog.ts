import { mustBeOneOf } from "./fields.js";
import { InputError } from "./input-error.js";
import type { ManualProfile } from "./profile-spec.js";

/** GPUs with constants of their own, as the command line and fleet files name them. */
export const GPU_NAMES = ["a100", "h100", "a10g"] as const;

/** A GPU of the catalog. */
export type GpuName = (typeof GPU_NAMES)[number];

/**
 * Constants of each GPU: those of the Python `vllm-sr-sim` 0.1.0 (module `gpu_profiles/profiles.py`), so that results can be compared.
 *
 * `a100` and `h100` are calibrated to Llama-3-70B on a group of eight GPUs under tensor parallelism (141 GB of weights and 344 GB of
 * KV cache fit no single 80 GB card), `a10g` to a 7B model on one GPU; price and power are those of one GPU throughout. That tool
 * counts a replica as one GPU all the same, and so do these, to give its numbers: for the real dollars, kilowatts and GPUs of the
 * 70B model, give the constants as an inline profile with `gpus_per_replica: 8`.
 */
const PROFILES: Readonly<Record<GpuName, ManualProfile>> = {
  a100: {
    name: "A100-80GB",
    W: 0.008,
    H: 0.00065,
    calibrationCtx: 8192,
    chunk: 512,
    blockSize: 16,
    totalKvBlocks: 65536,
    maxSlots: 128,
    costPerHr: 2.21,
    gpusPerReplica: 1,
    // One anchor: 373 W a GPU at batch 32 on 8 x A100, Nemotron-70B (ML.ENERGY benchmark v3.0). Quality: fair.
    power: { idleW: 175, nominalW: 385, k: 1.0, x0: 2.5 },
  },
  h100: {
    name: "H100-80GB",
    W: 0.004,
    H: 0.00032,
    calibrationCtx: 8192,
    chunk: 1024,
    blockSize: 16,
    totalKvBlocks: 65536,
    maxSlots: 256,
    costPerHr: 4.02,
    gpusPerReplica: 1,
    // Curve: GPU-to-Grid (Hassan et al., arXiv:2602.05116), fig. 2; ends: ML.ENERGY benchmark v3.0. Quality: high.
    power: { idleW: 300, nominalW: 600, k: 1.0, x0: 4.2 },
  },
  a10g: {
    name: "A10G",
    W: 0.012,
    H: 0.0009,
    calibrationCtx: 8192,
    chunk: 256,
    blockSize: 16,
    totalKvBlocks: 32768,
    maxSlots: 64,
    costPerHr: 1.01,
    gpusPerReplica: 1,
    // A projection, no measurement behind it. Quality: low.
    power: { idleW: 75, nominalW: 120, k: 0.7, x0: 3.0 },
  },
};

/** Whether a profile of the catalog has the times of eight GPUs and the price and power of one. */
export function isGroupOfEight({ name, W, H, gpusPerReplica }: ManualProfile): boolean {
  const isThat = (group: ManualProfile) =>
    name === group.name && W === group.W && H === group.H && gpusPerReplica === group.gpusPerReplica;
  return isThat(PROFILES.a100) || isThat(PROFILES.h100);
}

/** The catalog's spelling of a GPU's name, whatever its case; `undefined` if it is not there. */
export function knownGpu(name: string): GpuName | undefined {
  return GPU_NAMES.find((known) => known === name.toLowerCase());
}

/**
 * Constants of a GPU by name, in any case.
 *
 * @throws InputError for an unknown name; lists those that exist.
 */
export function gpuProfile(name: string): ManualProfile {
  const known = knownGpu(name);
  if (known === undefined) throw new InputError(`GPU is ${JSON.stringify(name)}, but ${mustBeOneOf(name, GPU_NAMES)}.`);
  return PROFILES[known];
}
