import { expect, it } from "vitest";
import { mg1MeanWaitS } from "../../host/queueing/mg1.js";

it("waits lambda E[S^2] / (2 (1 - rho))", () => {
  // S is 1 or 3 with equal chance: E[S] = 2, E[S^2] = 5.
  expect(mg1MeanWaitS(0.4, 2, 0.25)).toBeCloseTo((0.4 * 5) / (2 * 0.2), 14);
});

it("waits half as long for constant service as for exponential", () => {
  expect(mg1MeanWaitS(0.9, 1, 0)).toBeCloseTo(mg1MeanWaitS(0.9, 1, 1) / 2, 14);
});

it("waits for ever at a load of 1", () => {
  expect(mg1MeanWaitS(1, 1, 0)).toBe(Infinity);
});

it.each([
  [-1, 1, 1],
  [1, NaN, 1],
  [1, 1, -0.1],
])("refuses %d, %d, %d", (rate, service, cv2) => {
  expect(() => mg1MeanWaitS(rate, service, cv2)).toThrow(RangeError);
});
