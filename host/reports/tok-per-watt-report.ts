import colours from "picocolors";
import type { PythonFleetWattReport, PythonTwoPoolWatts } from "../planners/python/fleet-tokens-per-watt.js";
import type { PythonWattRow } from "../planners/python/tokens-per-watt.js";
import type {
  FleetWatts,
  TokensPerWattResult,
  TwoPoolTokensPerWattResult,
  WattFacts,
} from "../planners/tok-per-watt.js";
import type { WattRow } from "../planners/tok-per-watt-row.js";
import type { NearestMiss } from "../planners/sizing/nearest-miss.js";
import { type Column, columnTable } from "./column-table.js";
import { manualProfileNote } from "./manual-profile-note.js";
import { type LabelledWords, paragraph } from "./paragraph.js";
import { missLines } from "./plan-report.js";
import { count, counted, given, milliseconds, NONE, percent, significant } from "./quantities.js";
import { COMPAT_WORDS } from "./compat-words.js";

/** Characters to a line. */
const WIDTH = 100;
/** Width of the labels before paragraphs. */
const INDENT = 11;

/** Pools by their power. */
export const WATT_ROWS: readonly Column<WattRow>[] = [
  { title: "pool", cell: ({ pool_label }) => pool_label },
  { title: "GPUs", cell: ({ n_gpus }) => (n_gpus === null ? NONE : count(n_gpus)) },
  { title: "rho", cell: ({ rho }) => (rho === null ? NONE : rho.toFixed(2)) },
  { title: "batch", cell: ({ n_active }) => number(n_active), rank: 1 },
  { title: "W/GPU", cell: ({ power_per_gpu_w: w }) => (w === null ? NONE : w.toFixed(0)) },
  { title: "tok/s/W", cell: ({ tokens_per_watt }) => number(tokens_per_watt) },
  { title: "J/token", cell: ({ joules_per_token }) => number(joules_per_token) },
  { title: "$/1M tok", cell: ({ cost_per_mil }) => number(cost_per_mil) },
  { title: "TTFT P99", cell: ({ p99_ttft_ms }) => milliseconds(p99_ttft_ms) },
  { title: "objective", cell: objectiveText },
  { title: "power", cell: ({ power_model_qual }) => power_model_qual.toLowerCase(), rank: 2 },
];

/** A fleet beside another. */
export interface NamedFleet extends FleetWatts {
  name: string;
}

/** Fleets by their power. */
export const WATT_FLEETS: readonly Column<NamedFleet>[] = [
  { title: "fleet", cell: ({ name }) => name },
  { title: "GPUs", cell: ({ total_gpus }) => (total_gpus === null ? NONE : count(total_gpus)) },
  { title: "kW", cell: ({ fleet_power_kw }) => number(fleet_power_kw) },
  { title: "tok/s/W", cell: ({ fleet_tpw }) => number(fleet_tpw) },
  { title: "J/token", cell: ({ joules_per_token }) => number(joules_per_token) },
  { title: "$/1M tok", cell: ({ fleet_cost_per_mil }) => number(fleet_cost_per_mil) },
  { title: "worst P99", cell: ({ worst_p99_ttft_ms }) => milliseconds(worst_p99_ttft_ms) },
  { title: "objective", cell: ({ slo_met }) => metText(slo_met) },
];

/** Kinds of replica on a page of 100 columns. */
export function wattsReport(result: TokensPerWattResult): string {
  const words = [["answer", wattsAnswer(result)] as const, ...wattsWords(result)];
  return [...columnTable(WATT_ROWS, result.rows, WIDTH), "", ...lines(words)].join("\n");
}

/** What is said of kinds of replica beside the answer. */
export function wattsWords({ rows, facts }: TokensPerWattResult): LabelledWords[] {
  const misses = rows.flatMap(({ nearest_miss }) => nearest_miss ?? []);
  return [...missWords(misses), ...factWords(facts, rows)];
}

/** Two pools against one. */
export function fleetWattsReport(result: TwoPoolTokensPerWattResult): string {
  const { homo, routed } = result;
  const words = [["answer", fleetWattsAnswer(result)] as const, ...fleetWattsWords(result)];
  return [
    ...columnTable(WATT_FLEETS, namedFleets(result), WIDTH),
    "",
    ...columnTable(WATT_ROWS, [...homo.pools, ...routed.pools], WIDTH),
    "",
    ...lines(words),
  ].join("\n");
}

/** Both fleets, with names. */
export function namedFleets({ homo, routed }: TwoPoolTokensPerWattResult): NamedFleet[] {
  return [
    { name: "one pool", ...homo },
    { name: "two pools", ...routed },
  ];
}

/** What is said of two pools against one beside the answer. */
export function fleetWattsWords({ homo, routed, facts }: TwoPoolTokensPerWattResult): LabelledWords[] {
  const misses = [homo, routed].flatMap(({ nearest_miss }) => nearest_miss ?? []);
  return [...missWords(misses), ...factWords(facts, [...homo.pools, ...routed.pools])];
}

function missWords(misses: readonly NearestMiss[]): LabelledWords[] {
  return misses.flatMap((miss) => missLines(miss)).map((text) => ["nearest", text]);
}

function lines(words: readonly LabelledWords[]): string[] {
  return words.flatMap(([label, text]) => line(label, text));
}

const COMPAT_COLUMNS: readonly Column<PythonWattRow>[] = [
  { title: "pool", cell: ({ pool_label }) => pool_label },
  { title: "GPUs", cell: ({ n_gpus }) => count(n_gpus) },
  { title: "rho", cell: ({ rho }) => rho.toFixed(2) },
  { title: "active", cell: ({ n_active }) => significant(n_active) },
  { title: "W/GPU", cell: ({ power_per_gpu_w }) => power_per_gpu_w.toFixed(0) },
  { title: "tok/s/W", cell: ({ tokens_per_watt }) => significant(tokens_per_watt) },
  { title: "$/1M tok", cell: ({ cost_per_mil }) => significant(cost_per_mil) },
  { title: "TTFT P99", cell: ({ p99_ttft_ms: p99 }) => milliseconds(p99 < Infinity ? p99 : null) },
  { title: "sized by", cell: ({ slo_optimal }) => (slo_optimal ? "objective" : "rho") },
  { title: "power", cell: ({ power_model_qual }) => power_model_qual.toLowerCase() },
];

/** The rows of the Python tool's formulas. */
export function wattsCompatReport(rows: readonly PythonWattRow[]): string {
  return [...columnTable(COMPAT_COLUMNS, rows, WIDTH), "", ...line("compat", COMPAT_WORDS)].join("\n");
}

/** The fleets of the Python tool's formulas. */
export function fleetWattsCompatReport({ homo, routed }: PythonTwoPoolWatts): string {
  const fleets = [
    { name: "one pool", ...homo.summary, worst: worstText(homo) },
    { name: "two pools", ...routed.summary, worst: worstText(routed) },
  ];
  const columns: readonly Column<(typeof fleets)[number]>[] = [
    { title: "fleet", cell: ({ name }) => name },
    { title: "GPUs", cell: ({ total_gpus }) => count(total_gpus) },
    { title: "kW", cell: ({ fleet_power_kw }) => significant(fleet_power_kw) },
    { title: "tok/s/W", cell: ({ fleet_tpw }) => significant(fleet_tpw) },
    { title: "$/1M tok", cell: ({ fleet_cost_per_mil }) => significant(fleet_cost_per_mil) },
    { title: "worst P99", cell: ({ worst }) => worst },
  ];
  return [
    ...columnTable(columns, fleets, WIDTH),
    "",
    ...columnTable(COMPAT_COLUMNS, [...homo.pools, ...routed.pools], WIDTH),
    "",
    ...line("compat", COMPAT_WORDS),
  ].join("\n");
}

/** The best of those that meet the objective. */
export function wattsAnswer({ rows }: TokensPerWattResult): string {
  const met = rows.filter(({ slo_met, tokens_per_watt }) => slo_met && tokens_per_watt !== null);
  const [best] = [...met].sort((a, b) => b.tokens_per_watt! - a.tokens_per_watt!);
  if (!best) return colours.red("none meets the objective, or nothing is known of its power");
  const { gpu_name, n_gpus, tokens_per_watt, joules_per_token, power_model_qual: quality } = best;
  const doubt = quality === "LOW" ? "; its power is a guess, of quality low" : "";
  return colours.green(
    `${counted(n_gpus!, "GPU")} of ${gpu_name} give the most of those that meet the objective: ${number(tokens_per_watt)} output tokens/s a watt, ${number(joules_per_token)} J a token${doubt}`,
  );
}

/** Two pools against one in a sentence. */
export function fleetWattsAnswer({ homo, routed }: TwoPoolTokensPerWattResult): string {
  if (homo.fleet_tpw === null || routed.fleet_tpw === null) {
    return colours.red("one of the two cannot meet the objective: there is nothing to compare");
  }
  const more = (routed.fleet_tpw / homo.fleet_tpw - 1) * 100;
  const dearer = (routed.fleet_cost_per_mil! / homo.fleet_cost_per_mil! - 1) * 100;
  return `two pools give ${changed(more, "fewer", "more")} tokens a watt, at a cost a token that is ${changed(dearer, "lower", "higher")}`;
}

function changed(percents: number, less: string, more: string): string {
  return `${Math.abs(percents).toFixed(1)} % ${percents < 0 ? less : more}`;
}

function factWords(facts: WattFacts, rows: readonly WattRow[]): LabelledWords[] {
  const { rate_rps: rateRps, slo_ms: sloMs, max_ctx: maxCtx, mean_output_tokens: output, runs, engine, seed } = facts;
  const tooLong =
    facts.too_long_share > 0 ? `; ${percent(facts.too_long_share)} are longer and left out of all figures` : "";
  return [
    ["objective", `P99 of TTFT, its 95 % interval included, within ${given(sloMs)} ms`],
    [
      "requests",
      `${facts.requests} at ${significant(rateRps)} requests/s, up to ${count(maxCtx)} tokens, ${significant(output)} of them output on average${tooLong}`,
    ],
    [
      "power",
      "of all GPUs of all replicas, at the batch that they were simulated to have on average; its quality says how well founded the curve is",
    ],
    [
      "sizing",
      `by simulation (engine ${engine}, seed ${seed}, ${counted(runs, "run")}): the fewest replicas that meet the objective, or those of a utilisation (rho) that was asked for`,
    ],
    ...facts.refused.map(({ replica, why }): LabelledWords => ["note", `${replica} was not considered: ${why}`]),
    ...manualProfileNote(rows.map(({ gpu_name }) => gpu_name)).map((note): LabelledWords => ["note", note]),
  ];
}

function objectiveText({ slo_met: met, verdict, slo_optimal: isFewest }: WattRow): string {
  if (verdict === "overloaded") return colours.red("overloaded");
  return met && isFewest ? colours.green("met, fewest") : metText(met);
}

function metText(isMet: boolean): string {
  return isMet ? colours.green("met") : colours.red("missed");
}

function worstText({ worst_p99_ms: worst }: PythonFleetWattReport): string {
  return milliseconds(worst < Infinity ? worst : null);
}

function number(value: number | null): string {
  return value === null ? NONE : significant(value);
}

function line(label: string, words: string): string[] {
  return paragraph(label, words, INDENT, WIDTH);
}
