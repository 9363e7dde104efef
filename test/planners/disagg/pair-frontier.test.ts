import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cheapestPair, narrowFor, type PairCandidate } from "../../../host/planners/disagg/cheapest-pair.js";
import {
  exceptionsAmong,
  isLess,
  type PairCounts,
  PairFrontier,
  type PairPrice,
} from "../../../host/planners/disagg/pair-frontier.js";

const MOST = { prefill: 12, decode: 15 };

/**
 * Pairs that are enough. `steps[i]`: the least number that decodes beside `i + 1` that prefill, which may rise again, as more that prefill pass bursts on; `NONE`: too few prefill.
 */
const NONE = MOST.decode + 9;
const staircase = fc
  .tuple(
    fc.integer({ min: 0, max: MOST.prefill }),
    fc.array(fc.integer({ min: 1, max: MOST.decode }), { minLength: MOST.prefill, maxLength: MOST.prefill }),
  )
  .map(([tooFew, steps]) => steps.map((step, index) => (index < tooFew ? NONE : step)));

const costs = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }));
const guesses = fc.record({
  prefill: fc.integer({ min: 1, max: MOST.prefill }),
  decode: fc.integer({ min: 1, max: MOST.decode }),
});

interface Made extends PairCandidate {
  steps: readonly number[];
  runs: PairCounts[];
}

const isAbove = (steps: readonly number[], { prefill, decode }: PairCounts) => decode >= steps[prefill - 1]!;

function candidate(
  steps: readonly number[],
  [ofPrefill, ofDecode]: readonly [number, number],
  guess: PairCounts,
): Made {
  const runs: PairCounts[] = [];
  return {
    steps,
    runs,
    frontier: new PairFrontier({ least: { prefill: 1, decode: 1 }, most: MOST, guess }),
    price: ({ prefill, decode }) => [ofPrefill * prefill + ofDecode * decode, prefill + decode],
    isEnough: async (counts) => {
      runs.push(counts);
      return isAbove(steps, counts);
    },
  };
}

/** The least price of all pairs, each looked at. */
function byBruteForce(made: readonly Made[]): readonly number[] | undefined {
  let least: readonly number[] | undefined;
  for (const { steps, price } of made) {
    for (let prefill = 1; prefill <= MOST.prefill; prefill++) {
      for (let decode = 1; decode <= MOST.decode; decode++) {
        if (!isAbove(steps, { prefill, decode })) continue;
        const own = price({ prefill, decode });
        if (least === undefined || isLess(own, least)) least = own;
      }
    }
  }
  return least;
}

const made = fc.tuple(staircase, costs, guesses).map(([steps, cost, guess]) => candidate(steps, cost, guess));

describe("the cheapest pair", () => {
  test("of one kind on each side is that of brute force", async () => {
    await fc.assert(
      fc.asyncProperty(made, async (one) => {
        const found = await cheapestPair([one]);
        expect(found && one.price(found.counts)).toEqual(byBruteForce([one]));
      }),
    );
  });

  test("of several kinds is that of brute force", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(made, { minLength: 1, maxLength: 5 }), async (several) => {
        const found = await cheapestPair(several);
        expect(found && found.candidate.price(found.counts)).toEqual(byBruteForce(several));
      }),
    );
  });

  test("takes no pair twice, and no more runs than both sides have steps, but for the search of the two ends", async () => {
    await fc.assert(
      fc.asyncProperty(made, async (one) => {
        await narrowFor(one, [one.price, ({ prefill }) => [prefill], ({ decode }) => [decode]]);
        const keys = one.runs.map(({ prefill, decode }) => `${prefill} ${decode}`);
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys.length).toBeLessThanOrEqual(MOST.prefill + MOST.decode + 20);
      }),
    );
  });

  test("is known after few runs where the guess is right and bounds are near", async () => {
    const steps = Array.from({ length: MOST.prefill }, (_, i) => (i + 1 < 4 ? NONE : 6));
    const one = candidate(steps, [1, 1], { prefill: 4, decode: 6 });
    one.frontier = new PairFrontier({ least: { prefill: 3, decode: 5 }, most: MOST, guess: { prefill: 4, decode: 6 } });
    expect((await cheapestPair([one]))!.counts).toEqual({ prefill: 4, decode: 6 });
    expect(one.runs).toEqual([
      { prefill: 4, decode: MOST.decode },
      { prefill: 3, decode: MOST.decode },
      { prefill: 4, decode: 6 },
      { prefill: 4, decode: 5 },
    ]);
  });

  test("is found where more that prefill need more that decode", async () => {
    const steps = Array.from({ length: MOST.prefill }, (_, i) => (i === 0 ? NONE : i === 1 ? 3 : 7));
    const one = candidate(steps, [1, 1], { prefill: 6, decode: 9 });
    expect((await cheapestPair([one]))!.counts).toEqual({ prefill: 2, decode: 3 });
  });

  test("leaves the rest of a dear kind open", async () => {
    const cheap = candidate(
      Array.from({ length: MOST.prefill }, () => 2),
      [1, 1],
      { prefill: 1, decode: 2 },
    );
    const dear = candidate(
      Array.from({ length: MOST.prefill }, () => 2),
      [9, 9],
      { prefill: 5, decode: 5 },
    );
    await cheapestPair([dear, cheap]);
    expect(dear.runs).toEqual([]);
  });

  test("is none where no pair is enough, whereupon the most was tried", async () => {
    const none = candidate(
      Array.from({ length: MOST.prefill }, () => 99),
      [1, 1],
      { prefill: 1, decode: 1 },
    );
    expect(await cheapestPair([none])).toBeUndefined();
    expect(none.runs.at(-1)).toEqual(MOST);
  });
});

describe("a frontier that is narrowed for several prices", () => {
  test("has the corner that each of them wants", async () => {
    const byPrefill: PairPrice = ({ prefill, decode }) => [prefill, decode];
    const byDecode: PairPrice = ({ prefill, decode }) => [decode, prefill];
    await fc.assert(
      fc.asyncProperty(made, async (one) => {
        await narrowFor(one, [byPrefill, byDecode]);
        for (const price of [byPrefill, byDecode]) {
          const best = one.frontier.best(price);
          expect(best && price(best)).toEqual(byBruteForce([{ ...one, price }]));
        }
      }),
    );
  });

  test("tells its bound as it grows, never above the answer", async () => {
    await fc.assert(
      fc.asyncProperty(made, async (one) => {
        const answer = byBruteForce([one]);
        let before: readonly number[] = [0, 0];
        for (let bound = one.frontier.bound(one.price); bound; bound = one.frontier.bound(one.price)) {
          const best = one.frontier.best(one.price);
          if (answer && !best) expect(isLess(answer, bound)).toBe(false);
          expect(isLess(bound, before)).toBe(false);
          before = bound;
          await one.frontier.narrow(one.isEnough);
        }
      }),
    );
  });
});

test("runs that contradict each other are found", () => {
  const run = (prefill: number, decode: number, isEnough: boolean) => ({ counts: { prefill, decode }, isEnough });
  expect(exceptionsAmong([run(2, 3, true), run(3, 3, false), run(1, 9, false), run(2, 2, false)])).toEqual([
    { enough: { prefill: 2, decode: 3 }, not_enough: { prefill: 3, decode: 3 } },
  ]);
});
