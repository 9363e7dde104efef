import { borrowsKernels, type HardwareFacts } from "../specs/hardware-catalog.js";
import type { MeasuredGpu } from "../specs/kernel-catalog.js";

/** How well founded a figure of power is; the words are those of `power_model_qual` of the Python tool. */
export type PowerQuality = "HIGH" | "FAIR" | "LOW" | "NONE";

/**
 * Power of a GPU, as shares of its board power: `idle + memory * MBU + arithmetic * sqrt(MFU)`, at most 1.
 *
 * Static power, and power for each byte and each operation, are the terms of the energy roofline (Choi, Bedard, Fowler, Vuduc, "A roofline model of energy", IPDPS 2013). The
 * root is a finding, not theory: small batches draw more for each operation than large ones, whose products fill the tensor cores.
 */
export interface PowerCoefficients {
  idle: number;
  memory: number;
  arithmetic: number;
  /** How well founded they are for the GPU that they were found on. */
  quality: PowerQuality;
  source: string;
}

/** Assumption: a GPU that holds a loaded server and does nothing draws some 105 W of an H100's 700. */
const IDLE = 0.15;

const ML_ENERGY = "ML.ENERGY benchmark v3.0 (Chung et al., arXiv:2505.06371), task lm-arena-chat";

/**
 * Fits of relative errors to mean power at a mean batch, with utilisations of this project's roofline at that batch, so that they are those of its users.
 *
 * H100: 27 points, batches of 8 to 724, Llama-3.1-8B, Qwen3-14B and Llama-3.3-70B on 4 GPUs: mean error 6 %, largest 15 %. B200: 12 points, Llama-3.1-8B and Llama-3.3-70B on 2: 11 % and 29 %
 * (too much for 8B, which the host holds up). A100: three anchors that the Python tool's curve goes through, of which one was measured.
 */
const COEFFICIENTS: Readonly<Record<MeasuredGpu, PowerCoefficients>> = {
  "h100-sxm": {
    idle: IDLE,
    memory: 0.5,
    arithmetic: 0.86,
    quality: "HIGH",
    source: `fit to 27 points of ${ML_ENERGY}`,
  },
  // The same chip at the same board power; a byte costs as much, and it moves 1.43 times as many.
  "h200-sxm": { idle: IDLE, memory: 0.72, arithmetic: 0.86, quality: "FAIR", source: "H100's, with its bandwidth" },
  "a100-sxm-80gb": {
    idle: IDLE,
    memory: 0.44,
    arithmetic: 1.82,
    quality: "FAIR",
    source: "fit to 191, 373 and 383 W at 1, 32 and 128 sequences of a 70B model on 8 GPUs (Python vllm-sr-sim 0.1.0)",
  },
  "b200-sxm": {
    idle: IDLE,
    memory: 0.66,
    arithmetic: 0.86,
    quality: "FAIR",
    source: `fit to 12 points of ${ML_ENERGY}`,
  },
  l40s: { idle: IDLE, memory: 0.5, arithmetic: 0.86, quality: "LOW", source: "borrowed from the H100" },
};

/** Coefficients for a GPU, with the quality that they have there: borrowed ones are `LOW`. Where it is known what the board draws without work, that is its share. */
export function powerCoefficients(hardware: HardwareFacts): PowerCoefficients {
  const { idleW, tdpW, measuredAs } = hardware;
  const found = COEFFICIENTS[measuredAs];
  return {
    ...found,
    ...(idleW === undefined ? {} : { idle: Math.min(1, idleW / tdpW) }),
    ...(borrowsKernels(hardware) ? { quality: "LOW" as const } : {}),
  };
}
