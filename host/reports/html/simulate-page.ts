import type { SimulateResult } from "../../planners/simulate.js";
import { playedFrom } from "../played-requests.js";
import { keepsObjective, objectiveLine, stabilityLine } from "../replay-story.js";
import { poolRows } from "../replay-tables.js";
import { summaryWords } from "../summary-report.js";
import { sentence, verdict, wordsBlock } from "./blocks.js";
import type { Page } from "./page-spec.js";
import { poolTables, runFigures, toneOf } from "./replay-page.js";
import { runCharts } from "./run-charts.js";

/** What the JSON result of a simulation is where its curves are told: the summary, and the run that it sums up. */
export function simulateJson({ summary, replay }: SimulateResult): object {
  return { ...summary, run: replay };
}

/** The page of a simulation that was asked for curves. */
export function simulatePage(result: SimulateResult, { fleetName }: { fleetName: string }): Page {
  const { summary, replay, fleet } = result;
  const answer = replay.stability.verdict === "overloaded" ? stabilityLine(replay) : objectiveLine(replay);
  const charts = runCharts({ figures: replay, pools: replay.pools, fleet, engine: replay.engine, at: "/run" });
  return {
    title: `${playedFrom(summary.arrivals)} through ${fleetName}`,
    subtitle: `Simulated with the engine ${replay.engine}, seed ${replay.seed}`,
    verdict: verdict(toneOf(keepsObjective(replay)), sentence(answer)),
    result: simulateJson(result),
    fileName: "simulation.json",
    sections: [
      { blocks: [runFigures(replay), wordsBlock(summaryWords(result))] },
      ...(charts.length === 0 ? [] : [{ title: "Latency and load", blocks: charts }]),
      { title: "Pools", blocks: poolTables(poolRows(replay, fleet)) },
    ],
  };
}
