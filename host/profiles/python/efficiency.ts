import type { PythonConstants, PythonReplica } from "./builder.js";
import { pythonActiveParameters, pythonHeadDim, pythonKvBytesPerToken, pythonWeightBytes } from "./model-shape.js";

/** Shares of board power at one sequence and at many: ML.ENERGY benchmark v3.0, 300 and 600 W of an H100's 700 W. */
const IDLE_SHARE = 0.43;
const ACTIVE_SHARE = 0.86;

/** Decoding at one concurrency, every step of the tool's derivation (`DecodeEfficiencyPoint`). All of one GPU, but for `tokensPerS`, which is the replica's. */
export interface PythonDecodeEfficiency {
  nActive: number;
  iterationS: number;
  tokensPerS: number;
  /** Bytes that an iteration reads. */
  memoryBytes: number;
  /** Share of keys and values in them. */
  kvShare: number;
  flops: number;
  /** FLOPs a byte. */
  intensity: number;
  bound: "compute" | "memory";
  powerW: number;
  tokensPerWatt: number;
}

/** Power of a GPU, W: between 0.43 and 0.86 of the board's, by the share of an iteration that reads KV and the share of peak arithmetic. */
export function pythonReplicaPowerW(
  { hardware, model, serving }: PythonReplica,
  { W, H }: PythonConstants,
  n: number,
  ctx: number,
): number {
  const perSequenceS = H * (ctx / serving.meanCtxTokens);
  const iterationS = W + perSequenceS * n;
  const kvShare = (perSequenceS * n) / iterationS;
  const computeShare = (((2 * pythonActiveParameters(model)) / serving.tp) * n) / (iterationS * hardware.fp16Flops);
  const rangeW = hardware.tdpW * (ACTIVE_SHARE - IDLE_SHARE);
  return hardware.tdpW * IDLE_SHARE + rangeW * Math.min(1, kvShare + computeShare);
}

/** Decoding of `n` sequences of `ctx` tokens. */
export function pythonDecodeEfficiency(
  replica: PythonReplica,
  constants: PythonConstants,
  n: number,
  ctx: number,
): PythonDecodeEfficiency {
  const { hardware, model, serving } = replica;
  const { tp, dtypeBytes, meanCtxTokens } = serving;
  const iterationS = constants.W + constants.H * (ctx / meanCtxTokens) * n;
  const tokensPerS = n / iterationS;
  const kvBytes = n * (pythonKvBytesPerToken(model, dtypeBytes) / tp) * ctx;
  const memoryBytes = pythonWeightBytes(model, tp, dtypeBytes) + kvBytes;
  const attention = (4 * model.kvHeads * pythonHeadDim(model) * ctx * n * model.layers) / tp;
  const flops = 2 * (pythonActiveParameters(model) / tp) * n + attention;
  const intensity = flops / memoryBytes;
  const powerW = pythonReplicaPowerW(replica, constants, n, ctx);
  return {
    nActive: n,
    iterationS,
    tokensPerS,
    memoryBytes,
    kvShare: kvBytes / memoryBytes,
    flops,
    intensity,
    bound: intensity > hardware.fp16Flops / hardware.memoryBandwidth ? "compute" : "memory",
    powerW,
    tokensPerWatt: tokensPerS / powerW,
  };
}
