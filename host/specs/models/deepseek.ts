const SHAPE = {
  layers: 61,
  hidden: 7168,
  heads: 128,
  kv_lora_rank: 512,
  q_lora_rank: 1536,
  qk_rope_head_dim: 64,
  qk_nope_head_dim: 128,
  v_head_dim: 128,
  intermediate: 18432,
  dense_layers: 3,
  vocab: 129280,
  experts: 256,
  top_k: 8,
  moe_intermediate: 2048,
  shared_experts: 1,
  weight_dtype: "fp8",
  max_context: 163840,
} as const;

/** The large models of DeepSeek. Their layer that predicts a second token (MTP) is left out: 11.5 B parameters that serving need not load. */
export const DEEPSEEK = [
  {
    name: "deepseek-v3",
    aliases: ["deepseek-ai/DeepSeek-V3", "deepseek-ai/DeepSeek-V3-Base", "deepseek-ai/DeepSeek-V3-0324"],
    source: "config.json of deepseek-ai/DeepSeek-V3; arXiv:2412.19437, section 4.2",
    ...SHAPE,
  },
  {
    name: "deepseek-r1",
    aliases: ["deepseek-ai/DeepSeek-R1", "deepseek-ai/DeepSeek-R1-0528"],
    source: "config.json of deepseek-ai/DeepSeek-R1; arXiv:2501.12948: the shape of DeepSeek-V3",
    ...SHAPE,
  },
] as const;
