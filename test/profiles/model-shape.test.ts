import { describe, expect, it } from "vitest";
import { attentionShard, layerShards, layersReading, weightsOf } from "../../host/profiles/model-shape.js";
import { modelFacts } from "../../host/specs/model-catalog.js";

const deepseek = modelFacts("deepseek-v3");
const gemma = modelFacts("gemma-3-27b");
const qwen = modelFacts("qwen3-235b-a22b");

describe("attention of a layer", () => {
  it("keeps keys and values of the heads of a GPU", () => {
    expect(attentionShard(qwen, 1).kvWidth).toBe(2 * 4 * 128);
    expect(attentionShard(qwen, 4).kvWidth).toBe(2 * 128);
  });

  it("repeats key and value heads where there are fewer than GPUs", () => {
    expect(attentionShard(qwen, 8).kvWidth).toBe(2 * 128);
  });

  it("keeps latent vectors whole on every GPU", () => {
    for (const tp of [1, 8, 64]) expect(attentionShard(deepseek, tp).kvWidth).toBe(512 + 64);
  });

  it("multiplies whole heads in prompts, and latent vectors in decoding, each GPU with its heads", () => {
    expect(attentionShard(deepseek, 8)).toMatchObject({ heads: 16, pairWidth: 16 * 320, readWidth: 16 * 1088 });
  });

  it("makes keys and values of latent vectors by the weights that prompts pass through", () => {
    expect(weightsOf(attentionShard(deepseek, 1).expansion)).toBe(512 * 128 * 256);
    expect(attentionShard(qwen, 1).expansion).toEqual([]);
  });
});

describe("layers", () => {
  it("are one kind where all have experts, or none", () => {
    expect(layerShards(qwen, 1)).toHaveLength(1);
    expect(layerShards(gemma, 1)).toHaveLength(1);
  });

  it("are two kinds where some have no experts", () => {
    const [plain, sparse] = layerShards(deepseek, 1);
    expect(plain).toMatchObject({ layers: 3, expert: [] });
    expect(plain!.dense.at(-1)).toEqual({ inputs: 18432, outputs: 7168 });
    expect(sparse!.layers).toBe(58);
    expect(sparse!.dense.at(-1)).toEqual({ inputs: 2048, outputs: 7168 });
    expect(sparse!.router).toEqual({ inputs: 7168, outputs: 256 });
  });

  it("hold what presses queries and tokens down on every GPU", () => {
    const [down, up] = layerShards(deepseek, 8)[0]!.dense;
    expect(down).toEqual({ inputs: 7168, outputs: 1536 + 576 });
    expect(up).toEqual({ inputs: 1536, outputs: 16 * 192 });
  });

  it("have shared experts of a width of their own", () => {
    const model = { ...deepseek, sharedExperts: 2, sharedIntermediate: 5632 };
    expect(layerShards(model, 1)[1]!.dense.at(-1)).toEqual({ inputs: 11264, outputs: 7168 });
  });
});

describe("layers that read a sequence", () => {
  it("are all of them without a window", () => {
    for (const context of [1, 1e6]) expect(layersReading(qwen, context)).toBe(94);
  });

  it("are all of them within the window, and beyond it those with one by the share that it covers", () => {
    expect(layersReading(gemma, 1024)).toBe(62);
    expect(layersReading(gemma, 4096)).toBe(10 + 52 / 4);
  });
});
