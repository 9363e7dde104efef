import { combinationText } from "../../planners/capacity-combinations.js";
import type { CapacitySweepResult, SweepRow } from "../../planners/capacity-sweep.js";
import { sweepColumns, sweepWords } from "../capacity-sweep-report.js";
import { objectiveWords } from "../capacity-words.js";
import { count, significant } from "../quantities.js";
import { latencyFrontier, sentence, verdict, wordsBlock } from "./blocks.js";
import type { BarsChart, FrontierChart, Page } from "./page-spec.js";
import { tableOf } from "./tables.js";

/** Combinations that have a bar. */
const MOST_BARS = 24;

/** The page of what a fleet bears with every combination of a sweep. */
export function capacitySweepPage(result: CapacitySweepResult, { fleetName }: { fleetName: string }): Page {
  const { rows, trace, compared_by: by } = result;
  const best = rows[0]!;
  const answer =
    best.rate_rps === null
      ? "No combination bears any load."
      : sentence(`${combinationText(best.setting)} bears the most for what it takes: ${amountText(best, by)}`);
  return {
    title: `What ${fleetName} bears of ${trace.name}, by its settings`,
    subtitle: sentence(objectiveWords(result)),
    verdict: verdict(best.rate_rps === null ? "bad" : "good", answer),
    result,
    fileName: "capacity.json",
    sections: [
      { blocks: [wordsBlock(sweepWords(result))] },
      { title: "Settings", blocks: [bars(result), frontier(result)] },
      {
        title: "Combinations",
        blocks: [tableOf(sweepColumns(result), rows, { caption: "Best first", isChosen: (row) => row === best })],
      },
    ],
  };
}

function amountText(row: SweepRow, by: CapacitySweepResult["compared_by"]): string {
  const unit = by === "rate_per_dollar_hour" ? "for a dollar an hour" : "a GPU";
  return `${significant(row[by] ?? 0)} requests/s ${unit}`;
}

function bars({ rows, compared_by: by }: CapacitySweepResult): BarsChart {
  const more = rows.length > MOST_BARS ? `The ${count(MOST_BARS)} best of ${count(rows.length)}. ` : "";
  return {
    kind: "bars",
    title: "Capacity",
    note: `${more}Muted: what has another one beside it that is better in some respect and worse in none.`,
    axis: { label: by === "rate_per_dollar_hour" ? "Requests/s for a dollar an hour" : "Requests/s a GPU" },
    bars: rows.slice(0, MOST_BARS).map((row, index) => ({
      label: combinationText(row.setting),
      value: row[by] ?? null,
      ...(index === 0 && row.rate_rps !== null ? { isChosen: true } : {}),
      ...(row.is_pareto ? {} : { tone: "bad" }),
    })),
  };
}

/** Both are the better the lower. */
function frontier({ rows, compared_by: by, objective }: CapacitySweepResult): FrontierChart {
  return latencyFrontier({
    title: "Cost of capacity against latency",
    note: "P99 of TTFT at the capacity of each combination.",
    cost:
      by === "rate_per_dollar_hour" ? { label: "Cost of a request/s", unit: "$/h" } : { label: "GPUs for a request/s" },
    ...(objective.ttft_ms === undefined ? {} : { objectiveMs: objective.ttft_ms }),
    points: rows.map((row, index) => ({
      label: combinationText(row.setting),
      x: row[by] ? 1 / row[by] : null,
      y: row.at_capacity?.ttft_ms.p99 ?? null,
      isFeasible: row.rate_rps !== null,
      isChosen: index === 0 && row.rate_rps !== null,
    })),
  });
}
