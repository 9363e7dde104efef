import type { ReplayTraceResult } from "../../planners/replay-trace.js";
import type { ReplayResult } from "../../planners/replay.js";
import type { Fleet } from "../../specs/fleet.js";
import { dollars, milliseconds, millisecondsWithUnit, percent, significant } from "../quantities.js";
import { notes, warnings } from "../replay-notes.js";
import { arrivalRows, stageColumns, stageLines, stageRows } from "../replay-stages.js";
import {
  fleetLine,
  keepsObjective,
  measuredLine,
  objectiveLine,
  requestsLine,
  servedLine,
  stabilityLine,
  workloadLine,
} from "../replay-story.js";
import { batchingColumns, LATENCY, loadColumns, type PoolRow, poolRows } from "../replay-tables.js";
import { factsBlock, listBlock, verdict } from "./blocks.js";
import type { Block, FiguresBlock, Page, Section, Tone } from "./page-spec.js";
import { type ChartedRun, queueChart, ttftChart, utilisationCharts } from "./run-charts.js";
import { tableOf } from "./tables.js";

/** The page of a replay that was asked for curves. */
export function replayPage(result: ReplayTraceResult, fleet: Fleet, { fleetName }: { fleetName: string }): Page {
  const run: ChartedRun = { figures: result, pools: result.pools, fleet, engine: result.engine };
  const isOverloaded = result.stability.verdict === "overloaded";
  const answer = isOverloaded ? stabilityLine(result) : objectiveLine(result);
  return {
    title: `${result.trace.name} through ${fleetName}`,
    subtitle: `Replay with the engine ${result.engine}, seed ${result.seed}`,
    verdict: verdict(toneOf(keepsObjective(result)), answer.charAt(0).toUpperCase() + answer.slice(1)),
    result,
    fileName: "replay.json",
    sections: [
      { blocks: [runFigures(result), storyBlock(result, fleet, answer), ...warningsBlock(result, fleet)] },
      ...charted("Latency", ttftChart(run)),
      ...charted("Load", [...queueChart(run), ...utilisationCharts(run)]),
      { title: "Pools", blocks: poolTables(poolRows(result, fleet)) },
      { title: "Notes", blocks: [listBlock(notes(result, fleet))] },
    ],
  };
}

/** How it is to be taken that an objective is kept, is not, or cannot be told. */
export function toneOf(keeps: boolean | undefined): Tone {
  return keeps === undefined ? "unsure" : keeps ? "good" : "bad";
}

/** The figures of a run that matter most. */
export function runFigures(result: ReplayResult): FiguresBlock {
  const { ttft_ms: ttft, slo, throughput, cost, total_gpus: gpus } = result;
  const interval = ttft.p99_ci95?.map(milliseconds).join(" to ");
  return {
    kind: "figures",
    figures: [
      {
        label: "P99 TTFT",
        value: millisecondsWithUnit(ttft.p99),
        note: interval === undefined ? "95 % interval: none" : `95 % interval ${interval}`,
        tone: toneOf(keepsObjective(result)),
      },
      { label: "In time", value: percent(slo.attainment), note: "of all measured requests" },
      { label: "Goodput", value: significant(throughput.goodput_rps), note: "requests/s in time" },
      { label: "Output", value: significant(throughput.output_tokens_per_s), note: "tokens/s" },
      { label: "GPUs", value: String(gpus), note: `${dollars(cost.per_hr_usd)} an hour` },
    ],
  };
}

/** All lines of the report for the terminal but the one that the page begins with. */
function storyBlock(result: ReplayTraceResult, fleet: Fleet, answer: string): Block {
  const lines = {
    verdict: stabilityLine(result),
    objective: objectiveLine(result),
    requests: requestsLine(result),
    workload: workloadLine(result),
    fleet: fleetLine(result, fleet),
    measured: measuredLine(result),
    served: servedLine(result),
    ...Object.fromEntries(stageLines(result, fleet)),
  };
  return factsBlock(Object.fromEntries(Object.entries(lines).filter(([, line]) => line !== answer)));
}

function warningsBlock(result: ReplayTraceResult, fleet: Fleet): Block[] {
  const items = warnings(result, fleet);
  return items.length === 0 ? [] : [listBlock(items, "unsure")];
}

function charted(title: string, blocks: readonly Block[]): Section[] {
  return blocks.length === 0 ? [] : [{ title, blocks }];
}

/** What the pools of a run are, and what they came to. */
export function poolTables(rows: readonly PoolRow[]): Block[] {
  const tone = ({ figures }: PoolRow) => (figures.stability.verdict === "overloaded" ? "bad" : undefined);
  const batching = batchingColumns(rows);
  const staged = stageRows(rows);
  return [
    tableOf(loadColumns(rows), rows, { caption: "What the pools are, and how busy they were", tone }),
    tableOf(LATENCY, arrivalRows(rows), { caption: "How long requests took" }),
    ...(staged.length === 0 ? [] : [tableOf(stageColumns(staged), staged, { caption: STAGES })]),
    ...(batching.length === 0 ? [] : [tableOf(batching, rows, { caption: "How replicas batched" })]),
  ];
}

const STAGES =
  "How requests were handed over: the gap that it makes, transfers on average with their parts in ms, links and held memory";
