import { describe, expect, it } from "vitest";
import { md1Wait } from "../../host/queueing/md1.js";
import { mdcWait } from "../../host/queueing/mdc.js";
import { mmcWait } from "../../host/queueing/mmc.js";

const laws = [
  { name: "M/M/1", law: mmcWait(1, 0.8, 1), load: 0.8 },
  { name: "M/M/8", law: mmcWait(8, 70, 0.1), load: 0.875 },
  { name: "M/D/1", law: md1Wait(8, 0.1), load: 0.8 },
  { name: "M/D/1, light", law: md1Wait(0.05, 1), load: 0.05 },
  { name: "M/D/3", law: mdcWait(3, 1.2, 2), load: 0.8 },
  { name: "M/D/64", law: mdcWait(64, 6.2, 10), load: 0.97 },
];

describe.each(laws)("the wait of $name", ({ law }) => {
  it("has a tail that falls from P(wait > 0) to 0", () => {
    expect(law.tail(-1e-9)).toBe(1);
    let last = 1;
    for (let t = 0; t < 60; t += 0.37) {
      expect(law.tail(t)).toBeLessThanOrEqual(last + 1e-19);
      last = law.tail(t);
    }
    expect(law.tail(Infinity)).toBe(0);
  });

  it("has as its mean the area under its tail", () => {
    const end = law.percentileS(1 - 1e-12);
    const steps = 40_000;
    let area = 0;
    for (let i = 0; i < steps; i++) area += (law.tail(((i + 0.5) * end) / steps) * end) / steps;
    expect(area / law.meanS).toBeCloseTo(1, 4);
  });

  it("has percentiles that invert its tail", () => {
    for (const p of [0.5, 0.9, 0.99, 0.9999]) {
      const t = law.percentileS(p);
      if (t === 0) expect(law.tail(0)).toBeLessThanOrEqual(1 - p);
      else expect(law.tail(t) / (1 - p)).toBeCloseTo(1, 9);
    }
  });

  it("refuses what is no probability and no time", () => {
    for (const p of [1, -0.1, NaN]) expect(() => law.percentileS(p)).toThrow(RangeError);
    expect(() => law.tail(NaN)).toThrow(RangeError);
  });
});

describe.each([
  ["M/M/c", (load: number) => mmcWait(2, load, 2)],
  ["M/D/1", (load: number) => md1Wait(load, 1)],
  ["M/D/c", (load: number) => mdcWait(2, load, 2)],
])("%s", (_name, wait) => {
  it("never waits without load", () => {
    expect([wait(0).meanS, wait(0).tail(0), wait(0).percentileS(0.99)]).toEqual([0, 0, 0]);
  });

  it.each([1, 1.5])("waits for ever at a load of %d", (load) => {
    expect([wait(load).meanS, wait(load).tail(1e9), wait(load).percentileS(0.01)]).toEqual([Infinity, 1, Infinity]);
  });

  it("refuses rates that are negative or not numbers", () => {
    for (const rate of [-1, NaN, Infinity]) expect(() => wait(rate)).toThrow(RangeError);
  });
});
