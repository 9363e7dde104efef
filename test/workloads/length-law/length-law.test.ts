import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { serviceMoments } from "../../../host/profiles/service-moments.js";
import { gpuProfile } from "../../../host/specs/gpu-catalog.js";
import { getBuiltinWorkload } from "../../../host/workloads/builtin/catalog.js";
import { cdfToModel } from "../../../host/workloads/cdf.js";
import { weightedPercentile } from "../../../host/workloads/length-law/length-law.js";
import { lengthLawOf } from "../../../host/workloads/length-law/law-of-model.js";
import { everyPair } from "./brute-force.js";

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

/** Requests a second of one full replica with so many slots: the reciprocal of the mean time of service, exactly. */
function capacityRps(workload: string, gpu: string, maxCtx: number, slots: number): number {
  const profile = gpuProfile(gpu);
  const nodes = lengthLawOf(getBuiltinWorkload(workload)).nodes(0, maxCtx, { chunk: profile.chunk });
  return slots / serviceMoments(nodes, profile, slots).meanS;
}

describe("capacity from the law of lengths, without a sample", () => {
  it.each([
    ["azure", "a100", 8192, 128, 9.63],
    ["agent_heavy", "h100", 65_536, 16, 0.949],
  ])("of %s on %s at %i tokens", (workload, gpu, maxCtx, slots, expected) => {
    const digits = expected < 1 ? 3 : 2;
    expect(capacityRps(workload, gpu, maxCtx, slots)).toBeCloseTo(expected, digits);
  });

  it("equals the sum over every total that azure can have", () => {
    const profile = gpuProfile("a100");
    const model = getBuiltinWorkload("azure");
    const law = lengthLawOf(model);
    for (const [low, high] of [
      [0, 8192],
      [6143, 9000],
      [4096, 65_536],
    ] as const) {
      const exact = { share: 0, first: 0, second: 0, third: 0 };
      everyPair(model, (input, output, probability) => {
        if (input + output <= low || input + output > high) return;
        const service =
          (Math.ceil(input / profile.chunk) + output) *
          (profile.W + ((profile.H * 128) / profile.calibrationCtx) * (input + output));
        exact.share += probability;
        exact.first += probability * service;
        exact.second += probability * service ** 2;
        exact.third += probability * service ** 3;
      });
      const moments = serviceMoments(law.nodes(low, high, { chunk: profile.chunk }), profile, 128);
      expect(moments.share).toBeCloseTo(exact.share, 12);
      expect(moments.meanS / (exact.first / exact.share)).toBeCloseTo(1, 11);
      expect(moments.secondMoment / (exact.second / exact.share)).toBeCloseTo(1, 11);
      expect(moments.thirdMoment / (exact.third / exact.share)).toBeCloseTo(1, 11);
    }
  });
});

describe("a law of lengths", () => {
  it("splits every share at any boundary", () => {
    for (const name of ["azure-conv", "azure-code", "mooncake-conversation", "lmsys", "agent_heavy"]) {
      const law = lengthLawOf(getBuiltinWorkload(name));
      expect(law.share()).toBeCloseTo(1, 10);
      for (const boundary of [100, 1024, 4097, 20_000]) {
        expect(law.share(0, boundary) + law.share(boundary)).toBeCloseTo(1, 10);
        expect(sum(law.nodes(0, boundary).weight)).toBeCloseTo(law.share(0, boundary), 10);
      }
    }
  });

  it("puts no node outside what was asked for, nor outside its chunk", () => {
    const law = lengthLawOf(getBuiltinWorkload("azure-conv"));
    const { input, output, weight } = law.nodes(1000, 3000, { chunk: 512 });
    for (let i = 0; i < weight.length; i++) {
      expect(input[i]! + output[i]!).toBeGreaterThan(999);
      expect(input[i]! + output[i]!).toBeLessThan(3001);
      expect(input[i]!).toBeGreaterThanOrEqual(1);
      expect(output[i]!).toBeGreaterThanOrEqual(1);
      const inChunk = (input[i]! - 1) % 512;
      expect(inChunk).toBeLessThanOrEqual(511);
    }
  });

  it("has no nodes, no share, no mean where there is nothing", () => {
    const law = lengthLawOf(getBuiltinWorkload("azure"));
    expect(law.share(1e6)).toBe(0);
    expect(law.nodes(1e6).weight).toHaveLength(0);
    expect(law.mean((input) => input, 1e6)).toBeNaN();
    expect(law.percentile((input) => input, 0.5, 1e6)).toBeNaN();
  });

  it("knows its shortest and longest totals", () => {
    const law = lengthLawOf(
      cdfToModel(
        [
          [10, 0],
          [20, 0.5],
          [400, 1],
        ],
        "test",
      ),
    );
    expect([law.shortest, law.longest]).toEqual([11, 400]);
  });

  it("has percentiles within a thousandth of those of every pair", () => {
    const model = cdfToModel(
      [
        [64, 0.2],
        [2000, 0.9],
        [30_000, 1],
      ],
      "test",
    );
    const law = lengthLawOf(model);
    const f = (input: number, output: number) => Math.ceil(input / 512) * (8 + 0.01 * (input + output));
    for (const p of [0.1, 0.5, 0.9, 0.99]) {
      const value = law.percentile(f, p, 0, Infinity, { chunk: 512 });
      let below = 0;
      everyPair(model, (input, output, probability) => {
        if (f(input, output) <= value) below += probability;
      });
      expect(Math.abs(below - p)).toBeLessThan(0.001);
    }
  });

  it("makes no node heavier than asked", () => {
    const law = lengthLawOf(cdfToModel([[8192, 1]], "test"));
    const { weight } = law.nodes(0, Infinity, { heaviest: 1e-3 });
    expect(sum(weight)).toBeCloseTo(1, 12);
    expect(Math.max(...weight)).toBeLessThanOrEqual(1e-3);
  });

  it("takes neither time nor memory in proportion to the width of a bin", () => {
    for (const inputShare of [0.8, 0.7, 0.123_456_789, 1]) {
      const law = lengthLawOf(cdfToModel([[2 ** 30, 1]], "test", { inputShare }));
      for (const chunk of [1, 512, 2 ** 30]) {
        const { weight } = law.nodes(1000, 2 ** 29, { chunk });
        expect(weight.length).toBeLessThan(3e6);
        expect(sum(weight)).toBeCloseTo(law.share(1000, 2 ** 29), 9);
      }
      expect(law.mean((input) => input) / (2 ** 29 * inputShare)).toBeCloseTo(1, 6);
    }
  });
});

describe("weightedPercentile", () => {
  it("is the value of rank ceil(p n) where weights are equal", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 100 }),
        (values, percent) => {
          const sorted = [...values].sort((a, b) => a - b);
          const rank = Math.ceil((percent * values.length) / 100);
          const found = weightedPercentile(
            Float64Array.from(values),
            new Float64Array(values.length).fill(0.3),
            percent / 100,
          );
          expect(found).toBe(sorted[rank - 1]);
        },
      ),
    );
  });
});
