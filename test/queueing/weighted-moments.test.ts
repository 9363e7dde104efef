import { expect, test } from "vitest";
import { weightedMoments } from "../../host/queueing/weighted-moments.js";

test("weighs each value, whatever the weights sum to", () => {
  // Mean 2, mean square 5.
  expect(weightedMoments([1, 3], [3, 3])).toEqual({ mean: 2, cv2: 0.25 });
  expect(weightedMoments([1, 4, 9], [3, 1, 0]).mean).toBe(1.75);
});

test("knows of no spread where there is none", () => {
  expect(weightedMoments([0.1, 0.1, 0.1], [1, 1, 1]).cv2).toBeCloseTo(0, 30);
  expect(weightedMoments([0, 0], [1, 2])).toEqual({ mean: 0, cv2: 0 });
});

test("does not lose a small spread of large values", () => {
  expect(weightedMoments([1e9, 1e9 + 2], [1, 1]).cv2).toBeCloseTo(1e-18, 24);
});
