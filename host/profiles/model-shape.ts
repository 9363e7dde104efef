import { sharedWidth, type LatentAttention, type ModelFacts } from "../specs/models/model-facts.js";

/** A matrix of weights: `outputs` x `inputs`. */
export interface Matrix {
  inputs: number;
  outputs: number;
}

/** What the attention of a layer does beside its products with weights, on one of `tp` GPUs. */
export interface AttentionShard {
  /** Query heads. */
  heads: number;
  /** Width of all queries, keys' widths times heads. */
  queryWidth: number;
  /** Numbers that a token keeps: keys and values, or what both are made of. */
  kvWidth: number;
  /** Widths that a pair of prompt token and token before it multiplies, queries with keys and weights with values, all heads. */
  pairWidth: number;
  /** The same for a decoding sequence and a token of its context. */
  readWidth: number;
  /** What a prompt makes again of each token that earlier chunks left, before it can attend to it. */
  expansion: readonly Matrix[];
}

/** Layers that are alike, and what one of `tp` GPUs holds of each, the way vLLM cuts it: heads and widths shared out, key and value heads repeated where there are too few. */
export interface LayerShard {
  /** How many of them. */
  layers: number;
  /** Products that every token passes through, in order: attention, then feed-forward or shared experts. */
  dense: readonly Matrix[];
  /** Chooses the experts; every GPU has it whole. */
  router?: Matrix;
  /** The two products of one routed expert: gate and up, down. */
  expert: readonly Matrix[];
}

/** The share of one of `tp` GPUs in the attention of a layer. */
export function attentionShard({ mla, ...model }: ModelFacts, tp: number): AttentionShard {
  const heads = model.heads / tp;
  if (mla !== undefined) return latentShard(mla, heads);
  const width = heads * model.headDim;
  const kvWidth = 2 * Math.ceil(model.kvHeads / tp) * model.headDim;
  return { heads, queryWidth: width, kvWidth, pairWidth: 2 * width, readWidth: 2 * width, expansion: [] };
}

/**
 * Latent attention as vLLM serves it. A token keeps its latent vector and the part of its key that turns; all heads read them, so every GPU has them all. Decoding sequences
 * multiply the latent vectors themselves (arXiv:2405.04434, section 2.1.2: the projections of keys and values are absorbed in those of queries and outputs); prompts make
 * keys and values of them first, and attend as others do.
 */
function latentShard(mla: LatentAttention, heads: number): AttentionShard {
  const { kvLoraRank, qkRopeHeadDim, qkNopeHeadDim, vHeadDim } = mla;
  return {
    heads,
    queryWidth: heads * (qkNopeHeadDim + qkRopeHeadDim),
    kvWidth: kvLoraRank + qkRopeHeadDim,
    pairWidth: heads * (qkNopeHeadDim + qkRopeHeadDim + vHeadDim),
    readWidth: heads * (2 * kvLoraRank + qkRopeHeadDim),
    expansion: [{ inputs: kvLoraRank, outputs: heads * (qkNopeHeadDim + vHeadDim) }],
  };
}

/** The share of one of `tp` GPUs in each layer: those without experts first. */
export function layerShards(model: ModelFacts, tp: number): readonly LayerShard[] {
  const { hidden, experts, layers, denseLayers } = model;
  const attention = attentionMatrices(model, tp);
  const plain = (count: number): LayerShard => ({
    layers: count,
    dense: [...attention, ...gatedLayer(hidden, model.intermediate / tp)],
    expert: [],
  });
  if (experts === 0) return [plain(layers)];
  const sparse: LayerShard = {
    layers: layers - denseLayers,
    dense: [...attention, ...gatedLayer(hidden, sharedWidth(model) / tp)],
    router: { inputs: hidden, outputs: experts },
    expert: gatedLayer(hidden, model.moeIntermediate / tp),
  };
  return denseLayers === 0 ? [sparse] : [plain(denseLayers), sparse];
}

function attentionMatrices(model: ModelFacts, tp: number): Matrix[] {
  const { hidden, headDim, mla } = model;
  const heads = model.heads / tp;
  if (mla !== undefined) return latentMatrices(model, mla, heads);
  const kvHeads = Math.ceil(model.kvHeads / tp);
  return [
    { inputs: hidden, outputs: (heads + 2 * kvHeads) * headDim },
    { inputs: heads * headDim, outputs: hidden },
  ];
}

/** What presses queries and tokens down is on every GPU; what makes heads of them is shared out. */
function latentMatrices({ hidden }: ModelFacts, mla: LatentAttention, heads: number): Matrix[] {
  const { kvLoraRank, qLoraRank, qkRopeHeadDim, qkNopeHeadDim, vHeadDim } = mla;
  const queries = heads * (qkNopeHeadDim + qkRopeHeadDim);
  const ofQueries: Matrix[] =
    qLoraRank === 0
      ? [{ inputs: hidden, outputs: queries + kvLoraRank + qkRopeHeadDim }]
      : [
          { inputs: hidden, outputs: qLoraRank + kvLoraRank + qkRopeHeadDim },
          { inputs: qLoraRank, outputs: queries },
        ];
  return [
    ...ofQueries,
    { inputs: kvLoraRank, outputs: heads * (qkNopeHeadDim + vHeadDim) },
    { inputs: heads * vHeadDim, outputs: hidden },
  ];
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

/** Weights of the two norms of a layer; those of heads (Qwen3) and biases (Qwen2.5, gpt-oss) are left out, less than 0.1 % of a model. */
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

/** Parameters that one token passes through, embeddings and output projection included, as most model cards count them (that of gpt-oss leaves out the embeddings). */
export function activeParameterCount(model: ModelFacts): number {
  return countWith(model, model.topK);
}

function countWith(model: ModelFacts, expertsCounted: number): number {
  let sum = 0;
  for (const { layers, dense, router, expert } of layerShards(model, 1)) {
    const layer =
      weightsOf(dense) + weightsOf(router ? [router] : []) + expertsCounted * weightsOf(expert) + normWeights(model);
    sum += layers * layer;
  }
  return sum + vocabularyWeights(model) + model.hidden;
}

/**
 * How many layers without a window read as much of a sequence as all layers do: those with one count by the share of the sequence that it covers. All layers where there is
 * no window, whatever the sequence.
 *
 * @param context tokens of the sequence.
 */
export function layersReading({ layers, window }: ModelFacts, context: number): number {
  if (window === undefined) return layers;
  return layers - window.layers + window.layers * Math.min(1, window.tokens / context);
}
