import colours from "picocolors";
import type { GridFlexCompatRow } from "../planners/grid-flex-compat.js";
import type { GridFlexResult, GridFlexRow } from "../planners/grid-flex.js";
import { type Column, columnTable } from "./column-table.js";
import { interval, verdict } from "./outcome-cells.js";
import { type LabelledWords, paragraph } from "./paragraph.js";
import { playedFrom, traceNotes } from "./played-requests.js";
import { count, given, milliseconds, millisecondsWithUnit, significant } from "./quantities.js";
import { COMPAT_WORDS } from "./compat-words.js";

/** Characters to a line. */
const WIDTH = 100;
/** Width of the labels before paragraphs. */
const INDENT = 11;

const COMMON: readonly Column<GridFlexCompatRow>[] = [
  { title: "cut", cell: ({ flex_pct }) => `${given(flex_pct)} %` },
  { title: "sequences", cell: ({ n_max_cap }) => count(n_max_cap) },
  { title: "W/GPU", cell: ({ power_per_gpu_w }) => power_per_gpu_w.toFixed(0) },
  { title: "kW", cell: ({ power_fleet_kw }) => significant(power_fleet_kw) },
];

/** Levels of power. */
export const GRID_FLEX_ROWS: readonly Column<GridFlexRow>[] = [
  ...(COMMON as readonly Column<Pick<GridFlexRow, "flex_pct" | "n_max_cap" | "power_per_gpu_w" | "power_fleet_kw">>[]),
  { title: "kW at load", cell: ({ power_at_load_kw }) => significant(power_at_load_kw) },
  { title: "TTFT P99", cell: ({ p99_ttft_ms }) => milliseconds(p99_ttft_ms) },
  { title: "95 %", cell: ({ p99_ttft_ms_ci95 }) => interval(p99_ttft_ms_ci95), rank: 2 },
  { title: "analytical", cell: ({ p99_ttft_analytical_ms }) => milliseconds(p99_ttft_analytical_ms), rank: 1 },
  { title: "rho", cell: ({ rho }) => rho.toFixed(2) },
  { title: "verdict", cell: (row) => verdict(row.verdict) },
  { title: "objective", cell: metText },
];

/** Levels of power on a page of 100 columns. */
export function gridFlexReport(result: GridFlexResult): string {
  const words = [["answer", gridFlexAnswer(result)] as const, ...gridFlexWords(result)];
  return [
    ...columnTable(GRID_FLEX_ROWS, result.rows, WIDTH),
    "",
    ...words.flatMap(([label, text]) => line(label, text)),
  ].join("\n");
}

/** What is said of levels of power beside the answer. */
export function gridFlexWords(result: GridFlexResult): LabelledWords[] {
  const { rows, played, seed, engine, slo_ms: sloMs } = result;
  const seeded = seed === null ? "" : `, seed ${seed}, the same ones at every level`;
  return [
    ["fleet", fleetText(result)],
    ["power", powerText(result)],
    [
      "times",
      `in ms unless they say s, ${rows[0]!.source === "simulated" ? `simulated (${engine})` : `by analysis (${engine}), nothing was simulated`}; ` +
        "over all measured arrivals, a rejected one counting as never served; none where a backlog grows",
    ],
    ["requests", `${count(played.arrivals[0]!.requests)} of ${playedFrom(played.arrivals)}${seeded}`],
    ["objective", `P99 of the first token, with its interval, within ${significant(sloMs)} ms`],
    ...traceNotes(played).map((note): LabelledWords => ["trace", note]),
    ...result.notes.map((note): LabelledWords => ["note", note]),
  ];
}

/** The levels of the Python tool's formulas. */
export function gridFlexCompatReport(rows: readonly GridFlexCompatRow[]): string {
  const columns: readonly Column<GridFlexCompatRow>[] = [
    ...COMMON,
    { title: "TTFT P99", cell: ({ p99_ttft_ms }) => milliseconds(p99_ttft_ms) },
    { title: "objective", cell: ({ slo_met }) => (slo_met ? "met" : "missed") },
  ];
  return [...columnTable(columns, rows, WIDTH), "", ...line("compat", COMPAT_WORDS)].join("\n");
}

function metText({ slo_met, target_met, is_deepest }: GridFlexRow): string {
  if (!target_met) return colours.red("cut not reached");
  if (!slo_met) return colours.red("missed");
  return colours.green(is_deepest ? "met, deepest" : "met");
}

/** The deepest cut in a sentence. */
export function gridFlexAnswer({ rows, deepest }: GridFlexResult): string {
  if (deepest === null) {
    return "no level keeps the objective: the fleet is too small for these requests, or they cannot be served in time at all";
  }
  const { flex_pct, n_max_cap, saved_kw, power_fleet_kw, p99_ttft_ms } = deepest;
  const uncappedKw = power_fleet_kw + saved_kw;
  const next = rows.filter((row) => row.flex_pct > flex_pct).sort((a, b) => a.flex_pct - b.flex_pct)[0];
  const why = next === undefined ? "" : `; ${given(next.flex_pct)} % ${failure(next)}`;
  return (
    `a cut of ${given(flex_pct)} % is the deepest that keeps the objective: at most ${count(n_max_cap)} sequences a replica, P99 ${millisecondsWithUnit(p99_ttft_ms)}, ` +
    `at most ${significant(power_fleet_kw)} kW in place of ${significant(uncappedKw)}, ${significant(saved_kw)} kW less${why}. ${loadText(rows, deepest)}`
  );
}

function failure({ target_met, verdict: found, rho }: GridFlexRow): string {
  if (found === "overloaded") return `overloads it (rho ${rho.toFixed(2)})`;
  return target_met ? "misses it" : "cannot be reached: even one sequence draws more";
}

/** How much of the saving is there at this load: a batch that never fills draws no less for a cap on it. */
function loadText(rows: readonly GridFlexRow[], deepest: GridFlexRow): string {
  const shallowest = rows.reduce((least, row) => (row.flex_pct < least.flex_pct ? row : least));
  const savedKw = shallowest.power_at_load_kw - deepest.power_at_load_kw;
  if (savedKw < 0.005 * shallowest.power_at_load_kw) {
    return `This load draws ${significant(deepest.power_at_load_kw)} kW on average with the cap or without: the cap bounds peaks, and saves nothing of that.`;
  }
  return `On average this load then draws ${significant(deepest.power_at_load_kw)} kW in place of ${significant(shallowest.power_at_load_kw)}.`;
}

function fleetText({ replica, gpus, replicas, gpus_per_replica, max_ctx }: GridFlexResult): string {
  const each = gpus_per_replica === 1 ? "one GPU each" : `${gpus_per_replica} GPUs each`;
  return `${count(replicas)} replicas of ${replica}, ${each}, ${count(gpus)} GPUs in all; requests of up to ${count(max_ctx)} tokens`;
}

function powerText({ power_model: model, power_quality: quality, nominal_w, idle_w }: GridFlexResult): string {
  const law = model === "roofline" ? "by how near a GPU comes to its peaks" : `a ${model} curve of the profile`;
  return `${law}, ${idle_w.toFixed(0)} W idle, ${nominal_w.toFixed(0)} W nominal, quality ${quality.toLowerCase()}`;
}

function line(label: string, words: string): string[] {
  return paragraph(label, words, INDENT, WIDTH);
}
