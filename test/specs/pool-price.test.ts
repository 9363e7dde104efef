import { describe, expect, it } from "vitest";
import { resolveFleet } from "../../host/specs/fleet.js";
import { isGroupOfEight } from "../../host/specs/gpu-catalog.js";
import { parseFleet } from "../../host/specs/fleet-spec.js";
import { fleetText, profile, refusal } from "./fleet-text.js";
import { roofline } from "./staged-fleet.js";

const poolOf = (keys: Record<string, unknown>) => resolveFleet(parseFleet(fleetText(keys), "f")).pools[0]!;

describe("the price of a pool", () => {
  it.each([
    ["a GPU", {}],
    ["a profile", { gpu: undefined, profile }],
    ["a roofline", { gpu: undefined, iteration_model: roofline() }],
    ["a linear model", { gpu: undefined, iteration_model: { type: "linear", c0_ms: 8 } }],
  ])("of %s is that of its GPUs, in place of what is known", (_what, source) => {
    const pool = poolOf({ ...source, cost_per_hr: 1.5 });
    expect(pool.costPerHr).toBe(2 * 1.5);
    expect(pool.profile.costPerHr).toBe(1.5);
    if (pool.roofline) expect(pool.roofline.hardware.costPerHr).toBe(1.5);
  });

  it("changes nothing else", () => {
    const plain = poolOf({});
    const priced = poolOf({ cost_per_hr: 1.5 });
    expect(priced).toEqual({ ...plain, profile: { ...plain.profile, costPerHr: 1.5 }, costPerHr: 3 });
    expect(isGroupOfEight(priced.profile)).toBe(true);
  });

  it("may be none", () => {
    expect(poolOf({ cost_per_hr: 0 }).costPerHr).toBe(0);
  });

  it.each([
    [-1, "pools[0].cost_per_hr is -1, but must be a number from 0 to 1000000."],
    ["free", 'pools[0].cost_per_hr is "free", but must be a number from 0 to 1000000.'],
  ])("is refused where it is %s", (cost, message) => {
    expect(refusal(fleetText({ cost_per_hr: cost }))).toContain(message);
  });
});

describe("the power cap of a pool", () => {
  const capped = (cap: unknown) => ({ gpu: undefined, iteration_model: roofline(), power_cap_w: cap });

  it("is that of one GPU", () => {
    expect(poolOf(capped(350)).powerCapW).toBe(350);
    expect(poolOf({ power_cap_w: 350 }).powerCapW).toBe(350);
    expect(poolOf({})).not.toHaveProperty("powerCapW");
  });

  it.each([
    [701, "pools[0].power_cap_w is 701, but must be at most 700, the TDP of h100-sxm."],
    [0, "pools[0].power_cap_w is 0, but must be a finite number above 0."],
  ])("is refused at %s W", (cap, message) => {
    expect(refusal(fleetText(capped(cap)))).toContain(message);
  });
});
