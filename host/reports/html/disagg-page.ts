import type { ColocatedPoint, DisaggPoint, DisaggResult } from "../../planners/disagg.js";
import type { ExplainedPrefill } from "../../planners/disagg/explain-prefill.js";
import { LINK_SIDES, linkWords, PREFILL_ALTERNATIVES, prefillWords } from "../disagg-explain-report.js";
import {
  designRows,
  type DesignRow,
  DISAGG_DESIGNS,
  DISAGG_PAIRS,
  disaggAnswer,
  disaggQuestion,
  disaggWords,
  mixing,
  paysText,
  SIDE_USES,
  sideRows,
} from "../disagg-report.js";
import { shareKept } from "../disagg-shares.js";
import { count, dollars, millisecondsWithUnit, significant } from "../quantities.js";
import { efficient, sentence, verdict, wordsBlock } from "./blocks.js";
import type { BarsChart, Block, FrontierChart, FrontierPoint, Page, Section, Tone } from "./page-spec.js";
import { tableOf } from "./tables.js";

/** The page of a fleet that prefills and decodes apart. */
export function disaggPage(result: DisaggResult): Page {
  const { best, check } = result;
  const tone: Tone = best === null ? "bad" : check?.holds === false ? "unsure" : "good";
  return {
    title: "Prefill and decode apart",
    subtitle: sentence(disaggQuestion(result)),
    verdict: verdict(tone, sentence(disaggAnswer(result))),
    result,
    fileName: "disagg.json",
    sections: [
      { blocks: [wordsBlock(disaggWords(result))] },
      ...designsSection(result),
      { title: "Pairs of pools", blocks: pairsBlocks(result) },
      ...useSection(result),
      ...formulasSection(result),
    ],
  };
}

function designsSection(result: DisaggResult): Section[] {
  const rows = designRows(result);
  if (rows.length === 0) return [];
  const isChosen = ({ point }: DesignRow) => isBest(result, point);
  const played = rows.filter(({ point }) => point !== null);
  const blocks: Block[] = [
    ...(played.length > 1 ? [...frontiers(result, played)] : []),
    tableOf(DISAGG_DESIGNS, rows, { isChosen }),
    ...together(result),
  ];
  return [{ title: "Designs: cost, power and throughput", blocks }];
}

/** Cost against power where all serve one rate; against the rate where all have one budget. */
function frontiers(result: DisaggResult, rows: readonly DesignRow[]): FrontierChart[] {
  const isRated = result.goal === "goodput";
  const points = rows.map(({ design, how, point }): FrontierPoint => ({
    label: `${design}, ${how}`,
    x: point!.cost_per_hr,
    // An efficient design has more of it.
    y: isRated ? point!.rate_rps : kilowatt(point!.power_w),
    isFeasible: true,
    isChosen: isBest(result, point),
    details: [
      { label: "GPUs", text: count(point!.total_gpus) },
      { label: "$/h", text: dollars(point!.cost_per_hr) },
      { label: "requests/s", text: significant(point!.rate_rps) },
      { label: "TTFT P99", text: millisecondsWithUnit(point!.ttft_ms) },
      { label: "TPOT P99", text: millisecondsWithUnit(point!.tpot_ms) },
      { label: "keep both", text: shareKept(point!.attainment.joint) },
    ],
  }));
  return [
    {
      kind: "frontier",
      title: isRated ? "Throughput within the budget" : "Cost against power",
      note: isRated
        ? "Every design with all that the budget buys: the highest rate at which it keeps the objective."
        : "Every design with the least that keeps the objective at the rate; power as provisioned: caps, else the TDP of GPUs.",
      x: { label: "Cost", unit: "$/h" },
      y: isRated ? { label: "Goodput", unit: "requests/s" } : { label: "Power", unit: "kW" },
      points: isRated ? points : efficient(points),
    },
  ];
}

function together(result: DisaggResult): BarsChart[] {
  const { best, colocated, goal } = result;
  const other = goal === "goodput" ? colocated?.at_same_cost : colocated?.cheapest;
  if (!best || !other || !colocated) return [];
  const valueOf = (point: DisaggPoint | ColocatedPoint) =>
    ({ goodput: point.rate_rps, cost: point.cost_per_hr, power: kilowatt(point.power_w), gpus: point.total_gpus })[
      goal
    ];
  const axis: Record<DisaggResult["goal"], BarsChart["axis"]> = {
    goodput: { label: "Goodput", unit: "requests/s" },
    cost: { label: "$/h", format: "dollars" },
    power: { label: "Power", unit: "kW" },
    gpus: { label: "GPUs" },
  };
  return [
    {
      kind: "bars",
      title: "Apart and together",
      note: sentence(paysText(colocated, goal)),
      axis: axis[goal],
      bars: [
        { label: `apart: ${best.design}`, value: valueOf(best), isChosen: true },
        { label: `together: ${other.replica}, ${mixing(other)}`, value: valueOf(other) },
      ],
    },
  ];
}

function pairsBlocks(result: DisaggResult): Block[] {
  const { best, pareto, nearest_miss: miss } = result;
  const rows = pareto.length > 0 ? pareto : best ? [best] : miss ? [miss.point] : [];
  return [tableOf(DISAGG_PAIRS, rows, { isChosen: (point) => isBest(result, point) })];
}

function useSection({ check }: DisaggResult): Section[] {
  if (!check) return [];
  const bars = sideRows(check.use).flatMap(({ side, use }) => [
    { label: `${side}: busy`, value: use.busy },
    { label: `${side}: KV memory`, value: use.kv },
    { label: `${side}: link`, value: use.link },
  ]);
  return [
    {
      title: "What is used",
      blocks: [
        { kind: "bars", title: "Shares in use", axis: { label: "share", format: "percent" }, bars },
        tableOf(SIDE_USES, sideRows(check.use)),
      ],
    },
  ];
}

function formulasSection({ explanation }: DisaggResult): Section[] {
  if (!explanation) return [];
  const { prefill, link } = explanation;
  const ways = { caption: "Ways to cut a prefill replica; times in ms", isChosen: isOfPool };
  const sides = { caption: "Links of one replica; times in ms" };
  return [
    {
      title: "By formulas, one prompt at a time",
      blocks: [
        tableOf(PREFILL_ALTERNATIVES, prefill.alternatives, ways),
        wordsBlock(prefillWords(explanation)),
        ...(link ? [tableOf(LINK_SIDES, link.sides, sides)] : []),
        wordsBlock(linkWords(explanation)),
      ],
    },
  ];
}

function isOfPool({ is_pool: isPool }: ExplainedPrefill): boolean {
  return isPool;
}

/** The answer stands in several places: it is told by its figures. */
function isBest({ best }: DisaggResult, point: DisaggPoint | ColocatedPoint | null): boolean {
  if (!best || !point || !("n_prefill" in point)) return false;
  const keys = ["n_prefill", "n_decode", "prefill", "decode"] as const;
  return keys.every((key) => point[key] === best[key]);
}

function kilowatt(watts: number | null): number | null {
  return watts === null ? null : watts / 1000;
}
