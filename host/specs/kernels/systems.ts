import type { ExpertsDtype, GemmDtype } from "./kernel-data.js";

/** The peaks of a GPU that shares are of, as the hardware catalog has them. */
export interface GpuPeaks {
  /** Dense bf16 arithmetic, FLOP/s. */
  peakBf16Flops: number;
  /** Dense fp8 arithmetic, FLOP/s; absent: the GPU has none. */
  peakFp8Flops?: number;
  /** Bytes/s. */
  memoryBandwidth: number;
  /** To the other GPUs of a group, in one direction, bytes/s. */
  linkBandwidth: number;
}

/** A GPU of the tables. */
export interface System {
  /** As the hardware catalog names it; shares are of its peaks. */
  gpu: string;
  /** As the tables name it. */
  system: string;
  /** Types of weights, each with its name in the table of products. */
  gemm: Readonly<Partial<Record<GemmDtype, string>>>;
  /** Types of weights, each with its name in the table of experts. */
  experts: Readonly<Partial<Record<ExpertsDtype, string>>>;
}

/** Plain fp8 experts of the tables have no tuned configuration on these GPUs, and are five times as slow as those with a scale for each block. */
const HOPPER_EXPERTS = { bf16: "bfloat16", fp8: "fp8_block", mxfp4: "w4a16_mxfp4" };

/** GPUs whose kernels were measured. */
export const SYSTEMS: readonly System[] = [
  { gpu: "h100-sxm", system: "h100_sxm", gemm: { bf16: "bfloat16", fp8: "fp8" }, experts: HOPPER_EXPERTS },
  { gpu: "h200-sxm", system: "h200_sxm", gemm: { bf16: "bfloat16", fp8: "fp8" }, experts: HOPPER_EXPERTS },
  { gpu: "a100-sxm-80gb", system: "a100_sxm", gemm: { bf16: "bfloat16" }, experts: { bf16: "bfloat16" } },
  {
    gpu: "b200-sxm",
    system: "b200_sxm",
    gemm: { bf16: "bfloat16", fp8: "fp8", nvfp4: "nvfp4" },
    // Not its mxfp4 weights multiplied in bf16 (w4a16): whole engines, which have better kernels for them there, run gpt-oss-120b up to twice as fast.
    experts: { bf16: "bfloat16", fp8: "fp8" },
  },
  {
    gpu: "l40s",
    system: "l40s",
    gemm: { bf16: "bfloat16", fp8: "fp8" },
    experts: { bf16: "bfloat16", fp8: "fp8", mxfp4: "w4a16_mxfp4" },
  },
];

/** Bytes of a weight in memory, with its part of the scales: one of 8 bits for 16 weights (NVFP4) or for 32 (OCP MX specification 1.0, table 1). */
export const WEIGHT_BYTES: Readonly<Record<GemmDtype | ExpertsDtype, number>> = {
  bf16: 2,
  fp8: 1,
  nvfp4: 0.5 + 1 / 16,
  mxfp4: 0.5 + 1 / 32,
};

/** Dense fp4 arithmetic is twice that in fp8 (NVIDIA Blackwell data sheet, 2024, HGX B200: 18 and 9 PFLOPS with sparsity). */
const FP4_OVER_FP8 = 2;

/** Peak arithmetic for weights of a type, FLOP/s; those of mxfp4 are multiplied in bf16 (`w4a16`). */
export function peakFlopsOf(peaks: GpuPeaks, dtype: GemmDtype | ExpertsDtype): number {
  const fp8 = peaks.peakFp8Flops ?? peaks.peakBf16Flops;
  if (dtype === "fp8") return fp8;
  return dtype === "nvfp4" ? fp8 * FP4_OVER_FP8 : peaks.peakBf16Flops;
}
