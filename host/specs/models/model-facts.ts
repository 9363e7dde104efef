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

/** Width of all shared experts of a layer together. */
export function sharedWidth({ sharedExperts, sharedIntermediate, moeIntermediate }: ModelFacts): number {
  return sharedExperts * (sharedIntermediate > 0 ? sharedIntermediate : moeIntermediate);
}
