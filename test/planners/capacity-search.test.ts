import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_PROBES, searchLargest, type SearchOptions } from "../../host/planners/capacity-search.js";

/** Searches among steps of which those up to `threshold` are bearable; answers the steps that were tried as well. */
async function search(threshold: number, more: Partial<SearchOptions> = {}) {
  const tried: number[] = [];
  const bracket = await searchLargest(
    async (step) => {
      tried.push(step);
      return step <= threshold;
    },
    { start: 0, stride: 70, far: 140, lowest: () => -3000, highest: 3000, ...more },
  );
  return { ...bracket, tried };
}

const anywhere = fc.integer({ min: -3000, max: 2999 });

describe("searching the largest bearable step", () => {
  test("finds it wherever it is and wherever the search begins", async () => {
    const starts = fc.record({ start: anywhere, stride: fc.integer({ min: 1, max: 200 }) });
    await fc.assert(
      fc.asyncProperty(anywhere, starts, async (threshold, more) => {
        const { feasible, infeasible } = await search(threshold, more);
        expect([feasible, infeasible]).toEqual([threshold, threshold + 1]);
      }),
    );
  });

  test("tries each step once, and never one that is known to be bearable or too much", async () => {
    await fc.assert(
      fc.asyncProperty(anywhere, anywhere, async (threshold, start) => {
        const { tried } = await search(threshold, { start });
        let low = -Infinity;
        let high = Infinity;
        for (const step of tried) {
          expect(step).toBeGreaterThan(low);
          expect(step).toBeLessThan(high);
          if (step <= threshold) low = step;
          else high = step;
        }
      }),
    );
  });

  test("steps twice as far each time, then halves", async () => {
    const { tried } = await search(500);
    expect(tried.slice(0, 6)).toEqual([0, 70, 210, 490, 1050, 770]);
  });

  test("goes to the lowest step once it has looked far below", async () => {
    const { tried, feasible, infeasible } = await search(-5000);
    expect(tried).toEqual([0, -70, -210, -3000]);
    expect([feasible, infeasible]).toEqual([null, -3000]);
  });

  test("asks for the lowest step after the first was tried, and not if that was bearable", async () => {
    let asked = 0;
    const lowest = () => {
      asked++;
      return -3000;
    };
    await search(100, { lowest });
    expect(asked).toBe(0);
    await search(-1, { lowest });
    expect(asked).toBe(1);
  });

  test("says so where the highest step is bearable", async () => {
    const { tried, feasible, infeasible } = await search(5000);
    expect([feasible, infeasible]).toEqual([3000, null]);
    expect(tried.at(-1)).toBe(3000);
  });

  test("stops after the most probes, with what it knows", async () => {
    const { tried, feasible, infeasible } = await search(123_456, { highest: 2 ** 40, stride: 1 });
    expect(tried.length).toBeLessThanOrEqual(MAX_PROBES);
    expect(feasible).toBeLessThanOrEqual(123_456);
    expect(infeasible).toBeGreaterThan(123_456);
    expect((await search(500, { maxProbes: 3 })).tried).toEqual([0, 70, 210]);
  });
});
