import { describe, expect, it } from "vitest";
import type { Moment, Window } from "../../host/core/course.js";
import { type Energy, readEnergy } from "../../host/core/energy-figures.js";
import { checkFleet, type FleetInput } from "../../host/specs/fleet-spec.js";
import { resolveFleet, type Pool } from "../../host/specs/fleet.js";

type PoolFields = Partial<FleetInput["pools"][number]>;

const MODEL = { type: "roofline", hardware: "h100-sxm", model: "llama-3.1-8b" } as const;

function poolOf(fields: PoolFields = {}): Pool {
  const pool = { id: "p", max_ctx: 8192, n_replicas: 2, iteration_model: MODEL, ...fields };
  return resolveFleet(checkFleet({ pools: [pool] })).pools[0]!;
}

const ZERO: Moment = {
  tick: 0,
  waiting: 0,
  busyArea: 0,
  kvArea: 0,
  waitingArea: 0,
  arrived: 0,
  completed: 0,
  outputTokens: 0,
  busy: 0,
  iterations: 0,
  lanesBusyArea: 0,
  prefillTokens: 0,
  decodeTokens: 0,
  contextTokens: 0,
  prefillWork: 0,
  preemptions: 0,
  handedOver: 0,
  takenOver: 0,
  linkBytes: 0,
  outsideArea: 0,
};

/** 100 s, two lanes busy for 60 s each, 200 requests of 1000 prompt tokens and 101 output tokens. */
const GROWN = {
  tick: 100e9,
  completed: 200,
  outputTokens: 20_200,
  iterations: 8000,
  lanesBusyArea: 120e9,
  prefillTokens: 200_000,
  decodeTokens: 20_000,
  contextTokens: 2.1e7,
  prefillWork: 1e8,
};

function windowOf(grown: Partial<Moment> = GROWN): Window {
  const begin = { ...ZERO, tick: 5e9, completed: 17, iterations: 3 };
  const end = { ...begin };
  for (const [field, amount] of Object.entries(grown) as [keyof Moment, number][]) end[field] += amount;
  return { begin, end };
}

function energyOf(pools: readonly Pool[], windows: readonly Window[]): Energy {
  const figures = readEnergy(pools, windows);
  if (!("energy" in figures)) throw new Error(figures.energy_unknown);
  return figures.energy;
}

describe("energy of a run", () => {
  const one = energyOf([poolOf()], [windowOf()]);

  it("is mean power over the window, and shares of it are 1 together", () => {
    expect(one.energy_j).toBeCloseTo(one.mean_power_w * 100, 6);
    expect(one.prefill_share + one.decode_share + one.idle_share).toBeCloseTo(1, 12);
    for (const share of [one.prefill_share, one.decode_share, one.idle_share]) expect(share).toBeGreaterThan(0.05);
  });

  it("has the idle power of lanes without an iteration in it: 80 s of 105 W", () => {
    expect(one.idle_share * one.energy_j).toBeCloseTo(80 * 105, 6);
  });

  it("lies between idle and provisioned power", () => {
    expect(one.provisioned_power_w).toBe(1400);
    expect(one.mean_power_w).toBeGreaterThan(210);
    expect(one.mean_power_w).toBeLessThan(1400);
  });

  it("is told by request and by output token", () => {
    expect(one.energy_per_request_j).toBeCloseTo(one.energy_j / 200, 9);
    expect(one.energy_per_output_token_j).toBeCloseTo(one.energy_j / 20_200, 9);
  });

  it("says where its power comes from", () => {
    expect(one).toMatchObject({ quality: "HIGH", provenance: "utilisation of h100-sxm by its roofline" });
  });

  it("of a fleet is that of its pools together, with the quality of the weakest", () => {
    const profile = { W: 0.01, H: 0.001, power_idle_w: 100, power_nominal_w: 300 };
    const other = poolOf({ profile, iteration_model: undefined });
    const alone = energyOf([other], [windowOf()]);
    const both = energyOf([poolOf(), other], [windowOf(), windowOf()]);
    expect(both.energy_j).toBeCloseTo(one.energy_j + alone.energy_j, 6);
    expect(both.provisioned_power_w).toBe(1400 + 600);
    expect(both.energy_per_request_j).toBeCloseTo(both.energy_j / 400, 9);
    expect(both.quality).toBe("NONE");
    expect(both.provenance).toContain("; ");
  });

  it("counts what a prefill pool handed over as its requests, and once in the fleet", () => {
    const prefill = windowOf({
      ...GROWN,
      completed: 0,
      outputTokens: 0,
      decodeTokens: 0,
      contextTokens: 0,
      handedOver: 200,
    });
    const decode = windowOf({ ...GROWN, prefillTokens: 0, prefillWork: 0 });
    const alone = energyOf([poolOf()], [prefill]);
    expect(alone.energy_per_request_j).toBeCloseTo(alone.energy_j / 200, 9);
    expect(alone.energy_per_output_token_j).toBeNull();
    expect(alone.decode_share).toBe(0);
    const fleet = energyOf([poolOf(), poolOf()], [prefill, decode]);
    expect(fleet.energy_per_request_j).toBeCloseTo(fleet.energy_j / 200, 9);
  });

  it("is idle power where nothing happened, and nothing by request", () => {
    const idle = energyOf([poolOf()], [windowOf({ tick: 10e9 })]);
    expect(idle.mean_power_w).toBeCloseTo(210, 9);
    expect(idle).toMatchObject({ idle_share: 1, energy_per_request_j: null, energy_per_output_token_j: null });
  });

  it("keeps within a cap", () => {
    const capped = energyOf([poolOf({ power_cap_w: 300 })], [windowOf({ ...GROWN, lanesBusyArea: 200e9 })]);
    expect(capped.mean_power_w).toBeLessThanOrEqual(600 * (1 + 1e-12));
    expect(capped.provisioned_power_w).toBe(600);
  });

  it("is not told where nothing is known of the power of a pool, which is named", () => {
    const linear = poolOf({ id: "odd", iteration_model: { type: "linear", c0_ms: 10 } });
    expect(readEnergy([poolOf(), linear], [windowOf(), windowOf()])).toEqual({
      energy_unknown: expect.stringMatching(/^nothing is known of the power of odd: /) as string,
    });
  });

  it("is not told of an empty window", () => {
    expect(readEnergy([poolOf()], [windowOf({})])).toEqual({ energy_unknown: "the measured window is empty" });
  });
});
