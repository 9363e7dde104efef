/** Dimensions of a dense transformer with grouped-query attention, from its published `config.json`. */
export interface DenseModel {
  name: string;
  layers: number;
  hidden: number;
  heads: number;
  kvHeads: number;
  headDim: number;
  ffn: number;
  vocabulary: number;
}

/** huggingface.co/meta-llama/Llama-3.1-8B, config.json. */
export const LLAMA_3_1_8B: DenseModel = {
  name: "Llama-3.1-8B",
  layers: 32,
  hidden: 4096,
  heads: 32,
  kvHeads: 8,
  headDim: 128,
  ffn: 14336,
  vocabulary: 128256,
};

/** huggingface.co/Qwen/Qwen3-32B, config.json. */
export const QWEN3_32B: DenseModel = {
  name: "Qwen3-32B",
  layers: 64,
  hidden: 5120,
  heads: 64,
  kvHeads: 8,
  headDim: 128,
  ffn: 25600,
  vocabulary: 151936,
};

/** A matrix of weights, outputs n by inputs k. */
export interface WeightMatrix {
  n: number;
  k: number;
}

/** The four matrices of a layer as vLLM lays them out (q, k and v in one, gate and up in one), one GPU's share under tensor parallelism. */
export function layerMatrices(model: DenseModel, tp: number): WeightMatrix[] {
  const { hidden, heads, kvHeads, headDim, ffn } = model;
  return [
    { n: ((heads + 2 * kvHeads) * headDim) / tp, k: hidden },
    { n: hidden, k: (heads * headDim) / tp },
    { n: (2 * ffn) / tp, k: hidden },
    { n: hidden, k: ffn / tp },
  ];
}

/** Weights of the layers that one GPU holds. */
export function layerWeights(model: DenseModel, tp: number): number {
  return model.layers * layerMatrices(model, tp).reduce((sum, { n, k }) => sum + n * k, 0);
}

/** Weights of the output projection that one GPU holds. */
export function headWeights(model: DenseModel, tp: number): number {
  return (model.vocabulary * model.hidden) / tp;
}

/** Bytes of keys and values of one token on one GPU, in 16 bits. */
export function kvBytesPerToken(model: DenseModel, tp: number): number {
  return (model.layers * 2 * model.kvHeads * model.headDim * 2) / tp;
}
