import type { RouterRow } from "../planners/compare-routers.js";
import { type Column, columnTable } from "./column-table.js";
import { interval, verdict } from "./outcome-cells.js";
import { paragraph } from "./paragraph.js";
import { count, milliseconds, NONE, significant } from "./quantities.js";

/** Characters to a line. */
const WIDTH = 100;
/** Width of the labels before paragraphs. */
const INDENT = 11;

const COLUMNS: readonly Column<RouterRow>[] = [
  { title: "router", cell: ({ router }) => router },
  { title: "TTFT P50", cell: ({ p50_ttft_ms }) => milliseconds(p50_ttft_ms), rank: 2 },
  { title: "P99", cell: ({ p99_ttft_ms }) => milliseconds(p99_ttft_ms) },
  { title: "95 %", cell: ({ p99_ttft_ms_ci95 }) => interval(p99_ttft_ms_ci95) },
  { title: "wait P99", cell: ({ p99_qwait_ms }) => milliseconds(p99_qwait_ms), rank: 1 },
  { title: "in time", cell: ({ slo_compliance_pct }) => inPercent(slo_compliance_pct) },
  { title: "busy", cell: ({ mean_utilisation_pct }) => inPercent(mean_utilisation_pct) },
  { title: "rejected", cell: ({ requests }) => count(requests.rejected) },
  { title: "compressed", cell: ({ requests }) => count(requests.compressed), rank: 3 },
  { title: "verdict", cell: (row) => verdict(row.verdict) },
];

/**
 * Routers beside each other on a page of 100 columns.
 *
 * @param about What the requests are, as `azure at 200 requests/s`, and the objective.
 */
export function routersReport(rows: readonly RouterRow[], about: { drawnFrom: string; sloMs: number }): string {
  const table = columnTable(COLUMNS, rows, WIDTH);
  const first = rows[0];
  if (first === undefined) return table.join("\n");
  const { requests, seed } = first;
  const measured = count(requests.arrived - requests.warmup_excluded);
  const said = `${count(requests.arrived)} of ${about.drawnFrom}, seed ${seed}, the same ones for every router`;
  const overloaded = rows.filter((row) => row.verdict === "overloaded").map(({ router }) => router);
  return [
    ...table,
    "",
    ...line("times", "in ms unless they say s; over all measured arrivals, a rejected one counting as never served"),
    ...line("requests", `${said}; ${measured} measured after ${count(requests.warmup_excluded)} of warm-up`),
    ...line("in time", `first token within ${significant(about.sloMs)} ms`),
    ...(overloaded.length === 0
      ? []
      : line("overload", `under ${overloaded.join(", ")} a backlog grows: the longer the run, the longer the waits`)),
  ].join("\n");
}

function inPercent(value: number | null): string {
  return value === null ? NONE : `${value.toFixed(2)} %`;
}

function line(label: string, words: string): string[] {
  return paragraph(label, words, INDENT, WIDTH);
}
