import { describe, expect, it } from "vitest";
import { buildProfile } from "../../host/profiles/profile-builder.js";
import { lineBatches, lineError, stepLine } from "../../host/profiles/step-line.js";
import { roofline } from "./roofline-cases.js";

describe("stepLine", () => {
  it("finds the terms of iterations that are a line", () => {
    const iterationS = ({ sequences, context }: { sequences: number; context: number }) =>
      0.01 + sequences * (2e-5 + 3e-8 * context);
    const line = stepLine(iterationS, { few: 3, many: 48 }, 1000);
    expect(line.W).toBeCloseTo(0.01, 12);
    expect(line.perSequenceS).toBeCloseTo(2e-5, 12);
    expect(line.perContextTokenS).toBeCloseTo(3e-8, 14);
    expect(line.H).toBeCloseTo(5e-5, 12);
  });
});

describe("lineBatches", () => {
  it("goes from one sequence to the largest batch at which kernels are timed", () => {
    expect(lineBatches(roofline(), 217, 1)).toEqual({ few: 1, many: 192 });
  });

  it("begins with experts where a busy replica is", () => {
    expect(lineBatches(roofline({ model: "mixtral-8x7b", tp: 2 }), 256, 1)).toEqual({ few: 64, many: 256 });
  });

  it("counts the sequences of all lanes", () => {
    expect(lineBatches(roofline(), 100, 4)).toEqual({ few: 4, many: 96 });
  });

  it("needs two batches even where a replica holds one", () => {
    expect(lineBatches(roofline(), 1, 1)).toEqual({ few: 1, many: 2 });
  });
});

describe("lineError", () => {
  it.each([
    ["h100-sxm", "llama-3.1-8b", 1],
    ["h100-sxm", "llama-3.1-70b", 8],
    ["a100-sxm-80gb", "llama-3.1-70b", 4],
  ])("is at most 5 %% on average: %s, %s, TP %i", (hardware, model, tp) => {
    const profile = buildProfile(roofline({ hardware, model, tp }));
    expect(lineError(profile, profile.lineBatches.few).mean).toBeLessThan(0.05);
  });

  it("is large where a model with experts runs fewer sequences than the line is for", () => {
    const profile = buildProfile(roofline({ model: "mixtral-8x7b", tp: 2 }));
    expect(lineError(profile, profile.lineBatches.few).mean).toBeLessThan(0.05);
    expect(lineError(profile, 1).largest).toBeGreaterThan(0.5);
  });

  it("is none where not one sequence fits", () => {
    const profile = buildProfile(roofline({ model: "llama-3.1-70b" }));
    expect(lineError(profile, 1)).toEqual({ mean: 0, largest: 0 });
  });
});
