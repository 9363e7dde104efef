import { describe, expect, test } from "vitest";
import { rateLadder, userLadder } from "../../host/planners/capacity-ladder.js";

describe("the ladder of rates", () => {
  const ladder = rateLadder(0.01);

  test("goes through 1 request/s, each step higher by the share", () => {
    expect(ladder.at(0)).toBe(1);
    for (const step of [-1500, -70, -1, 0, 1, 70, 1500]) {
      expect(ladder.at(step + 1) / ladder.at(step)).toBeCloseTo(1.01, 12);
    }
  });

  test("finds the highest step that is not above a rate", () => {
    for (const step of [-2000, -1, 0, 1, 69, 2000]) {
      expect(ladder.below(ladder.at(step))).toBe(step);
      expect(ladder.below(ladder.at(step) * 1.005)).toBe(step);
      expect(ladder.below(ladder.at(step) * 0.995)).toBe(step - 1);
    }
  });

  test("reaches the slowest and the fastest rate at the smallest and the largest share", () => {
    for (const share of [1e-4, 1]) {
      for (const rate of [1e-6, 1e9]) {
        const near = rateLadder(share);
        expect(near.at(near.below(rate))).toBeLessThanOrEqual(rate);
        expect(near.at(near.below(rate) + 1)).toBeGreaterThan(rate);
      }
    }
  });
});

describe("the ladder of users", () => {
  const users = (share: number, most: number) => {
    const ladder = userLadder(share, most);
    return Array.from({ length: ladder.below(most) + 1 }, (_, step) => ladder.at(step));
  };

  test("has every number as long as the next is not less than the share more, and ends with the most", () => {
    const all = users(0.01, 1000);
    expect(all.slice(0, 101)).toEqual(Array.from({ length: 101 }, (_, i) => i + 1));
    expect(all.at(-1)).toBe(1000);
    for (const [index, number] of all.slice(200, -1).entries()) {
      const next = all[200 + index + 1]!;
      expect(Number.isInteger(next)).toBe(true);
      expect(next).toBeGreaterThan(number);
      expect(next).toBeLessThanOrEqual(number * 1.01);
    }
  });

  test("is one step for one user", () => {
    expect(users(0.01, 1)).toEqual([1]);
  });
});
