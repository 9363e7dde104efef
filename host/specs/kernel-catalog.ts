/**
 * How near the kernels of vLLM come to the peaks of a GPU. The figures are derived by `kernels/derive.ts` from the measured tables of AIConfigurator (NVIDIA, Apache-2.0; commit
 * a77804e36) and lie in `kernels/data/`, each with its measurements and errors: {@link kernelProvenance}, docs/reference/kernels.md.
 */
import a100 from "./kernels/data/a100-sxm-80gb.js";
import b200 from "./kernels/data/b200-sxm.js";
import h100 from "./kernels/data/h100-sxm.js";
import h200 from "./kernels/data/h200-sxm.js";
import l40s from "./kernels/data/l40s.js";
import type { KernelFigures, MatrixFigures } from "./kernels/kernel-data.js";
import { listFigures, type KernelFigure } from "./kernels/kernel-provenance.js";

export type { KernelFigure } from "./kernels/kernel-provenance.js";
export type { KernelFit, Origin } from "./kernels/kernel-data.js";

/** A share over tokens: between two knots interpolated, beyond the ends that of the end. Tokens rising. */
export type ShareKnots = readonly (readonly [tokens: number, share: number])[];

/** `floor + max(bytes / (bandwidth * bandwidthShare), FLOPs / (peak * computeShare(tokens)))`. */
export interface GemmTimes {
  /** What a launch takes by itself, s. */
  floorS: number;
  bandwidthShare: number;
  computeShare: ShareKnots;
}

/** Times of the kernels of a forward pass on one GPU. Types that were not measured are as bf16. */
export interface KernelTimes {
  /** Dense matrix products with weights of that type; absent: the GPU does not multiply it. */
  gemm: { bf16: GemmTimes; fp8: GemmTimes; nvfp4?: GemmTimes };
  /**
   * The fused experts of a layer; `computeShare` over the tokens that each expert gets. `mxfp4` weights are multiplied in bf16, and their share is of that peak.
   */
  experts: { bf16: GemmTimes; fp8: GemmTimes; mxfp4: GemmTimes };
  attention: {
    /** What the attention of a layer takes by itself, s. */
    floorS: number;
    /** Of decoding sequences that read their keys and values in that type. */
    bandwidthShare: { bf16: number; fp8: number };
    /** Of bfloat16 peak, in prefill. */
    computeShare: number;
  };
  /** What is different in attention with keys and values in fp8. */
  fp8KvAttention: { floorS: number; computeShare: number };
  /** Norms, rotations, activations and cache writes of a layer: what their launches take, s. */
  smallKernelsS: number;
  /** `latency + 2 (n - 1) / n * bytes / (link * linkShare)` over n GPUs; rising n. */
  allReduce: readonly { gpus: number; latencyS: number; linkShare: number }[];
}

const FIGURES = {
  "h100-sxm": h100,
  "h200-sxm": h200,
  "a100-sxm-80gb": a100,
  "b200-sxm": b200,
  l40s,
} as const satisfies Record<string, KernelFigures>;

/** A GPU whose kernels were measured. */
export type MeasuredGpu = keyof typeof FIGURES;

/** GPUs whose kernels were measured. */
export const MEASURED_GPUS = Object.keys(FIGURES) as [MeasuredGpu, ...MeasuredGpu[]];

const TIMES: Partial<Record<MeasuredGpu, KernelTimes>> = {};

/** Times of the kernels of a GPU that was measured. */
export function kernelTimes(gpu: MeasuredGpu): KernelTimes {
  return (TIMES[gpu] ??= timesOf(FIGURES[gpu]));
}

/** What is behind {@link kernelTimes}: each figure with its origin, measurements, range and errors, the products first. */
export function kernelProvenance(gpu: MeasuredGpu): KernelFigure[] {
  return listFigures(FIGURES[gpu]);
}

const US = 1e-6;

function timesOf({ gemm, experts, attention, allReduce, smallKernelsUs }: KernelFigures): KernelTimes {
  const { bf16, fp8 } = attention;
  return {
    gemm: {
      bf16: gemmTimes(gemm.bf16),
      fp8: gemmTimes(gemm.fp8),
      ...(gemm.nvfp4 ? { nvfp4: gemmTimes(gemm.nvfp4) } : {}),
    },
    experts: {
      bf16: gemmTimes(experts.bf16),
      fp8: gemmTimes(experts.fp8),
      mxfp4: gemmTimes(experts.mxfp4),
    },
    attention: {
      floorS: bf16.decode.floorUs.value * US,
      bandwidthShare: { bf16: bf16.decode.bandwidthShare.value, fp8: fp8.decode.bandwidthShare.value },
      computeShare: bf16.prefill.computeShare.value,
    },
    fp8KvAttention: { floorS: fp8.decode.floorUs.value * US, computeShare: fp8.prefill.computeShare.value },
    smallKernelsS: smallKernelsUs.value * US,
    allReduce: allReduce.map(({ gpus, latencyUs, linkShare }) => ({
      gpus,
      latencyS: latencyUs.value * US,
      linkShare: linkShare.value,
    })),
  };
}

function gemmTimes({ floorUs, bandwidthShare, computeShare }: MatrixFigures): GemmTimes {
  return {
    floorS: floorUs.value * US,
    bandwidthShare: bandwidthShare.value,
    computeShare: computeShare.knots.map(({ tokens, share }) => [tokens, share] as const),
  };
}
