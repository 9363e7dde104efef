import type { RooflineSpec } from "../specs/roofline-spec.js";
import { BYTES, peakFlops, storedTypes } from "./kernel-times.js";
import {
  attentionShard,
  layerShards,
  layersReading,
  normWeights,
  vocabularyWeights,
  weightsOf,
} from "./model-shape.js";

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
  /**
   * Keys and values of a token, bytes, as the model has them: heads that GPUs repeat count once. Layers with a window count by the share of a sequence of `typicalContext`
   * tokens that it covers.
   */
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
  /**
   * Memory that a token's keys and values take in all GPUs together, bytes; heads and latent vectors that GPUs repeat count as often. Layers with a window count by the share
   * of a sequence of `typicalContext` tokens that it covers: vLLM's hybrid KV cache manager frees what has left the window.
   */
  kvBytesPerToken: number;
  /** What a sequence of so many tokens takes in all GPUs together, bytes: in layers with a window no more than the window. Exact for every length. */
  kvBytesAt: (context: number) => number;
  /** Bytes of a GPU that weights and activations leave to keys and values; below 0: not even those fit. */
  kvBytesOfGpu: number;
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
  const weightBytesPerGpu = weightBytes(spec, tp);
  const bytesAt = (context: number, gpus: number) =>
    attentionShard(model, gpus).kvWidth * layersReading(model, context) * BYTES[spec.kvDtype];
  const kvBytesPerGpu = bytesAt(spec.typicalContext, tp);
  const budget = spec.gpuMemoryUtilization * hardware.memoryBytes - ACTIVATION_BYTES;
  return {
    gpus: tp,
    weightBytesPerGpu,
    kvBytesPerToken: kvBytesPerGpu * tp,
    kvBytesAt: (context) => (context === 0 ? 0 : context * bytesAt(context, tp) * tp),
    kvBytesOfGpu: budget - weightBytesPerGpu,
    numBlocks: (blockSize, pp = 1) =>
      Math.max(0, Math.floor((budget * pp - weightBytesPerGpu) / (blockSize * kvBytesPerGpu))),
    costPerHr: hardware.costPerHr,
    peaks: peaks(spec, bytesAt(spec.typicalContext, 1)),
  };
}

/**
 * Bytes of weights in one of `tp` GPUs: layers in the type of the weights, all else bf16. Latent attention keeps a second copy, in bf16, of what makes keys and values, in
 * the order in which decoding uses it (vLLM, `MLACommonImpl.process_weights_after_loading`).
 */
function weightBytes({ model, dtype }: RooflineSpec, tp: number): number {
  const types = storedTypes(dtype);
  const absorbed = weightsOf(attentionShard(model, tp).expansion);
  let layers = 0;
  for (const shard of layerShards(model, tp)) {
    const linear =
      weightsOf(shard.dense) * BYTES[types.dense] +
      (shard.router ? model.experts * weightsOf(shard.expert) * BYTES[types.experts] : 0);
    const rest = normWeights(model) + (shard.router ? weightsOf([shard.router]) : 0) + absorbed;
    layers += shard.layers * (linear + rest * BYTES.bf16);
  }
  return layers + (vocabularyWeights(model) / tp + model.hidden) * BYTES.bf16;
}

function peaks(spec: RooflineSpec, kvBytesPerToken: number): ReplicaPeaks {
  const { hardware, model, tp, dtype } = spec;
  let passed = 0;
  for (const { layers, dense, router, expert } of layerShards(model, 1)) {
    passed += layers * (weightsOf(dense) + (router ? weightsOf([router]) : 0) + model.topK * weightsOf(expert));
  }
  const { pairWidth, readWidth } = attentionShard(model, 1);
  const reading = layersReading(model, spec.typicalContext);
  const embeddingBytes = model.tiedEmbeddings ? 0 : model.vocab * model.hidden * BYTES.bf16;
  return {
    flopsPerToken: 2 * passed,
    flopsPerSequence: 2 * model.vocab * model.hidden,
    flopsPerWork: 2 * pairWidth * reading,
    flopsPerContext: 2 * readWidth * reading,
    weightBytes: weightBytes(spec, 1) - embeddingBytes,
    kvBytesPerToken,
    peakFlops: peakFlops(hardware, dtype) * tp,
    peakBandwidth: hardware.memoryBandwidth * tp,
  };
}
