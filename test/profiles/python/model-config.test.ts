import { describe, expect, it } from "vitest";
import { pythonModelFromConfig } from "../../../host/profiles/python/model-config.js";
import { pythonActiveParameters, pythonParameters } from "../../../host/profiles/python/model-shape.js";
import { pythonModel } from "../../../host/profiles/python/models.js";

const llama8b = {
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  hidden_size: 4096,
  intermediate_size: 14336,
  vocab_size: 128256,
  max_position_embeddings: 131072,
};

describe("pythonModelFromConfig", () => {
  it("reads what the catalog has of Llama-3.1-8B", () => {
    const expected = { ...pythonModel("llama-3.1-8b"), aliases: [] };
    expect(pythonModelFromConfig(llama8b, "llama-3.1-8b")).toEqual(expected);
  });

  it("takes the width of the dense layer for that of experts where only that is given", () => {
    const mixtral = { ...llama8b, vocab_size: 32000, num_local_experts: 8, num_experts_per_tok: 2 };
    expect(pythonParameters(pythonModelFromConfig(mixtral))).toBe(pythonParameters(pythonModel("mixtral-8x7b")));
  });

  it("finds no experts in a configuration in the manner of DeepSeek-V3: 13.5 B parameters, 35 B of them active", () => {
    const deepseek = {
      num_hidden_layers: 61,
      num_attention_heads: 128,
      num_key_value_heads: 128,
      hidden_size: 7168,
      intermediate_size: 18432,
      vocab_size: 129280,
      moe_intermediate_size: 2048,
      n_routed_experts: 256,
      n_shared_experts: 1,
      num_experts_per_tok: 8,
    };
    const model = pythonModelFromConfig(deepseek);
    expect(model.experts).toBe(0);
    expect(pythonParameters(model) / 1e9).toBeCloseTo(13.5, 1);
    expect(pythonActiveParameters(model) / 1e9).toBeCloseTo(35, 1);
  });

  it("names the model after its path, if it has one", () => {
    expect(pythonModelFromConfig({ ...llama8b, _name_or_path: "org/model" }).name).toBe("org/model");
    expect(pythonModelFromConfig(llama8b).name).toBe("hf-model");
  });

  it("gives as many KV heads as heads where none are said", () => {
    const config: Record<string, unknown> = { ...llama8b };
    delete config.num_key_value_heads;
    expect(pythonModelFromConfig(config).kvHeads).toBe(32);
  });

  it.each([
    ["num_key_value_heads", null, "config.json: num_key_value_heads is null, but must be a whole number, at least 0."],
    ["num_attention_heads", 0, "config.json: num_attention_heads is 0, but must be a whole number, at least 1."],
    ["hidden_size", "wide", 'config.json: hidden_size is "wide", but must be a whole number, at least 0.'],
    ["vocab_size", undefined, "config.json: vocab_size is missing, but must be a whole number, at least 0."],
  ])("refuses %s of %s", (key, value, message) => {
    expect(() => pythonModelFromConfig({ ...llama8b, [key]: value })).toThrow(message);
  });
});
