import * as z from "zod";
import { catalogued } from "./catalogued.js";
import { mistake, objectWith, text, wholeNumber } from "./fields.js";

/** Multi-head latent attention (DeepSeek-V2, arXiv:2405.04434, section 2.1): widths, as `config.json` names them. */
export interface LatentAttention {
  /** Width of what a token keeps for all heads, without its position: `kv_lora_rank`. */
  kvLoraRank: number;
  /** Width to which queries are pressed on the way; 0: they are not. */
  qLoraRank: number;
  /** Width of the part of a head that turns with the position; its keys are shared by all heads. */
  qkRopeHeadDim: number;
  /** Width of the rest of a query and key. */
  qkNopeHeadDim: number;
  /** Width of the value of a head. */
  vHeadDim: number;
}

/** Layers that see the last tokens alone. */
export interface SlidingWindow {
  /** How many tokens they see. */
  tokens: number;
  /** How many of the layers do; all others see everything. */
  layers: number;
}

/** Types of weights as models are published. `mxfp4`: experts alone, the rest of the layers bf16; `int4`: groups of 128 share a scale (AWQ, GPTQ). */
export const WEIGHT_DTYPES = ["bf16", "fp8", "int4", "mxfp4"] as const;
export type WeightDtype = (typeof WEIGHT_DTYPES)[number];

/** Shape of a decoder-only transformer with gated feed-forward layers (three matrices: gate, up, down) and rotary positions. */
export interface ModelFacts {
  name: string;
  /** Decoder layers. */
  layers: number;
  /** Width of the residual stream. */
  hidden: number;
  /** Query heads of a layer. */
  heads: number;
  /** Key and value heads of a layer; fewer than `heads` under grouped-query attention. */
  kvHeads: number;
  /** Width of a head; not always hidden / heads (Qwen3-32B). */
  headDim: number;
  /** Width of the feed-forward part of layers without experts; 0 where every layer has experts in its place. */
  intermediate: number;
  vocab: number;
  /** Routed experts of a layer; 0: dense. */
  experts: number;
  /** Routed experts that a token passes through. */
  topK: number;
  /** Width of one expert. */
  moeIntermediate: number;
  /** Experts that every token passes through. */
  sharedExperts: number;
  /** Width of one of those; 0: that of the others. */
  sharedIntermediate: number;
  /** Of a model with experts: layers that have a feed-forward part of width `intermediate` in their place. */
  denseLayers: number;
  /** Latent attention, where it has one; `kvHeads` and `headDim` then say nothing of what a token keeps. */
  mla?: LatentAttention;
  /** Layers that see the last tokens alone, where it has some. */
  window?: SlidingWindow;
  /** Type in which the weights of its layers are published. */
  weightDtype: WeightDtype;
  /** Longest sequence that it was made for, tokens; absent: not said. */
  maxContext?: number;
  /** Whether the output projection is the embedding table itself. */
  tiedEmbeddings: boolean;
}

type CatalogEntry = Omit<
  ModelFacts,
  | "name"
  | "experts"
  | "topK"
  | "moeIntermediate"
  | "sharedExperts"
  | "sharedIntermediate"
  | "denseLayers"
  | "weightDtype"
  | "tiedEmbeddings"
> &
  Partial<ModelFacts>;

/**
 * Every figure is that of `config.json` in the repository named beside it on huggingface.co (`num_hidden_layers`, `hidden_size`, `num_attention_heads`,
 * `num_key_value_heads`, `head_dim` where given, `intermediate_size`, `vocab_size`, `num_local_experts`, `num_experts_per_tok`, `tie_word_embeddings`).
 */
const CATALOG = {
  // meta-llama/Llama-2-7b-hf; Touvron et al., arXiv:2307.09288.
  "llama-2-7b": { layers: 32, hidden: 4096, heads: 32, kvHeads: 32, headDim: 128, intermediate: 11008, vocab: 32000 },
  // meta-llama/Llama-2-70b-hf; arXiv:2307.09288.
  "llama-2-70b": { layers: 80, hidden: 8192, heads: 64, kvHeads: 8, headDim: 128, intermediate: 28672, vocab: 32000 },
  // meta-llama/Llama-3.1-8B; Grattafiori et al., arXiv:2407.21783, table 3.
  "llama-3.1-8b": { layers: 32, hidden: 4096, heads: 32, kvHeads: 8, headDim: 128, intermediate: 14336, vocab: 128256 },
  // meta-llama/Llama-3.1-70B; arXiv:2407.21783, table 3.
  "llama-3.1-70b": {
    layers: 80,
    hidden: 8192,
    heads: 64,
    kvHeads: 8,
    headDim: 128,
    intermediate: 28672,
    vocab: 128256,
  },
  // codellama/CodeLlama-34b-hf; Roziere et al., arXiv:2308.12950.
  "codellama-34b": { layers: 48, hidden: 8192, heads: 64, kvHeads: 8, headDim: 128, intermediate: 22016, vocab: 32000 },
  // mistralai/Mistral-7B-v0.3 (no sliding window, a vocabulary of 32,768); Jiang et al., arXiv:2310.06825, for v0.1.
  "mistral-7b": { layers: 32, hidden: 4096, heads: 32, kvHeads: 8, headDim: 128, intermediate: 14336, vocab: 32768 },
  // mistralai/Mixtral-8x7B-v0.1; Jiang et al., arXiv:2401.04088, table 1.
  "mixtral-8x7b": {
    layers: 32,
    hidden: 4096,
    heads: 32,
    kvHeads: 8,
    headDim: 128,
    intermediate: 0,
    vocab: 32000,
    experts: 8,
    topK: 2,
    moeIntermediate: 14336,
  },
  // Qwen/Qwen3-8B; Yang et al., arXiv:2505.09388, table 1.
  "qwen3-8b": { layers: 36, hidden: 4096, heads: 32, kvHeads: 8, headDim: 128, intermediate: 12288, vocab: 151936 },
  // Qwen/Qwen3-32B: 64 heads of 128 over a width of 5,120; arXiv:2505.09388, table 1.
  "qwen3-32b": { layers: 64, hidden: 5120, heads: 64, kvHeads: 8, headDim: 128, intermediate: 25600, vocab: 151936 },
  // Qwen/Qwen2.5-7B; arXiv:2412.15115, table 1.
  "qwen2.5-7b": { layers: 28, hidden: 3584, heads: 28, kvHeads: 4, headDim: 128, intermediate: 18944, vocab: 152064 },
} as const satisfies Record<string, CatalogEntry>;

/** A model of the catalog. */
export type ModelName = keyof typeof CATALOG;

/** Models whose facts are known, as fleet files name them. */
export const MODEL_NAMES = Object.keys(CATALOG) as [ModelName, ...ModelName[]];

const DENSE = {
  experts: 0,
  topK: 0,
  moeIntermediate: 0,
  sharedExperts: 0,
  sharedIntermediate: 0,
  denseLayers: 0,
  weightDtype: "bf16",
  tiedEmbeddings: false,
} as const;

/** Facts of a model of the catalog. */
export function modelFacts(name: ModelName): ModelFacts {
  return { name, ...DENSE, ...CATALOG[name] };
}

const width = () => wholeNumber(1, 1e6);

const inlineModel = objectWith("the name of a model or an object with its facts", {
  name: text(64).default("custom"),
  layers: wholeNumber(1, 1000).describe("decoder layers"),
  hidden: width().describe("width of the residual stream"),
  heads: wholeNumber(1, 4096).describe("query heads of a layer"),
  kv_heads: wholeNumber(1, 4096).optional().describe("key and value heads of a layer; heads unless given"),
  head_dim: wholeNumber(1, 4096).optional().describe("width of a head; hidden / heads unless given"),
  intermediate: wholeNumber(0, 1e6).default(0).describe("width of the feed-forward layer of a dense model"),
  vocab: wholeNumber(1, 1e7).describe("tokens of the vocabulary"),
  experts: wholeNumber(0, 4096).default(0).describe("routed experts of a layer; 0: dense"),
  top_k: wholeNumber(0, 4096).default(0).describe("routed experts that a token passes through"),
  moe_intermediate: wholeNumber(0, 1e6).default(0).describe("width of one expert"),
  shared_experts: wholeNumber(0, 64).default(0).describe("experts that every token passes through"),
  tied_embeddings: z
    .boolean({ error: "must be true or false" })
    .default(false)
    .describe("whether the output projection is the embedding table"),
})
  .superRefine((model, context) => {
    const say = (key: string, message: string) => mistake(context, [key], message);
    const { heads, experts, hidden } = model;
    if (model.kv_heads !== undefined && heads % model.kv_heads !== 0) say("kv_heads", `must divide heads, ${heads}`);
    if (model.head_dim === undefined && hidden % heads !== 0)
      say("head_dim", `must be given where heads, ${heads}, does not divide hidden, ${hidden}`);
    if (experts === 0) {
      if (model.intermediate === 0) say("intermediate", "must be at least 1 in a model without experts");
      for (const key of ["top_k", "moe_intermediate", "shared_experts"] as const)
        if (model[key] > 0) say(key, "has no meaning without experts");
      return;
    }
    if (model.intermediate > 0) say("intermediate", "has no meaning with experts, whose width is moe_intermediate");
    if (model.top_k < 1 || model.top_k > experts) say("top_k", `must be a whole number from 1 to experts, ${experts}`);
    if (model.moe_intermediate === 0) say("moe_intermediate", "must be at least 1 in a model with experts");
  })
  .transform((model): ModelFacts => ({
    name: model.name,
    layers: model.layers,
    hidden: model.hidden,
    heads: model.heads,
    kvHeads: model.kv_heads ?? model.heads,
    headDim: model.head_dim ?? model.hidden / model.heads,
    intermediate: model.intermediate,
    vocab: model.vocab,
    experts: model.experts,
    topK: model.top_k,
    moeIntermediate: model.moe_intermediate,
    sharedExperts: model.shared_experts,
    sharedIntermediate: 0,
    denseLayers: 0,
    weightDtype: "bf16",
    tiedEmbeddings: model.tied_embeddings,
  }));

/** The key `model` of a roofline: a name of the catalog in any case, or the facts themselves. */
export const modelSchema = catalogued(MODEL_NAMES, modelFacts, inlineModel);
