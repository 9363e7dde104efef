/** Arrivals whose rate goes through a profile. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Core } from "../../host/core/load.js";
import type { ArrivalProcess, RateProfile } from "../../host/workloads/models.js";
import { loadBuild } from "../core/wasm-builds.js";
import { chiSquareBound, expectFrequencies } from "./agreement.js";
import { drawRequests } from "./draws.js";

const COUNT = 400_000;
const RATE = 100;
const profile: RateProfile = { stepS: 10, relativeRate: Float64Array.of(0.5, 0, 2, 1.5) };
const STEPS = profile.relativeRate.length;

let core: Core;
beforeAll(async () => {
  core = await loadBuild("release");
});

/** Arrivals in every step gone through to its end, in order of time. */
function countsByStep(process: ArrivalProcess, seed = 1): number[] {
  const { arrivalS } = drawRequests(core, { process, rateRps: RATE, profile }, COUNT, seed);
  const counts = new Array<number>(Math.floor(arrivalS[COUNT - 1]! / profile.stepS)).fill(0);
  for (const time of arrivalS) {
    const step = Math.floor(time / profile.stepS);
    if (step < counts.length) counts[step]!++;
  }
  return counts;
}

const meanOfStep = (step: number) => RATE * profile.stepS * profile.relativeRate[step % STEPS]!;

describe("a rate profile", () => {
  it.each<ArrivalProcess>([{ type: "poisson" }, { type: "gamma", cv: 3 }, { type: "deterministic" }])(
    "of %o arrivals leaves the steps of rate zero empty",
    (process) => {
      const counts = countsByStep(process);
      expect(counts.length).toBeGreaterThan(300);
      expect(counts.filter((count, step) => meanOfStep(step) === 0 && count > 0)).toEqual([]);
    },
  );

  it("repeats: every step of every turn has a Poisson number of arrivals of its own mean", () => {
    const counts = countsByStep({ type: "poisson" });
    const tested = [...counts.keys()].filter((step) => meanOfStep(step) > 0);
    const distance = tested.reduce((sum, step) => sum + (counts[step]! - meanOfStep(step)) ** 2 / meanOfStep(step), 0);
    expect(tested.length).toBeGreaterThan(250);
    expect(distance).toBeLessThan(chiSquareBound(tested.length));
    // Nor are they more even than Poisson numbers.
    expect(distance).toBeGreaterThan(tested.length - 4 * Math.sqrt(2 * tested.length));
  });

  it.each<[string, ArrivalProcess, number]>([
    ["gamma arrivals", { type: "gamma", cv: 3 }, 3],
    ["gamma arrivals", { type: "gamma", cv: 0.2 }, 0.2],
  ])("shares %s of any burstiness out over its steps in proportion", (_, process, cv) => {
    const counts = countsByStep(process);
    const turns = Math.floor(counts.length / STEPS);
    profile.relativeRate.forEach((_rate, step) => {
      let sum = 0;
      for (let turn = 0; turn < turns; turn++) sum += counts[turn * STEPS + step]!;
      const mean = turns * meanOfStep(step);
      expect(Math.abs(sum - mean)).toBeLessThanOrEqual(4 * cv * Math.sqrt(mean) + turns * 0.01);
    });
  });

  it("spaces deterministic arrivals by the rate of the step", () => {
    const steps: RateProfile = { stepS: 5, relativeRate: Float64Array.of(1.6, 0.4) };
    const { arrivalS } = drawRequests(core, { process: { type: "deterministic" }, rateRps: 1, profile: steps }, 10, 1);
    // Eight arrivals in the first five seconds, two in the next.
    expect([...arrivalS].map((time) => Math.round(time * 1e6) / 1e6)).toEqual([
      0.625, 1.25, 1.875, 2.5, 3.125, 3.75, 4.375, 5, 7.5, 10,
    ]);
  });

  it("keeps the order in which arrivals fall within a step even", () => {
    const { arrivalS } = drawRequests(core, { process: { type: "poisson" }, rateRps: RATE, profile }, COUNT, 2);
    const tenths = new Array<number>(10).fill(0);
    for (const time of arrivalS) tenths[Math.floor((time % profile.stepS) / (profile.stepS / 10))]!++;
    expectFrequencies(tenths, new Array<number>(10).fill(0.1));
  });
});
