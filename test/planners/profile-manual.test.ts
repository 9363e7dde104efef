import { describe, expect, it } from "vitest";
import { manualProfile } from "../../host/planners/profile-manual.js";
import { checkFleet } from "../../host/specs/fleet-spec.js";
import { resolveFleet } from "../../host/specs/fleet.js";
import { GPU_NAMES, gpuProfile } from "../../host/specs/gpu-catalog.js";
import { slotsAt } from "../../host/specs/pool-capacity.js";
import { profileSchema } from "../../host/specs/profile-spec.js";

const own = profileSchema.parse({
  name: "mine",
  W: 0.01,
  H: 0.001,
  gpus_per_replica: 8,
  cost_per_hr: 2,
  power_idle_w: 100,
  power_nominal_w: 300,
  power_logistic_k: 1,
  power_logistic_x0: 3,
});

describe("constants given by hand", () => {
  it("are told with the slots that follow from them", () => {
    const result = manualProfile(gpuProfile("a100"), [2048, 65_536]);
    expect(result).toMatchObject({ kind: "manual", name: "A100-80GB", W_s: 0.008, H_s: 0.00065, max_slots: 128 });
    expect(result.n_slots).toEqual({ "2048": 512, "65536": 16 });
  });

  it("cost and draw what all GPUs of a replica do", () => {
    const result = manualProfile(own);
    expect([result.gpus_per_replica, result.gpu_cost_per_hr, result.cost_per_hr]).toEqual([8, 2, 16]);
    expect(result.power?.idle_w).toEqual({ gpu: 100, replica: 800 });
  });

  it("say that those of a group of eight GPUs are priced as one", () => {
    expect(manualProfile(gpuProfile("h100")).note).toContain("8 GPUs");
    expect(manualProfile(gpuProfile("a10g")).note).toBeUndefined();
    expect(manualProfile(own).note).toBeUndefined();
  });

  it("know nothing of power without its constants", () => {
    expect(manualProfile(profileSchema.parse({ W: 0.01, H: 0.001 })).power).toBeNull();
  });

  it("are cited in the catalog, and else given", () => {
    expect(manualProfile(gpuProfile("h100")).provenance.cited).toHaveLength(1);
    expect(manualProfile(own).provenance.cited).toEqual([]);
  });

  it("refuse contexts that are no tokens", () => {
    expect(() => manualProfile(own, [1.5])).toThrow("maxCtx[0] is 1.5");
  });
});

describe("the pool of a profile given by hand", () => {
  it.each(GPU_NAMES)("names the GPU %s", (gpu) => {
    const { pool } = manualProfile(gpuProfile(gpu));
    expect(pool.gpu).toBe(gpu);
    expect(resolveFleet(checkFleet({ pools: [pool] })).pools[0]!.profile).toEqual(gpuProfile(gpu));
  });

  it("has the constants", () => {
    const { pool } = manualProfile(own);
    const resolved = resolveFleet(checkFleet({ pools: [pool] })).pools[0]!;
    expect(resolved.profile).toEqual(own);
    expect(resolved.slots).toBe(slotsAt(own, pool.max_ctx));
  });
});
