/**
 * Mean power of the GPUs of a server at a mean batch: ML.ENERGY benchmark v3.0 (Chung et al., arXiv:2505.06371; leaderboard data, task lm-arena-chat, vLLM), model, GPUs, then
 * rows of mean batch, mean output tokens, W of all GPUs together.
 */
export interface MeasuredPower {
  hardware: string;
  model: string;
  gpus: number;
  rows: readonly (readonly [batch: number, outputTokens: number, watts: number])[];
}

export const MEASURED_POWER: readonly MeasuredPower[] = [
  {
    hardware: "h100-sxm",
    model: "llama-3.1-8b",
    gpus: 1,
    rows: [
      [7.98, 389, 486.4],
      [15.95, 404, 513.3],
      [31.91, 390, 559.7],
      [63.92, 396, 610.3],
      [95.7, 393, 644],
      [127.62, 405, 669.2],
      [191.66, 397, 688.3],
      [255.19, 404, 690.5],
      [383.01, 394, 686.5],
    ],
  },
  {
    hardware: "h100-sxm",
    model: "qwen3-14b",
    gpus: 1,
    rows: [
      [7.99, 620, 443],
      [15.97, 622, 465.3],
      [31.92, 611, 493.9],
      [63.84, 617, 525],
      [95.88, 623, 541.8],
      [127.71, 614, 572.1],
      [191.66, 613, 612.8],
      [253.41, 625, 644.7],
    ],
  },
  {
    hardware: "h100-sxm",
    model: "llama-3.3-70b",
    gpus: 4,
    rows: [
      [7.98, 409, 1787.4],
      [15.97, 410, 1838.8],
      [31.91, 413, 1895.6],
      [63.86, 409, 2108.3],
      [95.86, 420, 2223.8],
      [127.71, 411, 2351.3],
      [191.53, 406, 2461.3],
      [255.45, 413, 2519.4],
      [382.92, 408, 2510.6],
      [724.24, 413, 2546],
    ],
  },
  {
    hardware: "b200-sxm",
    model: "llama-3.3-70b",
    gpus: 2,
    rows: [
      [7.98, 411, 1701.5],
      [15.96, 406, 1745.5],
      [31.92, 407, 1757.7],
      [63.85, 415, 1815.1],
      [127.73, 410, 1911.5],
      [255.52, 410, 1942.2],
      [510.63, 414, 1930.1],
      [1021.56, 409, 1935.3],
    ],
  },
];

/** Mean prompt of that task, tokens: an assumption; only its context counts here. */
const PROMPT_TOKENS = 120;

/** Mean context of what runs: requests are met longer than they are on average. */
export function meanContext(outputTokens: number): number {
  return PROMPT_TOKENS + 0.6 * outputTokens;
}
