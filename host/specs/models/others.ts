const GPT_OSS = "gpt-oss model card, arXiv:2508.10925, table 1 and section 2";
const PATTERN = "layer_types of its config.json: every other layer";
const GPT_OSS_SHAPE = {
  hidden: 2880,
  heads: 64,
  kv_heads: 8,
  head_dim: 64,
  vocab: 201088,
  top_k: 4,
  moe_intermediate: 2880,
  sliding_window: 128,
  weight_dtype: "mxfp4",
  max_context: 131072,
} as const;

/** Models of OpenAI and Microsoft. Of gpt-oss every other layer has a window. */
export const OTHERS = [
  {
    name: "gpt-oss-20b",
    aliases: ["openai/gpt-oss-20b"],
    source: `config.json of openai/gpt-oss-20b; ${GPT_OSS}`,
    layers: 24,
    experts: 32,
    windowed_layers: { value: 12, source: PATTERN },
    ...GPT_OSS_SHAPE,
  },
  {
    name: "gpt-oss-120b",
    aliases: ["openai/gpt-oss-120b"],
    source: `config.json of openai/gpt-oss-120b; ${GPT_OSS}`,
    layers: 36,
    experts: 128,
    windowed_layers: { value: 18, source: PATTERN },
    ...GPT_OSS_SHAPE,
  },
  {
    name: "phi-4",
    aliases: ["phi-4-14b", "microsoft/phi-4"],
    source: "config.json of microsoft/phi-4; arXiv:2412.08905",
    layers: 40,
    hidden: 5120,
    heads: 40,
    kv_heads: 10,
    intermediate: 17920,
    vocab: 100352,
    max_context: 16384,
  },
] as const;
