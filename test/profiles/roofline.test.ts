import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rooflineModel } from "../../host/profiles/roofline.js";
import { rooflineReplica } from "../../host/profiles/roofline-replica.js";
import { HARDWARE_NAMES } from "../../host/specs/hardware-catalog.js";
import { MODEL_NAMES, modelFacts } from "../../host/specs/model-catalog.js";
import { decoding, IDEAL, iterationMs, prefilling, roofline } from "./roofline-cases.js";

const ideal = (fields: Record<string, unknown> = {}) => roofline({ ...IDEAL, ...fields });
const dense70 = { model: "llama-3.1-70b", tp: 8 };

describe("the limits of a roofline whose kernels reach every peak", () => {
  it("decode of one sequence reads the weights once", () => {
    const spec = ideal();
    const { weightBytes, peakBandwidth } = rooflineReplica(spec).peaks;
    const read = (weightBytes / peakBandwidth) * 1000;
    expect(iterationMs(spec, decoding(1, 0)) / read).toBeCloseTo(1, 2);
  });

  it("decode reads the keys and values of its context", () => {
    const spec = ideal();
    const { kvBytesPerToken, peakBandwidth } = rooflineReplica(spec).peaks;
    const grown = iterationMs(spec, decoding(8, 9000)) - iterationMs(spec, decoding(8, 1000));
    expect(grown / (((8 * 8000 * kvBytesPerToken) / peakBandwidth) * 1000)).toBeCloseTo(1, 6);
  });

  it("a long prompt takes its arithmetic, but for what lies between products and the output projection", () => {
    const spec = ideal();
    const { flopsPerToken, flopsPerWork, peakFlops } = rooflineReplica(spec).peaks;
    const tokens = 8192;
    const arithmetic = ((tokens * flopsPerToken + (tokens * tokens * flopsPerWork) / 2) / peakFlops) * 1000;
    const ratio = iterationMs(spec, prefilling(tokens)) / arithmetic;
    expect(ratio).toBeGreaterThan(1);
    expect(ratio).toBeLessThan(1.15);
  });

  it("attention of a later chunk also counts the tokens before it", () => {
    const spec = ideal();
    const { flopsPerWork, peakFlops } = rooflineReplica(spec).peaks;
    const grown = iterationMs(spec, prefilling(2048, 100_000)) - iterationMs(spec, prefilling(2048));
    expect(grown / (((2048 * 100_000 * flopsPerWork) / peakFlops) * 1000)).toBeCloseTo(1, 5);
  });

  it("a short chunk far into a prompt is bound by reading what is before it", () => {
    const spec = ideal();
    const { kvBytesPerToken, peakBandwidth } = rooflineReplica(spec).peaks;
    const grown = iterationMs(spec, prefilling(1, 100_000)) - iterationMs(spec, prefilling(1));
    expect(grown / (((100_000 * kvBytesPerToken) / peakBandwidth) * 1000)).toBeCloseTo(1, 2);
  });

  it("hides the attention of a short prompt behind what decoding sequences read", () => {
    const spec = ideal();
    const mixed = { decodes: 8, context: 80_000, chunks: [{ tokens: 64, processed: 0 }] };
    expect(iterationMs(spec, mixed)).toBe(iterationMs(spec, { decodes: 72, context: 80_000, chunks: [] }));
  });
});

describe("an iteration", () => {
  const anySpec = fc
    .record({
      hardware: fc.constantFrom(...HARDWARE_NAMES),
      model: fc.constantFrom(...MODEL_NAMES),
      tp: fc.constantFrom(1, 2, 4),
    })
    .filter(({ model, tp }) => modelFacts(model).kvHeads % tp === 0 || tp % modelFacts(model).kvHeads === 0)
    .map((fields) => roofline({ ...fields, dtype: "bf16" }));
  const tokens = fc.integer({ min: 1, max: 40_000 });

  it("never takes less for more tokens", () => {
    fc.assert(
      fc.property(anySpec, tokens, tokens, (spec, a, b) => {
        const [few, many] = [Math.min(a, b), Math.max(a, b)];
        expect(iterationMs(spec, prefilling(many))).toBeGreaterThanOrEqual(iterationMs(spec, prefilling(few)));
      }),
    );
  });

  it("takes more for more context", () => {
    fc.assert(
      fc.property(anySpec, fc.integer({ min: 1, max: 256 }), tokens, (spec, decodes, context) => {
        const shorter = iterationMs(spec, decoding(decodes, context));
        expect(iterationMs(spec, decoding(decodes, context + 1))).toBeGreaterThan(shorter);
      }),
    );
  });

  it("takes its overhead, and that of each sequence", () => {
    const base = { overhead_ms: 0, overhead_per_sequence_ms: 0 };
    const added =
      iterationMs(roofline({ overhead_ms: 2, overhead_per_sequence_ms: 0.5 }), decoding(10, 100)) -
      iterationMs(roofline(base), decoding(10, 100));
    expect(added).toBeCloseTo(7, 6);
  });

  it("rounds its tokens up to the granularity", () => {
    expect(rooflineModel(roofline({ token_granularity: 8 })).tokenGranularity).toBe(8);
  });

  it("takes what the given knots of efficiency say at their tokens", () => {
    const spec = ideal({
      compute_efficiency: [
        [1000, 0.1],
        [3000, 0.2],
      ],
    });
    const better = ideal({ compute_efficiency: 0.2 });
    expect(iterationMs(spec, prefilling(3000))).toBeCloseTo(iterationMs(better, prefilling(3000)), 6);
    expect(iterationMs(spec, prefilling(1000))).toBeCloseTo(
      iterationMs(ideal({ compute_efficiency: 0.1 }), prefilling(1000)),
      6,
    );
  });
});

describe("fp8", () => {
  it("reads weights of half the size, the output projection aside", () => {
    const bf16 = iterationMs(ideal(), decoding(1, 0));
    const fp8 = iterationMs(ideal({ dtype: "fp8" }), decoding(1, 0));
    const head = (128256 * 4096 * 2 * 1000) / 3.35e12;
    expect((fp8 - head) / (bf16 - head)).toBeCloseTo(0.5, 2);
  });

  it("computes products twice as fast", () => {
    const { flopsPerToken, peakFlops } = rooflineReplica(ideal()).peaks;
    const saved = iterationMs(ideal(), prefilling(16_384)) - iterationMs(ideal({ dtype: "fp8" }), prefilling(16_384));
    expect(saved / (((16_384 * flopsPerToken) / peakFlops) * 1000)).toBeCloseTo(0.5, 6);
  });

  it("gains less than half with the kernels that were measured", () => {
    const gain = iterationMs(roofline({ dtype: "fp8" }), decoding(1, 0)) / iterationMs(roofline(), decoding(1, 0));
    expect(gain).toBeGreaterThan(0.5);
    expect(gain).toBeLessThan(0.8);
  });

  it("halves what keys and values take where they are fp8", () => {
    expect(rooflineModel(ideal({ kv_dtype: "fp8" })).memoryPerContext).toBe(
      rooflineModel(ideal()).memoryPerContext / 2,
    );
  });
});

describe("tensor parallelism", () => {
  it("shares out weights, keys and values among ideal GPUs with free links", () => {
    const link = { link_bandwidth: 1e16 };
    const gpu = { peak_bf16_flops: 1e15, memory_bytes: 8e10, memory_bandwidth: 3e12, ...link };
    const on = (tp: number) => ideal({ model: "llama-3.1-70b", hardware: gpu, tp });
    expect(iterationMs(on(1), decoding(4, 3000)) / iterationMs(on(8), decoding(4, 3000))).toBeCloseTo(8, 1);
  });

  it("gains less than its GPUs with kernels and links as they are", () => {
    const on = (tp: number) => iterationMs(roofline({ model: "llama-3.1-70b", tp }), decoding(8, 1000));
    expect(on(4) / on(8)).toBeGreaterThan(1.2);
    expect(on(4) / on(8)).toBeLessThan(1.8);
  });

  it("repeats keys and values where there are more GPUs than heads of them", () => {
    const model = { layers: 4, hidden: 1024, heads: 8, kv_heads: 2, intermediate: 4096, vocab: 1000 };
    const perContext = (tp: number) => rooflineModel(ideal({ model, tp })).memoryPerContext;
    expect(perContext(2)).toBe(perContext(1) / 2);
    expect(perContext(8)).toBe(perContext(2));
  });

  it("pays two all-reduces a layer, and one for the embeddings", () => {
    const slower = iterationMs(roofline({ ...dense70, allreduce_latency_us: 100 }), decoding(1, 0));
    const faster = iterationMs(roofline({ ...dense70, allreduce_latency_us: 0 }), decoding(1, 0));
    expect(slower - faster).toBeCloseTo(161 * 0.1, 6);
  });

  it("sends and receives 2 (n - 1) / n of each message", () => {
    const spec = (share: number) => roofline({ ...dense70, allreduce_efficiency: share });
    const grown = iterationMs(spec(0.5), prefilling(4096)) - iterationMs(spec(1), prefilling(4096));
    const message = 4096 * 8192 * 2;
    expect(grown).toBeCloseTo((161 * 1.75 * message * 1000) / 450e9, 4);
  });
});

describe("mixture of experts", () => {
  const shape = { layers: 8, hidden: 2048, heads: 16, vocab: 32000 };
  const width = 1024;
  const sparse = (experts: number, topK: number) =>
    ideal({ model: { ...shape, experts, top_k: topK, moe_intermediate: width } });
  const dense = (experts: number) => ideal({ model: { ...shape, intermediate: experts * width } });

  it("reads for one token what a dense model as wide as its chosen experts reads", () => {
    const ratio = iterationMs(sparse(64, 4), decoding(1, 0)) / iterationMs(dense(4), decoding(1, 0));
    expect(ratio).toBeCloseTo(1, 2);
  });

  it("reads for many tokens what a dense model as wide as all experts reads", () => {
    const ratio = iterationMs(sparse(64, 4), decoding(64, 0)) / iterationMs(dense(64), decoding(64, 0));
    expect(ratio).toBeGreaterThan(0.93);
    expect(ratio).toBeLessThan(1);
  });

  it("computes for a long prompt what a dense model as wide as its chosen experts computes", () => {
    const ratio = iterationMs(sparse(64, 4), prefilling(16_384)) / iterationMs(dense(4), prefilling(16_384));
    expect(ratio).toBeGreaterThan(1);
    expect(ratio).toBeLessThan(1.2);
  });

  it("lies between the two in between", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 512 }), (tokens) => {
        const time = iterationMs(sparse(64, 4), decoding(tokens, 0));
        expect(time).toBeGreaterThan(iterationMs(dense(4), decoding(tokens, 0)) * 0.999);
        expect(time).toBeLessThan(iterationMs(dense(64), decoding(tokens, 0)) * 1.05);
      }),
    );
  });

  it("pays for the launches of attention, of the choice of experts, and once for all experts of a layer", () => {
    const [none, some] = [0, 10].map((us) =>
      iterationMs(roofline({ model: "mixtral-8x7b", tp: 2, gemm_floor_us: us }), decoding(1, 0)),
    );
    expect(some! - none!).toBeCloseTo((32 * 4 + 1) * 0.01, 6);
  });

  it("takes the times of experts that were measured, not those of other products", () => {
    const spec = roofline({ model: "mixtral-8x7b", tp: 2 });
    const { experts } = spec.kernels;
    const slower = { ...spec, kernels: { ...spec.kernels, experts: { ...experts, floorS: experts.floorS + 1e-3 } } };
    expect(iterationMs(slower, decoding(1, 0)) - iterationMs(spec, decoding(1, 0))).toBeCloseTo(32, 6);
  });

  it("has shared experts that every token passes through", () => {
    const model = { ...shape, experts: 64, top_k: 4, moe_intermediate: width, shared_experts: 2 };
    const added = iterationMs(ideal({ model }), decoding(1, 0)) - iterationMs(sparse(64, 4), decoding(1, 0));
    expect(added / ((8 * 2 * 3 * 2048 * width * 2 * 1000) / 3.35e12)).toBeCloseTo(1, 1);
  });
});
