import { describe, expect, it } from "vitest";
import { check } from "../../host/specs/check.js";
import { hardwareFacts } from "../../host/specs/hardware-catalog.js";
import { InputError } from "../../host/specs/input-error.js";
import { kernelTimes, MEASURED_GPUS } from "../../host/specs/kernel-catalog.js";
import { modelFacts } from "../../host/specs/model-catalog.js";
import { rooflineSchema } from "../../host/specs/roofline-spec.js";

const base = { type: "roofline", hardware: "h100-sxm", model: "llama-3.1-8b" };
const read = (fields: object = {}) => check(rooflineSchema, { ...base, ...fields }, (path) => path.join("."));
const refusal = (fields: object) => {
  try {
    read(fields);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("accepted");
};

describe("a roofline", () => {
  it("needs hardware and model alone", () => {
    const { gemm, experts, attention, smallKernelsS, allReduce } = kernelTimes("h100-sxm");
    expect(read()).toEqual({
      type: "roofline",
      hardware: hardwareFacts("h100-sxm"),
      model: modelFacts("llama-3.1-8b"),
      tp: 1,
      dtype: "bf16",
      kvDtype: "bf16",
      kernels: {
        gemm: gemm.bf16,
        bf16Gemm: gemm.bf16,
        experts: experts.bf16,
        attention: { ...attention, bandwidthShare: attention.bandwidthShare.bf16 },
        smallKernelsS,
        allReduce: { latencyS: allReduce[0]!.latencyS, linkShare: allReduce[0]!.linkShare },
      },
      overheadMs: 0.126,
      overheadPerSequenceMs: 0.0044,
      gpuMemoryUtilization: 0.9,
      typicalContext: 1024,
      tokenGranularity: 1,
    });
  });

  it("takes the kernels measured in the types that it has", () => {
    const { kernels } = read({ dtype: "fp8", kv_dtype: "fp8" });
    const measured = kernelTimes("h100-sxm");
    expect(kernels.gemm).toEqual(measured.gemm.fp8);
    expect(kernels.bf16Gemm).toEqual(measured.gemm.bf16);
    expect(kernels.attention.bandwidthShare).toBe(measured.attention.bandwidthShare.fp8);
  });

  it("takes the all-reduce measured on as many GPUs, or the next more", () => {
    const latency = (tp: number) => read({ model: "llama-3.1-70b", tp }).kernels.allReduce.latencyS;
    const measured = kernelTimes("h100-sxm").allReduce;
    expect([2, 4, 8, 16].map(latency)).toEqual([0, 1, 2, 2].map((index) => measured[index]!.latencyS));
  });

  it("puts what is given in place of what was measured", () => {
    const given = {
      memory_efficiency: 0.5,
      attention_efficiency: 0.6,
      prefill_attention_efficiency: 0.4,
      gemm_floor_us: 1,
      attention_floor_us: 2,
      small_kernels_us: 3,
      allreduce_latency_us: 4,
      allreduce_efficiency: 0.3,
      compute_efficiency: [
        [64, 0.2],
        [512, 0.7],
      ],
    };
    const gemm = { floorS: 1e-6, bandwidthShare: 0.5, computeShare: given.compute_efficiency };
    expect(read(given).kernels).toEqual({
      gemm,
      bf16Gemm: gemm,
      experts: gemm,
      attention: { floorS: 2e-6, bandwidthShare: 0.6, computeShare: 0.4 },
      smallKernelsS: 3e-6,
      allReduce: { latencyS: 4e-6, linkShare: 0.3 },
    });
  });

  it("takes fp16 as bf16", () => {
    expect(read({ dtype: "fp16", kv_dtype: "fp16" })).toEqual(read({ dtype: "bf16", kv_dtype: "bf16" }));
  });

  it("takes weights in the type in which they are published unless told", () => {
    expect(read({ model: "deepseek-v3", tp: 16 }).dtype).toBe("fp8");
    expect(read({ model: "gpt-oss-120b" }).dtype).toBe("mxfp4");
    expect(read({ model: "deepseek-v3", tp: 32, dtype: "bf16" }).dtype).toBe("bf16");
  });

  it("computes with weights of 4 bits in bf16", () => {
    const measured = kernelTimes("h100-sxm");
    expect(read({ dtype: "int4" }).kernels.gemm).toEqual(measured.gemm.bf16);
    expect(read({ model: "gpt-oss-120b" }).kernels.gemm).toEqual(measured.gemm.bf16);
  });

  it("shares latent attention among as many GPUs as divide its heads", () => {
    expect(read({ model: "deepseek-v3", tp: 64 }).tp).toBe(64);
  });

  it("takes one efficiency for all tokens", () => {
    expect(read({ compute_efficiency: 0.5 }).kernels.gemm.computeShare).toEqual([[1, 0.5]]);
  });

  it("takes keys and values in fp8 where there is no fp8 arithmetic", () => {
    expect(read({ hardware: "a100-sxm-80gb", kv_dtype: "fp8" }).kvDtype).toBe("fp8");
  });

  it.each(MEASURED_GPUS)("has shares of %s that never let more tokens take less time", (name) => {
    const { gemm, experts } = kernelTimes(name);
    for (const { computeShare } of [gemm.bf16, gemm.fp8, experts.bf16, experts.fp8])
      expect(() => read({ compute_efficiency: computeShare })).not.toThrow();
  });
});

describe("a roofline is refused in one sentence", () => {
  const efficiency =
    "must be a number above 0, at most 1, or a list of 1 to 32 pairs of tokens and share, tokens rising.";
  const share = "must be a number above 0, at most 1.";
  it.each<[object, string]>([
    [{ modle: "x" }, "modle is not a known key (did you mean model?); known here: "],
    [{ dtype: "fp32" }, 'dtype is "fp32", but must be one of bf16, fp16, fp8, int4, mxfp4.'],
    [{ dtype: "fp8", hardware: "a10g" }, 'dtype is "fp8", but must be bf16 or int4: a10g has no fp8 arithmetic.'],
    [
      { model: "deepseek-v3", hardware: "a100", tp: 64 },
      "dtype is missing; it must be bf16 or int4: a100-sxm-80gb has no fp8 arithmetic.",
    ],
    [{ dtype: "mxfp4" }, 'dtype is "mxfp4", but must not be mxfp4, the type of experts: llama-3.1-8b has none.'],
    [{ kv_dtype: "int4" }, 'kv_dtype is "int4", but must be one of bf16, fp16, fp8.'],
    [{ typical_context: 0 }, "typical_context is 0, but must be a whole number from 1 to 1000000000."],
    [{ tp: 0 }, "tp is 0, but must be a whole number from 1 to 64."],
    [{ tp: 3 }, "tp is 3, but must divide the 32 heads of llama-3.1-8b."],
    [
      { tp: 7, model: "qwen2.5-7b" },
      "tp is 7, but must divide the 4 key and value heads of qwen2.5-7b, or be a multiple of them.",
    ],
    [
      { tp: 8, model: { layers: 2, hidden: 512, heads: 8, intermediate: 1020, vocab: 100 } },
      "tp is 8, but must divide 1020, the width of the feed-forward layers of custom.",
    ],
    [{ compute_efficiency: 0 }, `compute_efficiency is 0, but ${efficiency}`],
    [{ compute_efficiency: 1.1 }, `compute_efficiency is 1.1, but ${efficiency}`],
    [{ compute_efficiency: "fast" }, `compute_efficiency is "fast", but ${efficiency}`],
    [{ compute_efficiency: [] }, `compute_efficiency is a list of 0, but ${efficiency}`],
    [
      { compute_efficiency: Array.from({ length: 33 }, (_, i) => [i + 1, 0.5]) },
      `compute_efficiency is a list of 33, but ${efficiency}`,
    ],
    [
      { compute_efficiency: [[1, 0.5, 2]] },
      "compute_efficiency.0 is a list of 3, but must be a pair of tokens and share.",
    ],
    [{ compute_efficiency: [[1, 2]] }, `compute_efficiency.0.1 is 2, but ${share}`],
    [
      {
        compute_efficiency: [
          [8, 0.5],
          [8, 0.6],
        ],
      },
      "compute_efficiency.1.0 is 8, but must be more than 8, the tokens of the knot before it.",
    ],
    [
      {
        compute_efficiency: [
          [8, 0.1],
          [16, 0.3],
        ],
      },
      "compute_efficiency.1.1 is 0.3, but must be at most 0.1 * 16 / 8: more tokens must not take less time.",
    ],
    [{ memory_efficiency: 0 }, `memory_efficiency is 0, but ${share}`],
    [{ attention_efficiency: 2 }, `attention_efficiency is 2, but ${share}`],
    [{ prefill_attention_efficiency: -1 }, `prefill_attention_efficiency is -1, but ${share}`],
    [{ allreduce_efficiency: "x" }, `allreduce_efficiency is "x", but ${share}`],
    [{ allreduce_latency_us: -1 }, "allreduce_latency_us is -1, but must be a number from 0 to 1000000."],
    [{ gemm_floor_us: 1e7 }, "gemm_floor_us is 10000000, but must be a number from 0 to 1000000."],
    [{ overhead_ms: NaN }, "overhead_ms is NaN, but must be a number from 0 to 1000000."],
    [{ overhead_per_sequence_ms: -0.1 }, "overhead_per_sequence_ms is -0.1, but must be a number from 0 to 1000000."],
    [{ gpu_memory_utilization: 1.5 }, `gpu_memory_utilization is 1.5, but ${share}`],
    [{ token_granularity: 0 }, "token_granularity is 0, but must be a whole number from 1 to 1000000."],
    [{ hardware: { memory_bytes: 5 } }, "hardware.peak_bf16_flops is missing; "],
  ])("%j", (fields, sentence) => {
    const message = refusal(fields);
    expect(message.startsWith(sentence) ? sentence : message).toBe(sentence);
    expect(message.endsWith(".")).toBe(true);
  });
});
