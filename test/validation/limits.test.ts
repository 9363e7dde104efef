import { beforeAll, describe, expect, it } from "vitest";
import { type EngineSetup, jitteredArrivals, serve } from "../../bench/validation/engine-run.js";
import { iterationSeconds } from "../../bench/validation/iteration-seconds.js";
import { limitsSection } from "../../bench/validation/limits-section.js";
import { type Core, loadCore } from "../../host/core/load.js";
import type { AffineModel } from "../../host/profiles/iteration-model.js";

const MODEL: AffineModel = {
  type: "affine",
  knots: [
    { tokens: 1, compute: 5e-3, memory: 6e-3, other: 1e-3 },
    { tokens: 128, compute: 6e-3, memory: 6e-3, other: 1e-3 },
    { tokens: 512, compute: 12e-3, memory: 7e-3, other: 1.5e-3 },
  ],
  tokenGranularity: 1,
  computePerContext: 4e-8,
  computePerWork: 2e-9,
  memoryPerContext: 3e-8,
  memoryPerProcessed: 1e-8,
  otherPerSequence: 1e-5,
};
const SETUP: EngineSetup = {
  maxNumSeqs: 128,
  maxModelLen: 512,
  kvBlocks: 26312,
  serving: {
    scheduler: "vllm",
    policy: "fcfs",
    maxNumBatchedTokens: 8192,
    chunk: null,
    chunked: true,
    watermark: 0,
    pp: 1,
    prefixBlock: null,
    model: MODEL,
  },
};

let core: Core;
beforeAll(async () => {
  core = await loadCore();
});

describe("what the engine gives exactly", () => {
  it("is the sum of the iterations of a batch, to the nanosecond", () => {
    const [row] = limitsSection(core, SETUP).summary;
    expect(Number.parseFloat(row![1]!)).toBeLessThanOrEqual(1.01);
  });

  it("is a prompt's two iterations where the budget cuts it", () => {
    const setup = { ...SETUP, serving: { ...SETUP.serving, maxNumBatchedTokens: 100 } };
    const served = serve(core, setup, { arrivalS: [0], inputTokens: [150], outputTokens: [1] });
    const sum =
      iterationSeconds(MODEL, { decodes: 0, context: 0, chunks: [{ tokens: 100, processed: 0 }] }) +
      iterationSeconds(MODEL, { decodes: 0, context: 0, chunks: [{ tokens: 50, processed: 100 }] });
    expect(Math.abs(served.ttftS[0]! - sum)).toBeLessThan(2e-9);
  });

  it("is the same in jumps and step by step", () => {
    const count = 2000;
    const arrivalS = jitteredArrivals(core, count, 40, 3);
    const requests = {
      arrivalS,
      inputTokens: arrivalS.map((_, i) => 1 + ((i * 37) % 300)),
      outputTokens: arrivalS.map((_, i) => 1 + ((i * 53) % 200)),
    };
    const jumps = serve(core, SETUP, requests);
    const steps = serve(core, SETUP, requests, { step: true });
    expect(steps.e2eS).toEqual(jumps.e2eS);
    expect(steps.ttftS).toEqual(jumps.ttftS);
    expect(jumps.e2eS).toHaveLength(count);
  });
});

describe("arrivals of the load generator", () => {
  it("end with the stage, rise, and differ by seed", () => {
    const arrivals = jitteredArrivals(core, 500, 60, 1);
    expect(arrivals.at(-1)).toBeCloseTo(60, 9);
    expect(arrivals.every((arrival, i) => i === 0 || arrival >= arrivals[i - 1]!)).toBe(true);
    expect(jitteredArrivals(core, 500, 60, 1)).toEqual(arrivals);
    expect(jitteredArrivals(core, 500, 60, 2)).not.toEqual(arrivals);
  });
});
