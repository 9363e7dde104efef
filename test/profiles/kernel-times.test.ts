import { describe, expect, it } from "vitest";
import { expertsS, gemmS, shareAt, type GemmSetting } from "../../host/profiles/kernel-times.js";
import { hardwareFacts } from "../../host/specs/hardware-catalog.js";

const hardware = { ...hardwareFacts("h100-sxm"), peakBf16Flops: 1e14, peakFp8Flops: 2e14, memoryBandwidth: 1e12 };
const setting: GemmSetting = {
  hardware,
  times: {
    floorS: 1e-6,
    bandwidthShare: 0.5,
    computeShare: [
      [10, 0.2],
      [20, 0.4],
    ],
  },
  dtype: "bf16",
};

describe("shareAt", () => {
  const knots = setting.times.computeShare;
  it.each([
    [1, 0.2],
    [10, 0.2],
    [15, 0.3],
    [20, 0.4],
    [1000, 0.4],
  ])("of %i tokens", (tokens, share) => {
    expect(shareAt(knots, tokens)).toBeCloseTo(share, 12);
  });

  it("of a single knot is that of all tokens", () => {
    expect([1, 7, 99].map((tokens) => shareAt([[7, 0.5]], tokens))).toEqual([0.5, 0.5, 0.5]);
  });
});

describe("gemmS", () => {
  const matrix = { inputs: 1000, outputs: 2000 };

  it("of few tokens reads weights and what goes in and out", () => {
    const bytes = 1000 * 2000 * 2 + 10 * 3000 * 2;
    expect(gemmS(setting, matrix, 10)).toBeCloseTo(1e-6 + bytes / 0.5e12, 15);
  });

  it("of many tokens computes at their share of peak", () => {
    expect(gemmS(setting, matrix, 100_000)).toBeCloseTo(1e-6 + (2 * 100_000 * 2e6) / 0.4e14, 12);
  });

  it("of fp8 reads weights of one byte and computes at the peak of fp8", () => {
    const fp8: GemmSetting = { ...setting, dtype: "fp8" };
    expect(gemmS(fp8, matrix, 10)).toBeCloseTo(1e-6 + (2e6 + 10 * 3000 * 2) / 0.5e12, 15);
    expect(gemmS(fp8, matrix, 100_000)).toBeCloseTo(1e-6 + (2 * 100_000 * 2e6) / 0.8e14, 12);
  });
});

describe("expertsS", () => {
  const experts = { experts: 4, topK: 2, matrices: [{ inputs: 1000, outputs: 1000 }] };

  it("reads the experts that are expected to be chosen", () => {
    const bytes = 3 * 1e6 * 2 + 2 * 2 * 2000 * 2;
    expect(expertsS(setting, experts, 2)).toBeCloseTo(1e-6 + bytes / 0.5e12, 15);
  });

  it("computes at the share of the tokens that each expert gets", () => {
    const slow: GemmSetting = { ...setting, hardware: { ...hardware, peakBf16Flops: 1e9 } };
    const share = 0.3;
    expect(expertsS(slow, experts, 30) / ((2 * 30 * 2 * 1e6) / (1e9 * share))).toBeCloseTo(1, 5);
  });
});
