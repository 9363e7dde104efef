/**
 * Kinds of model whose `config.json` is understood, by `model_type`: decoders with gated feed-forward parts and rotary positions. Anything else is refused by name, since its
 * keys may mean other things. What configurations leave out has the defaults of the classes of `transformers` (4.57; configuration_*.py), of which only those stand here
 * that published configurations do leave out.
 */

/** Which layers have a window. */
export type WindowRule =
  /** None, whatever the configuration says. */
  | { type: "none" }
  /** All of them, where `sliding_window` is given. */
  | { type: "all" }
  /** Those from `max_window_layers` on, where `use_sliding_window` is true. */
  | { type: "upper" }
  /** All but every so many, the first of these at the end of a period: `sliding_window_pattern`, or `period`. */
  | { type: "periodic"; period: number };

/** What has to be known of a kind of model beside its configuration. */
export interface Architecture {
  /** Whether the output projection is the embedding table where `tie_word_embeddings` is left out. */
  tied: boolean;
  window: WindowRule;
  /** What its class takes where a key is left out. */
  defaults?: Readonly<Record<string, number>>;
}

const NONE: WindowRule = { type: "none" };
const ALL: WindowRule = { type: "all" };
const UPPER: WindowRule = { type: "upper" };
const plain: Architecture = { tied: false, window: NONE };
const qwen: Architecture = { tied: false, window: UPPER };

const GEMMA_3_DEFAULTS = {
  vocab_size: 262208,
  num_attention_heads: 8,
  num_key_value_heads: 4,
  head_dim: 256,
  max_position_embeddings: 131072,
} as const;

/** Kinds of model, by `model_type`. */
export const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  llama: plain,
  mistral: { tied: false, window: ALL },
  mixtral: { tied: false, window: ALL },
  qwen2: qwen,
  qwen2_moe: qwen,
  qwen3: { ...qwen, defaults: { head_dim: 128 } },
  qwen3_moe: qwen,
  deepseek_v2: plain,
  deepseek_v3: plain,
  kimi_k2: plain,
  gemma: { tied: true, window: NONE, defaults: { head_dim: 256 } },
  gemma2: { tied: true, window: { type: "periodic", period: 2 }, defaults: { head_dim: 256 } },
  gemma3_text: { tied: true, window: { type: "periodic", period: 6 }, defaults: GEMMA_3_DEFAULTS },
  gpt_oss: { tied: false, window: { type: "periodic", period: 2 }, defaults: { head_dim: 64 } },
  phi3: { tied: false, window: ALL },
  glm4_moe: plain,
  granite: plain,
  olmo2: plain,
  seed_oss: { tied: false, window: NONE, defaults: { head_dim: 128 } },
  smollm3: { tied: true, window: NONE },
  cohere: { tied: true, window: NONE },
  cohere2: { tied: true, window: { type: "periodic", period: 4 } },
};

/** A configuration that names no kind: one that says all of itself. */
export const UNNAMED: Architecture = plain;

/**
 * Keys of shapes that are no such decoder, and what they mean. Where one of them is set, the sizes that are understood say only a part of the model.
 */
export const FOREIGN_KEYS: Readonly<Record<string, string>> = {
  is_encoder_decoder: "an encoder beside the decoder",
  ssm_cfg: "state-space layers",
  ssm_state_size: "state-space layers",
  mamba_d_state: "state-space layers",
  mamba_num_heads: "state-space layers",
  state_size: "state-space layers",
  hybrid_override_pattern: "layers of different kinds",
  layers_block_type: "layers of different kinds",
  block_configs: "layers of different widths",
  attn_layer_indices: "layers without attention",
  linear_num_value_heads: "layers of linear attention",
  linear_attn_config: "layers of linear attention",
  full_attention_interval: "layers of linear attention",
  conv_L_cache: "layers of convolution",
  attention_chunk_size: "attention in chunks",
  index_topk: "sparse attention",
  cross_attention_layers: "attention to pictures",
  num_kv_shared_layers: "layers that share keys and values",
  parallel_attn: "attention beside the feed-forward part",
};
