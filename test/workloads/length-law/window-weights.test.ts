import { describe, expect, it } from "vitest";
import { windowWeights } from "../../../host/workloads/length-law/window-weights.js";

const profile = (stepS: number, ...relativeRate: number[]) => ({
  stepS,
  relativeRate: Float64Array.from(relativeRate),
});

describe("the weight of a window of time", () => {
  it("is its share of the arrivals", () => {
    expect([...windowWeights(2, 20, profile(10, 0, 1, 2, 1))]).toEqual([0.25, 0.75]);
  });

  it("is even at a constant rate", () => {
    expect([...windowWeights(4, 5, undefined)]).toEqual([0.25, 0.25, 0.25, 0.25]);
  });

  it("counts steps that cross its bounds in part", () => {
    const [first, second, third] = windowWeights(3, 20, profile(30, 0.5, 1.5));
    expect(first).toBeCloseTo(10 / 60, 12);
    expect(second).toBeCloseTo((5 + 15) / 60, 12);
    expect(third).toBeCloseTo(30 / 60, 12);
  });

  it("takes as many rounds as it needs until windows and rate fall into step", () => {
    // Windows repeat after 20 s, the rate after 30 s: both after 60 s.
    const [first, second] = windowWeights(2, 10, profile(10, 0, 1, 2));
    expect(first).toBeCloseTo((0 + 2 + 1) / 6, 12);
    expect(second).toBeCloseTo((1 + 0 + 2) / 6, 12);
  });

  it("is even where they never do", () => {
    expect([...windowWeights(2, Math.PI, profile(Math.E, 0.5, 1.5))]).toEqual([0.5, 0.5]);
  });
});
