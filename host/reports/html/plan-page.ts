import type { PlanResult } from "../../planners/plan.js";
import { answerLine, missLines, planNotes, questionLine, searchLine } from "../plan-report.js";
import { FLEET_ROWS, SIZED_POOL_FIGURES, SIZED_POOLS } from "../sized-fleet-tables.js";
import { listBlock, sentence, textBlock, verdict } from "./blocks.js";
import { checkSection } from "./check-section.js";
import { fleetFigures, fleetFrontier, poolIntervals } from "./fleet-page-blocks.js";
import type { Block, Page, Section } from "./page-spec.js";
import { tableOf } from "./tables.js";

/** The page of a plan. */
export function planPage(result: PlanResult): Page {
  const { best, rows, objective, check, nearest_miss: miss } = result;
  const notes = planNotes(result);
  return {
    title: `A fleet for ${result.requests.name}`,
    subtitle: questionLine(result),
    verdict: verdict(best ? (check && !check.holds ? "unsure" : "good") : "bad", sentence(answerLine(result))),
    result,
    fileName: "plan.json",
    sections: [
      ...(best ? [{ blocks: [fleetFigures(best)] }, poolsSection(result)] : []),
      {
        title: "Evidence",
        blocks: [
          ...(miss ? [listBlock(missLines(miss), "bad")] : []),
          fleetFrontier(rows, objective.ttft_ms, best),
          textBlock(sentence(searchLine(result))),
        ],
      },
      ...checkSection(result),
      {
        title: "Fleets compared",
        blocks: [
          tableOf(FLEET_ROWS, rows, {
            caption: "By simulation, then as analysis expects; cheapest first",
            isChosen: (row) => row === best,
          }),
        ],
      },
      ...(notes.length === 0 ? [] : [{ title: "Notes", blocks: [listBlock(notes)] }]),
    ],
  };
}

function poolsSection({ best, objective }: PlanResult): Section {
  const pools = best!.pools;
  const blocks: Block[] = [
    tableOf(SIZED_POOLS, pools, { caption: "What the pools are" }),
    tableOf(SIZED_POOL_FIGURES, pools, { caption: "What they come to, by simulation and as analysis expects" }),
    ...(pools.length > 1 ? [poolIntervals(pools, objective.ttft_ms)] : []),
  ];
  return { title: "Pools", blocks };
}
