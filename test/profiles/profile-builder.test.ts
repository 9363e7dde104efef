import { describe, expect, it } from "vitest";
import { buildProfile } from "../../host/profiles/profile-builder.js";
import { roofline } from "./roofline-cases.js";

const big = { model: "llama-3.1-70b" };

/** `W` fitted to decode iterations of measured kernel tables, ms. */
const MEASURED_W_MS = [
  ["h100-sxm", "llama-3.1-8b", 1, 6.35],
  ["h200-sxm", "llama-3.1-8b", 1, 4.89],
  ["a100-sxm-80gb", "llama-3.1-8b", 1, 11.5],
  ["h100-sxm", "llama-3.1-70b", 4, 15],
  ["h200-sxm", "llama-3.1-70b", 4, 12],
  ["a100-sxm-80gb", "llama-3.1-70b", 4, 27.5],
  ["h100-sxm", "llama-3.1-70b", 8, 10.2],
  ["h200-sxm", "llama-3.1-70b", 8, 8.2],
  ["a100-sxm-80gb", "llama-3.1-70b", 8, 17.2],
] as const;

/** Requests of a context that vLLM 0.20 held at once, Llama-3.1-70B on 8 B200. */
const MEASURED_SLOTS = [
  [2048, 1725],
  [4096, 872],
  [8192, 439],
  [16_384, 220],
  [32_768, 110],
  [65_536, 55],
  [131_072, 28],
] as const;

describe("the line of an iteration", () => {
  it.each(MEASURED_W_MS)("has a W within 7 %% of the measured one: %s, %s, TP %i", (hardware, model, tp, measured) => {
    const { W } = buildProfile(roofline({ hardware, model, tp }));
    expect(Math.abs((W * 1e3) / measured - 1)).toBeLessThan(0.07);
  });

  it("has an H that holds at its calibration context", () => {
    const profile = buildProfile(roofline(), { meanCtx: 4096 });
    const { many } = profile.lineBatches;
    expect(profile.calibrationCtx).toBe(4096);
    expect(profile.W + profile.H * many).toBeCloseTo(profile.iterationS({ sequences: many, context: 4096 }), 10);
  });

  it("takes the Python tool's mean context of 2048 tokens unless told", () => {
    expect(buildProfile(roofline()).calibrationCtx).toBe(2048);
  });
});

describe("slots", () => {
  it.each(MEASURED_SLOTS)("of %i tokens are within 6 %% of what vLLM held: %i", (context, measured) => {
    const profile = buildProfile(roofline({ hardware: "b200-sxm", ...big, tp: 8 }), { maxNumSeqs: 65_536 });
    expect(Math.abs(profile.slots(context) / measured - 1)).toBeLessThan(0.06);
  });

  it("are bounded by the running requests of the engine", () => {
    expect(buildProfile(roofline(), { maxNumSeqs: 7 }).slots(128)).toBe(7);
  });

  it("round a context up to whole blocks", () => {
    const profile = buildProfile(roofline(), { blockSize: 256, maxNumSeqs: 65_536 });
    expect(profile.slots(257)).toBe(Math.floor(profile.totalKvBlocks / 2));
  });

  it("grow with the GPUs that share a layer, which share the keys and values too", () => {
    const of = (tp: number) => buildProfile(roofline({ ...big, tp })).slots(8192);
    expect(of(8)).toBeGreaterThan(2 * of(4));
  });

  it("are none where the weights leave no room", () => {
    const profile = buildProfile(roofline({ ...big, tp: 1 }));
    expect([profile.totalKvBlocks, profile.slots(1)]).toEqual([0, 0]);
    expect(profile.throughputRps(8192, 1000, 100)).toBe(0);
  });

  it("are cut evenly among the lanes of a pipeline", () => {
    const profile = buildProfile(roofline({ ...big, tp: 4 }), { pp: 3, maxNumSeqs: 100 });
    expect(profile.slots(256)).toBe(99);
    expect(profile.slots(65_536) % 3).toBe(0);
  });
});

describe("GPUs and price", () => {
  it("are those of all stages and all GPUs of each", () => {
    const profile = buildProfile(roofline({ ...big, tp: 4 }), { pp: 2 });
    expect([profile.gpusPerReplica, profile.gpuCostPerHr, profile.replicaCostPerHr]).toEqual([8, 4.02, 8 * 4.02]);
  });

  it("are in the name", () => {
    expect(buildProfile(roofline({ ...big, tp: 8 })).name).toBe("h100-sxm/llama-3.1-70b/TP8/bf16");
    expect(buildProfile(roofline({ ...big, tp: 4, dtype: "fp8", kv_dtype: "fp8" }), { pp: 2 }).name).toBe(
      "h100-sxm/llama-3.1-70b/TP4PP2/fp8-kv-fp8",
    );
  });
});

describe("prefill", () => {
  const profile = buildProfile(roofline(), { chunk: 512 });

  it("of a prompt of two chunks is both, the second behind the first", () => {
    const second = profile.prefillS(1024) - profile.prefillS(512);
    expect(second).toBeGreaterThan(profile.prefillS(512));
  });

  it("takes longer beside a batch that decodes", () => {
    expect(profile.prefillS(512, { sequences: 64, context: 2048 })).toBeGreaterThan(profile.prefillS(512));
  });

  it("is bound by arithmetic, which an iteration of decodes is not", () => {
    expect(profile.prefillS(2048)).toBeGreaterThan(4 * profile.iterationS({ sequences: 4, context: 512 }));
  });
});

describe("service", () => {
  const profile = buildProfile(roofline());

  it("is decoding with a full batch, and the prefill of every one of its requests", () => {
    const slots = profile.slots(8192);
    const batch = { sequences: slots, context: 512 + 100 / 2 };
    const decode = profile.iterationS(batch);
    const extra = profile.prefillS(512, batch) - decode;
    expect(profile.serviceS(512, 100, 8192)).toBeCloseTo(100 * decode + slots * extra, 9);
  });

  it("is the prefill of all requests, with few that decode, where prompts are what takes the time", () => {
    const slots = profile.slots(8192);
    const prefill = profile.prefillS(4096, { sequences: 1 / 8, context: 4096.5 });
    expect(profile.serviceS(4096, 1, 8192)).toBeCloseTo(slots * prefill, 9);
  });

  it("of one request alone is its prefill and its decoding", () => {
    const alone = buildProfile(roofline(), { maxNumSeqs: 1 });
    const expected =
      alone.prefillS(512, { sequences: 1, context: 562 }) + 99 * alone.iterationS({ sequences: 1, context: 562 });
    expect(alone.serviceS(512, 100, 8192)).toBeCloseTo(expected, 9);
  });

  it("leaves as many requests a second as slots over its time", () => {
    const { slots, serviceS, throughputRps } = profile;
    expect(throughputRps(8192, 700, 200)).toBeCloseTo(slots(8192) / serviceS(700, 200, 8192), 12);
  });

  it("cannot beat the arithmetic of the prompts", () => {
    // 2 FLOPs for each of the 7 billion weights of the layers and each prompt token.
    expect(profile.throughputRps(8192, 4000, 1)).toBeLessThan(989.5e12 / (4000 * 2 * 6.9e9));
  });
});

describe("power", () => {
  const profile = buildProfile(roofline({ ...big, tp: 8 }));

  it("is that of all GPUs of a replica", () => {
    const one = buildProfile(roofline({ ...big, tp: 8 }), { pp: 2 });
    const watts = profile.replicaPowerW({ sequences: 32, context: 1000 })!.watts;
    expect(watts).toBeGreaterThan(8 * 200);
    expect(one.replicaPowerW({ sequences: 64, context: 1000 })!.watts).toBeCloseTo(2 * watts, 6);
  });

  it("has the most sequences within it as its inverse", () => {
    for (const sequences of [1, 17, 100, 256]) {
      const { watts } = profile.replicaPowerW({ sequences, context: 1500 })!;
      expect(profile.sequencesAtPowerW(watts, 1500)).toBe(sequences);
      expect(profile.sequencesAtPowerW(watts - 1e-6, 1500)).toBe(sequences - 1);
    }
  });

  it("has no sequence within less than one draws", () => {
    expect(profile.sequencesAtPowerW(100, 1000)).toBe(0);
  });
});
