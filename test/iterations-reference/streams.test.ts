import { expect, it } from "vitest";
import { uniform } from "../reference/random.js";
import { drawnBlockIds, drawnThinkS } from "./streams.js";

const run = { seed: 5, replication: 2 };

it("think times are exponential draws of stream 7", () => {
  expect(drawnThinkS(run, 3, 2)).toBe(-Math.log(1 - uniform(run, 7, 3)) * 2);
  const mean = Array.from({ length: 4000 }, (_, k) => drawnThinkS(run, k, 2)).reduce((sum, s) => sum + s) / 4000;
  expect(mean).toBeGreaterThan(1.9);
  expect(mean).toBeLessThan(2.1);
});

it("requests of a group bear the same ids, those of two groups none in common", () => {
  const drawn = Array.from({ length: 100 }, (_, i) => drawnBlockIds(run, i, 3, 4));
  const prefixes = new Set(drawn.map((ids) => ids.join()));
  expect([...prefixes].sort()).toEqual(["0,1,2,3", "4,5,6,7", "8,9,10,11"]);
  expect(drawn[7]![0]).toBe(4 * Math.floor(uniform(run, 8, 7) * 3));
});
