import type { RooflineSpec } from "../specs/roofline-spec.js";
import type { AffineModel, TokensKnot } from "./iteration-model.js";
import { BYTES, expertsS, gemmS, type GemmSetting } from "./kernel-times.js";
import { layerShard, type LayerShard } from "./model-shape.js";

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
 */
export function rooflineModel(spec: RooflineSpec): AffineModel {
  const { hardware, model, tp, kernels } = spec;
  const shard = layerShard(model, tp);
  const { bandwidthShare, computeShare } = kernels.attention;
  const pairFlops = 4 * shard.heads * model.headDim * model.layers;
  const perPair = pairFlops / (hardware.peakBf16Flops * computeShare);
  const kvBytes = 2 * shard.kvHeads * model.headDim * BYTES[spec.kvDtype] * model.layers;
  const perRead = kvBytes / (hardware.memoryBandwidth * bandwidthShare);
  return {
    type: "affine",
    knots: knotTokens(spec).map((tokens): TokensKnot => ({
      tokens,
      compute: 0,
      memory: 0,
      other: passS(spec, shard, tokens),
    })),
    tokenGranularity: spec.tokenGranularity,
    computePerContext: perPair,
    computePerWork: perPair,
    memoryPerContext: perRead,
    memoryPerProcessed: perRead,
    otherPerSequence: spec.overheadPerSequenceMs / MS_PER_SECOND,
  };
}

function knotTokens({ kernels }: RooflineSpec): number[] {
  const tokens = new Set([1]);
  for (let power = 2; power <= LARGEST_KNOT; power *= 2) tokens.add(power).add((power / 2) * 1.5);
  for (const [knot] of kernels.gemm.computeShare) tokens.add(knot);
  return [...tokens].filter((knot) => Number.isInteger(knot)).sort((a, b) => a - b);
}

/** What a forward pass over `tokens` tokens takes without what its attention reads and computes, s. */
function passS(spec: RooflineSpec, shard: LayerShard, tokens: number): number {
  const { hardware, model, tp, kernels } = spec;
  const layers: GemmSetting = { hardware, times: kernels.gemm, dtype: spec.dtype };
  const bf16: GemmSetting = { hardware, times: kernels.bf16Gemm, dtype: "bf16" };
  let layer = kernels.attention.floorS + kernels.smallKernelsS + smallKernelBytesS(spec, shard, tokens);
  for (const matrix of shard.dense) layer += gemmS(layers, matrix, tokens);
  if (shard.router) {
    const { experts, topK } = model;
    layer += gemmS(bf16, shard.router, tokens);
    layer += expertsS({ ...layers, times: kernels.experts }, { experts, topK, matrices: shard.expert }, tokens);
  }
  const head = gemmS(bf16, { inputs: model.hidden, outputs: model.vocab / tp }, 1);
  // Two in each layer, and one for the embeddings, which are shared out as well.
  const collectives = (2 * model.layers + 1) * allReduceS(spec, tokens * model.hidden * BYTES.bf16);
  return model.layers * layer + head + collectives + spec.overheadMs / MS_PER_SECOND;
}

/**
 * Reading and writing of a layer between its products, s: two norms that add the residual (two arrays in, two out), the rotation of queries and keys, the write of keys and
 * values, and the activation (two arrays in, one out).
 */
function smallKernelBytesS({ hardware, model, tp, kernels }: RooflineSpec, shard: LayerShard, tokens: number): number {
  const width = (model.intermediate + (model.sharedExperts + model.topK) * model.moeIntermediate) / tp;
  const numbers =
    8 * model.hidden +
    2 * (shard.heads + shard.kvHeads) * model.headDim +
    4 * shard.kvHeads * model.headDim +
    3 * width;
  return (tokens * numbers * BYTES.bf16) / (hardware.memoryBandwidth * kernels.bf16Gemm.bandwidthShare);
}

/** Ring bound: each GPU sends and receives `2 (n - 1) / n` of the message (Patarasuk and Yuan, J. Parallel Distrib. Comput. 69, 2009). */
function allReduceS({ hardware, tp, kernels }: RooflineSpec, bytes: number): number {
  if (tp === 1) return 0;
  const { latencyS, linkShare } = kernels.allReduce;
  return latencyS + ((2 * (tp - 1)) / tp) * (bytes / (hardware.linkBandwidth * linkShare));
}
