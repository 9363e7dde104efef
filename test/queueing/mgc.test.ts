import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { erlangC } from "../../host/queueing/erlang.js";
import { mdcWait } from "../../host/queueing/mdc.js";
import { mg1MeanWaitS } from "../../host/queueing/mg1.js";
import { type GeneralQueue, mgcWait } from "../../host/queueing/mgc.js";
import { mmcWait } from "../../host/queueing/mmc.js";
import { shapeOfTimes } from "../../host/queueing/service-shape.js";

const queue = (servers: number, rho: number, cv2: number): GeneralQueue => {
  return { servers, arrivalRps: servers * rho, meanServiceS: 1, cv2 };
};

const queues = fc.record({
  servers: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: 100_000 })),
  rho: fc.double({ min: 0.05, max: 0.999, noNaN: true }),
  cv2: fc.double({ min: 0, max: 50, noNaN: true }),
});

describe("mgcWait", () => {
  it.each([
    [1, 0.5],
    [4, 0.8],
    [16, 0.8],
    [256, 0.95],
  ])("is M/M/c where services are exponential: %i servers at load %d", (servers, rho) => {
    const law = mgcWait(queue(servers, rho, 1));
    const exact = mmcWait(servers, servers * rho, 1);
    expect(law.meanS).toBeCloseTo(exact.meanS, 8);
    for (const t of [0, 0.1, 1, 5]) expect(law.tail(t)).toBeCloseTo(exact.tail(t), 8);
    expect(law.percentileS(0.99)).toBeCloseTo(exact.percentileS(0.99), 6);
  });

  it("has the textbook's M/M/4 at load 0.8: 0.596 wait, 746 ms on average", () => {
    const law = mgcWait(queue(4, 0.8, 1));
    expect(law.tail(0)).toBeCloseTo(0.5964, 4);
    expect(law.meanS).toBeCloseTo(0.7455, 4);
  });

  it("has the mean of Pollaczek and Khinchine with one server", () => {
    fc.assert(
      fc.property(queues, ({ rho, cv2 }) => {
        expect(mgcWait(queue(1, rho, cv2)).meanS / mg1MeanWaitS(rho, 1, cv2)).toBeCloseTo(1, 9);
        expect(mgcWait(queue(1, rho, cv2)).tail(0)).toBeCloseTo(rho, 12);
      }),
    );
  });

  it.each([
    [4, 0.8, 0.01],
    [16, 0.7, 0.03],
    [16, 0.9, 0.03],
    [64, 0.9, 0.04],
    [256, 0.95, 0.05],
  ])("comes near the exact P99 of M/D/c: %i servers at load %d", (servers, rho, allowed) => {
    const exact = mdcWait(servers, servers * rho, 1).percentileS(0.99);
    expect(Math.abs(mgcWait(queue(servers, rho, 0)).percentileS(0.99) / exact - 1)).toBeLessThan(allowed);
  });

  it("is a law: tails fall from at most 1 to 0, and integrate to the mean", () => {
    fc.assert(
      fc.property(queues, ({ servers, rho, cv2 }) => {
        const law = mgcWait(queue(servers, rho, cv2));
        const unit = Math.max(law.meanS / Math.max(law.tail(0), 1e-300), 1e-12);
        expect(law.tail(-1)).toBe(1);
        expect(law.tail(0)).toBeLessThanOrEqual(1);
        let before = law.tail(0);
        for (let i = 1; i <= 200; i++) {
          const tail = law.tail((i * unit) / 4);
          expect(tail).toBeGreaterThanOrEqual(0);
          expect(tail).toBeLessThanOrEqual(before * (1 + 1e-12));
          before = tail;
        }
        expect(law.tail(Infinity)).toBe(0);
      }),
    );
  });

  it("has tails whose integral is the mean", () => {
    for (const [servers, rho, cv2] of [
      [1, 0.7, 0],
      [4, 0.8, 0.3],
      [16, 0.9, 4],
      [64, 0.5, 9],
    ] as const) {
      const law = mgcWait(queue(servers, rho, cv2));
      const step = law.meanS / law.tail(0) / 500;
      let sum = law.tail(0) / 2;
      for (let i = 1; i < 100_000; i++) sum += law.tail(i * step);
      expect((sum * step) / law.meanS).toBeCloseTo(1, 4);
    }
  });

  it("gives percentiles that are the inverse of the tail", () => {
    fc.assert(
      fc.property(queues, fc.double({ min: 0.01, max: 0.9999, noNaN: true }), ({ servers, rho, cv2 }, p) => {
        const law = mgcWait(queue(servers, rho, cv2));
        const t = law.percentileS(p);
        if (t === 0) expect(law.tail(0)).toBeLessThanOrEqual(1 - p);
        else expect(law.tail(t) / (1 - p)).toBeCloseTo(1, 6);
      }),
    );
  });

  it("does not force the P99 to 0 where few more than one in a hundred wait", () => {
    // The share that waits crosses 1 % between these loads; the Python tool says 0 below and far beyond.
    const rho = [...Array(60).keys()].map((i) => 0.4 + i / 100).find((load) => erlangC(16, 16 * load) > 0.0101)!;
    expect(mgcWait(queue(16, rho, 1)).percentileS(0.99)).toBeGreaterThan(0);
    expect(mgcWait(queue(16, rho - 0.02, 1)).percentileS(0.99)).toBe(0);
    expect(mgcWait(queue(16, rho - 0.02, 1)).percentileS(0.999)).toBeGreaterThan(0);
    expect(mgcWait(queue(16, rho - 0.02, 1)).tail(0.05)).toBeGreaterThan(0);
  });

  it("waits longer the more services vary, the higher the load, the fewer the servers", () => {
    fc.assert(
      fc.property(queues, ({ servers, rho, cv2 }) => {
        const mean = mgcWait(queue(servers, rho, cv2)).meanS;
        fc.pre(mean > 1e-200);
        expect(mgcWait(queue(servers, rho, cv2 + 0.5)).meanS).toBeGreaterThanOrEqual(mean * (1 - 1e-6));
        expect(mgcWait(queue(servers, rho + (1 - rho) / 10, cv2)).meanS).toBeGreaterThan(mean);
        const more = { ...queue(servers, rho, cv2), servers: servers + 1 };
        expect(mgcWait(more).meanS).toBeLessThan(mean);
      }),
    );
  });

  it("never ends at a load of 1 or more, and does not begin without any", () => {
    expect(mgcWait(queue(4, 1, 2)).percentileS(0.5)).toBe(Infinity);
    expect(mgcWait({ ...queue(4, 0.5, 2), arrivalRps: 0 }).percentileS(0.999)).toBe(0);
  });

  it("takes the shape of a law before two moments", () => {
    const times = Float64Array.of(0.2, 8.2);
    const weights = Float64Array.of(0.9, 0.1);
    const shape = shapeOfTimes(times, weights);
    expect(shape.cv2).toBeCloseTo(5.76, 10);
    expect(shape.thirdMoment).toBeCloseTo(0.9 * 0.008 + 0.1 * 8.2 ** 3, 9);
    expect(mgcWait({ ...queue(1, 0.7, 0), shape }).meanS).toBeCloseTo(mg1MeanWaitS(0.7, 1, 5.76), 9);
  });

  it.each([
    [{ servers: 0 }, "servers"],
    [{ servers: 1.5 }, "servers"],
    [{ arrivalRps: NaN }, "arrivalRps"],
    [{ arrivalRps: -1 }, "arrivalRps"],
    [{ meanServiceS: Infinity }, "meanServiceS"],
    [{ cv2: -0.1 }, "cv2"],
    [{ cv2: NaN }, "cv2"],
  ])("refuses %j", (wrong, name) => {
    expect(() => mgcWait({ ...queue(4, 0.5, 1), ...wrong })).toThrow(name);
  });
});
