import { describe, expect, it } from "vitest";
import { type DenseModel, layerMatrices, LLAMA_3_1_8B } from "../../bench/validation/dense-models.js";
import { iterationSeconds } from "../../bench/validation/iteration-seconds.js";
import { elementwiseBytes, fitDecodeAttention, kernelModel } from "../../bench/validation/kernel-model.js";
import {
  interpolate,
  type KernelTables,
  readAllReduce,
  readKernelTables,
  transferTables,
} from "../../bench/validation/kernel-tables.js";
import { describeWithRuns } from "./measured-runs.js";

const TINY: DenseModel = {
  name: "tiny",
  layers: 2,
  hidden: 64,
  heads: 32,
  kvHeads: 8,
  headDim: 128,
  ffn: 128,
  vocabulary: 1000,
};

/** Tables in which a matrix product takes a microsecond a row, and attention follows a line but for points within the cache. */
const TABLES: KernelTables = {
  rows: [1, 128, 256, 512, 1024, 2048, 4096],
  gemm: (rows) => rows * 1e-6,
  decodeAttention: [
    { batch: 1, tokens: 128, seconds: 1e-5 },
    { batch: 64, tokens: 128, seconds: 1.0001e-5 },
    { batch: 64, tokens: 512, seconds: 1e-5 + 64 * 512 * 1e-9 },
    { batch: 128, tokens: 512, seconds: 1e-5 + 128 * 512 * 1e-9 },
  ],
  prefillAttention: [
    { batch: 1, tokens: 256, seconds: 2e-5 + 1e-9 * ((256 * 256) / 2) },
    { batch: 4, tokens: 256, seconds: 2e-5 + 1e-9 * 4 * ((256 * 256) / 2) },
    { batch: 1, tokens: 512, seconds: 2e-5 + 1e-9 * ((512 * 512) / 2) },
  ],
};
const LIMITS = { batch: 128, context: 512 };

describe("an iteration model of kernels", () => {
  const model = kernelModel(TABLES, TINY, 1, LIMITS, { iterationS: 1e-3, sequenceS: 1e-6, bytesPerS: 1e12 });
  const compute = (tokens: number) => {
    const knot = model.knots.find((at) => at.tokens === tokens)!;
    return knot.compute - (tokens * elementwiseBytes(TINY)) / 1e12;
  };

  it("computes whole tiles of 128 rows beyond 128 tokens", () => {
    const perRow = 2 * 4 * 1e-6;
    expect(compute(128)).toBeCloseTo(128 * perRow, 12);
    expect(compute(129)).toBeCloseTo(256 * perRow, 12);
    expect(compute(384)).toBeCloseTo(384 * perRow, 12);
    expect(compute(385)).toBeCloseTo(512 * perRow, 12);
  });

  it("leaves attention out that was measured within the cache", () => {
    const fit = fitDecodeAttention(TABLES.decodeAttention, LIMITS);
    expect(fit.fixed).toBe(1e-5);
    expect(fit.context).toBeCloseTo(1e-9, 15);
    expect(fit.error).toBeLessThan(1e-9);
  });

  it("scales attention with the heads of a GPU", () => {
    const split = kernelModel(TABLES, TINY, 2, LIMITS, { iterationS: 0, sequenceS: 0, bytesPerS: 1e12 });
    expect(split.computePerContext).toBeCloseTo(model.computePerContext / 2, 18);
    expect(split.computePerWork).toBeCloseTo(model.computePerWork / 2, 18);
    expect(model.computePerWork).toBeCloseTo(2 * 1e-9, 15);
  });

  it("adds two all-reduces a layer", () => {
    const constants = { iterationS: 0, sequenceS: 0, bytesPerS: 1e12 };
    const without = kernelModel(TABLES, TINY, 2, LIMITS, constants);
    const withLink = kernelModel(TABLES, TINY, 2, LIMITS, constants, (tokens) => tokens * 1e-6);
    expect(withLink.knots[1]!.other - without.knots[1]!.other).toBeCloseTo(4 * 128e-6, 12);
  });

  it("sums what a batch takes", () => {
    const alone = iterationSeconds(model, { decodes: 1, context: 100, chunks: [] });
    const two = iterationSeconds(model, { decodes: 2, context: 300, chunks: [] });
    expect(two - alone).toBeCloseTo(
      model.knots[1]!.compute / 127 - model.knots[0]!.compute / 127 + 200 * model.computePerContext + 1e-6,
      12,
    );
  });

  it("shares the matrices of a layer out under tensor parallelism", () => {
    const whole = layerMatrices(LLAMA_3_1_8B, 1);
    expect(whole).toEqual([
      { n: 6144, k: 4096 },
      { n: 4096, k: 4096 },
      { n: 28672, k: 4096 },
      { n: 4096, k: 14336 },
    ]);
    const parameters = 32 * whole.reduce((sum, { n, k }) => sum + n * k, 0);
    expect(parameters).toBe(6979321856);
    layerMatrices(LLAMA_3_1_8B, 2).forEach(({ n, k }, i) => expect(2 * n * k).toBe(whole[i]!.n * whole[i]!.k));
  });

  it("interpolates between knots and goes on beyond them", () => {
    const square = (x: number) => x * x;
    expect(interpolate([1, 2, 4], square, 3)).toBe(10);
    expect(interpolate([1, 2, 4], square, 4)).toBe(16);
    expect(interpolate([1, 2, 4], square, 5)).toBe(22);
  });
});

describeWithRuns("the kernel tables", () => {
  it("give back a measured point, and lie between two", () => {
    const tables = readKernelTables("h100_sxm");
    expect(tables.gemm(128, { n: 6144, k: 4096 })).toBeCloseTo(23.851e-6, 12);
    const [small, large] = [16384, 51200].map((n) => tables.gemm(128, { n, k: 4096 }));
    const between = tables.gemm(128, { n: 28672, k: 4096 });
    expect(between).toBeGreaterThan(small!);
    expect(between).toBeLessThan(large!);
  });

  it("carry over to a GPU of twice the bandwidth at half the time where memory binds, and no faster where arithmetic does", () => {
    const tables = readKernelTables("l40s");
    const from = { flops: 362e12, bytesPerS: 0.864e12 };
    const moved = transferTables(tables, from, { flops: 362e12, bytesPerS: 1.728e12 });
    const matrix = { n: 16384, k: 4096 };
    expect(moved.gemm(16, matrix) / tables.gemm(16, matrix)).toBeCloseTo(0.5, 12);
    expect(moved.gemm(2048, matrix) / tables.gemm(2048, matrix)).toBeCloseTo(1, 12);
    expect(moved.decodeAttention[0]!.seconds / tables.decodeAttention[0]!.seconds).toBeCloseTo(0.5, 12);
  });

  it("take vLLM's own all-reduce where it is faster", () => {
    const nccl = readAllReduce("h100_sxm", 2, "nccl");
    const custom = readAllReduce("h100_sxm", 2, "custom");
    expect(custom(8192)).toBeCloseTo(4.4934e-6, 12);
    expect(custom(8192)).toBeLessThan(nccl(8192));
    for (const elements of [128 * 8192, 2048 * 8192]) expect(custom(elements)).toBeLessThanOrEqual(nccl(elements));
  });
});
