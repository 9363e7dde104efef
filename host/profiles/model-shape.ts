import type { ModelFacts } from "../specs/model-catalog.js";

/** A matrix of weights: `outputs` x `inputs`. */
export interface Matrix {
  inputs: number;
  outputs: number;
}

/** What one of `tp` GPUs holds of a layer, the way vLLM cuts it: heads and widths shared out, key and value heads repeated where there are too few. */
export interface LayerShard {
  /** Query heads. */
  heads: number;
  kvHeads: number;
  /** Products that every token passes through, in order: attention, then feed-forward or shared experts. */
  dense: readonly Matrix[];
  /** Chooses the experts; every GPU has it whole. */
  router?: Matrix;
  /** The two products of one routed expert: gate and up, down. */
  expert: readonly Matrix[];
}

/** The share of one of `tp` GPUs in a layer. */
export function layerShard(model: ModelFacts, tp: number): LayerShard {
  const { hidden, headDim, experts } = model;
  const heads = model.heads / tp;
  const kvHeads = Math.ceil(model.kvHeads / tp);
  const attention: Matrix[] = [
    { inputs: hidden, outputs: (heads + 2 * kvHeads) * headDim },
    { inputs: heads * headDim, outputs: hidden },
  ];
  const denseWidth = experts > 0 ? model.sharedExperts * model.moeIntermediate : model.intermediate;
  const shard = { heads, kvHeads, dense: [...attention, ...gatedLayer(hidden, denseWidth / tp)] };
  if (experts === 0) return { ...shard, expert: [] };
  return {
    ...shard,
    router: { inputs: hidden, outputs: experts },
    expert: gatedLayer(hidden, model.moeIntermediate / tp),
  };
}

/** Gate and up in one product, then down. */
function gatedLayer(hidden: number, width: number): Matrix[] {
  if (width === 0) return [];
  return [
    { inputs: hidden, outputs: 2 * width },
    { inputs: width, outputs: hidden },
  ];
}

/** Weights of matrices. */
export function weightsOf(matrices: readonly Matrix[]): number {
  return matrices.reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0);
}

/** Weights of the two norms of a layer; those of heads (Qwen3) and biases (Qwen2.5) are left out, less than 0.01 % of a model. */
export function normWeights(model: ModelFacts): number {
  return 2 * model.hidden;
}

/** Weights of the embeddings, and of the output projection where it is a table of its own. */
export function vocabularyWeights(model: ModelFacts): number {
  return model.vocab * model.hidden * (model.tiedEmbeddings ? 1 : 2);
}

/** Parameters of a model. */
export function parameterCount(model: ModelFacts): number {
  return countWith(model, model.experts);
}

/** Parameters that one token passes through, embeddings and output projection included, as model cards count them. */
export function activeParameterCount(model: ModelFacts): number {
  return countWith(model, model.topK);
}

function countWith(model: ModelFacts, expertsCounted: number): number {
  const { dense, router, expert } = layerShard(model, 1);
  const layer =
    weightsOf(dense) + weightsOf(router ? [router] : []) + expertsCounted * weightsOf(expert) + normWeights(model);
  return model.layers * layer + vocabularyWeights(model) + model.hidden;
}
