import { InputError } from "../../specs/input-error.js";
import { pythonBandwidth, PYTHON_LAYER_S, pythonNcclBytes, type PythonHardware } from "./hardware.js";
import {
  pythonHeadDim,
  pythonIsMoe,
  pythonKvBytesPerToken,
  pythonWeightBytes,
  type PythonModel,
} from "./model-shape.js";
import { pythonMoeLayerS } from "./moe-time.js";
import type { PythonServing } from "./serving.js";

/** Tokens of a decode iteration that the time of experts is taken for. */
const MOE_TOKENS = 8;

/** What a computed profile is computed from. */
export interface PythonReplica {
  readonly hardware: PythonHardware;
  readonly model: PythonModel;
  readonly serving: PythonServing;
}

/** What the tool's `ProfileBuilder` computes. */
export interface PythonConstants {
  /** Iteration time without any sequence, s. */
  readonly W: number;
  /** Iteration time that each sequence of `meanCtxTokens` tokens adds, s. */
  readonly H: number;
  readonly totalKvBlocks: number;
}

/**
 * Constants of a replica by the Python tool's roofline (`gpu_profiles/builder.py`): weights once an iteration at 0.80 of peak bandwidth, 3 us a layer, KV of a
 * sequence; no all-reduce. Memory for KV is one GPU's while a block holds all heads, so that a group of `tp` GPUs gets a `tp`-th of its blocks.
 *
 * @throws InputError unless the figures of `serving` are positive.
 */
export function pythonBuild({ hardware, model, serving }: PythonReplica): PythonConstants {
  checkServing(serving);
  const { tp, dtypeBytes, blockSize, meanCtxTokens } = serving;
  const bandwidth = pythonBandwidth(hardware);
  const kvBytes = pythonKvBytesPerToken(model, dtypeBytes);
  const weightBytes = pythonWeightBytes(model, tp, dtypeBytes);
  const usable = Math.trunc(hardware.memoryBytes * serving.gpuMemoryUtilization);
  const kvBudget = Math.max(0, usable - weightBytes - pythonNcclBytes(tp));
  return {
    W: pythonIsMoe(model)
      ? moeW({ hardware, model, serving })
      : weightBytes / bandwidth + PYTHON_LAYER_S * model.layers,
    H: (meanCtxTokens * kvBytes) / bandwidth / tp,
    totalKvBlocks: kvBytes > 0 ? floorQuotient(kvBudget, kvBytes * blockSize) : 0,
  };
}

/** Experts layer by layer, weights of attention, 3 us a layer. */
function moeW({ hardware, model, serving: { tp, dtypeBytes } }: PythonReplica): number {
  const { layers, heads, kvHeads, hidden } = model;
  const expertsS = pythonMoeLayerS(model, dtypeBytes, MOE_TOKENS, hardware);
  const attention = (heads + 2 * kvHeads) * pythonHeadDim(model) * hidden + hidden ** 2;
  const attentionS = (attention * dtypeBytes * layers) / tp / pythonBandwidth(hardware);
  return expertsS * layers + attentionS + PYTHON_LAYER_S * layers;
}

/** The whole quotient, exact where a division would round up to the next whole number. */
function floorQuotient(dividend: number, divisor: number): number {
  return Math.round((dividend - (dividend % divisor)) / divisor);
}

function checkServing(serving: PythonServing): void {
  const { tp, chunk, blockSize, maxSlots, meanCtxTokens } = serving;
  for (const [name, value, least] of [
    ["tp", tp, 1],
    ["chunk", chunk, 1],
    ["block size", blockSize, 1],
    ["most slots", maxSlots, 0],
    ["mean context", meanCtxTokens, 1],
  ] as const) {
    if (Number.isSafeInteger(value) && value >= least) continue;
    throw new InputError(`The Python tool's ${name} is ${value}, but must be a whole number, at least ${least}.`);
  }
  if (!(serving.dtypeBytes > 0 && serving.dtypeBytes < Infinity)) {
    throw new InputError(`The Python tool's bytes of a number are ${serving.dtypeBytes}, but must be more than 0.`);
  }
  if (!(serving.gpuMemoryUtilization > 0 && serving.gpuMemoryUtilization <= 1)) {
    const found = serving.gpuMemoryUtilization;
    throw new InputError(`The Python tool's share of memory is ${found}, but must be more than 0 and at most 1.`);
  }
}
