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

/** huggingface.co/meta-llama/Llama-3.1-70B-Instruct, config.json. */
export const LLAMA_3_1_70B: DenseModel = {
  name: "Llama-3.1-70B",
  layers: 80,
  hidden: 8192,
  heads: 64,
  kvHeads: 8,
  headDim: 128,
  ffn: 28672,
  vocabulary: 128256,
};

/** huggingface.co/meta-llama/Llama-2-70b-hf, config.json. */
export const LLAMA_2_70B: DenseModel = { ...LLAMA_3_1_70B, name: "Llama-2-70B", vocabulary: 32000 };

/** huggingface.co/meta-llama/Llama-2-7b-hf, config.json. */
export const LLAMA_2_7B: DenseModel = {
  name: "Llama-2-7B",
  layers: 32,
  hidden: 4096,
  heads: 32,
  kvHeads: 32,
  headDim: 128,
  ffn: 11008,
  vocabulary: 32000,
};

/** huggingface.co/mistralai/Mistral-Nemo-Instruct-2407, config.json. */
export const MISTRAL_NEMO: DenseModel = {
  name: "Mistral-Nemo-12B",
  layers: 40,
  hidden: 5120,
  heads: 32,
  kvHeads: 8,
  headDim: 128,
  ffn: 14336,
  vocabulary: 131072,
};

/** huggingface.co/Qwen/Qwen2.5-7B-Instruct, config.json. */
export const QWEN2_5_7B: DenseModel = {
  name: "Qwen2.5-7B",
  layers: 28,
  hidden: 3584,
  heads: 28,
  kvHeads: 4,
  headDim: 128,
  ffn: 18944,
  vocabulary: 152064,
};

/** huggingface.co/01-ai/Yi-34B, config.json. */
export const YI_34B: DenseModel = {
  name: "Yi-34B",
  layers: 60,
  hidden: 7168,
  heads: 56,
  kvHeads: 8,
  headDim: 128,
  ffn: 20480,
  vocabulary: 64000,
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
