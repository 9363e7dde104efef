/** What more replicas do to requests that stay the same, and whether the search of `disagg` is right about it: every pair of counts is replayed whole, and judged here. */
import { beforeAll, describe, expect, test } from "vitest";
import { STATUS_COMPLETED } from "../../assembly/contract.js";
import type { ResultRows } from "../../host/core/simulation.js";
import { rateLadder } from "../../host/planners/capacity-ladder.js";
import { disagg, type DisaggOptions } from "../../host/planners/disagg.js";
import { type DisaggQuestion, openDisagg } from "../../host/planners/disagg/disagg-question.js";
import type { PairCounts } from "../../host/planners/disagg/pair-frontier.js";
import type { PairKind } from "../../host/planners/disagg/pair-kind.js";
import { replay } from "../../host/planners/replay.js";
import { kinds, smallQuestion } from "./disagg/small-question.js";

const MS = 1e6;
const WARMUP = 0.25;
const MOST = 6;
const GRID = Array.from({ length: MOST * MOST }, (_, i): PairCounts => ({
  prefill: 1 + Math.floor(i / MOST),
  decode: 1 + (i % MOST),
}));

/** Measured requests of a replay, ms. */
interface Played {
  ttft: number[];
  tpot: number[];
  output: number[];
  isStable: boolean;
}

async function play(
  question: DisaggQuestion,
  pair: PairKind,
  counts: PairCounts,
  rateRps = question.rateRps,
): Promise<Played> {
  const { core, load, seed } = question;
  const played: Played = { ttft: [], tpot: [], output: [], isStable: false };
  const first = Math.floor(WARMUP * load.count);
  let seen = 0;
  const take = (rows: ResultRows) => {
    for (let row = 0; row < rows.count; row++) {
      if (seen++ < first) continue;
      const isDone = rows.status[row] === STATUS_COMPLETED;
      played.ttft.push(isDone ? rows.ttft[row]! / MS : Infinity);
      played.tpot.push(isDone ? Math.max(0, rows.tpot[row]!) / MS : Infinity);
      played.output.push(rows.outputTokens[row]!);
    }
  };
  const requests = { open: async () => load.at(rateRps) };
  const run = await replay({ fleet: pair.fleetOf(counts), requests, seed, warmup: WARMUP, core, onResults: take });
  played.isStable = run.stability.verdict === "stable";
  return played;
}

const share = (of: readonly boolean[]) => of.filter(Boolean).length / of.length;

/** Whether 99 % keep each limit, or a share both together, and everything keeps up. */
function isEnough({ ttft, tpot, isStable }: Played, { sloTtftMs, sloTpotMs, attainment }: DisaggOptions): boolean {
  const keepsTtft = ttft.map((ms) => ms <= sloTtftMs!);
  const keepsTpot = tpot.map((ms) => ms <= sloTpotMs!);
  if (!isStable) return false;
  if (attainment !== undefined) return share(keepsTtft.map((keeps, i) => keeps && keepsTpot[i]!)) >= attainment;
  return share(keepsTtft) >= 0.99 && share(keepsTpot) >= 0.99;
}

const PRICES = { cost: "costPerHr", power: "watts", gpus: "gpus" } as const;

/** What a pair counts for. */
function amount(pair: PairKind, counts: PairCounts, goal: keyof typeof PRICES): number {
  return pair.totals(counts)[PRICES[goal]]!;
}

describe("the answer is the least of all 36 pairs of counts", () => {
  const wide = { maxPrefill: MOST, maxDecode: MOST };
  const two = kinds("h100-sxm", "a100-sxm-80gb");
  test.each<[string, DisaggOptions]>([
    ["cost", smallQuestion(31, 90, wide)],
    ["gpus", smallQuestion(32, 120, { ...wide, goal: "gpus", attainment: 0.9 })],
    ["power", smallQuestion(33, 70, { ...wide, goal: "power", sloTpotMs: 12 })],
    [
      "gpus, reserved over a slow link",
      smallQuestion(34, 40, {
        ...wide,
        goal: "gpus",
        attainment: 0.9,
        sloTpotMs: 40,
        handover: { link: { type: "25gbe", handover: "reserve" } },
      }),
    ],
    [
      "cost, pushed, first token at the decode side",
      smallQuestion(35, 80, {
        ...wide,
        handover: { link: { type: "100gbe", handover: "push" }, firstToken: "decode" },
      }),
    ],
    ["cost, two kinds a role", smallQuestion(36, 60, { ...wide, prefill: two, decode: two })],
    ["power, two kinds a role", smallQuestion(37, 60, { ...wide, prefill: two, decode: two, goal: "power" })],
  ])("by %s", async (_, options) => {
    const { goal = "cost" } = options;
    const question = await openDisagg(options);
    let least = Infinity;
    for (const pair of question.pairs) {
      for (const counts of GRID) {
        if (amount(pair, counts, goal) >= least) continue;
        if (isEnough(await play(question, pair, counts), options)) least = amount(pair, counts, goal);
      }
    }
    const { best } = await disagg(options);
    expect(least).toBeLessThan(Infinity);
    expect({ cost: best!.cost_per_hr, power: best!.power_w!, gpus: best!.total_gpus }[goal]).toBeCloseTo(least, 6);
  });

  test("by the rate that six GPUs bear", async () => {
    const options = smallQuestion(38, 60, { budget: { gpus: 6 }, maxPrefill: MOST, maxDecode: MOST });
    const question = await openDisagg(options);
    const { best } = await disagg(options);
    const ladder = rateLadder(0.02);
    // Results are rounded: half a step up is between this step and the next.
    const step = ladder.below(best!.goodput_rps * 1.01);
    const bearing: PairCounts[][] = [[], []];
    for (const counts of GRID.filter(({ prefill, decode }) => prefill + decode <= 6)) {
      for (const above of [0, 1]) {
        const played = await play(question, question.pairs[0]!, counts, ladder.at(step + above));
        if (isEnough(played, options)) bearing[above]!.push(counts);
      }
    }
    expect(bearing[0]).toContainEqual({ prefill: best!.n_prefill, decode: best!.n_decode });
    expect(bearing[1]).toEqual([]);
  });
});

/** Shares of a grid that keep limits of 300 and 16 ms, by counts. */
interface Kept {
  ttft: number;
  tpot: number;
  joint: number;
  /** Of requests of 64 output tokens and more. */
  longTpot: number;
  meanTtft: number;
  meanTpot: number;
  isStable: boolean;
}

function keptOf({ ttft, tpot, output, isStable }: Played): Kept {
  const mean = (of: readonly number[]) => of.reduce((sum, ms) => sum + ms, 0) / of.length;
  const keepsTtft = ttft.map((ms) => ms <= 300);
  const keepsTpot = tpot.map((ms) => ms <= 16);
  return {
    ttft: share(keepsTtft),
    tpot: share(keepsTpot),
    joint: share(keepsTtft.map((keeps, i) => keeps && keepsTpot[i]!)),
    longTpot: share(keepsTpot.filter((_, i) => output[i]! >= 64)),
    meanTtft: mean(ttft),
    meanTpot: mean(tpot),
    isStable,
  };
}

/** What one replica more does: from, to. */
type Step = [Kept, Kept];

/** All steps of some grids, by the side that gets one more. */
async function stepsOf(questions: readonly DisaggOptions[]): Promise<{ prefill: Step[]; decode: Step[] }> {
  const steps: { prefill: Step[]; decode: Step[] } = { prefill: [], decode: [] };
  for (const options of questions) {
    const question = await openDisagg(options);
    const kept = new Map<string, Kept>();
    const key = ({ prefill, decode }: PairCounts) => `${prefill} ${decode}`;
    for (const counts of GRID) kept.set(key(counts), keptOf(await play(question, question.pairs[0]!, counts)));
    for (const counts of GRID) {
      for (const side of ["prefill", "decode"] as const) {
        const more = kept.get(key({ ...counts, [side]: counts[side] + 1 }));
        if (more) steps[side].push([kept.get(key(counts))!, more]);
      }
    }
  }
  return steps;
}

/** By how much a figure falls, over the steps where it does. */
const falls = (steps: readonly Step[], figure: Exclude<keyof Kept, "isStable">) =>
  steps.map(([from, to]) => from[figure] - to[figure]).filter((fall) => fall > 1e-12);
/** By how much a mean grows, as a share. */
const growth = (steps: readonly Step[], figure: "meanTtft" | "meanTpot") =>
  steps.map(([from, to]) => to[figure] / from[figure] - 1).filter((grown) => grown > 1e-12);
const isStableStep = ([from, to]: Step) => from.isStable && to.isStable;

const HANDOVERS: [string, NonNullable<DisaggOptions["handover"]>][] = [
  ["pulled", {}],
  ["reserved, layer by layer", { link: { type: "100gbe", mode: "layerwise", handover: "reserve" } }],
  [
    "pushed over shared links, first token at the decode side",
    { link: { type: "100gbe", sharing: "shared", handover: "push" }, firstToken: "decode" },
  ],
];

describe.each(HANDOVERS)("of the same requests, %s", (_, handover) => {
  let steps: { prefill: Step[]; decode: Step[] };
  beforeAll(async () => {
    const questions = [
      [1, 40],
      [2, 60],
      [3, 90],
    ].map(([seed, rateRps]) => smallQuestion(seed!, rateRps!, { handover }));
    steps = await stepsOf(questions);
  });

  // Means, and requests that are long enough for their hand-over not to decide.
  test("one more that decodes never slows tokens on average, nor makes a long answer miss", () => {
    expect(growth(steps.decode, "meanTpot")).toEqual([]);
    expect(falls(steps.decode, "longTpot")).toEqual([]);
  });

  // A hand-over or two more or less meet on a link, which is most of the time per token of an answer of two tokens.
  test("one more that decodes takes no more than few requests their limits", () => {
    const fell = falls(steps.decode.filter(isStableStep), "joint");
    expect(fell.length).toBeGreaterThan(0);
    expect(Math.max(...fell)).toBeLessThan(0.03);
    expect(fell.length).toBeLessThan(0.2 * steps.decode.length);
  });

  // With hand-overs that weigh on the choice of a replica, or count themselves, by little not always.
  test("one more that prefills shortens the mean time to the first token", () => {
    const grown = growth(steps.prefill.filter(isStableStep), "meanTtft");
    if (Object.keys(handover).length === 0) expect(grown).toEqual([]);
    else expect(Math.max(0, ...grown)).toBeLessThan(0.01);
  });

  test("one more that prefills can take requests their limit of what follows the hand-over, and few of them", () => {
    const stable = steps.prefill.filter(isStableStep);
    const fell = falls(stable, "joint");
    expect(fell.length).toBeGreaterThan(0);
    expect(Math.max(...fell)).toBeLessThan(0.03);
    const missed = handover.firstToken === "decode" ? "ttft" : "tpot";
    expect(falls(stable, missed).length).toBeGreaterThan(0);
  });
});

describe("exceptions, and why they are", () => {
  const compared = async (options: DisaggOptions, from: PairCounts, to: PairCounts) => {
    const question = await openDisagg(options);
    const pair = question.pairs[0]!;
    return [await play(question, pair, from), await play(question, pair, to)] as const;
  };

  test("a prefill pool that holds everything up spares the decode pool: the second replica passes the load on", async () => {
    const options = smallQuestion(28, 110);
    const [one, two] = await compared(options, { prefill: 1, decode: 1 }, { prefill: 2, decode: 1 });
    expect(one.isStable).toBe(false);
    expect(keptOf(one).ttft).toBeLessThan(0.1);
    expect(keptOf(one).tpot - keptOf(two).tpot).toBeGreaterThan(0.5);
  });

  test("where fewer prefill, bursts are spread before they are handed over", async () => {
    const options = smallQuestion(30, 40, { sloTtftMs: 500, sloTpotMs: 10 });
    const [four, five] = await compared(options, { prefill: 4, decode: 4 }, { prefill: 5, decode: 4 });
    expect([four, five].map((played) => isEnough(played, options))).toEqual([true, false]);
    expect(keptOf(five).meanTtft).toBeLessThan(keptOf(four).meanTtft);
  });
});
