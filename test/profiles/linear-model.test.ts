import { describe, expect, it } from "vitest";
import { linearModel, profileModel } from "../../host/profiles/linear-model.js";
import { gpuProfile } from "../../host/specs/gpu-catalog.js";

describe("linearModel", () => {
  it("is one straight line over tokens, and constants in seconds", () => {
    const spec = {
      type: "linear",
      c0Ms: 8,
      c1Ms: 0.1,
      c2Ms: 6.5e-5,
      c3Ms: 3e-6,
      c4Ms: 0.01,
      tokenGranularity: 8,
    } as const;
    expect(linearModel(spec)).toEqual({
      type: "affine",
      knots: [
        { tokens: 0, compute: 0.008, memory: 0, other: 0 },
        { tokens: 1, compute: 8 / 1000 + 0.1 / 1000, memory: 0, other: 0 },
      ],
      tokenGranularity: 8,
      computePerContext: 6.5e-5 / 1000,
      computePerWork: 3e-6 / 1000,
      memoryPerContext: 0,
      memoryPerProcessed: 0,
      otherPerSequence: 0.01 / 1000,
    });
  });
});

describe("profileModel", () => {
  it("is W an iteration and H over the calibration context a token of context; a prompt token costs nothing", () => {
    expect(profileModel(gpuProfile("a100"))).toEqual({
      type: "affine",
      knots: [
        { tokens: 0, compute: 0.008, memory: 0, other: 0 },
        { tokens: 1, compute: 0.008, memory: 0, other: 0 },
      ],
      tokenGranularity: 1,
      computePerContext: 0.00065 / 8192,
      computePerWork: 0,
      memoryPerContext: 0,
      memoryPerProcessed: 0,
      otherPerSequence: 0,
    });
  });
});
