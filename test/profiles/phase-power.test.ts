import { describe, expect, it } from "vitest";
import { meanIterationS, type BatchMix } from "../../host/profiles/mean-iteration.js";
import { passPowerW } from "../../host/profiles/pass-power.js";
import { phaseEnergyJ, phasePower, type PhasePower } from "../../host/profiles/phase-power.js";
import { powerW } from "../../host/profiles/power.js";
import { rooflineModel } from "../../host/profiles/roofline.js";
import { rooflineGpuPowerW } from "../../host/profiles/roofline-power.js";
import type { RunPhases } from "../../host/profiles/run-phases.js";
import { checkFleet, type FleetInput } from "../../host/specs/fleet-spec.js";
import { resolveFleet, type Pool } from "../../host/specs/fleet.js";
import { roofline } from "./roofline-cases.js";

type PoolFields = Partial<FleetInput["pools"][number]>;

const MODEL = { type: "roofline", hardware: "h100-sxm", model: "llama-3.1-8b" } as const;
const PROFILE = { W: 0.01, H: 0.001, power_idle_w: 100, power_nominal_w: 300, gpus_per_replica: 4, max_slots: 100 };

function poolOf(fields: PoolFields = { iteration_model: MODEL }): Pool {
  return resolveFleet(checkFleet({ pools: [{ id: "p", max_ctx: 8192, n_replicas: 1, ...fields }] })).pools[0]!;
}

const NOTHING: BatchMix = { decodes: 0, context: 0, promptTokens: 0, work: 0, prompts: 0 };

function decoding(decodes: number, context = 1000): BatchMix {
  return { ...NOTHING, decodes, context: decodes * context };
}

function prefilling(promptTokens: number): BatchMix {
  return { ...NOTHING, promptTokens, work: promptTokens ** 2 / 2, prompts: 1 };
}

/** One iteration of each phase, as long as the pool's model says. */
function phases(pool: Pool, prefill: BatchMix, decode: BatchMix): RunPhases {
  const phase = (mix: BatchMix) => ({ iterations: 1, mix, seconds: meanIterationS(pool.iterationModel, mix) });
  return { prefill: phase(prefill), decode: phase(decode), idleS: 1 };
}

function powerOf(pool: Pool, promptTokens = 2048, batch = 32): PhasePower {
  return phasePower(pool, phases(pool, prefilling(promptTokens), decoding(batch)))!;
}

describe("power of a phase by a roofline", () => {
  it("is that of a replica that decodes the batch", () => {
    const spec = roofline();
    const expected = rooflineGpuPowerW(spec, rooflineModel(spec), { sequences: 32, context: 1000 });
    expect(powerOf(poolOf()).decodeW).toBeCloseTo(expected, 9);
    expect(passPowerW(spec, rooflineModel(spec), decoding(32))).toBeCloseTo(expected, 9);
  });

  it("is near the board's for prompts that keep the arithmetic busy, and beyond that of decodes", () => {
    for (const tokens of [512, 2048, 8192]) {
      const { prefillW, decodeW } = powerOf(poolOf(), tokens);
      expect(prefillW).toBeGreaterThan(0.9 * 700);
      expect(prefillW).toBeLessThanOrEqual(700);
      expect(prefillW).toBeGreaterThan(decodeW);
    }
  });

  it("grows with the prompt tokens in an iteration up to the ridge", () => {
    const of = (tokens: number) => powerOf(poolOf(), tokens).prefillW;
    expect(of(16)).toBeLessThan(of(64));
    expect(of(64)).toBeLessThan(of(128));
    expect(of(128)).toBeLessThan(of(256));
  });

  it("is less where all-reduces interrupt the products", () => {
    const eight = poolOf({ iteration_model: { ...MODEL, model: "llama-3.1-70b", tp: 8 } });
    expect(powerOf(eight).prefillW).toBeLessThan(powerOf(poolOf()).prefillW);
  });

  it("is idle's where a phase did nothing", () => {
    const pool = poolOf();
    const power = phasePower(pool, {
      ...phases(pool, NOTHING, NOTHING),
      prefill: { iterations: 0, mix: NOTHING, seconds: 0 },
    })!;
    expect(power.prefillW).toBeCloseTo(105, 9);
    expect(power.idleW).toBeCloseTo(105, 9);
  });

  it("counts work that takes less time as nearer to the peaks", () => {
    const pool = poolOf();
    const usual = phases(pool, prefilling(2048), decoding(32));
    const shared = { ...usual, decode: { ...usual.decode, seconds: usual.decode.seconds * 0.8 } };
    expect(phasePower(pool, shared)!.decodeW).toBeGreaterThan(phasePower(pool, usual)!.decodeW);
  });
});

describe("power of a phase by the curve of a profile", () => {
  const pool = poolOf({ profile: PROFILE });

  it("is the curve's for decodes, and nominal for prompts", () => {
    expect(powerOf(pool)).toMatchObject({
      idleW: 100,
      prefillW: 300,
      decodeW: powerW(pool.profile, 32),
      quality: "NONE",
    });
  });

  it("comes before a roofline", () => {
    const both = poolOf({ profile: { ...PROFILE, gpus_per_replica: 1 }, iteration_model: MODEL });
    expect(powerOf(both).prefillW).toBe(300);
  });
});

describe("power of a phase under a cap", () => {
  it("is at most the cap", () => {
    const power = powerOf(poolOf({ iteration_model: MODEL, power_cap_w: 350 }));
    expect(power).toMatchObject({ prefillW: 350, decodeW: 350 });
    expect(powerOf(poolOf({ profile: PROFILE, power_cap_w: 150 }))).toMatchObject({ prefillW: 150, decodeW: 150 });
  });

  it("is what it was where that was less, though iterations may take longer", () => {
    const capped = powerOf(poolOf({ iteration_model: MODEL, power_cap_w: 680 }), 2048, 8);
    expect(capped.decodeW).toBeCloseTo(powerOf(poolOf(), 2048, 8).decodeW, 9);

    // Its products are slowed down, though all-reduces keep its mean below the cap.
    const eight = { iteration_model: { ...MODEL, model: "llama-3.1-70b", tp: 8 } } as const;
    const [free, slowed] = [poolOf(eight), poolOf({ ...eight, power_cap_w: 600 })];
    const seconds = (pool: Pool) => meanIterationS(pool.iterationModel, prefilling(2048));
    expect(seconds(slowed)).toBeGreaterThan(1.01 * seconds(free));
    expect(powerOf(free).prefillW).toBeLessThan(600);
    expect(powerOf(slowed).prefillW).toBeCloseTo(powerOf(free).prefillW, 9);
  });
});

describe("energy", () => {
  it("is power over time, of the GPUs that a lane keeps busy", () => {
    const pool = poolOf({ iteration_model: { ...MODEL, tp: 2 }, serving: { pp: 2 } });
    const phase = (seconds: number) => ({ seconds, iterations: 1, mix: NOTHING });
    const power = { idleW: 100, prefillW: 600, decodeW: 400, quality: "HIGH", source: "" } as const;
    expect(phaseEnergyJ(pool, { prefill: phase(3), decode: phase(5), idleS: 7 }, power)).toEqual({
      prefillJ: 2 * 3 * 600,
      decodeJ: 2 * 5 * 400,
      idleJ: 2 * 7 * 100,
    });
  });

  it("is not told where nothing is known of power", () => {
    const pool = poolOf({ iteration_model: { type: "linear", c0_ms: 10 } });
    expect(phasePower(pool, phases(pool, prefilling(100), decoding(1)))).toBeUndefined();
  });
});
