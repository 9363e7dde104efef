import { sharedWidth } from "../specs/models/model-facts.js";
import type { RooflineSpec } from "../specs/roofline-spec.js";
import type { AffineModel, TokensKnot } from "./iteration-model.js";
import { BYTES, expertsS, gemmS, peakFlops, shareAt, storedTypes, type GemmSetting } from "./kernel-times.js";
import { attentionShard, layerShards, weightsOf, type AttentionShard, type LayerShard } from "./model-shape.js";

const MS_PER_SECOND = 1000;

/** Tokens at which the kernels are timed: powers of two and halfway between them, up to this. */
const LARGEST_KNOT = 16_384;

/**
 * The model `roofline` of a fleet file as the core computes it.
 *
 * The products with weights run one after the other, each as long as its arithmetic or its memory traffic, whichever is longer; so that maximum is taken for each of them, and
 * their sum stands in `other`, together with all-reduces, small kernels and the overhead of the engine. `compute` and `memory` are left to the attention, where prompts
 * (bound by arithmetic) and decoding sequences (bound by memory) share one kernel.
 *
 * The output projection is computed for the last token of each sequence alone; it counts as read once, which hides its arithmetic up to some 250 sequences.
 *
 * Layers with a window read and compute no more than the window, which no line over the context can say. They are taken to see `windowS` tokens of every sequence: all of the
 * window, or all of a sequence of `typicalContext` tokens if that is less. That is right for sequences beyond it and too much before. What they read is a cost of the
 * sequence (in `other`), what they compute a cost of the token. Without a window nothing changes.
 *
 * Under latent attention a prompt makes keys and values again of all that its earlier chunks left: that arithmetic stands with the reading, which a long chunk hides.
 */
export function rooflineModel(spec: RooflineSpec): AffineModel {
  const { hardware, model, tp, kernels } = spec;
  const shards = layerShards(model, tp);
  const attention = attentionShard(model, tp);
  const { bandwidthShare, computeShare } = kernels.attention;
  const windowed = model.window?.layers ?? 0;
  const whole = model.layers - windowed;
  const seen = Math.min(model.window?.tokens ?? 0, spec.typicalContext);
  const flops = hardware.peakBf16Flops * computeShare;
  const perPair = 2 * attention.pairWidth * whole;
  const kvBytes = attention.kvWidth * BYTES[spec.kvDtype];
  const bytesPerS = hardware.memoryBandwidth * bandwidthShare;
  const perRead = (kvBytes * whole) / bytesPerS;
  const perToken = (2 * attention.pairWidth * windowed * seen) / flops;
  return {
    type: "affine",
    knots: knotTokens(spec).map((tokens): TokensKnot => ({
      tokens,
      compute: perToken * tokens,
      memory: 0,
      other: passS(spec, { shards, attention }, tokens),
    })),
    tokenGranularity: spec.tokenGranularity,
    computePerContext: (2 * attention.readWidth * whole) / flops,
    computePerWork: perPair / flops,
    memoryPerContext: perRead,
    memoryPerProcessed: perRead + expansionS(spec, attention),
    otherPerSequence: spec.overheadPerSequenceMs / MS_PER_SECOND + (kvBytes * windowed * seen) / bytesPerS,
  };
}

/** What keys and values of one token of context take to be made again in all layers, s; nothing where they are kept as they are. */
function expansionS({ hardware, model, dtype, kernels }: RooflineSpec, { expansion }: AttentionShard): number {
  if (expansion.length === 0) return 0;
  const share = shareAt(kernels.gemm.computeShare, LARGEST_KNOT);
  return (2 * weightsOf(expansion) * model.layers) / (peakFlops(hardware, dtype) * share);
}

function knotTokens({ kernels }: RooflineSpec): number[] {
  const tokens = new Set([1]);
  for (let power = 2; power <= LARGEST_KNOT; power *= 2) tokens.add(power).add((power / 2) * 1.5);
  for (const [knot] of kernels.gemm.computeShare) tokens.add(knot);
  return [...tokens].filter((knot) => Number.isInteger(knot)).sort((a, b) => a - b);
}

interface Shards {
  shards: readonly LayerShard[];
  attention: AttentionShard;
}

/** What a forward pass over `tokens` tokens takes without what its attention reads and computes, s. */
function passS(spec: RooflineSpec, { shards, attention }: Shards, tokens: number): number {
  const { hardware, model, tp, kernels } = spec;
  let layers = 0;
  for (const shard of shards) layers += shard.layers * layerS(spec, { shard, attention }, tokens);
  const bf16: GemmSetting = { hardware, times: kernels.bf16Gemm, dtype: "bf16" };
  const head = gemmS(bf16, { inputs: model.hidden, outputs: model.vocab / tp }, 1);
  // Two in each layer, and one for the embeddings, which are shared out as well.
  const collectives = (2 * model.layers + 1) * allReduceS(spec, tokens * model.hidden * BYTES.bf16);
  return layers + head + collectives + spec.overheadMs / MS_PER_SECOND;
}

interface OneLayer {
  shard: LayerShard;
  attention: AttentionShard;
}

function layerS(spec: RooflineSpec, { shard, attention }: OneLayer, tokens: number): number {
  const { hardware, model, kernels } = spec;
  const types = storedTypes(spec.dtype);
  const dense: GemmSetting = { hardware, times: kernels.gemm, dtype: types.dense };
  const bf16: GemmSetting = { hardware, times: kernels.bf16Gemm, dtype: "bf16" };
  let layer = kernels.attention.floorS + kernels.smallKernelsS + smallKernelBytesS(spec, { shard, attention }, tokens);
  for (const matrix of shard.dense) layer += gemmS(dense, matrix, tokens);
  if (shard.router) {
    const { experts, topK } = model;
    const setting: GemmSetting = { hardware, times: kernels.experts, dtype: types.experts };
    layer += gemmS(bf16, shard.router, tokens);
    layer += expertsS(setting, { experts, topK, matrices: shard.expert }, tokens);
  }
  return layer;
}

/**
 * Reading and writing of a layer between its products, s: two norms that add the residual (two arrays in, two out), the rotation of queries and keys, the write of keys and
 * values, and the activation (two arrays in, one out).
 */
function smallKernelBytesS(spec: RooflineSpec, { shard, attention }: OneLayer, tokens: number): number {
  const { hardware, model, tp, kernels } = spec;
  const width = (shard.router ? sharedWidth(model) + model.topK * model.moeIntermediate : model.intermediate) / tp;
  const numbers = 8 * model.hidden + 2 * attention.queryWidth + 3 * attention.kvWidth + 3 * width;
  return (tokens * numbers * BYTES.bf16) / (hardware.memoryBandwidth * kernels.bf16Gemm.bandwidthShare);
}

/** Ring bound: each GPU sends and receives `2 (n - 1) / n` of the message (Patarasuk and Yuan, J. Parallel Distrib. Comput. 69, 2009). */
function allReduceS({ hardware, tp, kernels }: RooflineSpec, bytes: number): number {
  if (tp === 1) return 0;
  const { latencyS, linkShare } = kernels.allReduce;
  return latencyS + ((2 * (tp - 1)) / tp) * (bytes / (hardware.linkBandwidth * linkShare));
}
