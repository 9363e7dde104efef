/** Figures that are published of the tool, and cases worked out by hand. */
import { describe, expect, it } from "vitest";
import { pythonProfile } from "../../../host/profiles/python/computed.js";
import { pythonHardware, pythonNcclBytes, pythonFreeVramBytes } from "../../../host/profiles/python/hardware.js";
import { pythonGpu, pythonManualProfile } from "../../../host/profiles/python/manual.js";
import {
  pythonActiveParameters,
  pythonHeadDim,
  pythonKvBytesPerToken,
  pythonModelDisplayName,
  pythonParameters,
} from "../../../host/profiles/python/model-shape.js";
import { pythonModel, PYTHON_MODELS } from "../../../host/profiles/python/models.js";
import { pythonMoeLayerS } from "../../../host/profiles/python/moe-time.js";
import { pythonDtypeName } from "../../../host/profiles/python/serving.js";
import { profileSchema } from "../../../host/specs/profile-spec.js";
import { differences } from "./fixture.js";

const llama70b = pythonModel("llama-3.1-70b");
const tp8 = (gpu: string) => pythonProfile(pythonHardware(gpu), llama70b, { tp: 8 });

describe("computed profiles of Llama-3.1-70B, TP 8, fp16", () => {
  it("have 11,353 blocks on H100 and 29,785 on B200, 476,560 tokens", () => {
    expect(tp8("h100").totalKvBlocks).toBe(11353);
    expect(tp8("b200").totalKvBlocks * 16).toBe(476_560);
  });

  it("serve 22 sequences of 8,192 tokens on an H100, where the constants given by hand serve 128", () => {
    expect(tp8("h100").slots(8192)).toBe(22);
    expect(pythonGpu("h100").slots(8192)).toBe(128);
  });

  it("serve an eighth of what a B200 was measured to serve", () => {
    const contexts = [2048, 4096, 8192, 16384, 32768, 65536, 131072];
    expect(contexts.map((ctx) => tp8("b200").slots(ctx))).toEqual([232, 116, 58, 29, 14, 7, 3]);
  });

  it("give the projected B200 its W of 2.95491072 ms", () => {
    // 69,501,714,432 parameters x 2 bytes / 8 / (8e12 x 0.80 bytes/s) = 2.71491072 ms, and 80 layers x 3 us = 0.24 ms.
    expect(tp8("b200").W).toBeCloseTo(2.95491072e-3, 15);
  });

  it("draw 303 W on an H100 with one sequence, by hand", () => {
    // W 6.7234 ms + H 0.0313 ms; KV share 0.0313 / 6.7547 = 0.00463; 2 x 69.5e9 / 8 FLOPs / (6.7547 ms x 989e12) = 0.00260; 301 W + 301 W x 0.00723.
    expect(tp8("h100").powerW(1)).toBeCloseTo(303.18, 2);
  });

  it("take as much power and money as the tool says: TDP times 0.43 with nothing to do, the price times 8", () => {
    expect(tp8("h100").powerW(0)).toBeCloseTo(700 * 0.43, 12);
    expect(tp8("h100").costPerHr).toBeCloseTo(32.16, 12);
    expect(tp8("h100").name).toBe("H100-SXM/Llama-3.1-70B/TP8/fp16");
  });

  it("prefill 0.93 M tokens/s at 8,192", () => {
    expect((tp8("h100").throughputRps(8192, 1450, 1) * 1450) / 1e6).toBeCloseTo(0.93, 3);
  });
});

describe("models of the tool", () => {
  it.each([
    ["llama-3.1-8b", 7.5, 7.5, 131_072],
    ["qwen3-8b", 7.57, 7.57, 147_456],
    ["qwen3-32b", 31.98, 31.98, 262_144],
    ["qwen3-235b", 231.1, 18.2, 96_256],
    ["Qwen/Qwen3-30B-A3B", 29.8, 2.63, 98_304],
    ["deepseek-v3", 701.2, 35.0, 1_748_992],
  ])("%s has %d B parameters, %d B of them active, %i bytes of KV a token", (name, total, active, kv) => {
    const model = pythonModel(name);
    expect(Math.abs(pythonParameters(model) / 1e9 - total)).toBeLessThan(0.05);
    expect(Math.abs(pythonActiveParameters(model) / 1e9 - active)).toBeLessThan(0.05);
    expect(pythonKvBytesPerToken(model)).toBe(kv);
  });

  it("llama-3.1-8b, by hand", () => {
    // Embeddings 128,256 x 4,096; a layer 2 x 4,096^2 + 2 x 4,096 x 8 x 128 + 3 x 4,096 x 14,336.
    const layer = 33_554_432 + 8_388_608 + 176_160_768;
    expect(pythonParameters(pythonModel("llama-3.1-8b"))).toBe(525_336_576 + 32 * layer);
  });

  it("the head of Qwen3-235B is half as wide as it should be", () => {
    expect(pythonHeadDim(pythonModel("qwen3-235b-a22b"))).toBe(64);
  });

  it.each([
    ["llama-3.1-70b", "Llama-3.1-70B"],
    ["mixtral-8x7b", "Mixtral-8X7B"],
    ["qwen3-235b-a22b", "Qwen3-235B-A22B"],
    ["deepseek-v3", "DeepSeek-V3"],
    ["mistral-7b", "Mistral-7B"],
  ])("%s is shown as %s", (name, shown) => {
    expect(pythonModelDisplayName(pythonModel(name))).toBe(shown);
  });

  it.each([
    ["org/MyModel-7b", "MyModel-7b"],
    ["some_org/my_model_v2", "My-Model-V2"],
    ["v10x", "V10X"],
  ])("a model named %s is shown as %s", (name, shown) => {
    expect(pythonModelDisplayName({ ...llama70b, name })).toBe(shown);
  });

  it("are found by alias, in any case, with underscores and spaces", () => {
    expect(pythonModel("Meta-Llama/meta_llama-3.1 70B").name).toBe("llama-3.1-70b");
    expect(PYTHON_MODELS).toHaveLength(10);
    expect(() => pythonModel("llama-3-70b")).toThrow(/must be one of .*did you mean llama-3.1-70b/);
  });
});

describe("the time of a layer of experts", () => {
  const h100 = pythonHardware("h100");
  const ms = (name: string, bytes: number, tokens: number[]) =>
    tokens.map((count) => pythonMoeLayerS(pythonModel(name), bytes, count, h100) * 1000);

  it.each([
    ["deepseek-v3", 2, [0.288, 1.34, 3.08, 5.77, 7.48]],
    ["deepseek-v3", 1, [0.172, 0.7, 1.59, 3.07, 3.83]],
    ["deepseek-v3", 0.5, [0.146, 0.48, 1.05, 1.93, 2.81]],
    ["qwen3-235b", 2, [0.144, 0.48, 1.28, 1.54, 1.9]],
    ["qwen3-235b", 1, [0.087, 0.28, 0.67, 0.845, 1.05]],
    ["qwen3-235b", 0.5, [0.088, 0.234, 0.495, 0.615, 0.78]],
    ["qwen3-30b", 2, [0.072, 0.24, 0.64, 0.77, 0.95]],
    ["qwen3-30b", 1, [0.044, 0.14, 0.335, 0.423, 0.525]],
    ["qwen3-30b", 0.5, [0.044, 0.117, 0.248, 0.308, 0.39]],
  ])("of %s, %d bytes, on an H100 is the table's", (name, bytes, expected) => {
    expect(differences(ms(name, bytes, [1, 8, 32, 128, 512]), expected)).toEqual([]);
  });

  it("is linear between its columns, flat beyond", () => {
    // 3.08 + (80 - 32) / (128 - 32) x (5.77 - 3.08)
    expect(differences(ms("deepseek-v3", 2, [0, 80, 5000]), [0.288, 4.425, 7.48])).toEqual([]);
  });

  it("is that of the type nearest in bytes, the larger of two as near", () => {
    expect(differences(ms("deepseek-v3", 1.5, [8]), [1.34])).toEqual([]);
    expect(differences(ms("deepseek-v3", 4, [8]), [1.34])).toEqual([]);
    expect(differences(ms("deepseek-v3", 0.6, [8]), [0.48])).toEqual([]);
  });

  it("falls with bandwidth to the power of 0.7, and of two matrices alone where the table has none", () => {
    const b200 = pythonHardware("b200");
    const scaled = pythonMoeLayerS(pythonModel("deepseek-v3"), 2, 8, b200) * 1000;
    expect(scaled).toBeCloseTo(1.34 * Math.exp(0.7 * Math.log(3.35 / 8)), 12);
    // 2 experts x 2 matrices x 14,336 x 4,096 x 2 bytes = 469,762,048, at 0.8 x 3.35e12 bytes/s
    expect(ms("mixtral-8x7b", 2, [8])[0]).toBeCloseTo(469_762_048 / 2.68e9, 12);
  });
});

describe("hardware of the tool", () => {
  it("is found in any case, with hyphens; an A10G is an L40S", () => {
    expect(pythonHardware("H100-SXM").memoryBandwidth).toBe(3.35e12);
    expect(pythonHardware("A10G").name).toBe("L40S");
  });

  it.each(["a100-80gb", "h100-80gb", "constructor"])("%s does not match", (name) => {
    expect(() => pythonHardware(name)).toThrow(/^The Python tool's GPU is .* must be one of a100/);
  });

  it("keeps 3.5 GiB and NCCL's buffers from what is free; for a group of 3 or 16 those of 8", () => {
    expect([1, 2, 3, 4, 8, 16].map(pythonNcclBytes)).toEqual([
      0, 358612992, 411041792, 411041792, 411041792, 411041792,
    ]);
    // 85,899,345,920 - 70,000,000,000 - 411,041,792 - 3,758,096,384
    expect(pythonFreeVramBytes(pythonHardware("h100"), 70e9, 8)).toBe(11_730_207_744);
    expect(pythonFreeVramBytes(pythonHardware("h100"), 90e9)).toBe(0);
  });
});

describe("constants given by hand", () => {
  it("serve 512 to 16 sequences, an a10g half as many", () => {
    const contexts = [2048, 4096, 6144, 8192, 16384, 65536];
    const slots = [512, 256, 170, 128, 64, 16];
    expect(contexts.map((ctx) => pythonGpu("a100").slots(ctx))).toEqual(slots);
    expect(contexts.map((ctx) => pythonGpu("h100").slots(ctx))).toEqual(slots);
    expect(contexts.map((ctx) => pythonGpu("a10g").slots(ctx))).toEqual(slots.map((n) => n / 2));
  });

  it("a request of 1,000 + 24 tokens on an A100 at 8K, by hand", () => {
    // 2 chunks + 24 iterations, each 8 ms + 0.65 ms x (1,024 / 8,192) x 128 = 18.4 ms.
    expect(pythonGpu("a100").serviceS(1000, 24, 8192)).toBeCloseTo(26 * 0.0184, 14);
  });

  it("a prompt of 6,554 + 1,638 tokens prefills in 112 ms alone and in 1,186 ms at full concurrency", () => {
    const a100 = pythonGpu("a100");
    const chunks = Math.ceil(6554 / a100.chunk);
    expect(chunks * a100.iterationS(1)).toBeCloseTo(0.11245, 5);
    expect(chunks * a100.iterationS(128, 8192)).toBeCloseTo(1.1856, 4);
  });

  it("draw the power of the logistic curve: 369 W on an A100 at 32", () => {
    // 175 + 210 / (1 + exp(-(5 - 2.5))) = 175 + 210 x 0.92414
    expect(pythonGpu("a100").powerW(32)).toBeCloseTo(369.07, 2);
    expect(pythonGpu("h100").powerW(128)).toBeCloseTo(582.8, 1);
  });

  it("are searched one short for 600 W on an H100", () => {
    expect(pythonGpu("h100").sequencesAtPowerW(600)).toBe(255);
    expect(pythonGpu("h100").sequencesAtPowerW(1e9)).toBe(255);
    expect(pythonGpu("h100").sequencesAtPowerW(0)).toBe(1);
  });

  it("draw power along a line where there is no curve, and none without constants", () => {
    const bare = profileSchema.parse({ W: 0.008, H: 0.00065 });
    const line = pythonManualProfile({ ...bare, power: { idleW: 100, nominalW: 300, k: 0, x0: 0 } });
    expect(line.powerW(32)).toBe(150);
    // 64 of 128 slots draw 200 W; the search from 1 to 128 ends on 64 itself.
    expect(line.sequencesAtPowerW(200)).toBe(64);
    expect(() => pythonManualProfile(bare).sequencesAtPowerW(200)).toThrow(/has no constants of power/);
  });
});

describe("serving", () => {
  it("names types as the tool does", () => {
    expect([2, 1, 0.5, 4].map(pythonDtypeName)).toEqual(["fp16", "fp8", "int4", "4b"]);
  });

  it.each([
    [{ tp: 0 }, /tp is 0, but must be a whole number, at least 1/],
    [{ tp: 1.5 }, /tp is 1.5/],
    [{ dtypeBytes: 0 }, /bytes of a number are 0/],
    [{ meanCtxTokens: NaN }, /mean context is NaN/],
    [{ gpuMemoryUtilization: 1.1 }, /share of memory is 1.1/],
    [{ maxSlots: -1 }, /most slots is -1/],
  ])("%o is refused", (serving, message) => {
    expect(() => pythonProfile(pythonHardware("h100"), llama70b, serving)).toThrow(message);
  });

  it("of a model too large for its GPUs has no block, and one slot all the same", () => {
    const profile = pythonProfile(pythonHardware("b60"), llama70b);
    expect(profile.totalKvBlocks).toBe(0);
    expect(profile.slots(8192)).toBe(1);
  });
});
