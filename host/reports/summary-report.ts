import type { Figures } from "../core/figures.js";
import type { SimulateResult } from "../planners/simulate.js";
import { type Column, columnTable } from "./column-table.js";
import { interval, verdict } from "./outcome-cells.js";
import { type LabelledWords, paragraph } from "./paragraph.js";
import { playedFrom, traceNotes } from "./played-requests.js";
import { count, dollars, duration, milliseconds, percent, significant } from "./quantities.js";

/** Characters to a line. */
const WIDTH = 100;
/** Width of the labels before paragraphs. */
const INDENT = 11;

/** A pool, or the fleet. */
export interface SummaryRow {
  id: string;
  figures: Figures;
}

/** What each of them came to. */
export const SUMMARY_POOLS: readonly Column<SummaryRow>[] = [
  { title: "pool", cell: ({ id }) => id },
  { title: "GPUs", cell: ({ figures }) => count(figures.total_gpus) },
  { title: "arrived", cell: ({ figures }) => count(figures.requests.arrived) },
  { title: "rejected", cell: ({ figures }) => count(figures.requests.rejected), rank: 3 },
  { title: "TTFT P50", cell: ({ figures }) => milliseconds(figures.ttft_ms.p50), rank: 2 },
  { title: "P99", cell: ({ figures }) => milliseconds(figures.ttft_ms.p99) },
  { title: "95 %", cell: ({ figures }) => interval(figures.ttft_ms.p99_ci95), rank: 4 },
  { title: "wait P99", cell: ({ figures }) => milliseconds(figures.queue_wait_ms.p99), rank: 1 },
  { title: "in time", cell: ({ figures }) => percent(figures.slo.attainment) },
  { title: "busy", cell: ({ figures }) => percent(figures.utilisation.slots) },
  { title: "verdict", cell: ({ figures }) => verdict(figures.stability.verdict) },
];

/** A simulated fleet on a page of 100 columns. */
export function summaryReport(result: SimulateResult): string {
  const words = summaryWords(result).flatMap(([label, text]) => paragraph(label, text, INDENT, WIDTH));
  return [...columnTable(SUMMARY_POOLS, summaryRows(result), WIDTH), "", ...words].join("\n");
}

/** Its pools, and the fleet. */
export function summaryRows({ replay, fleet }: SimulateResult): SummaryRow[] {
  return [...fleet.pools.map(({ id }) => ({ id, figures: replay.pools[id]! })), { id: "fleet", figures: replay }];
}

/** What is said of it. */
export function summaryWords({ summary, replay, fleet }: SimulateResult): LabelledWords[] {
  const { requests, cost, duration_s, seed, replications } = replay;
  const runs = replications > 1 ? ` in each of ${replications} runs` : "";
  const measured = count(requests.arrived - requests.warmup_excluded);
  return [
    ["times", "in ms unless they say s; over all measured arrivals, a rejected one counting as never served"],
    ["cost", `${dollars(cost.per_hr_usd)} an hour, ${dollars(cost.annualised_kusd * 1000)} a year`],
    [
      "requests",
      `${count(requests.arrived)} of ${playedFrom(summary.arrivals)}, seed ${seed}; ${measured} measured over ${duration(duration_s)}${runs}, ` +
        `after ${count(requests.warmup_excluded)} of warm-up`,
    ],
    ["objective", objective(replay)],
    ...traceNotes(summary).map((note): LabelledWords => ["trace", note]),
    ...lossWords(replay),
    ...overloadWords(fleet.pools.map(({ id }) => ({ id, figures: replay.pools[id]! }))),
  ];
}

function objective({ slo, throughput }: Figures): string {
  const lost = slo.attainment !== slo.attainment_completed;
  const completed = lost ? `, by ${percent(slo.attainment_completed)} of the completed ones` : "";
  const goodput = `${significant(throughput.goodput_rps)} requests/s in time, ${significant(throughput.output_tokens_per_s)} output tokens/s`;
  return `first token within ${significant(slo.ttft_ms)} ms: met by ${percent(slo.attainment)} of the arrivals${completed}; ${goodput}`;
}

function lossWords({ requests }: Figures): LabelledWords[] {
  const { rejected_by_reason: reasons, rejected, unfinished } = requests;
  const parts = [
    [reasons.too_long_for_every_pool, "too long for every pool"],
    [reasons.too_long_for_pool, "too long for the pool that the router named"],
    [reasons.queue_full, "found a full queue"],
    [unfinished, "unfinished at the end"],
  ] as const;
  if (rejected + unfinished === 0) return [];
  const named = parts.filter(([lost]) => lost > 0).map(([lost, reason]) => `${count(lost)} ${reason}`);
  return [["lost", named.join(", ")]];
}

function overloadWords(pools: readonly SummaryRow[]): LabelledWords[] {
  const overloaded = pools.filter(({ figures }) => figures.stability.verdict === "overloaded");
  if (overloaded.length === 0) return [];
  const named = overloaded.map(({ id, figures }) => `${id} by ${significant(figures.stability.backlog_growth_rps)}/s`);
  return [["overload", `the backlog grows (${named.join(", ")}): the longer the run, the longer the waits`]];
}
