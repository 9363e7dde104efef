import { describe, expect, it } from "vitest";
import { powerW, sequencesAtPowerW } from "../../host/profiles/power.js";
import { GPU_NAMES, gpuProfile } from "../../host/specs/gpu-catalog.js";
import { InputError } from "../../host/specs/input-error.js";
import type { ManualProfile } from "../../host/specs/profile-spec.js";

const h100 = gpuProfile("h100");
const linear: ManualProfile = { ...h100, maxSlots: 100, power: { idleW: 100, nominalW: 300, k: 0, x0: 0 } };
const withoutPower: ManualProfile = { ...h100 };
delete withoutPower.power;

describe("powerW", () => {
  it("is half way between idle and nominal at the midpoint", () => {
    expect(powerW(h100, 2 ** 4.2)).toBeCloseTo(450, 10);
  });

  it("is logistic in the logarithm of the sequences", () => {
    expect(powerW(h100, 256)).toBeCloseTo(300 + 300 / (1 + Math.exp(-3.8)), 10);
  });

  it("is idle with nothing to do", () => {
    expect([powerW(h100, 0), powerW(h100, -1)]).toEqual([300, 300]);
  });

  it("is a straight line to maxSlots where the steepness is 0", () => {
    expect([1, 50, 100, 1000].map((n) => powerW(linear, n))).toEqual([102, 200, 300, 300]);
  });

  it("refuses a profile without constants of power", () => {
    expect(() => powerW(withoutPower, 1)).toThrow(InputError);
  });
});

describe("sequencesAtPowerW", () => {
  it("gives all 256 sequences of an H100 at its nominal 600 W", () => {
    expect(sequencesAtPowerW(h100, 600)).toBe(256);
  });

  it.each(GPU_NAMES)("is the most sequences within the target on %s, for every count", (name) => {
    const profile = gpuProfile(name);
    for (let n = 1; n <= profile.maxSlots; n++) {
      expect(sequencesAtPowerW(profile, powerW(profile, n))).toBe(n);
      if (n > 1) expect(sequencesAtPowerW(profile, powerW(profile, n) - 1e-6)).toBe(n - 1);
    }
  });

  it("holds targets within idle and nominal power", () => {
    expect([-5, 0, 300, 1e9, Infinity].map((target) => sequencesAtPowerW(h100, target))).toEqual([1, 1, 1, 256, 256]);
  });

  it("inverts a straight line", () => {
    expect(sequencesAtPowerW(linear, 201)).toBe(50);
  });

  it("refuses what is no number, and a profile without constants of power", () => {
    expect(() => sequencesAtPowerW(h100, NaN)).toThrow(InputError);
    expect(() => sequencesAtPowerW(withoutPower, 400)).toThrow("must give power_idle_w and power_nominal_w");
  });
});
