import colours from "picocolors";
import type { PythonWhatifComparison, PythonWhatifGpu, PythonWhatifRow } from "../planners/python/whatif.js";
import type {
  WhatifFacts,
  WhatifFleet,
  WhatifGpu,
  WhatifGpusResult,
  WhatifResult,
  WhatifRow,
} from "../planners/whatif.js";
import { type Column, columnTable } from "./column-table.js";
import { manualProfileNote } from "./manual-profile-note.js";
import { type LabelledWords, paragraph } from "./paragraph.js";
import { missLines } from "./plan-report.js";
import { count, dollars, given, milliseconds, NONE, percent, significant } from "./quantities.js";
import { kilowatts } from "./sized-fleet-tables.js";
import { COMPAT_WORDS } from "./compat-words.js";

/** Characters to a line. */
const WIDTH = 100;
/** Width of the labels before paragraphs. */
const INDENT = 11;
/** Most fleets that are missing and told of. */
const MOST_MISSES = 3;

const FLEET: readonly Column<WhatifFleet & { gamma_opt: number | null }>[] = [
  { title: "GPUs", cell: ({ total_gpus }) => countOrNone(total_gpus) },
  { title: "gamma", cell: ({ gamma_opt }) => (gamma_opt === null ? NONE : gamma_opt.toFixed(1)) },
  { title: "$/h", cell: ({ cost_per_hr }) => (cost_per_hr === null ? NONE : dollars(cost_per_hr)) },
  { title: "k$/year", cell: ({ annualised_cost_kusd: kusd }) => (kusd === null ? NONE : thousands(kusd)), rank: 2 },
  { title: "kW", cell: ({ watts }) => kilowatts(watts), rank: 1 },
  { title: "P99 short", cell: ({ p99_ttft_short_ms }) => milliseconds(p99_ttft_short_ms) },
  { title: "P99 long", cell: ({ p99_ttft_long_ms }) => milliseconds(p99_ttft_long_ms) },
  { title: "objective", cell: objectiveText },
];

/** Fleets by rate. */
export const WHATIF_ROWS: readonly Column<WhatifRow>[] = [
  { title: "req/s", cell: ({ lam }) => given(lam) },
  { title: "n_s", cell: ({ n_s }) => countOrNone(n_s) },
  { title: "n_l", cell: ({ n_l }) => countOrNone(n_l) },
  ...FLEET,
];

/** A kind of replica at a rate. */
export interface GpuCell extends WhatifGpu {
  lam: number;
  isFirst: boolean;
  name: string;
}

/** Kinds of replica beside each other by rate. */
export const WHATIF_GPUS: readonly Column<GpuCell>[] = [
  { title: "req/s", cell: ({ lam, isFirst }) => (isFirst ? given(lam) : "") },
  { title: "GPU", cell: ({ name }) => name },
  ...FLEET,
  { title: "x cost", cell: ({ cost_ratio }) => ratio(cost_ratio) },
  { title: "x GPUs", cell: ({ gpu_ratio }) => ratio(gpu_ratio) },
];

/** Fleets at several rates on a page of 100 columns. */
export function whatifReport(result: WhatifResult): string {
  return [...columnTable(WHATIF_ROWS, result.rows, WIDTH), "", ...lines(whatifWords(result))].join("\n");
}

/** What is said of fleets at several rates. */
export function whatifWords({ rows, facts }: WhatifResult): LabelledWords[] {
  const misses = rows.flatMap(({ lam, nearest_miss }) => (nearest_miss ? [{ lam, miss: nearest_miss }] : []));
  return [
    ...misses
      .slice(0, MOST_MISSES)
      .flatMap(({ lam, miss }) => missWords(`at ${given(lam)} requests/s`, missLines(miss, "--long-max-ctx"))),
    ...factWords(
      facts,
      rows.flatMap(({ pools }) => pools.map(({ replica }) => replica)),
    ),
  ];
}

/** GPUs beside each other at several rates. */
export function whatifGpusReport(result: WhatifGpusResult): string {
  return [...columnTable(WHATIF_GPUS, gpuCells(result), WIDTH), "", ...lines(whatifGpusWords(result))].join("\n");
}

/** Every kind at every rate. */
export function gpuCells({ rows, gpus }: WhatifGpusResult): GpuCell[] {
  return rows.flatMap((row) =>
    gpus.map((name, index): GpuCell => ({ ...(row[name] as WhatifGpu), lam: row.lam, isFirst: index === 0, name })),
  );
}

/** What is said of GPUs at several rates. */
export function whatifGpusWords(result: WhatifGpusResult): LabelledWords[] {
  const { gpus, facts } = result;
  const cells = gpuCells(result);
  const misses = cells.flatMap(({ lam, name, nearest_miss }) =>
    nearest_miss ? [{ lam, name, miss: nearest_miss }] : [],
  );
  return [
    ["against", `x cost and x GPUs are multiples of what ${gpus[0]!} takes at the same rate`],
    ...misses
      .slice(0, MOST_MISSES)
      .flatMap(({ lam, name, miss }) =>
        missWords(`${name} at ${given(lam)} requests/s`, missLines(miss, "--long-max-ctx")),
      ),
    ...factWords(
      facts,
      cells.flatMap(({ pools }) => pools.map(({ replica }) => replica)),
    ),
  ];
}

/** The rows of the Python tool's formulas. */
export function whatifCompatReport(rows: readonly PythonWhatifRow[]): string {
  const columns: readonly Column<PythonWhatifRow>[] = [
    { title: "req/s", cell: ({ lam }) => given(lam) },
    { title: "n_s", cell: ({ n_s }) => count(n_s) },
    { title: "n_l", cell: ({ n_l }) => count(n_l) },
    { title: "GPUs", cell: ({ total_gpus }) => count(total_gpus) },
    { title: "k$/year", cell: ({ annualised_cost_kusd }) => thousands(annualised_cost_kusd) },
    { title: "gamma", cell: ({ gamma_opt }) => gamma_opt.toFixed(1) },
  ];
  return [...columnTable(columns, rows, WIDTH), "", ...line("compat", COMPAT_WORDS)].join("\n");
}

/** The rows of the Python tool's formulas for several GPUs. */
export function whatifGpusCompatReport(rows: readonly PythonWhatifComparison[], gpus: readonly string[]): string {
  const cells = rows.flatMap((row) =>
    gpus.map((name, index) => ({
      ...(row[name] as PythonWhatifGpu),
      first: row[gpus[0]!] as PythonWhatifGpu,
      lam: row.lam,
      isFirst: index === 0,
      name,
    })),
  );
  const columns: readonly Column<(typeof cells)[number]>[] = [
    { title: "req/s", cell: ({ lam, isFirst }) => (isFirst ? given(lam) : "") },
    { title: "GPU", cell: ({ name }) => name },
    { title: "GPUs", cell: ({ total_gpus }) => count(total_gpus) },
    { title: "$/h", cell: ({ cost_per_hr }) => dollars(cost_per_hr) },
    { title: "k$/year", cell: ({ annualised_cost_kusd }) => thousands(annualised_cost_kusd) },
    { title: "P99 short", cell: ({ p99_ttft_short_ms: p99 }) => milliseconds(p99 < Infinity ? p99 : null) },
    { title: "objective", cell: ({ slo_met }) => (slo_met ? "met" : "missed") },
    { title: "x cost", cell: ({ cost_per_hr, first }) => ratio(cost_per_hr / first.cost_per_hr) },
    { title: "x GPUs", cell: ({ total_gpus, first }) => ratio(total_gpus / first.total_gpus) },
  ];
  return [...columnTable(columns, cells, WIDTH), "", ...line("compat", COMPAT_WORDS)].join("\n");
}

function factWords(facts: WhatifFacts, replicas: readonly string[]): LabelledWords[] {
  const { b_short: bShort, long_max_ctx: longMaxCtx, gammas, sized_per_rate: sized, safe_share: safeShare } = facts;
  const compression =
    gammas.length === 1
      ? "none is compressed"
      : `${percent(safeShare)} of them of a category that may be compressed, up to ${gammas.at(-1)!} times the boundary`;
  return [
    [
      "pools",
      `short for requests of up to ${count(bShort)} tokens, long for up to ${count(longMaxCtx)}; ${compression}`,
    ],
    ["objective", `P99 of TTFT, its 95 % interval included, within ${given(facts.slo_ms)} ms in both pools`],
    ["requests", `of ${facts.requests}, the same ones at every rate (seed ${facts.seed}), played faster or slower`],
    [
      "sizing",
      `by simulation (engine ${facts.engine}, ${count(facts.runs)} runs): gamma 1.0 and the ${sized} that analysis expects to be cheapest of ${gammas.length}; ` +
        `each answer was replayed whole${facts.has_fresh_requests ? ", with requests that its sizing did not see" : ""}`,
    ],
    ...manualProfileNote(replicas).map((note): LabelledWords => ["note", note]),
  ];
}

function objectiveText({ slo_met: met, check }: WhatifFleet): string {
  if (!met) return colours.red("missed");
  return check?.holds === false ? colours.yellow("unsure") : colours.green("met");
}

function missWords(where: string, texts: readonly string[]): LabelledWords[] {
  return texts.map((text) => ["nearest", `${where}: ${text}`]);
}

function lines(words: readonly LabelledWords[]): string[] {
  return words.flatMap(([label, text]) => line(label, text));
}

function countOrNone(value: number | null): string {
  return value === null ? NONE : count(value);
}

function ratio(value: number | null): string {
  return value === null ? NONE : value.toFixed(2);
}

function thousands(kusd: number): string {
  return kusd >= 1000 ? significant(kusd) : kusd.toFixed(1);
}

function line(label: string, words: string): string[] {
  return paragraph(label, words, INDENT, WIDTH);
}
