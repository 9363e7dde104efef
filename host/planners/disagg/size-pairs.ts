import { narrowFor } from "./cheapest-pair.js";
import type { DisaggQuestion } from "./disagg-question.js";
import type { DisaggDesign, DisaggMiss, DisaggPoint } from "./disagg-result.js";
import { DISAGG_GOALS, type DisaggGoal } from "./disagg-options.js";
import type { FleetSizing } from "./fleet-sizing.js";
import type { TrialPoint } from "./fleet-trial.js";
import { exceptionsAmong, type FrontierException, type PairCounts } from "./pair-frontier.js";
import type { PairKind } from "./pair-kind.js";
import { pairRow } from "./point-rows.js";
import { confirmedRate, type FleetRate, rateOf } from "./rate-search.js";
import { designsOf, sizeDesigns, type SizedDesign, type SizedFleet } from "./size-fleets.js";

/** What a search for a pair came to. */
export interface FoundPair {
  /** The answer, the highest rate that it bears, and which fresh requests confirmed it last. */
  best: { row: DisaggPoint; rate: FleetRate<PairKind>; confirmedWith: number } | undefined;
  designs: DisaggDesign[];
  pareto: DisaggPoint[];
  miss: DisaggMiss | undefined;
  exceptions: (FrontierException & { pair: string })[];
}

type Sizing = FleetSizing<PairKind>;

/** The pair that has least of a goal at the rate of the requests, over all designs. */
export async function sizePairs(question: DisaggQuestion, goal: DisaggGoal): Promise<FoundPair> {
  const designs = designsOf(question, question.pairs, { goal, nameOf: ({ design }) => design });
  const { best, fleets } = await sizeDesigns(designs);
  const sizings = designs.flatMap((design) => design.sizings);
  const rows: DisaggDesign[] = [];
  for (const design of designs) {
    const fleet = fleets.find((one) => one.design === design);
    rows.push({
      design: design.name,
      best: fleet ? await playedRow(question, fleet.sizing, fleet.counts) : null,
      why_none: fleet ? null : whyNone(question, design),
      most: question.most,
    });
  }
  const pareto = await frontOf(question, fleets);
  const exceptions = sizings.flatMap(({ frontier, kind }) =>
    exceptionsAmong(frontier.tried).map((exception) => ({ pair: kind.name, ...exception })),
  );
  if (!best) return { best: undefined, designs: rows, pareto, miss: await nearestMiss(question, sizings), exceptions };
  const { sizing, counts } = best;
  const rate = await rateAbove(question, best);
  const row = await playedRow(question, sizing, counts);
  return {
    best: { row, rate, confirmedWith: sizing.confirmedWith },
    designs: rows,
    pareto: withAnswer(pareto, row),
    miss: undefined,
    exceptions,
  };
}

/** The highest rate that the answer bears: no less than the one that it is sized for, whatever steps the ladder has. */
async function rateAbove(
  question: DisaggQuestion,
  { sizing, counts }: SizedFleet<PairKind>,
): Promise<FleetRate<PairKind>> {
  const fleet = { kind: sizing.kind, counts };
  const found = await rateOf(question, fleet, { near: question.rateRps });
  const rate = found && (await confirmedRate(question, found, question.rateRps));
  if (rate && rate.rateRps > question.rateRps) return rate;
  return { ...fleet, rateRps: question.rateRps, point: await sizing.play(counts) };
}

async function playedRow(question: DisaggQuestion, sizing: Sizing, counts: PairCounts): Promise<DisaggPoint> {
  return rowOf(question, sizing, { counts, point: await sizing.play(counts) });
}

function rowOf(
  question: DisaggQuestion,
  sizing: Sizing,
  { counts, point }: { counts: PairCounts; point: TrialPoint },
): DisaggPoint {
  const played = { kind: sizing.kind, counts, point, rateRps: question.rateRps };
  return pairRow(question, played, sizing.isConfirmed(counts));
}

/** Corners of the staircases of the best pair of each design, of which no other is cheaper with no more GPUs, or smaller at no more cost. */
async function frontOf(question: DisaggQuestion, fleets: readonly SizedFleet<PairKind>[]): Promise<DisaggPoint[]> {
  const corners: { sizing: Sizing; counts: PairCounts; gpus: number; costPerHr: number }[] = [];
  for (const { sizing } of fleets) {
    const prices = DISAGG_GOALS.map((goal) => sizing.kind.priceBy(goal));
    await narrowFor(sizing, prices);
    for (const counts of sizing.frontier.corners) corners.push({ sizing, counts, ...sizing.kind.totals(counts) });
  }
  corners.sort((a, b) => a.gpus - b.gpus || a.costPerHr - b.costPerHr);
  let cheapest = Infinity;
  const front = corners.filter(({ costPerHr }) => {
    const isCheaper = costPerHr < cheapest;
    cheapest = Math.min(cheapest, costPerHr);
    return isCheaper;
  });
  const rows: DisaggPoint[] = [];
  for (const { sizing, counts } of front) rows.push(await playedRow(question, sizing, counts));
  return rows;
}

/** The front holds cost against GPUs: an answer of least power need not be of it. */
function withAnswer(front: readonly DisaggPoint[], answer: DisaggPoint): DisaggPoint[] {
  const keys = ["n_prefill", "n_decode", "prefill", "decode"] as const;
  if (front.some((point) => keys.every((key) => point[key] === answer[key]))) return [...front];
  return [...front, answer].sort((a, b) => a.total_gpus - b.total_gpus || a.cost_per_hr - b.cost_per_hr);
}

/** Why a design has no pair that is enough. */
function whyNone(question: DisaggQuestion, { sizings }: SizedDesign<PairKind>): string {
  const slow = sizings.map(({ kind }) => tooSlow(question, kind));
  const [first] = slow;
  if (first !== undefined && slow.every((why) => why !== undefined)) return first;
  const { prefill, decode } = question.most;
  return `not even ${prefill} that prefill${verbEnd(prefill)} and ${decode} that decode${verbEnd(decode)} keep the objective`;
}

function verbEnd(subjects: number): string {
  return subjects === 1 ? "s" : "";
}

/** Why no number that is allowed can serve the load at all; `undefined`: analysis knows no reason. */
function tooSlow({ rateRps, load, most }: DisaggQuestion, kind: PairKind): string | undefined {
  const { least } = kind.rangeAt(rateRps * load.share, most);
  for (const side of ["prefill", "decode"] as const) {
    if (least[side] <= most[side]) continue;
    return `${most[side]} ${side} replica${most[side] === 1 ? "" : "s"} of ${kind[side].option.name} cannot serve it: ${least[side].toLocaleString("en-US")} are the least, allow more`;
  }
  return undefined;
}

/** Of pairs that could serve the load, with as many replicas as there may be, the one that misses the objective by least; `undefined` where there is none. */
async function nearestMiss(question: DisaggQuestion, sizings: readonly Sizing[]): Promise<DisaggMiss | undefined> {
  let nearest: DisaggMiss | undefined;
  let least = Infinity;
  const able = sizings.filter(({ kind }) => tooSlow(question, kind) === undefined);
  for (const sizing of able.slice(0, MOST_NEAREST)) {
    const point = await sizing.play(question.most, { mayBreak: false });
    const excess = point.judge.excess * (point.verdict === "overloaded" ? OVERLOADED : 1);
    if (excess >= least) continue;
    least = excess;
    const { missed, allowed } = point.judge;
    nearest = {
      point: rowOf(question, sizing, { counts: question.most, point }),
      verdict: point.verdict,
      missed: question.objective.conditions.flatMap(({ name }, index) =>
        missed[index]! > allowed[index]!
          ? [{ condition: name, excess: missed[index]! / Math.max(1, allowed[index]!) }]
          : [],
      ),
    };
  }
  return nearest;
}

/** Pairs among which the nearest is looked for: their runs are not broken off. */
const MOST_NEAREST = 8;

/** What does not keep up comes after what does. */
const OVERLOADED = 1e6;
