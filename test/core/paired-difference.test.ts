import { describe, expect, test } from "vitest";
import { batchedDifference, replicatedDifference } from "../../host/core/paired-difference.js";

describe("replications", () => {
  test("give their mean, and Student's t over them", () => {
    const { difference, ci95 } = replicatedDifference([1, 2, 3]);
    expect(difference).toBe(2);
    // t = 4.303 with 2 degrees of freedom, standard error 1 / sqrt(3).
    expect(ci95![0]).toBeCloseTo(2 - 4.303 / Math.sqrt(3), 12);
    expect(ci95![1]).toBeCloseTo(2 + 4.303 / Math.sqrt(3), 12);
  });

  test("leave nothing known where one of them has no figure", () => {
    expect(replicatedDifference([1, null, 3])).toEqual({ difference: null, ci95: null });
  });

  test("leave the interval out where there is one", () => {
    expect(replicatedDifference([4])).toEqual({ difference: 4, ci95: null });
  });
});

describe("batches", () => {
  test("are around the difference of the whole run", () => {
    const { difference, ci95 } = batchedDifference(5, [4, 6, 4, 6, 4, 6, 4, 6, 4, 6]);
    expect(difference).toBe(5);
    expect((ci95![0] + ci95![1]) / 2).toBeCloseTo(5, 12);
    // Deviations of 1 around the whole: sqrt(10 / 9 / 10), t = 2.262.
    expect(ci95![1] - 5).toBeCloseTo(2.262 / 3, 3);
  });

  test("that go together make it wider", () => {
    const width = (values: number[]) => {
      const { ci95 } = batchedDifference(5, values);
      return ci95![1] - ci95![0];
    };
    expect(width([4, 4, 4, 4, 4, 6, 6, 6, 6, 6])).toBeGreaterThan(1.5 * width([4, 6, 4, 6, 4, 6, 4, 6, 4, 6]));
  });

  test("that do not differ leave no doubt", () => {
    expect(batchedDifference(0, [0, 0, 0])).toEqual({ difference: 0, ci95: [0, 0] });
  });

  test("without a figure leave the interval out", () => {
    expect(batchedDifference(5, [4, null, 6])).toEqual({ difference: 5, ci95: null });
    expect(batchedDifference(null, [4, 5, 6])).toEqual({ difference: null, ci95: null });
  });
});
