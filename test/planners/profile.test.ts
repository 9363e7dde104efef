import { describe, expect, it } from "vitest";
import { profile, type ProfileOptions, type ProfileResult, type UnfitResult } from "../../host/planners/profile.js";
import { buildProfile } from "../../host/profiles/profile-builder.js";
import { checkFleet } from "../../host/specs/fleet-spec.js";
import { resolveFleet } from "../../host/specs/fleet.js";
import { InputError } from "../../host/specs/input-error.js";
import { rooflineSchema } from "../../host/specs/roofline-spec.js";

const BIG = { hardware: "h100-sxm", model: "llama-3.1-70b", tp: 8 };

function fits(options: ProfileOptions): ProfileResult {
  const result = profile(options);
  if (result.status !== "fits") throw new Error(result.reason);
  return result;
}

function unfit(options: ProfileOptions): UnfitResult {
  const result = profile(options);
  if (result.status === "fits") throw new Error("fits");
  return result;
}

describe("a profile", () => {
  const result = fits(BIG);

  it("is that of the builder", () => {
    const built = buildProfile(rooflineSchema.parse({ type: "roofline", ...BIG }));
    expect(result).toMatchObject({
      kind: "computed",
      name: built.name,
      W_s: built.W,
      H_s: built.H,
      per_sequence_s: built.perSequenceS,
      per_context_token_s: built.perContextTokenS,
      calibration_ctx: 2048,
      total_kv_blks: built.totalKvBlocks,
      blk_size: 16,
      chunk: 512,
      gpus_per_replica: 8,
    });
  });

  it("costs what all GPUs cost", () => {
    expect(result.gpu_cost_per_hr).toBe(4.02);
    expect(result.cost_per_hr).toBe(8 * 4.02);
  });

  it("tells slots for powers of two up to the longest of the model", () => {
    expect(Object.keys(result.n_slots)).toEqual(["2048", "4096", "8192", "16384", "32768", "65536", "131072"]);
    expect(Object.keys(fits({ ...BIG, model: "mistral-7b", tp: 1 }).n_slots).at(-1)).toBe("32768");
  });

  it("tells slots for the contexts asked for, each once, rising", () => {
    expect(Object.keys(fits({ ...BIG, maxCtx: [9000, 100, 9000] }).n_slots)).toEqual(["100", "9000"]);
  });

  it("draws power by all of its GPUs", () => {
    expect(result.power?.idle_w.replica).toBeCloseTo(8 * result.power!.idle_w.gpu, 9);
    expect(result.power?.points.map(({ n_active }) => n_active)).toEqual([1, 8, 32, 64, 128, 256]);
  });

  it("is told the same tokens a second and watts in its points of efficiency", () => {
    const point = result.decode_efficiency.at(-1)!;
    expect(point.tokens_per_watt).toBeCloseTo(point.tokens_per_s / point.power_w, 12);
    expect(point.tokens_per_s).toBeCloseTo(point.n_active / point.iteration_s, 9);
    expect(point.intensity).toBeCloseTo(point.flops / point.memory_bytes, 9);
    expect(point.bound).toBe("memory");
  });

  it("waits for arithmetic where batches are large and contexts short", () => {
    const large = fits({ hardware: "h100-sxm", model: "llama-3.1-8b", maxNumSeqs: 1024, meanCtx: 64 });
    expect(large.decode_efficiency.at(-1)!.bound).toBe("compute");
  });

  it("has numbers alone where it has numbers", () => {
    expect(JSON.stringify(result)).not.toMatch(/null|NaN|Infinity/);
  });

  it("takes fp16 for bf16", () => {
    expect(fits({ ...BIG, dtype: "fp16" }).W_s).toBe(result.W_s);
  });

  it("takes hardware and model that are written out", () => {
    const hardware = { name: "mine", peak_bf16_flops: 1e15, memory_bytes: 8e10, memory_bandwidth: 3e12 };
    expect(fits({ hardware, model: "llama-3.1-8b" }).name).toBe("mine/llama-3.1-8b/TP1/bf16");
  });
});

describe("the pool of a profile", () => {
  it.each([
    BIG,
    { ...BIG, tp: 4, pp: 2, dtype: "fp8", kvDtype: "fp8", blockSize: 32, maxNumSeqs: 100, gpuMemoryUtilization: 0.8 },
    { hardware: "l4", model: "llama-3.1-8b", maxCtx: [1000, 20_000] },
  ])("has the memory, GPUs and price of the profile: %o", (options) => {
    const result = fits(options);
    const [pool] = resolveFleet(checkFleet({ pools: [result.pool] })).pools;
    expect(pool!.serving).toMatchObject({
      numBlocks: result.total_kv_blks,
      maxNumSeqs: result.max_num_seqs,
      blockSize: result.blk_size,
      maxNumBatchedTokens: result.chunk + result.max_num_seqs,
    });
    expect([pool!.gpus, pool!.costPerHr]).toEqual([result.gpus_per_replica, result.cost_per_hr]);
  });

  it("takes requests as long as the longest of those asked about that fit", () => {
    expect(fits({ ...BIG, maxCtx: [4096, 8192, 10_000_000] }).pool.max_ctx).toBe(8192);
  });
});

describe("a model that does not fit", () => {
  it("is told the tensor parallelism with which it would", () => {
    const result = unfit({ ...BIG, tp: 1 });
    expect(result.nearest).toEqual({ tp: 2, pp: 1, dtype: "bf16" });
    expect(result.reason).toContain("1 x h100-sxm");
    expect(result.weight_bytes_per_gpu).toBeGreaterThan(result.memory_for_model_bytes);
  });

  it("is told a group that divides it", () => {
    // Its 40 heads cannot be shared by 16.
    expect(unfit({ hardware: "l4", model: "qwen3-14b", tp: 1 }).nearest).toMatchObject({ tp: 2 });
  });

  it("is told smaller weights or stages where no group is large enough", () => {
    // Two heads go to no more than two GPUs.
    const wide = { layers: 120, hidden: 8192, heads: 2, head_dim: 128, intermediate: 28672, vocab: 128256 };
    const on = (hardware: string) => unfit({ hardware, model: wide, tp: 2 }).nearest;
    expect(on("h100-sxm")).toEqual({ tp: 2, pp: 1, dtype: "fp8" });
    expect(on("a100-sxm-80gb")).toEqual({ tp: 2, pp: 2, dtype: "bf16" });
  });

  it("is told nothing where nothing helps", () => {
    const huge = { layers: 1000, hidden: 131_072, heads: 1, head_dim: 128, intermediate: 1_000_000, vocab: 1000 };
    expect(unfit({ hardware: "l4", model: huge }).nearest).toBeNull();
  });
});

describe("what cannot be", () => {
  it.each([
    [{ hardware: "h1000" }, 'hardware is "h1000"'],
    [{ model: "llama-3.1-71b" }, "did you mean llama-3.1-70b"],
    [{ tp: 3 }, "tp is 3, but must divide the 64 heads of llama-3.1-70b"],
    [{ tp: 0 }, "tp is 0"],
    [{ hardware: "a100-sxm-80gb", dtype: "fp8" }, "dtype"],
    [{ dtype: "fp7" }, 'dtype is "fp7"'],
    [{ kvDtype: "int4" }, 'kvDtype is "int4"'],
    [{ gpuMemoryUtilization: 1.5 }, "gpuMemoryUtilization is 1.5"],
    [{ pp: 65 }, "pp is 65"],
    [{ chunk: 0 }, "chunk is 0"],
    [{ blockSize: 0.5 }, "blockSize is 0.5"],
    [{ maxNumSeqs: NaN }, "maxNumSeqs is NaN"],
    [{ meanCtx: -1 }, "meanCtx is -1"],
    [{ maxCtx: [0] }, "maxCtx[0] is 0"],
  ])("is refused in one sentence: %o", (options, words) => {
    const ask = () => profile({ ...BIG, ...options });
    expect(ask).toThrow(InputError);
    expect(ask).toThrow(words);
  });

  it("is called as the caller calls it", () => {
    expect(() => profile({ ...BIG, kvDtype: "x" }, ([first]) => `--${String(first)}`)).toThrow(/^--kvDtype is "x"/);
  });
});
