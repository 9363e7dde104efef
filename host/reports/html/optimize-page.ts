import type { OptimizeResult } from "../../planners/optimize.js";
import { bestLine, OPTIMIZE_ROWS, optimizeNotes, optimizeQuestion } from "../optimize-report.js";
import { checkLine, missLines } from "../plan-report.js";
import { SIZED_POOL_FIGURES, SIZED_POOLS } from "../sized-fleet-tables.js";
import { listBlock, verdict } from "./blocks.js";
import { fleetFigures, fleetFrontier } from "./fleet-page-blocks.js";
import type { Page } from "./page-spec.js";
import { tableOf } from "./tables.js";

/** The page of `optimize`. */
export function optimizePage(result: OptimizeResult): Page {
  const { best, rows, check, nearest_miss: miss, slo_ms: sloMs } = result;
  const notes = optimizeNotes(result);
  const pools = best
    ? [
        tableOf(SIZED_POOLS, best.pools, { caption: "What the pools are" }),
        tableOf(SIZED_POOL_FIGURES, best.pools, {
          caption: "What they come to, by simulation and as analysis expects",
        }),
      ]
    : [];
  return {
    title: "The cheapest fleet of pools by length",
    subtitle: optimizeQuestion(result),
    verdict: verdict(best ? (check && !check.holds ? "unsure" : "good") : "bad", bestLine(result)),
    result,
    fileName: "optimize.json",
    sections: [
      ...(best ? [{ blocks: [fleetFigures(best)] }, { title: "Pools", blocks: pools }] : []),
      {
        title: "Evidence",
        blocks: [
          ...(check ? [listBlock([checkLine(check)], check.holds ? "good" : "bad")] : []),
          ...(miss ? [listBlock(missLines(miss), "bad")] : []),
          fleetFrontier(rows, sloMs, best),
        ],
      },
      {
        title: "Fleets compared",
        blocks: [
          tableOf(OPTIMIZE_ROWS, rows, { caption: "By analysis, then by simulation", isChosen: (row) => row === best }),
        ],
      },
      ...(notes.length === 0 ? [] : [{ title: "Notes", blocks: [listBlock(notes)] }]),
    ],
  };
}
