import type { GpuPeaks } from "./kernel-tables.js";

/**
 * Constants that are taken from elsewhere, not from the runs they are used on.
 *
 * Those of inference-sim (github.com/inference-sim/inference-sim, `trained-physics` latency model, bundled coefficients) were regressed by its authors on
 * 15 vLLM runs on H100, none of them by inference-perf's demo or LLMServingSim.
 */

/** Fixed time of an iteration, and of a layer in it, s (inference-sim). */
export const ITERATION_S = 126e-6;
export const LAYER_S = 32.095e-6;
/** Time of the scheduler for a sequence in an iteration, s (inference-sim). */
export const SCHEDULING_S = 4.417e-6;
/** Time of a request before the queue and after the end, s (inference-sim: 15.563 and 0.777 ms). */
export const REQUEST_OVERHEAD_S = 16.34e-3;

/** Datasheets of dense bf16 and memory: H100 SXM and L40S as AIConfigurator's tables state them. */
export const H100: GpuPeaks = { flops: 989e12, bytesPerS: 3.35e12 };
export const L40S: GpuPeaks = { flops: 362e12, bytesPerS: 0.864e12 };
/** RTX PRO 6000 Blackwell Workstation Edition: 4,000 TOPS in sparse FP4, an eighth of it in dense bf16; 1,792 GB/s. */
export const RTX_PRO_6000: GpuPeaks = { flops: 503.8e12, bytesPerS: 1.792e12 };
/** Share of the bandwidth that decode attention reaches in the tables of the H100 and of the L40S. */
export const H100_MEMORY_SHARE = 0.76;
export const L40S_MEMORY_SHARE = 0.81;

/** Greedy sampling, bytes of an entry of the vocabulary: logits to 32 bits (2 + 4), the largest of them (4). */
export const GREEDY_BYTES = 10;
/** Sampling at a temperature: to 32 bits (6), temperature (8), softmax (8), exponential noise and quotient (16), the largest (4). */
export const RANDOM_BYTES = 42;
/**
 * Sampling with top-p, for which vLLM sorts all logits (vllm/v1/sample/ops/topk_topp_sampler.py): {@link RANDOM_BYTES}, a radix sort of 32-bit keys with
 * 64-bit indices (4 passes of 8 bits, 12 bytes in and 12 out each: 96), and softmax, running sum, mask and scatter of the sorted (8 each).
 */
export const TOP_P_BYTES = RANDOM_BYTES + 96 + 32;
