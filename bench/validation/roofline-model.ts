import type { AffineModel } from "../../host/profiles/iteration-model.js";
import { type DenseModel, headWeights, kvBytesPerToken, layerWeights } from "./dense-models.js";
import { elementwiseBytes } from "./kernel-model.js";

/** A GPU by its datasheet, and what kernels reach of it. */
export interface GpuRates {
  /** Dense bf16 arithmetic, FLOP/s. */
  flops: number;
  /** Memory, bytes/s. */
  bytesPerS: number;
  /** Shares of them that large matrix products, prefill attention, and everything bound by memory reach. */
  computeShare: number;
  attentionShare: number;
  memoryShare: number;
}

const BF16_BYTES = 2;

/**
 * A roofline of one GPU's share of a dense model: matrix products take the longer of arithmetic and of reading the weights; attention, the kernels
 * between the products and the all-reduces come on top.
 *
 * @param allReduceS Time of one all-reduce of the hidden states of some tokens, s; there are two a layer.
 * @param tokens Where the all-reduce is read, rising from 1.
 */
export function rooflineModel(
  model: DenseModel,
  tp: number,
  gpu: GpuRates,
  constants: { iterationS: number; sequenceS: number },
  tokens: readonly number[],
  allReduceS: (tokens: number) => number,
): AffineModel {
  const bytesPerS = gpu.bytesPerS * gpu.memoryShare;
  const weights = layerWeights(model, tp);
  const perToken = (2 * weights) / (gpu.flops * gpu.computeShare);
  const between = elementwiseBytes(model) / tp / bytesPerS;
  const head = (headWeights(model, tp) * BF16_BYTES) / bytesPerS;
  const context = kvBytesPerToken(model, tp) / bytesPerS;
  const pairFlops = (4 * model.layers * model.heads * model.headDim) / tp;
  return {
    type: "affine",
    knots: tokens.map((at) => ({
      tokens: at,
      compute: perToken * at,
      memory: (weights * BF16_BYTES) / bytesPerS,
      other: head + between * at + 2 * model.layers * allReduceS(at) + constants.iterationS,
    })),
    tokenGranularity: 1,
    // Attention follows the products, whichever bound them: both sides carry the context that decodes read.
    computePerContext: context,
    computePerWork: pairFlops / (gpu.flops * gpu.attentionShare),
    memoryPerContext: context,
    memoryPerProcessed: context,
    otherPerSequence: constants.sequenceS,
  };
}
