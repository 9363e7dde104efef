import { describe, expect, it } from "vitest";
import { pythonProfileResult } from "../../host/planners/profile-python.js";

const BIG = { hardware: "h100", model: "llama-3.1-70b", tp: 8 };

describe("a profile of the Python tool", () => {
  it("has its figures: weights at 0.80 of bandwidth, KV blocks of one GPU", () => {
    const result = pythonProfileResult(BIG);
    expect(result.name).toBe("H100-SXM/Llama-3.1-70B/TP8/fp16");
    const parameters = 128_256 * 8192 + 80 * (2 * 8192 ** 2 + 2 * 8192 * 1024 + 3 * 8192 * 28_672);
    expect(result.W_s).toBeCloseTo((2 * parameters) / 8 / (0.8 * 3.35e12) + 80 * 3e-6, 9);
    expect(result.total_kv_blks).toBe(11_353);
    expect(result.n_slots["8192"]).toBe(22);
    expect(result.cost_per_hr).toBe(8 * 4.02);
  });

  it("takes its options", () => {
    const result = pythonProfileResult({
      ...BIG,
      dtype: "fp8",
      chunk: 64,
      blockSize: 32,
      maxNumSeqs: 5,
      meanCtx: 1000,
    });
    expect(result).toMatchObject({ chunk: 64, blk_size: 32, calibration_ctx: 1000 });
    expect(result.name).toContain("fp8");
    expect(result.n_slots["2048"]).toBe(5);
  });

  it("has points of efficiency in its own units", () => {
    const point = pythonProfileResult(BIG).decode_efficiency[0]!;
    expect(point.n_active).toBe(1);
    expect(point.tokens_per_watt).toBeCloseTo(point.tokens_per_s / point.power_w, 12);
  });

  it.each([
    [{ hardware: "h1000" }, "h1000"],
    [{ model: "gpt-oss-20b" }, "gpt-oss-20b"],
    [{ dtype: "mxfp4" }, "mxfp4"],
    [{ pp: 2 }, "pp has no meaning"],
    [{ kvDtype: "fp8" }, "kvDtype has no meaning"],
    [{ hardware: { name: "mine" } }, "hardware must be a name"],
    [{ tp: 0 }, "tp is 0"],
  ])("refuses %o", (options, words) => {
    expect(() => pythonProfileResult({ ...BIG, ...options })).toThrow(words);
  });
});
