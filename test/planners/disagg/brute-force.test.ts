import { describe, expect, test } from "vitest";
import { rateLadder } from "../../../host/planners/capacity-ladder.js";
import { disagg, type DisaggOptions } from "../../../host/planners/disagg.js";
import { type DisaggQuestion, openDisagg } from "../../../host/planners/disagg/disagg-question.js";
import { tryKind } from "../../../host/planners/disagg/fleet-sizing.js";
import { isLess, type PairCounts } from "../../../host/planners/disagg/pair-frontier.js";
import type { PairKind } from "../../../host/planners/disagg/pair-kind.js";
import { RATE_STEP } from "../../../host/planners/disagg/rate-search.js";
import { kinds, smallQuestion } from "./small-question.js";

const GRID = [1, 2, 3, 4].flatMap((prefill) => [1, 2, 3, 4].map((decode): PairCounts => ({ prefill, decode })));

function play(question: DisaggQuestion, pair: PairKind, counts: PairCounts, mayBreak = true) {
  return tryKind(question, pair, { counts, rateRps: question.rateRps, load: question.load, mayBreak });
}

/** The least price of all pairs of counts of all pairs of kinds, each of them played. */
async function leastPrice(options: DisaggOptions): Promise<readonly number[] | undefined> {
  const question = await openDisagg(options);
  let least: readonly number[] | undefined;
  for (const pair of question.pairs) {
    for (const counts of GRID) {
      if (!(await play(question, pair, counts)).isEnough) continue;
      const price = pair.priceBy(options.goal ?? "cost")(counts);
      if (least === undefined || isLess(price, least)) least = price;
    }
  }
  return least;
}

async function foundPrice(options: DisaggOptions): Promise<readonly number[] | undefined> {
  const { best } = await disagg(options);
  if (!best) return undefined;
  const question = await openDisagg(options);
  const pair = question.pairs.find(
    ({ prefill, decode }) => prefill.option.name === best.prefill && decode.option.name === best.decode,
  )!;
  return pair.priceBy(options.goal ?? "cost")({ prefill: best.n_prefill, decode: best.n_decode });
}

describe("the answer is that of brute force over all counts", () => {
  test.each([
    [1, 40, {}],
    [2, 70, {}],
    [3, 90, { attainment: 0.9 }],
    [4, 60, { sloTtftMs: 150 }],
    [5, 60, { sloTpotMs: 9 }],
    [6, 50, { handover: { link: { type: "100gbe", mode: "layerwise", handover: "reserve" } } }],
    [7, 50, { handover: { link: { type: "100gbe", sharing: "shared", handover: "push" }, firstToken: "decode" } }],
    [8, 200, {}],
  ] as [number, number, Partial<DisaggOptions>][])("seed %i at %i requests/s, %o", async (seed, rateRps, more) => {
    const options = smallQuestion(seed, rateRps, more);
    expect(await foundPrice(options)).toEqual(await leastPrice(options));
  });

  test.each(["cost", "power", "gpus"] as const)("with kinds of replica to choose from, by %s", async (goal) => {
    const gpus = kinds("h100-sxm", "a100-sxm-80gb");
    const options = smallQuestion(11, 60, { prefill: gpus, decode: gpus, goal });
    expect(await foundPrice(options)).toEqual(await leastPrice(options));
  });
});

describe("with common requests", () => {
  const questions = [
    smallQuestion(1, 60),
    smallQuestion(2, 80, { handover: { link: { type: "100gbe", mode: "layerwise", handover: "reserve" } } }),
  ];

  test("more that decode are never worse beside the same number that prefill", async () => {
    for (const options of questions) {
      const question = await openDisagg(options);
      for (const prefill of [1, 2, 3, 4]) {
        const enough: boolean[] = [];
        for (const decode of [1, 2, 3, 4]) {
          enough.push((await play(question, question.pairs[0]!, { prefill, decode })).isEnough);
        }
        expect(enough).toEqual([...enough].sort());
      }
    }
  });

  test("a run that is broken off has the answer of the whole one", async () => {
    for (const options of questions) {
      const question = await openDisagg(options);
      let broken = 0;
      for (const counts of GRID) {
        const [cut, whole] = [
          await play(question, question.pairs[0]!, counts),
          await play(question, question.pairs[0]!, counts, false),
        ];
        expect(cut.isEnough).toBe(whole.isEnough);
        broken += Number(cut.isBroken);
      }
      expect(broken).toBeGreaterThan(0);
    }
  });
});

describe("the highest rate within a budget", () => {
  test("is that of brute force over all pairs that it buys", async () => {
    const options = smallQuestion(3, 60, { budget: { gpus: 4 } });
    const question = await openDisagg(options);
    const ladder = rateLadder(RATE_STEP);
    const { best } = await disagg(options);
    // Results are rounded.
    const step = ladder.below(best!.goodput_rps * (1 + RATE_STEP / 2));
    const bears = async (counts: PairCounts, rateRps: number) =>
      (await tryKind(question, question.pairs[0]!, { counts, rateRps, load: question.load })).isEnough;
    const bought = GRID.filter(({ prefill, decode }) => prefill + decode <= 4);
    for (const counts of bought) {
      const isBest = counts.prefill === best!.n_prefill && counts.decode === best!.n_decode;
      if (isBest) expect(await bears(counts, ladder.at(step))).toBe(true);
      expect(await bears(counts, ladder.at(step + 1))).toBe(false);
    }
  });
});
