import type { GridFlexResult, GridFlexRow } from "../../planners/grid-flex.js";
import { GRID_FLEX_ROWS, gridFlexAnswer, gridFlexWords } from "../grid-flex-report.js";
import { count, given } from "../quantities.js";
import { sentence, verdict, wordsBlock } from "./blocks.js";
import type { LinesChart, Page, Series } from "./page-spec.js";
import { tableOf } from "./tables.js";

const CUT = { label: "Cut of power", unit: "% of nominal" } as const;
const CUTS = "/*/flex_pct";

/** The page of levels of power. */
export function gridFlexPage(result: GridFlexResult): Page {
  const { rows, replica, gpus, slo_ms: sloMs, deepest } = result;
  return {
    title: `How deep the power of ${count(gpus)} ${replica} can be cut`,
    subtitle: `P99 of TTFT within ${given(sloMs)} ms`,
    verdict: verdict(deepest ? "good" : "bad", sentence(gridFlexAnswer(result))),
    result: rows,
    fileName: "grid-flex.json",
    sections: [
      { blocks: [wordsBlock(gridFlexWords(result))] },
      { title: "Over the cut", blocks: [...latency(result), power(rows)] },
      { title: "Levels", blocks: [tableOf(GRID_FLEX_ROWS, rows, { isChosen: (row) => row === deepest })] },
    ],
  };
}

/** Nothing where every level is overloaded: then no P99 is one. */
function latency({ rows, slo_ms: sloMs }: GridFlexResult): LinesChart[] {
  if (rows.every(({ p99_ttft_ms: p99, p99_ttft_analytical_ms: expected }) => p99 === null && expected === null))
    return [];
  const end = (label: string, of: (ends: [number, number]) => number): Series => ({
    label,
    x: CUTS,
    y: rows.map(({ p99_ttft_ms_ci95: ends }) => (ends ? of(ends) : null)),
  });
  const isSimulated = rows.some(({ source }) => source === "simulated");
  const chart: LinesChart = {
    kind: "lines",
    title: "P99 of TTFT",
    note: "None where a backlog grows. A level is met where the upper end of the interval lies below the objective.",
    x: CUT,
    y: { label: "P99 TTFT", format: "milliseconds", scale: "log" },
    series: [
      ...(isSimulated
        ? [
            { label: "simulated", x: CUTS, y: "/*/p99_ttft_ms", isTotal: true },
            end("95 % interval, upper end", ([, high]) => high),
            end("95 % interval, lower end", ([low]) => low),
          ]
        : []),
      { label: "expected by analysis", x: CUTS, y: "/*/p99_ttft_analytical_ms" },
    ],
    limit: { label: "objective", value: sloMs },
  };
  return [chart];
}

function power(rows: readonly GridFlexRow[]): LinesChart {
  const { power_fleet_kw: cappedKw, saved_kw: savedKw } = rows[0]!;
  return {
    kind: "lines",
    title: "Power of the fleet",
    note: "The most that the capped fleet can draw, and what this load draws on average.",
    x: CUT,
    y: { label: "Power", unit: "kW" },
    series: [
      { label: "most with the cap", x: CUTS, y: "/*/power_fleet_kw", isTotal: true },
      { label: "at this load", x: CUTS, y: "/*/power_at_load_kw" },
    ],
    limit: { label: "most without a cap", value: cappedKw + savedKw },
  };
}
