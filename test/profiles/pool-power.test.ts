import { describe, expect, it } from "vitest";
import { poolReplicaPowerW, provisionedPowerW } from "../../host/profiles/pool-power.js";
import { powerW } from "../../host/profiles/power.js";
import { checkFleet, type FleetInput } from "../../host/specs/fleet-spec.js";
import { resolveFleet, type Pool } from "../../host/specs/fleet.js";
import { gpuProfile } from "../../host/specs/gpu-catalog.js";

type PoolInput = FleetInput["pools"][number];

function pool(fields: Omit<PoolInput, "id" | "max_ctx" | "n_replicas">): Pool {
  return resolveFleet(checkFleet({ pools: [{ id: "p", max_ctx: 8192, n_replicas: 1, ...fields }] })).pools[0]!;
}

const big = { type: "roofline", hardware: "h100-sxm", model: "llama-3.1-70b", tp: 8 } as const;
const profile = { W: 0.01, H: 0.001, power_idle_w: 100, power_nominal_w: 300, gpus_per_replica: 4 };

describe("power of a pool's replica", () => {
  it("is the curve of its GPU", () => {
    const power = poolReplicaPowerW(pool({ gpu: "h100" }), 32, 1000)!;
    expect(power).toEqual({ watts: powerW(gpuProfile("h100"), 32), quality: "HIGH" });
  });

  it("is that of all GPUs of a replica of a profile", () => {
    expect(poolReplicaPowerW(pool({ profile }), 1e9, 1000)).toEqual({ watts: 1200, quality: "NONE" });
  });

  it.each([
    ["a100", "FAIR"],
    ["a10g", "LOW"],
  ] as const)("bears the quality of the curve of %s: %s", (gpu, quality) => {
    expect(poolReplicaPowerW(pool({ gpu }), 1, 1000)?.quality).toBe(quality);
  });

  it("is that of its roofline, all GPUs together", () => {
    const power = poolReplicaPowerW(pool({ iteration_model: big }), 64, 1000)!;
    expect(power.quality).toBe("HIGH");
    expect(power.watts / 8).toBeGreaterThan(400);
    expect(power.watts / 8).toBeLessThan(700);
  });

  it("grows with the context that is read", () => {
    const of = (context: number) => poolReplicaPowerW(pool({ iteration_model: { ...big, tp: 4 } }), 16, context)!.watts;
    expect(of(8000)).not.toBe(of(1000));
  });

  it("counts the stages of a pipeline, each with its share of the sequences", () => {
    const one = poolReplicaPowerW(pool({ iteration_model: big }), 32, 1000)!.watts;
    const two = poolReplicaPowerW(pool({ iteration_model: big, serving: { pp: 2 } }), 64, 1000)!.watts;
    expect(two).toBeCloseTo(2 * one, 6);
  });

  it("is the curve of a profile, which was measured, where there is a roofline too", () => {
    const both = pool({ profile: { ...profile, gpus_per_replica: 8 }, iteration_model: big });
    expect(poolReplicaPowerW(both, 0, 1000)!.watts).toBe(800);
  });

  it("is at most the cap of its GPUs, and else what it is without one", () => {
    const full = poolReplicaPowerW(pool({ iteration_model: big }), 256, 1000)!.watts;
    const at = (cap: number) => poolReplicaPowerW(pool({ iteration_model: big, power_cap_w: cap }), 256, 1000)!.watts;
    expect(at(350)).toBe(8 * 350);
    expect(at(690)).toBeCloseTo(full, 9);
    // Beyond the ridge the cap slows iterations down that draw less on average.
    const many = (fields: object) => poolReplicaPowerW(pool({ iteration_model: big, ...fields }), 512, 1000)!.watts;
    expect(many({})).toBeLessThan(8 * 600);
    expect(many({ power_cap_w: 600 })).toBeCloseTo(many({}), 9);
    expect(poolReplicaPowerW(pool({ profile, power_cap_w: 120 }), 1e9, 1000)!.watts).toBe(480);
  });

  it("is unknown where nothing says it", () => {
    expect(poolReplicaPowerW(pool({ profile: { W: 0.01, H: 0.001 } }), 1, 1)).toBeUndefined();
    const linear = { type: "linear", c0_ms: 10 } as const;
    expect(poolReplicaPowerW(pool({ iteration_model: linear }), 1, 1)).toBeUndefined();
  });
});

describe("power that must be there for a pool", () => {
  it.each([
    ["the board's, by a roofline", { iteration_model: big }, 5600],
    ["the cap's", { iteration_model: big, power_cap_w: 350 }, 2800],
    ["nominal, by a curve", { profile }, 1200],
    ["nominal where a cap is beyond", { profile, power_cap_w: 500 }, 1200],
  ] as const)("is %s", (_, fields, watts) => {
    expect(provisionedPowerW(pool(fields))).toBe(watts);
  });

  it("is unknown where nothing says it", () => {
    expect(provisionedPowerW(pool({ iteration_model: { type: "linear", c0_ms: 10 } }))).toBeUndefined();
  });
});
