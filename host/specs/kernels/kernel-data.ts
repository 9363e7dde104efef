/** What {@link file://./derive.ts} derives: the shape of the modules in `data/`. */

/** Types of weights whose products were measured. */
export type GemmDtype = "bf16" | "fp8" | "nvfp4";
/** Types of weights whose fused experts were measured. */
export type ExpertsDtype = "bf16" | "fp8" | "mxfp4";

/** Where a figure comes from: measured on that GPU, or not. */
export type Origin = "measured" | `borrowed from ${string}` | `published by ${string}`;

/** How far fit and measurements lie apart. */
export interface KernelFit {
  /** Measurements behind it. */
  measurements: number;
  /** Mean size of its relative errors at them. */
  meanError: number;
  /** 90th percentile of those sizes. */
  p90Error: number;
  /** Range of the measurements. */
  covers: string;
}

/** A fitted number. */
export interface Figure {
  value: number;
  origin: Origin;
}

/** A share of peak arithmetic over tokens. */
export interface ComputeKnot {
  tokens: number;
  share: number;
  measurements: number;
  meanError: number;
  p90Error: number;
}

/** Kernels with weights: `floor + max(bytes / (bandwidth * bandwidthShare), FLOPs / (peak * share(tokens)))`. */
export interface MatrixFigures {
  /** Type as in the table. */
  table: string;
  floorUs: Figure;
  bandwidthShare: Figure;
  /** Where memory bounds the kernel: behind `floorUs` and `bandwidthShare`. */
  memoryFit: KernelFit;
  /** Tokens of the batch; with experts those that each of them gets. */
  computeShare: { origin: Origin; knots: readonly ComputeKnot[] };
  /** All of it, against all measurements of the table that it is for. */
  wholeFit: KernelFit;
}

/** Attention with keys and values in one type. */
export interface AttentionFigures {
  /** `floor + bytes / (bandwidth * bandwidthShare)`. */
  decode: { floorUs: Figure; bandwidthShare: Figure; fit: KernelFit };
  /** `floor + FLOPs / (bf16 peak * computeShare)`, with the floor of a prompt, which no iteration pays twice. */
  prefill: { floorUs: Figure; computeShare: Figure; fit: KernelFit };
}

/** `latency + 2 (n - 1) / n * bytes / (link * linkShare)`. */
export interface AllReduceFigures {
  gpus: number;
  latencyUs: Figure;
  linkShare: Figure;
  fit: KernelFit;
}

/** The kernels of one GPU. */
export interface KernelFigures {
  gpu: string;
  /** As the tables name it. */
  system: string;
  /** Releases of vLLM that were measured. */
  version: string;
  gemm: { bf16: MatrixFigures; fp8: MatrixFigures; nvfp4?: MatrixFigures };
  experts: { bf16: MatrixFigures; fp8: MatrixFigures; mxfp4: MatrixFigures };
  attention: { bf16: AttentionFigures; fp8: AttentionFigures };
  allReduce: readonly AllReduceFigures[];
  /** Norms, rotations, activations and cache writes of a layer: what their launches take. */
  smallKernelsUs: Figure;
}
