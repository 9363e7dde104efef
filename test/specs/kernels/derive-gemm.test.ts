import { describe, expect, it } from "vitest";
import { deriveGemm } from "../../../host/specs/kernels/derive-gemm.js";
import { gemmRow, PEAKS, tablesOf } from "./synthetic-tables.js";

const TOKENS = [1, 4, 16, 64, 128, 256, 512, 1024, 2048, 4096, 8192];
const SIDES = [2048, 4096, 8192, 16384];

/** Floor 4 us, 80 % of bandwidth, and a share of peak that rises with tokens. */
function seconds(tokens: number, inputs: number, outputs: number): number {
  const bytes = 2 * (inputs * outputs + tokens * (inputs + outputs));
  const share = Math.min(0.75, 0.3 + tokens / 2048);
  return 4e-6 + Math.max(bytes / (2e12 * 0.8), (2 * tokens * inputs * outputs) / (1e15 * share));
}

const rows = TOKENS.flatMap((m) => SIDES.flatMap((k) => SIDES.map((n) => gemmRow(m, k, n, seconds(m, k, n)))));
const source = { system: "x", dtype: "bf16", table: "bfloat16" } as const;

describe("matrix products", () => {
  const figures = deriveGemm(tablesOf({ gemm: rows }), PEAKS, source);

  it("have the floor and the bandwidth of those with few tokens", () => {
    expect(figures.floorUs).toEqual({ value: 4, origin: "measured" });
    expect(figures.bandwidthShare).toEqual({ value: 0.8, origin: "measured" });
  });

  it("have the share of peak of those with many tokens", () => {
    const knots = figures.computeShare.knots;
    expect(knots.map(({ tokens }) => tokens)).toEqual([128, 256, 512, 1024, 2048, 4096, 8192]);
    expect(knots.find(({ tokens }) => tokens === 512)?.share).toBeCloseTo(0.55, 2);
    expect(knots.at(-1)?.share).toBeCloseTo(0.75, 2);
  });

  it("count the measurements behind each figure and the size of its errors", () => {
    expect(figures.memoryFit.measurements).toBe(4 * 16);
    expect(figures.wholeFit.measurements).toBe(11 * 16);
    expect(figures.computeShare.knots[0]?.measurements).toBe(16);
    expect(figures.wholeFit.p90Error).toBeLessThan(0.01);
  });

  it("say what was measured", () => {
    expect(figures.wholeFit.covers).toBe("1 to 8192 tokens; matrices of 8 to 537 MB");
    expect(figures.memoryFit.covers).toBe("up to 64 tokens; matrices of 8 to 537 MB");
  });

  it("that a cache held count for nothing but the floor", () => {
    const cached = rows.map((row) =>
      Number(row["n"]) * Number(row["k"]) <= 16.8e6 ? { ...row, latency_ms: "0.004" } : row,
    );
    const { floorUs, bandwidthShare, memoryFit } = deriveGemm(tablesOf({ gemm: cached }), PEAKS, source);
    expect(floorUs.value).toBe(4);
    expect(bandwidthShare.value).toBe(0.8);
    expect(memoryFit.measurements).toBeLessThan(4 * 16);
  });
});
