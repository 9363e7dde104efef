import { describe, expect, it } from "vitest";
import { manualPerformance } from "../../host/profiles/manual-performance.js";
import { iterationTimeS, serviceTimeS } from "../../host/profiles/service-time.js";
import { GPU_NAMES, gpuProfile } from "../../host/specs/gpu-catalog.js";
import { slotsAt } from "../../host/specs/pool-capacity.js";

describe.each(GPU_NAMES)("constants of %s", (name) => {
  const profile = gpuProfile(name);
  const performance = manualPerformance(profile);

  it("are slots, iterations and service as the engine `slots` has them", () => {
    expect(performance.slots(4096)).toBe(slotsAt(profile, 4096));
    expect(performance.iterationS({ sequences: 9, context: 777 })).toBe(iterationTimeS(profile, 9, 777));
    expect(performance.serviceS(1000, 50, 4096)).toBe(serviceTimeS(profile, slotsAt(profile, 4096), 1000, 50));
  });

  it("are a line of contexts alone", () => {
    const { W, perSequenceS, perContextTokenS } = performance;
    expect(perSequenceS).toBe(0);
    expect(W + 3 * perContextTokenS * 500).toBeCloseTo(iterationTimeS(profile, 3, 500), 12);
  });
});

describe("a profile of several GPUs", () => {
  const one = gpuProfile("h100");
  const eight = manualPerformance({ ...one, gpusPerReplica: 8 });

  it("costs and draws what all of them do", () => {
    expect(eight.replicaCostPerHr).toBe(8 * 4.02);
    expect(eight.replicaPowerW({ sequences: 0, context: 1 })).toEqual({ watts: 2400, quality: "HIGH" });
  });

  it("says nothing of power without a curve", () => {
    const without = { ...one };
    delete without.power;
    expect(manualPerformance(without).replicaPowerW({ sequences: 1, context: 1 })).toBeUndefined();
  });

  it("prefills a chunk in an iteration", () => {
    expect(eight.prefillS(2048)).toBeCloseTo(2 * iterationTimeS(one, 1, 2048), 12);
    expect(eight.prefillS(2048, { sequences: 3, context: 100 })).toBeCloseTo(2 * iterationTimeS(one, 4, 100), 12);
  });

  it("does nothing where no request fits", () => {
    expect(eight.throughputRps(2 ** 30, 1, 1)).toBe(0);
  });
});
