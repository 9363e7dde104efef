import colours from "picocolors";
import type { ParetoResult } from "../planners/pareto.js";
import type { ParetoRow } from "../planners/pareto-row.js";
import type { PythonThresholdPareto, PythonThresholdRow } from "../planners/python/threshold-pareto.js";
import { type Column, columnTable } from "./column-table.js";
import { manualProfileNote } from "./manual-profile-note.js";
import { interval } from "./outcome-cells.js";
import { type LabelledWords, paragraph } from "./paragraph.js";
import { checkLine, missLines } from "./plan-report.js";
import { count, counted, dollars, given, milliseconds, NONE, percent, significant } from "./quantities.js";
import { kilowatts } from "./sized-fleet-tables.js";

/** Characters to a line. */
const WIDTH = 100;
/** Width of the labels before paragraphs. */
const INDENT = 11;

const COLUMNS: readonly Column<ParetoRow>[] = [
  { title: "threshold", cell: thresholdText },
  { title: "below", cell: ({ alpha, kind }) => (kind === "homogeneous" ? NONE : percent(alpha)), rank: 3 },
  { title: "GPUs", cell: gpusText },
  { title: "$/h", cell: ({ cost_per_hr }) => (cost_per_hr === null ? NONE : dollars(cost_per_hr)) },
  { title: "saves", cell: ({ savings_vs_homo_pct: pct }) => (pct === null ? NONE : `${pct.toFixed(1)} %`) },
  { title: "kW", cell: ({ watts }) => kilowatts(watts), rank: 1 },
  { title: "P99 short", cell: ({ p99_short_ms }) => milliseconds(p99_short_ms), rank: 4 },
  { title: "long", cell: ({ p99_long_ms }) => milliseconds(p99_long_ms), rank: 4 },
  { title: "worst P99", cell: ({ worst_p99_ms }) => milliseconds(worst_p99_ms) },
  { title: "95 %", cell: ({ worst_p99_ms_ci95 }) => interval(worst_p99_ms_ci95), rank: 2 },
  { title: "objective", cell: ({ slo_met }) => (slo_met ? colours.green("met") : colours.red("missed")) },
  { title: "", cell: placeText },
];

/** Of fleets for several objectives: which one. */
const SIZED_FOR: Column<ParetoRow> = { title: "sized for", cell: ({ sized_for_slo_ms: ms }) => `${given(ms)} ms` };

/** Thresholds on a page of 100 columns: all of them, or, with several objectives, those on the front. */
export function paretoReport(result: ParetoResult): string {
  const { columns, shown } = paretoTable(result);
  const words = [["answer", paretoAnswer(result)] as const, ...paretoWords(result)];
  return [...columnTable(columns, shown, WIDTH), "", ...words.flatMap(([label, text]) => line(label, text))].join("\n");
}

/** The rows that are shown, and their columns: all of them, or, with several objectives, those on the front. */
export function paretoTable({ rows }: ParetoResult): { columns: readonly Column<ParetoRow>[]; shown: ParetoRow[] } {
  const objectives = new Set(rows.map(({ sized_for_slo_ms }) => sized_for_slo_ms)).size;
  if (objectives === 1) return { columns: COLUMNS, shown: [...rows] };
  const front = distinct(rows.filter((row) => row.pareto || row.recommended));
  return { columns: [SIZED_FOR, ...COLUMNS], shown: front.sort(byCost) };
}

/** What is said of thresholds beside the answer. */
export function paretoWords(result: ParetoResult): LabelledWords[] {
  const { rows, recommended, slo_ms: sloMs } = result;
  const miss = recommended ? undefined : nearest(rows);
  const replicas = rows.flatMap(({ pools }) => pools.map(({ replica }) => replica));
  const named = (label: string, texts: readonly string[]) => texts.map((text): LabelledWords => [label, text]);
  return [
    ...named("check", recommended?.check ? [checkLine(recommended.check)] : []),
    ...named("nearest", miss ? missLines(miss, "--long-max-ctx") : []),
    ["front", frontText(rows, paretoTable(result).shown)],
    ["objective", `P99 of TTFT, its 95 % interval included, within ${given(sloMs)} ms in every pool`],
    ["sizing", sizingText(result)],
    ...named("note", [...notes(result), ...manualProfileNote(replicas)]),
  ];
}

/** The thresholds of the Python tool's formulas. */
export function paretoCompatReport({ rows, homo, recommended }: PythonThresholdPareto): string {
  const columns: readonly Column<PythonThresholdRow>[] = [
    { title: "threshold", cell: ({ b_short }) => count(b_short) },
    { title: "below", cell: ({ alpha }) => percent(alpha) },
    { title: "n_s", cell: ({ n_s }) => count(n_s) },
    { title: "n_l", cell: ({ n_l }) => count(n_l) },
    { title: "GPUs", cell: ({ total_gpus }) => count(total_gpus) },
    { title: "k$/year", cell: ({ cost_kusd_yr }) => significant(cost_kusd_yr) },
    { title: "saves", cell: ({ savings_vs_homo_pct }) => `${savings_vs_homo_pct.toFixed(1)} %` },
    { title: "P99 short", cell: ({ p99_short_ms }) => finite(p99_short_ms) },
    { title: "P99 long", cell: ({ p99_long_ms }) => finite(p99_long_ms) },
    { title: "objective", cell: ({ slo_met }) => (slo_met ? "met" : "missed") },
    { title: "", cell: (row) => (row === recommended ? "recommended" : row.pareto ? "front" : "") },
  ];
  return [
    ...columnTable(columns, rows, WIDTH),
    "",
    ...line("one pool", `${counted(homo.total_gpus, "GPU")}, ${dollars(homo.annualised_cost_kusd * 1000)} a year`),
    ...line(
      "compat",
      "the formulas of the Python tool, for comparison: nothing was simulated, its figures are known to be wrong in places, and its front keeps fleets that cost the same and are slower",
    ),
  ].join("\n");
}

function thresholdText({ kind, b_short: bShort }: ParetoRow): string {
  return kind === "homogeneous" ? "one pool" : count(bShort);
}

function gpusText({ n_s: short, n_l: long, kind }: ParetoRow): string {
  if (long === null || short === null) return NONE;
  return kind === "homogeneous" ? count(long) : `${count(short)} + ${count(long)}`;
}

function placeText({ recommended, pareto }: ParetoRow): string {
  if (recommended) return colours.green("recommended");
  return pareto ? "front" : "";
}

/** Of fleets that are the same though they were sized for different objectives the first, but the recommended one if it is among them. */
function distinct(rows: readonly ParetoRow[]): ParetoRow[] {
  const byFleet = new Map<string, ParetoRow>();
  for (const row of rows) {
    const fleet = [row.b_short, ...row.pools.map(({ replica, replicas }) => `${replicas} ${replica}`)].join();
    if (row.recommended || !byFleet.has(fleet)) byFleet.set(fleet, row);
  }
  return [...byFleet.values()];
}

function byCost(a: ParetoRow, b: ParetoRow): number {
  return a.cost_per_hr! - b.cost_per_hr! || a.worst_p99_ms! - b.worst_p99_ms!;
}

/** The recommended fleet in a sentence. */
export function paretoAnswer({ recommended }: ParetoResult): string {
  if (!recommended) return colours.red("no fleet of these meets the objective");
  const { kind, b_short: bShort, pools, savings_vs_homo_pct: saves, cost_per_hr: cost } = recommended;
  const fleet = pools
    .map(({ replicas, replica, max_ctx }) => `${count(replicas)} x ${replica} up to ${count(max_ctx)} tokens`)
    .join(", ");
  const where = kind === "homogeneous" ? "one pool" : `two pools that meet at ${count(bShort)} tokens`;
  const against = kind === "homogeneous" || saves === null ? "" : `, ${saves.toFixed(1)} % less than one pool`;
  return colours.green(`${where}: ${fleet}, ${dollars(cost!)} an hour${against}`);
}

function frontText(rows: readonly ParetoRow[], shown: readonly ParetoRow[]): string {
  const onFront = shown.filter(({ pareto }) => pareto).length;
  const hidden = rows.length - shown.length;
  const rest = hidden > 0 ? `; the other ${count(hidden)} are not shown, --json has them` : "";
  return `${counted(onFront, "fleet")} of ${count(rows.length)} that no other is at least as cheap and as fast as, by cost and by the worst P99 of their pools${rest}`;
}

function sizingText({ engine, seed, runs, rate_rps: rateRps }: ParetoResult): string {
  return `by simulation of the same requests, ${significant(rateRps)} a second (engine ${engine}, seed ${seed}, ${counted(runs, "run")} of single pools); differences of P99 within their intervals may be chance`;
}

/** The miss of the fleet that comes nearest. */
function nearest(rows: readonly ParetoRow[]) {
  const misses = rows.flatMap(({ nearest_miss }) => nearest_miss ?? []);
  return misses.sort((a, b) => (a.feasible_slo_ms ?? Infinity) - (b.feasible_slo_ms ?? Infinity))[0];
}

function notes({ too_long_share: tooLong, refused }: ParetoResult): string[] {
  return [
    ...(tooLong > 0
      ? [`${percent(tooLong)} of the requests are longer than the largest window: every fleet turns them away`]
      : []),
    ...refused.map(
      ({ replica, max_ctx, why }) => `${replica} was not considered up to ${count(max_ctx)} tokens: ${why}`,
    ),
  ];
}

function finite(ms: number): string {
  return milliseconds(ms < Infinity ? ms : null);
}

function line(label: string, words: string): string[] {
  return paragraph(label, words, INDENT, WIDTH);
}
