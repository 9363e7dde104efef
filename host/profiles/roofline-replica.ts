import type { RooflineSpec } from "../specs/roofline-spec.js";
import { BYTES, peakFlops } from "./kernel-times.js";
import { layerShard, normWeights, vocabularyWeights, weightsOf } from "./model-shape.js";

/** What each GPU keeps for activations, CUDA graphs and the runtime, bytes. An assumption: vLLM measures it at start-up, some 1 to 3 GiB. */
const ACTIVATION_BYTES = 2 * 2 ** 30;

/** Work of a replica and the peaks that it is compared with: model FLOPs utilisation (Chowdhery et al., arXiv:2204.02311, appendix B) and its twin for bandwidth. */
export interface ReplicaPeaks {
  /** FLOPs of a token in the layers; with experts of those that it passes through. */
  flopsPerToken: number;
  /** FLOPs of the output projection, once for each sequence in an iteration. */
  flopsPerSequence: number;
  /** FLOPs of a pair of prompt token and token that it attends to. */
  flopsPerWork: number;
  /** FLOPs of a token of context that a decoding sequence reads. */
  flopsPerContext: number;
  /** Weights that an iteration reads, bytes: layers and output projection; with experts all of them, which only a large batch reads. */
  weightBytes: number;
  /** Keys and values of a token, bytes, as the model has them: heads that GPUs repeat count once. */
  kvBytesPerToken: number;
  /** All GPUs, in the type of the weights, FLOP/s. */
  peakFlops: number;
  /** All GPUs, bytes/s. */
  peakBandwidth: number;
}

/** A replica, or one of its pipeline stages where it has several. */
export interface RooflineReplica {
  gpus: number;
  weightBytesPerGpu: number;
  /** Memory that a token's keys and values take in all GPUs together, bytes; heads that GPUs repeat count as often. */
  kvBytesPerToken: number;
  /**
   * KV blocks of `blockSize` tokens that the memory holds beside weights and activations; 0: not one. With `pp` stages, each with its share of the layers, and `gpus` * `pp`
   * GPUs: the blocks of the whole replica.
   */
  numBlocks(blockSize: number, pp?: number): number;
  /** US dollars an hour for one GPU, as in a profile; 0: not priced. */
  costPerHr: number;
  peaks: ReplicaPeaks;
}

/** Memory, price and peaks of a replica. */
export function rooflineReplica(spec: RooflineSpec): RooflineReplica {
  const { hardware, model, tp } = spec;
  const shard = layerShard(model, tp);
  const weightBytesPerGpu = weightBytes(spec, tp);
  const perHeadBytes = 2 * model.headDim * BYTES[spec.kvDtype] * model.layers;
  const kvBytesPerGpu = shard.kvHeads * perHeadBytes;
  const budget = spec.gpuMemoryUtilization * hardware.memoryBytes - ACTIVATION_BYTES;
  return {
    gpus: tp,
    weightBytesPerGpu,
    kvBytesPerToken: kvBytesPerGpu * tp,
    numBlocks: (blockSize, pp = 1) =>
      Math.max(0, Math.floor((budget * pp - weightBytesPerGpu) / (blockSize * kvBytesPerGpu))),
    costPerHr: hardware.costPerHr,
    peaks: peaks(spec, model.kvHeads * perHeadBytes),
  };
}

/** Bytes of weights in one of `tp` GPUs: layers in the type of the weights, all else bf16. */
function weightBytes({ model, dtype }: RooflineSpec, tp: number): number {
  const { dense, router, expert } = layerShard(model, tp);
  const linear = weightsOf(dense) + model.experts * weightsOf(expert);
  const rest = normWeights(model) + (router ? weightsOf([router]) : 0);
  const layers = model.layers * (linear * BYTES[dtype] + rest * BYTES.bf16);
  return layers + (vocabularyWeights(model) / tp + model.hidden) * BYTES.bf16;
}

function peaks(spec: RooflineSpec, kvBytesPerToken: number): ReplicaPeaks {
  const { hardware, model, tp, dtype } = spec;
  const { dense, router, expert } = layerShard(model, 1);
  const passed = weightsOf(dense) + (router ? weightsOf([router]) : 0) + model.topK * weightsOf(expert);
  const pairFlops = 4 * model.heads * model.headDim * model.layers;
  const embeddingBytes = model.tiedEmbeddings ? 0 : model.vocab * model.hidden * BYTES.bf16;
  return {
    flopsPerToken: 2 * model.layers * passed,
    flopsPerSequence: 2 * model.vocab * model.hidden,
    flopsPerWork: pairFlops,
    flopsPerContext: pairFlops,
    weightBytes: weightBytes(spec, 1) - embeddingBytes,
    kvBytesPerToken,
    peakFlops: peakFlops(hardware, dtype) * tp,
    peakBandwidth: hardware.memoryBandwidth * tp,
  };
}
