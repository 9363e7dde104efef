import { describe, expect, it } from "vitest";
import { parameterCount } from "../../host/profiles/model-shape.js";
import { rooflineModel } from "../../host/profiles/roofline.js";
import { rooflineReplica } from "../../host/profiles/roofline-replica.js";
import { modelFacts } from "../../host/specs/model-catalog.js";
import { decoding, IDEAL, iterationMs, prefilling, roofline } from "./roofline-cases.js";

const GIB = 2 ** 30;
const ideal = (fields: Record<string, unknown>) => roofline({ ...IDEAL, hardware: "h200", ...fields });
const replica = (fields: Record<string, unknown>) => rooflineReplica(roofline(fields));

describe("latent attention", () => {
  const spec = (fields: object = {}) => ideal({ model: "deepseek-v3", tp: 8, ...fields });

  it("reads for a token of context 576 numbers a layer on every GPU, however many heads each has", () => {
    const bytes = 576 * 2 * 61;
    for (const tp of [8, 16, 32]) expect(rooflineModel(spec({ tp })).memoryPerContext).toBe(bytes / 4.8e12);
    expect(rooflineModel(spec({ kv_dtype: "fp8" })).memoryPerContext).toBe(bytes / 2 / 4.8e12);
  });

  it("computes with latent vectors in decoding and with whole heads in prompts", () => {
    const { computePerContext, computePerWork } = rooflineModel(spec());
    expect(computePerContext / computePerWork).toBeCloseTo(1088 / 320, 12);
  });

  it("makes keys and values again of what earlier chunks left", () => {
    const { memoryPerContext, memoryPerProcessed } = rooflineModel(spec());
    const flops = 2 * 61 * 512 * 16 * 256;
    expect(memoryPerProcessed - memoryPerContext).toBeCloseTo(flops / 1979e12, 15);
  });

  it("fills the memory of every GPU with all of a token", () => {
    const one = replica({ model: "deepseek-v3", hardware: "b200", tp: 8 });
    expect(one.kvBytesPerToken).toBe(8 * 70_272);
    expect(one.peaks.kvBytesPerToken).toBe(70_272);
    expect(one.kvBytesAt(1000)).toBe(8 * 70_272 * 1000);
  });

  it("holds DeepSeek-V3 in fp8 in 671 GB and what is bf16 or on every GPU", () => {
    const { weightBytesPerGpu } = replica({ model: "deepseek-v3", hardware: "b200", tp: 8 });
    const model = modelFacts("deepseek-v3");
    const tables = 2 * 129280 * 7168;
    const norms = (2 * 61 + 1) * 7168;
    const routers = 58 * 7168 * 256;
    const fp8 = parameterCount(model) - tables - norms - routers;
    const pressing = 61 * 7168 * (1536 + 576);
    const absorbed = 61 * 512 * 128 * 256;
    expect(8 * weightBytesPerGpu).toBe(fp8 + 7 * pressing + 2 * (tables + absorbed + 8 * (norms + routers)));
    expect(fp8 / 671e9).toBeCloseTo(1, 2);
  });

  it("has room for what weights leave of one GPU, since every GPU keeps all latent vectors", () => {
    const one = replica({ model: "deepseek-v3", hardware: "h200", tp: 8 });
    expect(one.numBlocks(1)).toBe(Math.floor(one.kvBytesOfGpu / 70_272));
    expect(one.kvBytesOfGpu).toBe(0.9 * 139.8 * GIB - 2 * GIB - one.weightBytesPerGpu);
  });
});

describe("layers with a window", () => {
  const gemma = modelFacts("gemma-3-27b");
  const kvBytes = 2 * 16 * 128 * 2;
  const spec = (fields: object = {}) => ideal({ model: "gemma-3-27b", ...fields });

  it("read the window of each sequence, and all others what the sequence has", () => {
    const model = rooflineModel(spec({ typical_context: 8192 }));
    expect(model.memoryPerContext).toBe((10 * kvBytes) / 4.8e12);
    expect(model.otherPerSequence).toBe((52 * 1024 * kvBytes) / 4.8e12);
  });

  it("read no more than a sequence has", () => {
    expect(rooflineModel(spec({ typical_context: 100 })).otherPerSequence).toBe((52 * 100 * kvBytes) / 4.8e12);
  });

  it("make decoding as long as reading each layer's share of the context", () => {
    const long = iterationMs(spec({ typical_context: 8192 }), decoding(32, 8192));
    const none = iterationMs(spec({ typical_context: 8192 }), decoding(32, 0));
    const windows = iterationMs(
      spec({ typical_context: 8192, model: { ...inline(gemma), sliding_window: 1 } }),
      decoding(32, 0),
    );
    const bytes = 32 * kvBytes * (10 * 8192 + 52 * 1024);
    expect(long - windows).toBeCloseTo((bytes * 1000) / 4.8e12, 2);
    expect(long).toBeGreaterThan(none);
  });

  it("keep no more than the window of a sequence, whatever its length", () => {
    const { kvBytesAt } = replica({ model: "gemma-3-27b", hardware: "h200" });
    expect(kvBytesAt(0)).toBe(0);
    expect(kvBytesAt(512)).toBe(62 * 512 * kvBytes);
    expect(kvBytesAt(131072)).toBeCloseTo((10 * 131072 + 52 * 1024) * kvBytes, -1);
  });

  it("take blocks that hold as many sequences of the typical length as fit", () => {
    for (const context of [256, 1024, 32_768]) {
      const one = replica({ model: "gemma-3-27b", hardware: "h200", typical_context: context });
      const sequences = one.kvBytesOfGpu / one.kvBytesAt(context);
      expect((one.numBlocks(16) * 16) / context / sequences).toBeCloseTo(1, 4);
    }
  });

  it("change nothing where a model has none", () => {
    const at = (context: number) => rooflineModel(ideal({ model: "llama-3.1-8b", typical_context: context }));
    expect(at(64)).toEqual(at(65536));
  });

  it("compute the window for each token of a prompt", () => {
    const { knots } = rooflineModel(spec({ typical_context: 8192 }));
    const flops = 4 * 32 * 128 * 52 * 1024;
    expect(knots[0]!.compute).toBeCloseTo(flops / 989.5e12, 15);
  });
});

describe("weights of four bits", () => {
  it("halve what fp8 weights take, but for the scales of their groups", () => {
    const layers = 8_030_261_248 - 2 * 128256 * 4096 - 65 * 4096;
    const saved = replica({ dtype: "fp8" }).weightBytesPerGpu - replica({ dtype: "int4" }).weightBytesPerGpu;
    expect(saved / layers).toBeCloseTo(0.5 - 20 / 8 / 128, 6);
  });

  it("are read in a quarter of the time of bf16 and computed with no faster", () => {
    const decode = (dtype: string) => iterationMs(ideal({ dtype }), decoding(1, 0));
    const head = (128256 * 4096 * 2 * 1000) / 4.8e12;
    expect((decode("int4") - head) / (decode("bf16") - head)).toBeCloseTo(0.52 / 2, 2);
    const prefill = (dtype: string) => iterationMs(ideal({ dtype }), prefilling(16_384));
    expect(prefill("int4") / prefill("bf16")).toBeCloseTo(1, 2);
  });

  it.each([
    ["gpt-oss-20b", 12.8],
    ["gpt-oss-120b", 60.8],
  ])("hold %s in %f GiB (arXiv:2508.10925, table 1)", (model, gib) => {
    expect(replica({ model, hardware: "h200" }).weightBytesPerGpu / GIB / gib).toBeGreaterThan(0.98);
    expect(replica({ model, hardware: "h200" }).weightBytesPerGpu / GIB / gib).toBeLessThan(1.03);
  });
});

describe("memory against vLLM", () => {
  // vLLM 0.20 on 8 x B200, Llama-3.1-70B, TP 8, fp16: tokens of KV cache at 0.90 of the memory, and sequences of each length that they hold.
  const measured = { model: "llama-3.1-70b", hardware: "b200", tp: 8, dtype: "fp16" };

  it("holds 3,599,408 tokens within 10 %", () => {
    expect(Math.abs((replica(measured).numBlocks(16) * 16) / 3_599_408 - 1)).toBeLessThan(0.1);
  });

  it.each([
    [2048, 1725],
    [4096, 872],
    [8192, 439],
    [16384, 220],
    [32768, 110],
    [65536, 55],
    [131072, 28],
  ])("holds sequences of %i tokens: %i within 10 %", (context, sequences) => {
    const held = Math.floor((replica(measured).numBlocks(16) * 16) / context);
    expect(Math.abs(held / sequences - 1)).toBeLessThan(0.1);
  });
});

/** A model of the catalog as it is written out. */
function inline(model: ReturnType<typeof modelFacts>): Record<string, unknown> {
  return {
    layers: model.layers,
    hidden: model.hidden,
    heads: model.heads,
    kv_heads: model.kvHeads,
    head_dim: model.headDim,
    intermediate: model.intermediate,
    vocab: model.vocab,
    windowed_layers: model.window!.layers,
    tied_embeddings: model.tiedEmbeddings,
  };
}
