/** Figures that are published of the tool, and cases worked out by hand. */
import { expect, it } from "vitest";
import { pythonErlangC } from "../../../host/queueing/python/erlang-c.js";
import { pythonMinGpus } from "../../../host/queueing/python/min-gpus.js";
import { pythonP99WaitS } from "../../../host/queueing/python/p99-wait.js";

it("of 4 servers at 80 % of their capacity 0.596 wait, of 16 0.305, of 1 0.8", () => {
  expect(pythonErlangC(4, 3.2)).toBeCloseTo(0.596, 3);
  expect(pythonErlangC(16, 12.8)).toBeCloseTo(0.305, 3);
  expect(pythonErlangC(1, 0.8)).toBeCloseTo(0.8, 15);
});

it("C(2, 1) is a third, by hand", () => {
  // (1/2 x 2) / (1 + 1 + 1/2 x 2) = 1 / 3
  expect(pythonErlangC(2, 1)).toBeCloseTo(1 / 3, 15);
});

it("nobody waits without servers or load, everybody where the load is too much", () => {
  expect([pythonErlangC(0, 1), pythonErlangC(3, 0), pythonErlangC(3, 3), pythonErlangC(3, 9)]).toEqual([0, 0, 1, 1]);
});

it("P99 of one server at 80 %, by hand", () => {
  // ln(0.8 / 0.01) / (2 x (1 - 0.8) / (1 + cv2)): 4.382 / 0.2 with cv2 1, half of it with cv2 0.
  expect(pythonP99WaitS(1, 0.8, 1)).toBeCloseTo(Math.log(80) / 0.2, 12);
  expect(pythonP99WaitS(1, 0.8, 1, 0)).toBeCloseTo(Math.log(80) / 0.4, 12);
});

it("P99 is 0 where one in a hundred waits, and infinite from full load on", () => {
  expect(pythonP99WaitS(1, 0.01, 1)).toBe(0);
  expect(pythonP99WaitS(1, 0.0101, 1)).toBeGreaterThan(0);
  expect(pythonP99WaitS(2, 2, 1)).toBe(Infinity);
  expect(pythonP99WaitS(0, 1, 1)).toBe(Infinity);
});

it("no traffic takes one GPU, hardly any two", () => {
  const pool = { gpuRps: 10, cv2: 1, slots: 128 };
  expect(pythonMinGpus({ ...pool, rateRps: 0 }, 0.5)).toBe(1);
  expect(pythonMinGpus({ ...pool, rateRps: 1e-6 }, 0.5)).toBe(2);
});

it("85 % utilisation, not the SLO, decides where slots are many, by hand", () => {
  // 21 GPUs have 2,688 slots for 2,560 erlangs: 0.69 % wait, so that the P99 of the wait is 0. But 200 / (10 x 0.85) = 23.5.
  const pool = { rateRps: 200, gpuRps: 10, cv2: 1, slots: 128 };
  expect(pythonErlangC(2688, 2560)).toBeCloseTo(0.0069, 4);
  expect(pythonMinGpus(pool, 0.001)).toBe(24);
  expect(pythonMinGpus(pool, 20)).toBe(24);
});

it("gives up past 5,000 GPUs", () => {
  expect(pythonMinGpus({ rateRps: 1, gpuRps: 1, cv2: 1, slots: 1 }, -1)).toBe(5001);
});

it("starts where the load needs more, and answers what follows if that is too slow", () => {
  // ceil(10,000 / 1) + 1 = 10,001, of which the first is one too few to wait less than nothing.
  expect(pythonMinGpus({ rateRps: 10_000, gpuRps: 1, cv2: 1, slots: 1 }, -1)).toBe(10_002);
});
