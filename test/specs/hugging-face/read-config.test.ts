import { describe, expect, it } from "vitest";
import { modelFromConfig } from "../../../host/specs/hugging-face.js";
import { InputError } from "../../../host/specs/input-error.js";

const llama = {
  model_type: "llama",
  num_hidden_layers: 4,
  hidden_size: 512,
  num_attention_heads: 8,
  num_key_value_heads: 2,
  intermediate_size: 1024,
  vocab_size: 1000,
};
const experts = {
  ...llama,
  model_type: "qwen3_moe",
  num_experts: 16,
  num_experts_per_tok: 2,
  moe_intermediate_size: 256,
};
const deepseek = {
  ...llama,
  model_type: "deepseek_v3",
  n_routed_experts: 16,
  n_shared_experts: 1,
  num_experts_per_tok: 2,
  moe_intermediate_size: 256,
  kv_lora_rank: 64,
  q_lora_rank: null,
  qk_rope_head_dim: 16,
  qk_nope_head_dim: 32,
  v_head_dim: 32,
};

const facts = (config: unknown) => modelFromConfig(config, { source: "config.json" }).facts;
const refusal = (config: unknown) => {
  try {
    facts(config);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("accepted");
};

describe("heads", () => {
  it("are as many of keys and values as of queries where they are null or left out", () => {
    expect(facts({ ...llama, num_key_value_heads: null }).kvHeads).toBe(8);
    expect(facts({ ...llama, num_key_value_heads: undefined }).kvHeads).toBe(8);
  });

  it("are as wide as the configuration says, or share the width where it does not", () => {
    expect(facts({ ...llama, head_dim: 96 }).headDim).toBe(96);
    expect(facts({ ...llama, head_dim: null }).headDim).toBe(64);
  });

  it("are as wide as their class has them where it does not say", () => {
    expect(facts({ ...llama, model_type: "qwen3" }).headDim).toBe(128);
    expect(facts({ ...llama, model_type: "gemma2" }).headDim).toBe(256);
  });
});

describe("embeddings", () => {
  it("are tied where the class ties them unless the configuration says", () => {
    expect(facts(llama).tiedEmbeddings).toBe(false);
    expect(facts({ ...llama, model_type: "gemma" }).tiedEmbeddings).toBe(true);
    expect(facts({ ...llama, tie_word_embeddings: true }).tiedEmbeddings).toBe(true);
  });

  it("are tied where the whole says so and its text part does not", () => {
    expect(facts({ model_type: "mistral3", tie_word_embeddings: true, text_config: llama }).tiedEmbeddings).toBe(true);
  });
});

describe("a model for more than text", () => {
  it("has the shape of its text part", () => {
    const { name, ...shape } = facts({ model_type: "mistral3", text_config: llama, vision_config: { hidden_size: 9 } });
    expect(shape).toEqual({ ...facts(llama), name: undefined });
    expect(name).toBe("custom");
  });

  it("has weights of the type that the whole says", () => {
    const quantization_config = { quant_method: "fp8" };
    expect(facts({ model_type: "mistral3", text_config: llama, quantization_config }).weightDtype).toBe("fp8");
  });
});

describe("experts", () => {
  it.each(["n_routed_experts", "num_experts", "num_local_experts"])("are counted by %s", (key) => {
    const { num_experts, ...rest } = experts;
    expect(facts({ ...rest, [key]: num_experts })).toMatchObject({ experts: 16, topK: 2, intermediate: 0 });
  });

  it("are as wide as a dense model where no width of their own is given", () => {
    expect(facts({ ...experts, moe_intermediate_size: undefined }).moeIntermediate).toBe(1024);
  });

  it("are none where their number is 0", () => {
    expect(facts({ ...llama, num_experts: 0, num_experts_per_tok: 0 })).toMatchObject({
      experts: 0,
      intermediate: 1024,
    });
  });

  it("are shared by count (DeepSeek) or by width (Qwen)", () => {
    expect(facts(deepseek)).toMatchObject({ sharedExperts: 1, sharedIntermediate: 0 });
    expect(facts({ ...experts, model_type: "qwen2_moe", shared_expert_intermediate_size: 2048 })).toMatchObject({
      sharedExperts: 1,
      sharedIntermediate: 2048,
    });
  });

  it.each([
    [{ first_k_dense_replace: 1 }, 1],
    [{ first_k_dense_replace: 1, moe_layer_freq: 2 }, 3],
    [{ moe_layer_freq: [0, 1, 1, 1] }, 1],
    [{ decoder_sparse_step: 2 }, 2],
    [{ decoder_sparse_step: 3 }, 3],
    [{ mlp_only_layers: [0, 3] }, 2],
    [{ mlp_only_layers: [] }, 0],
  ])("leave layers without them by %j", (keys, layers) => {
    expect(facts({ ...experts, ...keys })).toMatchObject({ denseLayers: layers, intermediate: layers > 0 ? 1024 : 0 });
  });
});

describe("latent attention", () => {
  it("has its widths, and queries that are not pressed where the rank is null", () => {
    const mla = { kvLoraRank: 64, qLoraRank: 0, qkRopeHeadDim: 16, qkNopeHeadDim: 32, vHeadDim: 32 };
    expect(facts(deepseek).mla).toEqual(mla);
  });
});

describe("a window", () => {
  const mistral = { ...llama, model_type: "mistral", sliding_window: 128, max_position_embeddings: 4096 };

  it("is in all layers of Mistral-7B-v0.1, and in none where it is null", () => {
    expect(facts(mistral).window).toEqual({ tokens: 128, layers: 4 });
    expect(facts({ ...mistral, sliding_window: null })).not.toHaveProperty("window");
  });

  it("is none where the longest sequence fits in it", () => {
    expect(facts({ ...mistral, sliding_window: 4096 })).not.toHaveProperty("window");
  });

  it("is in the upper layers of Qwen2 where it is used", () => {
    const qwen = { ...mistral, model_type: "qwen2", max_window_layers: 3 };
    expect(facts({ ...qwen, use_sliding_window: true }).window).toEqual({ tokens: 128, layers: 1 });
    expect(facts({ ...qwen, use_sliding_window: false })).not.toHaveProperty("window");
  });

  it("is in all but every so many layers of Gemma", () => {
    const gemma = { ...mistral, model_type: "gemma3_text", sliding_window_pattern: 3 };
    expect(facts(gemma).window).toEqual({ tokens: 128, layers: 3 });
    expect(facts({ ...mistral, model_type: "gemma2" }).window).toEqual({ tokens: 128, layers: 2 });
  });

  it("is where the list of layers says", () => {
    const layer_types = ["full_attention", "sliding_attention", "full_attention", "full_attention"];
    expect(facts({ ...mistral, layer_types }).window).toEqual({ tokens: 128, layers: 1 });
  });

  it("is none in a Llama, whose class knows none", () => {
    expect(facts({ ...mistral, model_type: "llama" })).not.toHaveProperty("window");
  });
});

describe("quantised weights", () => {
  const group = (num_bits: number, type: string) => ({ group_0: { weights: { num_bits, type } } });
  it.each([
    [{ quant_method: "fp8" }, "fp8"],
    [{ quant_method: "fbgemm_fp8" }, "fp8"],
    [{ quant_method: "awq", bits: 4 }, "int4"],
    [{ quant_method: "gptq", bits: 4 }, "int4"],
    [{ quant_method: "compressed-tensors", config_groups: group(8, "float") }, "fp8"],
    [{ quant_method: "compressed-tensors", config_groups: group(4, "int") }, "int4"],
  ])("of %j are %s", (quantization_config, dtype) => {
    expect(facts({ ...llama, quantization_config }).weightDtype).toBe(dtype);
  });
});

describe("a configuration", () => {
  it("without a kind is a plain decoder", () => {
    expect(facts({ ...llama, model_type: undefined })).toEqual(facts(llama));
  });

  it("is called as it says, or as it is told", () => {
    expect(facts({ ...llama, _name_or_path: "some/where/model-x" }).name).toBe("model-x");
    expect(modelFromConfig(llama, { source: "s", name: "mine" }).name).toBe("mine");
  });

  it("says of each figure which key it is from", () => {
    const { sources } = modelFromConfig({ model_type: "mistral3", text_config: llama }, { source: "here" });
    expect(sources["heads"]).toBe("here: text_config.num_attention_heads");
  });
});

describe("a configuration is refused in one sentence", () => {
  const whole = (low: number, high: number) => `must be a whole number from ${low} to ${high}.`;
  it.each<[unknown, string]>([
    [null, "the configuration is null, but must be an object."],
    [[1], "the configuration is a list of 1, but must be an object."],
    [{}, `num_hidden_layers is missing; it ${whole(1, 1000)}`],
    [{ ...llama, num_hidden_layers: 0 }, `num_hidden_layers is 0, but ${whole(1, 1000)}`],
    [{ ...llama, num_hidden_layers: 1e9 }, `num_hidden_layers is 1000000000, but ${whole(1, 1000)}`],
    [{ ...llama, num_attention_heads: 0 }, `num_attention_heads is 0, but ${whole(1, 4096)}`],
    [{ ...llama, num_attention_heads: "8" }, `num_attention_heads is "8", but ${whole(1, 4096)}`],
    [{ ...llama, hidden_size: 512.5 }, `hidden_size is 512.5, but ${whole(1, 1e6)}`],
    [{ ...llama, vocab_size: 1e12 }, `vocab_size is 1000000000000, but ${whole(1, 1e7)}`],
    [{ ...llama, num_key_value_heads: 3 }, "num_key_value_heads is 3, but must divide heads, 8."],
    [{ ...llama, intermediate_size: [1, 2] }, `intermediate_size is a list of 2, but ${whole(0, 1e6)}`],
    [{ ...llama, hidden_size: undefined }, `hidden_size is missing; it ${whole(1, 1e6)}`],
    [{ ...llama, tie_word_embeddings: "yes" }, 'tie_word_embeddings is "yes", but must be true or false.'],
    [{ ...experts, num_experts: -1 }, `num_experts is -1, but ${whole(0, 4096)}`],
    [
      { ...experts, num_experts_per_tok: 17 },
      "num_experts_per_tok is 17, but must be a whole number from 1 to experts, 16.",
    ],
    [
      { ...experts, mlp_only_layers: [4] },
      "mlp_only_layers is a list of 1, but must be a list of layers from 0 to 3; entry 0 is none.",
    ],
    [
      { ...experts, moe_layer_freq: [1, 0] },
      "moe_layer_freq is a list of 2, but must be a whole number, or a list of 0 and 1 for each of 4 layers.",
    ],
    [
      { ...llama, layer_types: ["linear_attention"] },
      'layer_types is a list of 1, but must hold full_attention and sliding_attention alone; it holds "linear_attention".',
    ],
    [
      { ...llama, layer_types: ["full_attention"] },
      "layer_types is a list of 1, but must have an entry for each of 4 layers.",
    ],
    [{ ...llama, text_config: 5 }, "text_config is 5, but must be an object."],
    [
      { ...llama, ssm_state_size: 16 },
      "ssm_state_size is 16, but must not be there: state-space layers is a shape that is not understood.",
    ],
    [
      { ...llama, is_encoder_decoder: true },
      "is_encoder_decoder is true, but must not be there: an encoder beside the decoder is a shape that is not understood.",
    ],
    [
      { ...deepseek, v_head_dim: undefined },
      "v_head_dim is missing; it must be given with kv_lora_rank: latent attention has it.",
    ],
    [
      { ...llama, quantization_config: { quant_method: "bitsandbytes" } },
      'quantization_config.quant_method is "bitsandbytes", but must be one of fp8, fbgemm_fp8, mxfp4, awq, gptq, compressed-tensors; give the shape of the model without it, and the type of weights where it is used.',
    ],
    [
      { ...llama, quantization_config: { quant_method: "gptq", bits: 3 } },
      "quantization_config.bits is 3, but must be 4; give the shape of the model without it, and the type of weights where it is used.",
    ],
  ])("%j", (config, sentence) => {
    expect(refusal(config)).toBe(sentence);
  });

  it.each(["mamba", "t5", "jamba", "qwen3_next", "nemotron_h", "constructor"])("as a %s, by name", (model_type) => {
    expect(refusal({ ...llama, model_type })).toMatch(
      new RegExp(
        `^model_type is "${model_type}", but must be one of llama, .*; no other kind of model is understood\\.$`,
      ),
    );
  });

  it("as a kind of text part that is not understood", () => {
    expect(refusal({ model_type: "x", text_config: { ...llama, model_type: "y" } })).toMatch(
      /^text_config\.model_type is "y", but must be one of llama, /,
    );
  });

  it("with more layers than one list can have", () => {
    expect(refusal({ ...llama, layer_types: Array.from({ length: 1001 }, () => "full_attention") })).toBe(
      "layer_types is a list of 1001, but must be a list of at most 1000 entries.",
    );
  });
});
