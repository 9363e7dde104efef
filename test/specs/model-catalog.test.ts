import { describe, expect, it } from "vitest";
import { activeParameterCount, parameterCount } from "../../host/profiles/model-shape.js";
import { check } from "../../host/specs/check.js";
import { InputError } from "../../host/specs/input-error.js";
import { rooflineReplica } from "../../host/profiles/roofline-replica.js";
import { rooflineSchema } from "../../host/specs/roofline-spec.js";
import {
  findModel,
  MODEL_NAMES,
  modelEntry,
  modelFacts,
  modelSchema,
  type ModelName,
} from "../../host/specs/model-catalog.js";

const read = (value: unknown) => check(modelSchema, value, (path) => ["model", ...path.map(String)].join("."));
const refusal = (value: unknown) => {
  try {
    read(value);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("accepted");
};

/** Parameters as the model cards on huggingface.co have them ("Model size" of the safetensors files). */
const PUBLISHED: Readonly<Record<ModelName, number>> = {
  "llama-2-7b": 6.74e9,
  "llama-2-13b": 13.02e9,
  "llama-2-70b": 68.98e9,
  "llama-3.1-8b": 8.03e9,
  "llama-3.1-70b": 70.55e9,
  "llama-3-8b": 8.03e9,
  "llama-3-70b": 70.55e9,
  "llama-3.1-405b": 405.85e9,
  "llama-3.2-1b": 1.236e9,
  "llama-3.2-3b": 3.213e9,
  "llama-3.3-70b": 70.55e9,
  "codellama-34b": 33.74e9,
  "mistral-7b": 7.25e9,
  "mixtral-8x7b": 46.7e9,
  "qwen3-8b": 8.19e9,
  "qwen3-32b": 32.8e9,
  "qwen2.5-7b": 7.62e9,
  "qwen2.5-32b": 32.76e9,
  "qwen2.5-72b": 72.71e9,
  "qwen3-0.6b": 0.596e9,
  "qwen3-1.7b": 1.72e9,
  "qwen3-4b": 4.02e9,
  "qwen3-14b": 14.77e9,
  "qwen3-30b-a3b": 30.53e9,
  "qwen3-235b-a22b": 235.09e9,
  "mistral-nemo-12b": 12.25e9,
  "mistral-small-24b": 23.57e9,
  "mistral-large-123b": 122.61e9,
  "mixtral-8x22b": 140.6e9,
  "deepseek-v3": 671e9,
  "deepseek-r1": 671e9,
  // Text alone: the same on the cards of keras-hub (gemma3_presets.py).
  "gemma-3-1b": 999_885_952,
  "gemma-3-4b": 3_880_099_328,
  "gemma-3-12b": 11_765_788_416,
  "gemma-3-27b": 27.0e9,
  // arXiv:2508.10925, table 1.
  "gpt-oss-20b": 20.91e9,
  "gpt-oss-120b": 116.83e9,
  "phi-4": 14.66e9,
};

describe("the catalog of models", () => {
  it.each(MODEL_NAMES)("gives %s its published parameters", (name) => {
    expect(Math.abs(parameterCount(modelFacts(name)) / PUBLISHED[name] - 1)).toBeLessThan(0.003);
  });

  // Card, and how it counts the embeddings: with them, or only what a token is multiplied with.
  it.each([
    ["mixtral-8x7b", 12.9, true],
    ["mixtral-8x22b", 39.1, true],
    ["qwen3-235b-a22b", 22.2, true],
    ["qwen3-30b-a3b", 3.35, true],
    ["deepseek-v3", 36.7, false],
    ["gpt-oss-20b", 3.61, false],
    ["gpt-oss-120b", 5.13, false],
  ] as const)("gives %s %f B active parameters", (name, billions, withEmbeddings) => {
    const model = modelFacts(name);
    const count = activeParameterCount(model) - (withEmbeddings ? 0 : model.vocab * model.hidden);
    expect(Math.abs(count / (billions * 1e9) - 1)).toBeLessThan(0.01);
  });

  it("has no more active parameters than parameters", () => {
    for (const name of MODEL_NAMES)
      expect(activeParameterCount(modelFacts(name))).toBeLessThanOrEqual(parameterCount(modelFacts(name)));
  });

  it.each([
    ["llama-3.1-8b", 131_072],
    ["llama-3.1-70b", 327_680],
    ["qwen3-30b-a3b", 98_304],
    ["qwen3-235b-a22b", 192_512],
    ["deepseek-v3", 70_272],
    ["deepseek-r1", 70_272],
    ["llama-2-7b", 524_288],
  ] as const)("keeps keys and values of a token of %s in %i bytes of bf16", (model, bytes) => {
    const spec = rooflineSchema.parse({ type: "roofline", hardware: "h200", model, dtype: "bf16" });
    expect(rooflineReplica(spec).peaks.kvBytesPerToken).toBe(bytes);
  });

  it.each(MODEL_NAMES)("names a source of %s", (name) => {
    const { source, sources, facts } = modelEntry(name);
    expect(source).toMatch(/^config\.json of [\w.-]+\/[\w.-]+/);
    expect(Object.keys(sources).length).toBeGreaterThan(5);
    expect(facts.maxContext).toBeGreaterThanOrEqual(4096);
  });

  it.each([
    ["meta-llama/Meta-Llama-3.1-8B", "llama-3.1-8b"],
    ["meta-llama/Llama-3.3-70B-Instruct", "llama-3.3-70b"],
    ["Qwen/Qwen3-235B-A22B", "qwen3-235b-a22b"],
    ["qwen3-235b", "qwen3-235b-a22b"],
    ["qwen3_30b a3b", "qwen3-30b-a3b"],
    ["deepseek-ai/DeepSeek-V3", "deepseek-v3"],
    ["google/gemma-3-27b-it", "gemma-3-27b"],
    ["mistralai/Mixtral-8x7B-v0.1", "mixtral-8x7b"],
  ])("finds %s as %s", (alias, name) => {
    expect(findModel(alias)?.name).toBe(name);
  });

  it("has no two models under one name", () => {
    const all = MODEL_NAMES.flatMap((name) => [name, ...modelEntry(name).aliases]);
    expect(new Set(all.map((name) => name.toLowerCase())).size).toBe(all.length);
  });

  it("finds a model in any case", () => {
    expect(read("Llama-3.1-8B")).toEqual(modelFacts("llama-3.1-8b"));
  });

  it("has heads of Qwen3-32B that are wider than its width over them", () => {
    const { heads, headDim, hidden } = modelFacts("qwen3-32b");
    expect(heads * headDim).toBe(8192);
    expect(hidden).toBe(5120);
  });
});

const dense = { layers: 2, hidden: 512, heads: 8, intermediate: 1024, vocab: 1000 };
const latent = {
  ...dense,
  kv_lora_rank: 64,
  qk_rope_head_dim: 16,
  qk_nope_head_dim: 32,
  v_head_dim: 48,
};
const sparse = { layers: 2, hidden: 512, heads: 8, vocab: 1000, experts: 8, top_k: 2, moe_intermediate: 256 };

describe("a model as facts", () => {
  it("keeps every fact", () => {
    const heads = { kv_heads: 2, head_dim: 128, sliding_window: 64, windowed_layers: 1 };
    const layers = { intermediate: 1024, dense_layers: 1, shared_experts: 1, shared_intermediate: 128 };
    const rest = { name: "mine", weight_dtype: "fp8", max_context: 4096, tied_embeddings: true };
    expect(read({ ...sparse, ...heads, ...layers, ...rest })).toEqual({
      name: "mine",
      layers: 2,
      hidden: 512,
      heads: 8,
      kvHeads: 2,
      headDim: 128,
      intermediate: 1024,
      vocab: 1000,
      experts: 8,
      topK: 2,
      moeIntermediate: 256,
      sharedExperts: 1,
      sharedIntermediate: 128,
      denseLayers: 1,
      window: { tokens: 64, layers: 1 },
      weightDtype: "fp8",
      maxContext: 4096,
      tiedEmbeddings: true,
    });
  });

  it("has as many key and value heads as query heads, heads that share the width, and tables of its own unless told", () => {
    expect(read(dense)).toMatchObject({ kvHeads: 8, headDim: 64, experts: 0, tiedEmbeddings: false });
  });

  it("keeps the widths of latent attention, with queries that are not pressed unless told", () => {
    const widths = { kvLoraRank: 64, qLoraRank: 0, qkRopeHeadDim: 16, qkNopeHeadDim: 32, vHeadDim: 48 };
    expect(read(latent)).toMatchObject({ mla: widths, headDim: 48 });
    expect(read({ ...latent, q_lora_rank: 96 }).mla?.qLoraRank).toBe(96);
  });

  it("has a window in every layer unless told", () => {
    expect(read({ ...dense, sliding_window: 64 }).window).toEqual({ tokens: 64, layers: 2 });
  });

  it("counts tied embeddings once", () => {
    const untied = parameterCount(read(dense));
    expect(untied - parameterCount(read({ ...dense, tied_embeddings: true }))).toBe(512 * 1000);
  });
});

describe("a model is refused in one sentence", () => {
  it.each([
    [
      "llama-3.1-8",
      'model is "llama-3.1-8", but must be a name of the catalog of models (did you mean llama-3.1-8b? `vllm-sr-sim models` lists them), or an object with the facts.',
    ],
    [{ ...dense, layers: 0 }, "model.layers is 0, but must be a whole number from 1 to 1000."],
    [{ ...dense, heads: 8.5 }, "model.heads is 8.5, but must be a whole number from 1 to 4096."],
    [{ ...dense, kv_heads: 3 }, "model.kv_heads is 3, but must divide heads, 8."],
    [
      { ...dense, heads: 7 },
      "model.head_dim is missing; it must be given where heads, 7, does not divide hidden, 512.",
    ],
    [{ ...dense, intermediate: 0 }, "model.intermediate is 0, but must be at least 1 in a model without experts."],
    [{ ...dense, top_k: 2 }, "model.top_k is 2, but has no meaning without experts."],
    [{ ...dense, moe_intermediate: 5 }, "model.moe_intermediate is 5, but has no meaning without experts."],
    [{ ...dense, shared_experts: 1 }, "model.shared_experts is 1, but has no meaning without experts."],
    [
      { ...sparse, intermediate: 9 },
      "model.intermediate is 9, but has no meaning with experts in every layer, whose width is moe_intermediate; dense_layers says how many have none.",
    ],
    [
      { ...sparse, dense_layers: 1 },
      "model.intermediate is missing; it must be the width of the 1 layers without experts.",
    ],
    [{ ...sparse, dense_layers: 2, intermediate: 9 }, "model.dense_layers is 2, but must be less than layers, 2."],
    [
      { ...sparse, shared_intermediate: 5 },
      "model.shared_intermediate is 5, but has no meaning without shared_experts.",
    ],
    [{ ...dense, dense_layers: 1 }, "model.dense_layers is 1, but has no meaning without experts."],
    [
      { ...dense, weight_dtype: "mxfp4" },
      'model.weight_dtype is "mxfp4", but must be another in a model without experts, which alone are mxfp4.',
    ],
    [{ ...dense, v_head_dim: 64 }, "model.v_head_dim is 64, but has no meaning without kv_lora_rank."],
    [{ ...dense, q_lora_rank: 64 }, "model.q_lora_rank is 64, but has no meaning without kv_lora_rank."],
    [
      { ...dense, kv_lora_rank: 64 },
      "model.qk_rope_head_dim is missing; it must be given with kv_lora_rank: latent attention has it.",
    ],
    [
      { ...latent, sliding_window: 64 },
      "model.sliding_window is 64, but has no meaning with kv_lora_rank: no model has both.",
    ],
    [{ ...dense, windowed_layers: 1 }, "model.windowed_layers is 1, but has no meaning without sliding_window."],
    [{ ...dense, sliding_window: 8, windowed_layers: 3 }, "model.windowed_layers is 3, but must be at most layers, 2."],
    [{ ...sparse, top_k: 9 }, "model.top_k is 9, but must be a whole number from 1 to experts, 8."],
    [{ ...sparse, top_k: 0 }, "model.top_k is 0, but must be a whole number from 1 to experts, 8."],
    [
      { ...sparse, moe_intermediate: 0 },
      "model.moe_intermediate is 0, but must be at least 1 in a model with experts.",
    ],
    [{ ...dense, tied_embeddings: "no" }, 'model.tied_embeddings is "no", but must be true or false.'],
    [
      { ...dense, num_hidden_layers: 2 },
      "model.num_hidden_layers is not a known key; known here: name, layers, hidden, heads, kv_heads, head_dim, intermediate, vocab, experts, top_k, moe_intermediate, shared_experts, shared_intermediate, dense_layers, kv_lora_rank, q_lora_rank, qk_rope_head_dim, qk_nope_head_dim, v_head_dim, sliding_window, windowed_layers, weight_dtype, max_context, tied_embeddings.",
    ],
  ])("%j", (value, sentence) => {
    expect(refusal(value)).toBe(sentence);
  });
});
