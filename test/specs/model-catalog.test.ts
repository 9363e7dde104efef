import { describe, expect, it } from "vitest";
import { activeParameterCount, parameterCount } from "../../host/profiles/model-shape.js";
import { check } from "../../host/specs/check.js";
import { InputError } from "../../host/specs/input-error.js";
import { MODEL_NAMES, modelFacts, modelSchema, type ModelName } from "../../host/specs/model-catalog.js";

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
  "llama-2-70b": 68.98e9,
  "llama-3.1-8b": 8.03e9,
  "llama-3.1-70b": 70.55e9,
  "codellama-34b": 33.74e9,
  "mistral-7b": 7.25e9,
  "mixtral-8x7b": 46.7e9,
  "qwen3-8b": 8.19e9,
  "qwen3-32b": 32.8e9,
  "qwen2.5-7b": 7.62e9,
};

describe("the catalog of models", () => {
  it.each(MODEL_NAMES)("gives %s its published parameters", (name) => {
    expect(Math.abs(parameterCount(modelFacts(name)) / PUBLISHED[name] - 1)).toBeLessThan(0.002);
  });

  it("gives Mixtral-8x7B 12.9 B active parameters (arXiv:2401.04088, section 1: 13 B)", () => {
    expect(Math.abs(activeParameterCount(modelFacts("mixtral-8x7b")) / 12.9e9 - 1)).toBeLessThan(0.01);
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
const sparse = { layers: 2, hidden: 512, heads: 8, vocab: 1000, experts: 8, top_k: 2, moe_intermediate: 256 };

describe("a model as facts", () => {
  it("keeps every fact", () => {
    const rest = { name: "mine", kv_heads: 2, head_dim: 128, shared_experts: 1, tied_embeddings: true };
    expect(read({ ...sparse, ...rest })).toEqual({
      name: "mine",
      layers: 2,
      hidden: 512,
      heads: 8,
      kvHeads: 2,
      headDim: 128,
      intermediate: 0,
      vocab: 1000,
      experts: 8,
      topK: 2,
      moeIntermediate: 256,
      sharedExperts: 1,
      tiedEmbeddings: true,
    });
  });

  it("has as many key and value heads as query heads, heads that share the width, and tables of its own unless told", () => {
    expect(read(dense)).toMatchObject({ kvHeads: 8, headDim: 64, experts: 0, tiedEmbeddings: false });
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
      'model is "llama-3.1-8", but must be one of llama-2-7b, llama-2-70b, llama-3.1-8b, llama-3.1-70b, codellama-34b, mistral-7b, mixtral-8x7b, qwen3-8b, qwen3-32b, qwen2.5-7b (did you mean llama-3.1-8b?), or an object with the facts.',
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
      "model.intermediate is 9, but has no meaning with experts, whose width is moe_intermediate.",
    ],
    [{ ...sparse, top_k: 9 }, "model.top_k is 9, but must be a whole number from 1 to experts, 8."],
    [{ ...sparse, top_k: 0 }, "model.top_k is 0, but must be a whole number from 1 to experts, 8."],
    [
      { ...sparse, moe_intermediate: 0 },
      "model.moe_intermediate is 0, but must be at least 1 in a model with experts.",
    ],
    [{ ...dense, tied_embeddings: "no" }, 'model.tied_embeddings is "no", but must be true or false.'],
    [
      { ...dense, num_hidden_layers: 2 },
      "model.num_hidden_layers is not a known key; known here: name, layers, hidden, heads, kv_heads, head_dim, intermediate, vocab, experts, top_k, moe_intermediate, shared_experts, tied_embeddings.",
    ],
  ])("%j", (value, sentence) => {
    expect(refusal(value)).toBe(sentence);
  });
});
