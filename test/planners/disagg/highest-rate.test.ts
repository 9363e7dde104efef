import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rateLadder } from "../../../host/planners/capacity-ladder.js";
import { highestRate, highestStep, type RateCandidate } from "../../../host/planners/disagg/highest-rate.js";

const LADDER = rateLadder(0.01);

interface Made extends RateCandidate {
  trueRps: number;
  runs: number[];
}

/** One that bears rates up to `trueRps`, of which analysis expects `trueRps * expectedShare`. */
function candidate(trueRps: number, expectedShare: number, mostShare = 2): Made {
  const runs: number[] = [];
  return {
    trueRps,
    runs,
    expectedRps: trueRps * expectedShare,
    mostRps: trueRps * mostShare,
    isBorne: async (rateRps) => {
      runs.push(rateRps);
      return rateRps <= trueRps;
    },
  };
}

const made = fc
  .tuple(
    fc.double({ min: 0.1, max: 500, noNaN: true }),
    fc.double({ min: 0.02, max: 5, noNaN: true }),
    fc.double({ min: 1, max: 3, noNaN: true }),
  )
  .map(([trueRps, expectedShare, mostShare]) => candidate(trueRps, expectedShare, mostShare));

describe("the highest rate", () => {
  test("is the highest step that any candidate bears", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(made, { minLength: 1, maxLength: 8 }), async (several) => {
        const found = await highestRate(several, LADDER);
        expect(found!.step).toBe(Math.max(...several.map(({ trueRps }) => LADDER.below(trueRps))));
      }),
    );
  });

  test("takes a single run of each candidate that bears less than an earlier one", async () => {
    const best = candidate(100, 0.9);
    const others = [60, 70, 99].map((rate) => candidate(rate, 0.8));
    await highestRate([...others, best], LADDER);
    for (const other of others) expect(other.runs).toEqual([LADDER.at(LADDER.below(100) + 1)]);
  });

  test("takes none of a candidate that surely bears less", async () => {
    const small = candidate(20, 0.9);
    await highestRate([candidate(100, 0.9), small], LADDER);
    expect(small.runs).toEqual([]);
  });

  test("is none where not even a thousandth of what is expected is borne", async () => {
    const hopeless = { ...candidate(1, 1), isBorne: async () => false };
    expect(await highestRate([hopeless], LADDER)).toBeUndefined();
  });
});

test("a single candidate takes few runs where analysis is near", async () => {
  const near = candidate(100, 0.97);
  expect(await highestStep(near, LADDER)).toBe(LADDER.below(100));
  expect(near.runs.length).toBeLessThanOrEqual(6);
});
