import { describe, expect, it } from "vitest";
import { atClock, bandwidthAtClock, clockUnderCap } from "../../host/profiles/clock-power.js";
import { STAGE_AT_CLOCKS } from "./clock-measured.js";
import { roofline } from "./roofline-cases.js";

describe("clock under a cap", () => {
  it.each([
    ["a100", 60],
    ["a40", 45],
  ] as const)("slows a stage of GPT-3 on %s as measured, within 12 %%", (gpu, idleW) => {
    const rows = STAGE_AT_CLOCKS[gpu];
    const [, fullS, fullJ] = rows[0];
    for (const [, seconds, joules] of rows) {
      const clock = clockUnderCap({ idleW, fullW: fullJ / fullS, capW: joules / seconds });
      expect(Math.abs(1 / clock / (seconds / fullS) - 1)).toBeLessThan(0.12);
    }
  });

  it("is right within 2 % for a stage of an A100 at half of its power", () => {
    const [first, ...rest] = STAGE_AT_CLOCKS.a100;
    const [, seconds, joules] = rest.at(-1)!;
    const clock = clockUnderCap({ idleW: 60, fullW: first[2] / first[1], capW: joules / seconds });
    expect(Math.abs(1 / clock / (seconds / first[1]) - 1)).toBeLessThan(0.02);
  });

  it("is the full one where the load draws no more than the cap", () => {
    expect(clockUnderCap({ idleW: 105, fullW: 350, capW: 350 })).toBe(1);
    expect(clockUnderCap({ idleW: 105, fullW: 350, capW: 700 })).toBe(1);
  });

  it("brings the load down to the cap: idle + (full - idle) clock^2", () => {
    const clock = clockUnderCap({ idleW: 105, fullW: 700, capW: 350 });
    expect(105 + (700 - 105) * clock ** 2).toBeCloseTo(350, 9);
  });

  it("stands still at idle power", () => {
    expect(clockUnderCap({ idleW: 105, fullW: 700, capW: 105 })).toBe(0);
  });
});

describe("memory at a clock", () => {
  it("keeps its bandwidth down to half of the clock, and loses it below in proportion", () => {
    expect([1, 0.7, 0.5, 0.25].map(bandwidthAtClock)).toEqual([1, 1, 1, 0.5]);
  });
});

describe("roofline at a clock", () => {
  it("has less arithmetic, memory by its own rule, and the same links", () => {
    const spec = roofline();
    const { hardware } = atClock(spec, 0.4);
    expect(hardware.peakBf16Flops).toBeCloseTo(0.4 * spec.hardware.peakBf16Flops, 0);
    expect(hardware.peakFp8Flops).toBeCloseTo(0.4 * spec.hardware.peakFp8Flops!, 0);
    expect(hardware.memoryBandwidth).toBeCloseTo(0.8 * spec.hardware.memoryBandwidth, 0);
    expect(hardware.linkBandwidth).toBe(spec.hardware.linkBandwidth);
  });

  it("is the same at full clock, bit for bit", () => {
    const spec = roofline({ hardware: "a100-sxm-80gb" });
    expect(atClock(spec, 1)).toEqual(spec);
  });
});
