import { describe, expect, it } from "vitest";
import {
  crossoverRps,
  interOp,
  intraOp,
  oneDevice,
  prefillTtft,
  prefillTtftPercentileS,
  prefillWait,
  saturationRps,
} from "../../host/queueing/prefill-phase.js";

const RATES = [0.1, 0.5, 0.9, 1.2];

describe("E[TTFT] at R D, D = 1", () => {
  it("of one device is D + R D^2 / (2 (1 - R D))", () => {
    for (const R of [0, 0.3, 0.9]) expect(prefillTtft(oneDevice(1), R).meanS).toBeCloseTo(1 + R / (2 * (1 - R)), 12);
  });

  it("of two stages is D + R D^2 / (4 (2 - R D))", () => {
    for (const R of RATES)
      expect(prefillTtft(interOp(oneDevice(1), 2), R).meanS).toBeCloseTo(1 + R / (4 * (2 - R)), 12);
  });

  it("of two devices that share every layer is D / K + R D^2 / (2 K (K - R D))", () => {
    const K = 1.43;
    for (const R of RATES) {
      expect(prefillTtft(intraOp(oneDevice(1), K), R).meanS).toBeCloseTo(1 / K + R / (2 * K * (K - R)), 12);
    }
  });

  it("of stages whose devices share layers has both, in either order", () => {
    const [K, p, R] = [1.7, 3, 4];
    const exact = 1 / K + (R / (K * p) ** 2 / 2 / (1 - R / (K * p))) * 1;
    expect(prefillTtft(interOp(intraOp(oneDevice(1), K), p), R).meanS).toBeCloseTo(exact, 12);
    expect(prefillTtft(intraOp(interOp(oneDevice(1), p), K), R).meanS).toBeCloseTo(exact, 12);
  });

  it("counts what stages take to pass a prompt on, but not as a stage", () => {
    const unit = interOp(oneDevice(1), 4, 0.01);
    expect(unit.latencyS).toBeCloseTo(1.03, 12);
    expect(unit.bottleneckS).toBe(0.25);
  });
});

describe("a unit", () => {
  it.each([
    ["one device", oneDevice(0.5), 2],
    ["four stages", interOp(oneDevice(0.5), 4), 8],
    ["a speed-up of 1.5", intraOp(oneDevice(0.5), 1.5), 3],
  ])("of %s keeps up below 1 / D_m", (_, unit, limit) => {
    expect(saturationRps(unit)).toBeCloseTo(limit, 12);
    expect(prefillTtft(unit, limit * 0.999).meanS).toBeLessThan(Infinity);
    expect(prefillTtft(unit, limit)).toEqual({ rho: 1, meanS: Infinity, meanWaitS: Infinity });
    expect(prefillTtftPercentileS(unit, limit, 0.99)).toBe(Infinity);
  });

  it("has the percentile of TTFT from the law of its wait", () => {
    const unit = interOp(oneDevice(0.4), 2);
    const law = prefillWait(unit, 4);
    const p99 = prefillTtftPercentileS(unit, 4, 0.99);
    expect(law.tail(p99 - 0.4)).toBeCloseTo(0.01, 9);
    expect(law.meanS).toBeCloseTo(prefillTtft(unit, 4).meanWaitS, 12);
  });
});

describe("the rate at which two devices are as good in line as side by side", () => {
  it.each([
    [1.3, 0.6106],
    [1.43, 0.8244],
    [1.5, 0.9361],
    [1.7, 1.2571],
    [1.9, 1.6257],
  ])("with a speed-up of %d is R D = %d", (K, expected) => {
    for (const D of [1, 0.04]) {
      const R = crossoverRps(interOp(oneDevice(D), 2), intraOp(oneDevice(D), K))!;
      expect(R * D).toBeCloseTo(expected, 4);
    }
  });

  it("has the shorter execution better below it, and the faster bottleneck above", () => {
    const inter = interOp(oneDevice(1), 4);
    const intra = intraOp(oneDevice(1), 2.6);
    const R = crossoverRps(intra, inter)!;
    expect(prefillTtft(intra, R).meanS).toBeCloseTo(prefillTtft(inter, R).meanS, 12);
    expect(prefillTtft(intra, R * 0.99).meanS).toBeLessThan(prefillTtft(inter, R * 0.99).meanS);
    expect(prefillTtft(intra, R * 1.01).meanS).toBeGreaterThan(prefillTtft(inter, R * 1.01).meanS);
  });

  it("is right to its last digits where the two are nearly alike", () => {
    const one = { latencyS: 1, bottleneckS: 0.5 };
    const other = { latencyS: 1 + 1e-9, bottleneckS: 0.5 - 1e-9 };
    // In the limit of small differences: R m (2 - R m) (1 - R m)^-2 = 2.
    const x = crossoverRps(one, other)! * 0.5;
    expect((x * (2 - x)) / (1 - x) ** 2).toBeCloseTo(2, 6);
  });

  it.each([
    ["one is the other", oneDevice(1), oneDevice(1)],
    ["sharing makes it as fast as there are devices", interOp(oneDevice(1), 2), intraOp(oneDevice(1), 2)],
    ["sharing makes nothing faster", interOp(oneDevice(1), 2), intraOp(oneDevice(1), 1)],
  ])("is not there where %s", (_, one, other) => {
    expect(crossoverRps(one, other)).toBeNull();
    expect(crossoverRps(other, one)).toBeNull();
  });
});

it.each([
  ["executionS", () => oneDevice(0)],
  ["executionS", () => oneDevice(NaN)],
  ["stages", () => interOp(oneDevice(1), 1.5)],
  ["handoverS", () => interOp(oneDevice(1), 2, -1)],
  ["speedUp", () => intraOp(oneDevice(1), 0)],
  ["arrivalRps", () => prefillTtft(oneDevice(1), -1)],
])("refuses a wrong %s", (name, call) => {
  expect(call).toThrow(RangeError);
  expect(call).toThrow(name);
});
