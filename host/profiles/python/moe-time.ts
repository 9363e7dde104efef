import { pythonBandwidth, type PythonHardware } from "./hardware.js";
import type { PythonModel } from "./model-shape.js";

/** Bandwidth of the GPU that the table is for, bytes/s. */
const H100_BANDWIDTH = 3.35e12;

/** How much of a faster memory shows. */
const BANDWIDTH_EXPONENT = 0.7;

/** Tokens of each column of the table. */
const TOKENS = [1, 8, 32, 128, 512] as const;

/** Bytes of a number, and what a layer of experts takes on an H100, ms, at each of {@link TOKENS}. */
type Times = readonly (readonly [bytes: number, ...ms: number[]])[];

/**
 * By experts, of which a token takes, hidden width and width of an expert. `gpu_profiles/builder.py` calls the figures authored estimates in its heading and
 * measured ones in the comment above them.
 */
const TABLE: Readonly<Record<string, Times>> = {
  // DeepSeek-V3
  "256, 8, 7168, 2048": [
    [2, 0.288, 1.34, 3.08, 5.77, 7.48],
    [1, 0.172, 0.7, 1.59, 3.07, 3.83],
    [0.5, 0.146, 0.48, 1.05, 1.93, 2.81],
  ],
  // Qwen3-235B-A22B
  "128, 8, 4096, 1536": [
    [2, 0.144, 0.48, 1.28, 1.54, 1.9],
    [1, 0.087, 0.28, 0.67, 0.845, 1.05],
    [0.5, 0.088, 0.234, 0.495, 0.615, 0.78],
  ],
  // Qwen3-30B-A3B
  "128, 8, 2048, 768": [
    [2, 0.072, 0.24, 0.64, 0.77, 0.95],
    [1, 0.044, 0.14, 0.335, 0.423, 0.525],
    [0.5, 0.044, 0.117, 0.248, 0.308, 0.39],
  ],
};

/**
 * What the routed experts of a layer take for `tokens` tokens, s: where the table has the model, in the type nearest to `bytes` (the larger one at equal distance),
 * linear between its columns and flat beyond; elsewhere two of three matrices of `topK` experts at the roofline's bandwidth. Not shared out over GPUs.
 */
export function pythonMoeLayerS(model: PythonModel, bytes: number, tokens: number, hardware: PythonHardware): number {
  const { experts, topK, hidden, moeIntermediate } = model;
  const times = TABLE[[experts, topK, hidden, moeIntermediate].join(", ")];
  if (!times) return (topK * 2 * moeIntermediate * hidden * bytes) / pythonBandwidth(hardware);
  let nearest = times[0]!;
  for (const row of times) if (Math.abs(row[0] - bytes) < Math.abs(nearest[0] - bytes)) nearest = row;
  const [, ...ms] = nearest;
  const scale = (H100_BANDWIDTH / hardware.memoryBandwidth) ** BANDWIDTH_EXPONENT;
  return (interpolated(ms, tokens) * scale) / 1000;
}

function interpolated(ms: readonly number[], tokens: number): number {
  if (tokens <= TOKENS[0]) return ms[0]!;
  for (let i = 1; i < TOKENS.length; i++) {
    const [before, here] = [TOKENS[i - 1]!, TOKENS[i]!];
    if (tokens <= here) return ms[i - 1]! + ((tokens - before) / (here - before)) * (ms[i]! - ms[i - 1]!);
  }
  return ms.at(-1)!;
}
