import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CostAndLatency, dominates, paretoFront } from "../../host/planners/pareto-front.js";

const fleet = (cost: number, p99: number): CostAndLatency => ({ cost_per_hr: cost, worst_p99_ms: p99 });

describe("the front of fleets", () => {
  test("leaves out a fleet that costs the same and is slower", () => {
    const [fast, slow] = [fleet(10, 100), fleet(10, 200)];
    expect(paretoFront([slow, fast])).toEqual([fast]);
  });

  test("leaves out a fleet that is as fast and costs more", () => {
    expect(paretoFront([fleet(10, 100), fleet(11, 100)])).toEqual([fleet(10, 100)]);
  });

  test("keeps fleets of which one is cheaper and the other faster", () => {
    const both = [fleet(10, 200), fleet(20, 100)];
    expect(paretoFront(both)).toEqual(both);
  });

  test("keeps equal ones together", () => {
    expect(paretoFront([fleet(1, 1), fleet(1, 1)])).toHaveLength(2);
  });

  test("is of those that none dominates, and of all of them", () => {
    const small = fc.integer({ min: 0, max: 6 });
    const fleets = fc.array(fc.tuple(small, small).map(([cost, p99]) => fleet(cost, p99)));
    fc.assert(
      fc.property(fleets, (rows) => {
        const front = paretoFront(rows);
        for (const row of rows) {
          expect(front.includes(row)).toBe(!rows.some((other) => dominates(other, row)));
        }
        // Whatever is not on the front is dominated by something that is.
        for (const row of rows.filter((one) => !front.includes(one))) {
          expect(front.some((other) => dominates(other, row))).toBe(true);
        }
      }),
    );
  });
});
