import type { OptimizeResult } from "../../planners/optimize.js";
import { bestLine, OPTIMIZE_ROWS, optimizeNotes, optimizeQuestion, optimizeSearch } from "../optimize-report.js";
import { missLines } from "../plan-report.js";
import { SIZED_POOL_FIGURES, SIZED_POOLS } from "../sized-fleet-tables.js";
import { listBlock, sentence, textBlock, verdict } from "./blocks.js";
import { checkSection } from "./check-section.js";
import { fleetFigures, fleetFrontier, poolIntervals } from "./fleet-page-blocks.js";
import type { Page } from "./page-spec.js";
import { pointer } from "./pointer.js";
import { tableOf } from "./tables.js";

/** The page of `optimize`. */
export function optimizePage(result: OptimizeResult): Page {
  const { best, rows, check, fleet, nearest_miss: miss, slo_ms: sloMs } = result;
  const notes = optimizeNotes(result);
  const at = pointer(best ? rows.indexOf(best) : 0, "check_run");
  const pools = best
    ? [
        tableOf(SIZED_POOLS, best.pools, { caption: "What the pools are" }),
        tableOf(SIZED_POOL_FIGURES, best.pools, {
          caption: "What they come to, by simulation and as analysis expects",
        }),
        ...(best.pools.length > 1 ? [poolIntervals(best.pools, sloMs)] : []),
      ]
    : [];
  return {
    title: "The cheapest fleet of pools by length",
    subtitle: sentence(optimizeQuestion(result)),
    verdict: verdict(best ? (check && !check.holds ? "unsure" : "good") : "bad", sentence(bestLine(result))),
    result: rows,
    fileName: "optimize.json",
    sections: [
      ...(best ? [{ blocks: [fleetFigures(best)] }, { title: "Pools", blocks: pools }] : []),
      {
        title: "Evidence",
        blocks: [
          ...(miss ? [listBlock(missLines(miss), "bad")] : []),
          fleetFrontier(rows, sloMs, best),
          textBlock(sentence(optimizeSearch(result))),
        ],
      },
      ...checkSection({ check, fleet, at, ...(best?.check_run ? { check_run: best.check_run } : {}) }),
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
