import { describe, expect, it } from "vitest";
import { rooflineReplica } from "../../host/profiles/roofline-replica.js";
import { roofline } from "./roofline-cases.js";

const GIB = 2 ** 30;
const of = (fields: Record<string, unknown> = {}) => rooflineReplica(roofline(fields));
const gpu = { peak_bf16_flops: 1e15, peak_fp8_flops: 2e15, memory_bytes: 80e9, memory_bandwidth: 3e12 };
/** 1,000 bytes of keys and values a head and layer come to 2 * 250 * 2. */
const model = { layers: 10, hidden: 1000, heads: 4, kv_heads: 2, head_dim: 250, intermediate: 4000, vocab: 5000 };

describe("memory", () => {
  it("holds the weights of Llama-3.1-8B in 16.06 GB", () => {
    expect(of().weightBytesPerGpu).toBe(2 * 8_030_261_248);
  });

  it("holds 128 KiB of keys and values a token of Llama-3.1-8B, 320 KiB of 70B", () => {
    expect(of().kvBytesPerToken).toBe(128 * 1024);
    expect(of({ model: "llama-3.1-70b", tp: 8 }).kvBytesPerToken).toBe(320 * 1024);
  });

  it("shares out weights among the GPUs, the norms aside", () => {
    const { weightBytesPerGpu } = of({ model: "llama-3.1-70b", tp: 8 });
    const norms = 161 * 8192;
    expect(weightBytesPerGpu).toBe(2 * ((70_553_706_496 - norms) / 8 + norms));
  });

  it("keeps a copy of keys and values, and of their weights, on GPUs beyond their heads", () => {
    expect(of({ model, tp: 4 }).kvBytesPerToken).toBe(2 * of({ model, tp: 2 }).kvBytesPerToken);
    expect(of({ model, tp: 4 }).peaks.kvBytesPerToken).toBe(of({ model, tp: 2 }).peaks.kvBytesPerToken);
    const whole = of({ model, tp: 1 }).weightBytesPerGpu;
    const copies = 10 * 2 * 2 * 250 * 1000 * 2;
    const norms = 21 * 1000 * 2;
    expect(of({ model, tp: 4 }).weightBytesPerGpu * 4).toBe(whole + copies + 3 * norms);
  });

  it("halves the weights of layers in fp8, not the embeddings and the output projection", () => {
    const saved = of().weightBytesPerGpu - of({ dtype: "fp8" }).weightBytesPerGpu;
    expect(saved).toBe(8_030_261_248 - 2 * 128256 * 4096 - 65 * 4096);
  });

  it("holds every expert, also those that no token chooses", () => {
    expect(of({ model: "mixtral-8x7b", tp: 2 }).weightBytesPerGpu).toBeGreaterThan(46.7e9);
  });

  it("has one table where embeddings are tied", () => {
    const untied = of({ model }).weightBytesPerGpu;
    expect(untied - of({ model: { ...model, tied_embeddings: true } }).weightBytesPerGpu).toBe(5000 * 1000 * 2);
  });
});

describe("numBlocks", () => {
  it("fills what weights and 2 GiB leave of 0.9 of the memory", () => {
    const replica = of({ hardware: gpu, model });
    const left = 0.9 * 80e9 - 2 * GIB - replica.weightBytesPerGpu;
    expect(replica.numBlocks(16)).toBe(Math.floor(left / (16 * 20_000)));
  });

  it("grows with the GPUs of the group by more than their number: each holds less of the weights", () => {
    const on = (tp: number) => of({ model: "llama-3.1-70b", hardware: "h200-sxm", tp }).numBlocks(16);
    expect(on(8)).toBeGreaterThan(2 * on(4));
  });

  it("is 0 where the weights do not fit", () => {
    expect(of({ model: "llama-3.1-70b" }).numBlocks(16)).toBe(0);
  });

  it("counts the memory of all pipeline stages, each with its share of the weights", () => {
    const one = of({ hardware: gpu, model });
    const left = 0.9 * 80e9 - 2 * GIB - one.weightBytesPerGpu / 2;
    expect(one.numBlocks(16, 2)).toBe(Math.floor(left / (16 * 10_000)));
  });

  it("follows the share of memory that the engine may take", () => {
    const replica = of({ hardware: gpu, model, gpu_memory_utilization: 0.5 });
    const left = 0.5 * 80e9 - 2 * GIB - replica.weightBytesPerGpu;
    expect(replica.numBlocks(16)).toBe(Math.floor(left / (16 * 20_000)));
  });

  it("comes near what vLLM finds for Llama-3.1-8B on an H100 of 80 GB", () => {
    // BLIS (inference-sim) has 26,312 blocks of 16 tokens for it, with more set aside for activations.
    expect(of().numBlocks(16) / 26_312).toBeCloseTo(1.06, 1);
  });
});

describe("price and peaks", () => {
  it("takes the GPUs of the group, and prices one of them", () => {
    expect(of({ model: "llama-3.1-70b", tp: 8 })).toMatchObject({ gpus: 8, costPerHr: of().costPerHr });
  });

  it("counts two FLOPs a weight that a token passes through", () => {
    const layers = 8_030_261_248 - 2 * 128256 * 4096 - 65 * 4096;
    expect(of().peaks).toMatchObject({ flopsPerToken: 2 * layers, flopsPerSequence: 2 * 128256 * 4096 });
  });

  it("counts four FLOPs a head and dimension of a pair in attention", () => {
    expect(of().peaks).toMatchObject({ flopsPerWork: 4 * 32 * 128 * 32, flopsPerContext: 4 * 32 * 128 * 32 });
  });

  it("counts the chosen experts alone in FLOPs, all of them in bytes", () => {
    const { flopsPerToken, weightBytes } = of({ model: "mixtral-8x7b", tp: 2 }).peaks;
    expect(flopsPerToken / 2).toBeCloseTo(12_879_925_248 - 2 * 32000 * 4096 - 65 * 4096, 0);
    expect(weightBytes).toBe(2 * (46_702_792_704 - 32000 * 4096));
  });

  it("adds up the peaks of the group, in the type of the weights", () => {
    const fields = { hardware: gpu, model, tp: 4 };
    expect(of(fields).peaks).toMatchObject({ peakFlops: 4e15, peakBandwidth: 12e12 });
    expect(of({ ...fields, dtype: "fp8" }).peaks).toMatchObject({ peakFlops: 8e15 });
  });
});
