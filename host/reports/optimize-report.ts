import colours from "picocolors";
import type { OptimizeCompatResult, OptimizeCompatRow } from "../planners/optimize-compat.js";
import type { OptimizeResult, OptimizeRow } from "../planners/optimize.js";
import { type Column, columnTable } from "./column-table.js";
import { interval } from "./outcome-cells.js";
import { intervalNotes } from "./interval-notes.js";
import { paragraph } from "./paragraph.js";
import { checkLine, missLines, refusalText } from "./plan-report.js";
import { count, counted, dollars, given, milliseconds, percent, significant } from "./quantities.js";
import { kilowatts, poolsAt, SIZED_POOL_FIGURES, SIZED_POOLS } from "./sized-fleet-tables.js";
import { tooLongNotes } from "./too-long-note.js";

/** Characters to a line. */
const WIDTH = 100;
/** Width of the labels before paragraphs. */
const INDENT = 11;
/** Rows of each kind that are shown. */
const MOST_ROWS = 12;

/** Rows of `optimize`. */
export const OPTIMIZE_ROWS: readonly Column<OptimizeRow>[] = [
  { title: "pools at", cell: poolsAt },
  { title: "GPUs", cell: ({ pools }) => pools.map(({ gpus }) => count(gpus)).join(" + ") },
  { title: "all", cell: ({ total_gpus }) => count(total_gpus) },
  { title: "$ a year", cell: ({ annualised_cost_kusd }) => dollars(annualised_cost_kusd * 1000) },
  { title: "kW", cell: ({ watts }) => kilowatts(watts), rank: 2 },
  { title: "P99 short", cell: ({ p99_ttft_short_ms }) => milliseconds(p99_ttft_short_ms) },
  { title: "long", cell: ({ p99_ttft_long_ms }) => milliseconds(p99_ttft_long_ms) },
  { title: "95 % long", cell: ({ pools }) => interval(pools.at(-1)!.simulated?.p99_ttft_ms_ci95 ?? null), rank: 1 },
  { title: "by", cell: ({ source }) => source },
  { title: "", cell: ({ slo_met }) => (slo_met ? "" : "missed") },
];

const COMPAT_ROWS: readonly Column<OptimizeCompatRow>[] = [
  { title: "gamma", cell: ({ gamma }) => gamma.toFixed(1) },
  { title: "n_s", cell: ({ n_s }) => count(n_s) },
  { title: "n_l", cell: ({ n_l }) => count(n_l) },
  { title: "GPUs", cell: ({ total_gpus }) => count(total_gpus) },
  { title: "$ a year", cell: ({ annualised_cost_kusd }) => dollars(annualised_cost_kusd * 1000) },
  { title: "P99 short", cell: ({ p99_ttft_short_ms }) => milliseconds(p99_ttft_short_ms) },
  { title: "long", cell: ({ p99_ttft_long_ms }) => milliseconds(p99_ttft_long_ms) },
  { title: "", cell: ({ slo_met }) => (slo_met ? "" : "missed") },
];

/**
 * What `optimize` found on a page of 100 columns.
 *
 * @param fleetFile File that the best fleet was written to, if any.
 */
export function optimizeReport(result: OptimizeResult, fleetFile?: string): string {
  const { best, rows, check, nearest_miss: miss } = result;
  const ofKind = (source: OptimizeRow["source"]) => rows.filter((row) => row.source === source);
  const shown = [...ofKind("simulated").slice(0, MOST_ROWS), ...ofKind("analytical").slice(0, MOST_ROWS)];
  return [
    ...line("question", optimizeQuestion(result)),
    ...line("best", bestLine(result)),
    "",
    ...(best ? [...columnTable(SIZED_POOLS, best.pools, WIDTH), ""] : []),
    ...(best ? [...columnTable(SIZED_POOL_FIGURES, best.pools, WIDTH), ""] : []),
    ...columnTable(OPTIMIZE_ROWS, shown, WIDTH),
    "",
    ...(check ? line("check", checkLine(check)) : []),
    ...(miss ? missLines(miss).flatMap((text) => line("nearest", text)) : []),
    ...line("search", optimizeSearch(result)),
    ...optimizeNotes(result).flatMap((note) => line("note", note)),
    ...(fleetFile !== undefined && result.fleet ? line("fleet", `${fleetFile}, as replay takes it`) : []),
  ].join("\n");
}

/** The sweep by the formulas of the Python tool. */
export function optimizeCompatReport({ rows, best }: OptimizeCompatResult): string {
  const words = best?.slo_met
    ? `gamma ${best.gamma.toFixed(1)}: ${counted(best.total_gpus, "GPU")}, ${dollars(best.annualised_cost_kusd * 1000)} a year`
    : "no row meets the objective";
  return [
    ...line("best", words),
    "",
    ...columnTable(COMPAT_ROWS, rows, WIDTH),
    "",
    ...line(
      "note",
      "By the formulas of the Python tool, for comparison: docs/faults.md says what is wrong with them. Without --compat fleets are sized by simulation.",
    ),
  ].join("\n");
}

/** What was asked. */
export function optimizeQuestion({ goal, rate_rps, slo_ms }: OptimizeResult): string {
  const least = { cost: "cost", gpus: "GPUs", watts: "power" }[goal];
  return `${significant(rate_rps)} requests/s, the least ${least} with which the P99 of TTFT keeps within ${given(slo_ms)} ms in every pool`;
}

/** The best fleet in a sentence. */
export function bestLine({ best }: OptimizeResult): string {
  if (!best) return colours.red("no fleet of these meets the objective");
  const pools = best.pools.map(({ gpus, replica }) => `${count(gpus)} ${replica}`).join(" + ");
  const cost = `${dollars(best.annualised_cost_kusd * 1000)} a year`;
  return colours.green(`${poolsAt(best)}: ${pools}, ${cost}, ${best.source}`);
}

/** How it was searched. */
export function optimizeSearch({ runs, is_proved, engine, seed, rows, best }: OptimizeResult): string {
  const fleets = counted(rows.filter(({ source }) => source === "analytical").length, "fleet");
  if (runs === 0) return `${fleets} by analysis alone: nothing was simulated`;
  const proof =
    is_proved && best ? "; no other of these fleets can be cheaper, as far as more replicas are never worse" : "";
  return `${fleets}, ${counted(runs, "run")} of single pools (engine ${engine}, seed ${seed})${proof}`;
}

/** What else is to be known. */
export function optimizeNotes({
  too_long_share,
  least_max_ctx,
  safe_share,
  refused,
  rows,
  best,
  slo_ms,
}: OptimizeResult): string[] {
  const without = rows.find(({ source, gamma }) => source === best?.source && gamma === 1);
  const saving = best && without && best.gamma > 1 ? savingNotes(best, without) : [];
  return [
    ...saving,
    ...tooLongNotes({ too_long_share, least_max_ctx }, "--long-max-ctx"),
    ...(safe_share === 0 ? ["No request is of a category that may be compressed: gamma stays 1."] : []),
    ...(best ? intervalNotes(best.pools, slo_ms) : []),
    ...refused.map(refusalText),
  ];
}

/** What compression saves against the cheapest fleet without it, of the same kind. */
function savingNotes(best: OptimizeRow, without: OptimizeRow): string[] {
  const saved = 1 - best.annualised_cost_kusd / without.annualised_cost_kusd;
  if (!(saved > 0)) return [];
  return [`Compression saves ${percent(saved)} of what the fleet at ${poolsAt(without)} without it costs.`];
}

function line(label: string, words: string): string[] {
  return paragraph(label, words, INDENT, WIDTH);
}
