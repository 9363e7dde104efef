import colours from "picocolors";
import type { RouterRow } from "../planners/compare-routers.js";
import type { PlayedRequests } from "../planners/fleet-summary.js";
import type { DifferenceVerdict, JudgedDifference, RouterDifference } from "../planners/router-difference.js";
import { type Column, columnTable } from "./column-table.js";
import { interval, verdict } from "./outcome-cells.js";
import { type LabelledWords, paragraph } from "./paragraph.js";
import { playedFrom, traceNotes } from "./played-requests.js";
import { count, milliseconds, NONE, significant } from "./quantities.js";

/** Characters to a line. */
const WIDTH = 100;
/** Width of the labels before paragraphs. */
const INDENT = 11;

/** Routers beside each other. */
export const ROUTER_ROWS: readonly Column<RouterRow>[] = [
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

/** One figure of a router against the baseline. */
export interface DifferenceRow {
  router: string;
  figure: string;
  difference: JudgedDifference;
  text: (value: number) => string;
}

/** Their differences. */
export const DIFFERENCE_COLUMNS: readonly Column<DifferenceRow>[] = [
  { title: "router", cell: ({ router }) => router },
  { title: "figure", cell: ({ figure }) => figure },
  {
    title: "difference",
    cell: ({ difference: { difference }, text }) => (difference === null ? NONE : text(difference)),
  },
  {
    title: "95 %",
    cell: ({ difference: { ci95 }, text }) => (ci95 === null ? NONE : `${text(ci95[0])} to ${text(ci95[1])}`),
  },
  { title: "", cell: ({ difference }) => differenceVerdict(difference.verdict) },
];

/**
 * Routers beside each other on a page of 100 columns.
 *
 * @param played What the requests are.
 */
export function routersReport(rows: readonly RouterRow[], played: PlayedRequests): string {
  const differences = routerDifferences(rows);
  return [
    ...columnTable(ROUTER_ROWS, rows, WIDTH),
    "",
    ...(differences.length === 0
      ? []
      : [`Against ${baselineOf(rows)}:`, ...columnTable(DIFFERENCE_COLUMNS, differences, WIDTH), ""]),
    ...routerWords(rows, played).flatMap(([label, text]) => line(label, text)),
  ].join("\n");
}

/** What is said of routers. */
export function routerWords(rows: readonly RouterRow[], played: PlayedRequests): LabelledWords[] {
  const { requests, seed, replications, slo_ms: sloMs } = rows[0]!;
  const measured = count(requests.arrived - requests.warmup_excluded);
  const runs = replications > 1 ? ` in ${count(replications)} runs` : "";
  const said = `${count(requests.arrived)} of ${playedFrom(played.arrivals)}${runs}, seed ${seed}, the same ones for every router`;
  const overloaded = rows.filter((row) => row.verdict === "overloaded").map(({ router }) => router);
  const compared = rows.flatMap(({ difference }) => difference ?? [])[0];
  return [
    ...(compared ? [["against", methodText(compared)] as const] : []),
    ["times", "in ms unless they say s; over all measured arrivals, a rejected one counting as never served"],
    ["requests", `${said}; ${measured} measured after ${count(requests.warmup_excluded)} of warm-up`],
    ["in time", `first token within ${significant(sloMs)} ms`],
    ...traceNotes(played).map((note): LabelledWords => ["trace", note]),
    ...(overloaded.length === 0
      ? []
      : [
          [
            "overload",
            `under ${overloaded.join(", ")} a backlog grows: the longer the run, the longer the waits`,
          ] as const,
        ]),
  ];
}

/** The router that the others are compared with; `undefined` where there are no others. */
export function baselineOf(rows: readonly RouterRow[]): string | undefined {
  return rows.flatMap(({ difference }) => difference ?? [])[0]?.baseline;
}

/** All figures of all routers against the baseline. */
export function routerDifferences(rows: readonly RouterRow[]): DifferenceRow[] {
  return rows.flatMap(({ router, difference }) => (difference ? differenceRows({ router, difference }) : []));
}

function differenceRows({ router, difference }: { router: string; difference: RouterDifference }): DifferenceRow[] {
  return [
    { router, figure: "TTFT P99", difference: difference.p99_ttft_ms, text: signedMs },
    { router: "", figure: "TTFT mean", difference: difference.mean_ttft_ms, text: signedMs },
    { router: "", figure: "in time", difference: difference.slo_compliance_pct, text: signedPoints },
  ];
}

function methodText({ method, pairs }: RouterDifference): string {
  const from =
    method === "paired_replications"
      ? `Student's t over ${count(pairs)} independent runs`
      : `the differences in ${count(pairs)} batches of consecutive requests of one run`;
  return `differences of the same requests, their 95 % intervals from ${from}; each interval holds by itself, not all of them together`;
}

function differenceVerdict(name: DifferenceVerdict | null): string {
  if (name === null) return NONE;
  return name === "better" ? colours.green(name) : name === "worse" ? colours.red(name) : name;
}

/** `+12.3`, `-1,200`. */
export function signedMs(value: number): string {
  return sign(value) + milliseconds(Math.abs(value));
}

function signedPoints(value: number): string {
  return `${sign(value)}${Math.abs(value).toFixed(2)} %`;
}

function sign(value: number): string {
  return value === 0 ? "" : value < 0 ? "-" : "+";
}

function inPercent(value: number | null): string {
  return value === null ? NONE : `${value.toFixed(2)} %`;
}

function line(label: string, words: string): string[] {
  return paragraph(label, words, INDENT, WIDTH);
}
