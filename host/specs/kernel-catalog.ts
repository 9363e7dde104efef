/**
 * How near the kernels of vLLM come to the peaks of a GPU: fits to the measured tables of AIConfigurator (NVIDIA, Apache-2.0; commit a77804e36; vLLM 0.24.0, A100
 * 0.14.0), which also name the peaks that all shares are of. Fits are of relative errors, with no negative term.
 */

/** A share over tokens: between two knots interpolated, beyond the ends that of the end. Tokens rising. */
export type ShareKnots = readonly (readonly [tokens: number, share: number])[];

/** `floor + max(bytes / (bandwidth * bandwidthShare), FLOPs / (peak * computeShare(tokens)))`. */
export interface GemmTimes {
  /** What a launch takes by itself, s. */
  floorS: number;
  bandwidthShare: number;
  computeShare: ShareKnots;
}

/** Times of the kernels of a forward pass on one GPU. */
export interface KernelTimes {
  /** Dense matrix products with weights of that type. */
  gemm: { bf16: GemmTimes; fp8: GemmTimes };
  /** The fused experts of a layer; `computeShare` over the tokens that each expert gets. */
  experts: { bf16: GemmTimes; fp8: GemmTimes };
  attention: {
    /** What the attention of a layer takes by itself, s. */
    floorS: number;
    /** Of decoding sequences that read their keys and values in that type. */
    bandwidthShare: { bf16: number; fp8: number };
    /** Of bfloat16 peak, in prefill. */
    computeShare: number;
  };
  /** Norms, rotations, activations and cache writes of a layer: what their launches take, s. */
  smallKernelsS: number;
  /** `latency + 2 (n - 1) / n * bytes / (link * linkShare)` over n GPUs; rising n. */
  allReduce: readonly { gpus: number; latencyS: number; linkShare: number }[];
}

const US = 1e-6;

/** Tokens at which {@link GemmTimes.computeShare} was measured. */
const GEMM_TOKENS = [128, 256, 512, 1024, 2048, 4096, 8192] as const;
/** Tokens of an expert at which its share was measured. */
const EXPERT_TOKENS = [32, 64, 128, 256, 512, 1024] as const;

/** gemm.csv: floor and bandwidth from up to 64 tokens, then the median share of peak beyond the floor; matrices of 8 MB and more. */
function gemm(floorUs: number, bandwidthShare: number, shares: readonly number[]): GemmTimes {
  return { floorS: floorUs * US, bandwidthShare, computeShare: knots(GEMM_TOKENS, shares) };
}

/** moe.csv, balanced, without expert parallelism: floor and bandwidth from up to 16 tokens an expert, of which {@link expectedExperts} are read. */
function experts(
  floorUs: number,
  bandwidthShare: number,
  shares: readonly number[],
  tokens: readonly number[] = EXPERT_TOKENS,
): GemmTimes {
  return { floorS: floorUs * US, bandwidthShare, computeShare: knots(tokens, shares) };
}

function knots(tokens: readonly number[], shares: readonly number[]): ShareKnots {
  return shares.map((share, index) => [tokens[index]!, share] as const);
}

/** generation_attention.csv: floor and bandwidth; context_attention.csv: share of peak. */
function attention(floorUs: number, bf16: number, fp8: number, computeShare: number): KernelTimes["attention"] {
  return { floorS: floorUs * US, bandwidthShare: { bf16, fp8 }, computeShare };
}

/** collectives.csv, vLLM's own all-reduce in a CUDA graph over 2, 4 and 8 GPUs, messages of 2 KB to 128 MB. */
function allReduce(
  ...fits: readonly (readonly [gpus: number, latencyUs: number, linkShare: number])[]
): KernelTimes["allReduce"] {
  return fits.map(([gpus, latencyUs, linkShare]) => ({ gpus, latencyS: latencyUs * US, linkShare }));
}

/**
 * AIConfigurator did not measure them. BLIS, fitted to 15 experiments on H100 (inference-sim, "trained-physics"), finds 32.1 us for a layer; four matrix products and
 * the attention of a layer take 26.4 us of it by the fits below.
 */
const SMALL_KERNELS_S = 5.7 * US;

const H100_KERNELS: KernelTimes = {
  gemm: {
    bf16: gemm(3.6, 0.87, [0.35, 0.61, 0.82, 0.85, 0.84, 0.8, 0.77]),
    fp8: gemm(6.2, 0.8, [0.31, 0.45, 0.53, 0.56, 0.55, 0.51, 0.58]),
  },
  experts: {
    bf16: experts(22.9, 0.79, [0.09, 0.16, 0.26, 0.37, 0.44, 0.59]),
    // Block-wise fp8: the table's plain fp8 kernels have no tuned configuration, and are five times as slow.
    fp8: experts(34.5, 0.79, [0.09, 0.16, 0.22, 0.26, 0.27, 0.3]),
  },
  attention: attention(12, 0.89, 0.77, 0.57),
  smallKernelsS: SMALL_KERNELS_S,
  allReduce: allReduce([2, 4.2, 0.54], [4, 5, 0.61], [8, 5.7, 0.74]),
};

const H200_KERNELS: KernelTimes = {
  gemm: {
    bf16: gemm(3.9, 0.85, [0.47, 0.74, 0.83, 0.85, 0.84, 0.8, 0.77]),
    fp8: gemm(6.4, 0.74, [0.38, 0.49, 0.56, 0.59, 0.6, 0.57, 0.61]),
  },
  experts: {
    bf16: experts(24.5, 0.79, [0.12, 0.21, 0.38, 0.49, 0.53, 0.67]),
    fp8: experts(37.1, 0.79, [0.12, 0.2, 0.25, 0.26, 0.27, 0.31]),
  },
  attention: attention(12.6, 0.84, 0.6, 0.56),
  smallKernelsS: SMALL_KERNELS_S,
  allReduce: allReduce([2, 4.4, 0.56], [4, 5, 0.63], [8, 5.6, 0.78]),
};

const A100_GEMM = gemm(4.8, 0.73, [0.45, 0.63, 0.7, 0.73, 0.82, 0.83, 0.81]);
/**
 * Measured with uneven experts alone (power_law_1.2): the bandwidth of its dense products and the H100's shares at half the tokens, since half as many make it
 * compute-bound, come as near to that as the fits of the other GPUs come to their own uneven experts.
 */
const A100_EXPERTS = experts(30, 0.73, [0.09, 0.16, 0.26, 0.37, 0.44, 0.59], [16, 32, 64, 128, 256, 512]);

/** It has no fp8 arithmetic; keys and values in fp8 were not measured, and are read as fast as others. */
const A100_KERNELS: KernelTimes = {
  gemm: { bf16: A100_GEMM, fp8: A100_GEMM },
  experts: { bf16: A100_EXPERTS, fp8: A100_EXPERTS },
  attention: attention(17.5, 0.7, 0.7, 0.5),
  smallKernelsS: SMALL_KERNELS_S,
  allReduce: allReduce([2, 5, 0.56], [4, 5.9, 0.55], [8, 7.2, 0.56]),
};

const B200_KERNELS: KernelTimes = {
  gemm: {
    bf16: gemm(3.3, 0.82, [0.34, 0.55, 0.68, 0.7, 0.73, 0.7, 0.7]),
    fp8: gemm(6.9, 0.68, [0.29, 0.33, 0.38, 0.42, 0.45, 0.43, 0.4]),
  },
  experts: {
    bf16: experts(12.4, 0.8, [0.08, 0.15, 0.26, 0.35, 0.4, 0.38]),
    fp8: experts(15, 0.75, [0.07, 0.13, 0.22, 0.3, 0.34, 0.41]),
  },
  attention: attention(9.2, 0.94, 0.91, 0.47),
  smallKernelsS: SMALL_KERNELS_S,
  allReduce: allReduce([2, 7.4, 0.43], [4, 7.8, 0.51], [8, 8.7, 0.57]),
};

/**
 * Its cache of 96 MB holds whole matrices from one measurement to the next, so that fits find no floor: bandwidth and floor of matrix products are the medians of larger
 * ones and the least floor of the other GPUs, those of attention are from 150 MB on. The all-reduce goes over PCIe.
 */
const L40S_KERNELS: KernelTimes = {
  gemm: {
    bf16: gemm(3, 0.81, [0.22, 0.4, 0.61, 0.64, 0.67, 0.63, 0.56]),
    fp8: gemm(3, 0.69, [0.19, 0.32, 0.43, 0.44, 0.46, 0.44, 0.44]),
  },
  experts: {
    bf16: experts(12.4, 0.81, [0.05, 0.1, 0.17, 0.26, 0.4, 0.61]),
    fp8: experts(12.4, 0.69, [0.05, 0.1, 0.15, 0.23, 0.28, 0.53]),
  },
  attention: attention(9.8, 0.81, 0.81, 0.47),
  smallKernelsS: SMALL_KERNELS_S,
  allReduce: allReduce([2, 5.3, 0.6], [4, 12.1, 0.12], [8, 20.8, 0.07]),
};

const KERNELS = {
  "h100-sxm": H100_KERNELS,
  "h200-sxm": H200_KERNELS,
  "a100-sxm-80gb": A100_KERNELS,
  "b200-sxm": B200_KERNELS,
  l40s: L40S_KERNELS,
} as const;

/** A GPU whose kernels were measured. */
export type MeasuredGpu = keyof typeof KERNELS;

/** GPUs whose kernels were measured. */
export const MEASURED_GPUS = Object.keys(KERNELS) as [MeasuredGpu, ...MeasuredGpu[]];

/** Times of the kernels of a GPU that was measured. */
export function kernelTimes(gpu: MeasuredGpu): KernelTimes {
  return KERNELS[gpu];
}
