import type { Figures } from "../core/figures.js";
import type { SimulateResult } from "../planners/simulate.js";
import { type Column, columnTable } from "./column-table.js";
import { interval, verdict } from "./outcome-cells.js";
import { paragraph } from "./paragraph.js";
import { playedFrom, traceNotes } from "./played-requests.js";
import { count, dollars, duration, milliseconds, percent, significant } from "./quantities.js";

/** Characters to a line. */
const WIDTH = 100;
/** Width of the labels before paragraphs. */
const INDENT = 11;

interface PoolRow {
  id: string;
  figures: Figures;
}

const COLUMNS: readonly Column<PoolRow>[] = [
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
export function summaryReport({ summary, replay, fleet }: SimulateResult): string {
  const pools = fleet.pools.map(({ id }) => ({ id, figures: replay.pools[id]! }));
  const table = columnTable(COLUMNS, [...pools, { id: "fleet", figures: replay }], WIDTH);
  const { requests, cost, duration_s, seed, replications } = replay;
  const runs = replications > 1 ? ` in each of ${replications} runs` : "";
  const measured = count(requests.arrived - requests.warmup_excluded);
  const lines = [
    ...table,
    "",
    ...line("times", "in ms unless they say s; over all measured arrivals, a rejected one counting as never served"),
    ...line("cost", `${dollars(cost.per_hr_usd)} an hour, ${dollars(cost.annualised_kusd * 1000)} a year`),
    ...line(
      "requests",
      `${count(requests.arrived)} of ${playedFrom(summary.arrivals)}, seed ${seed}; ${measured} measured over ${duration(duration_s)}${runs}, ` +
        `after ${count(requests.warmup_excluded)} of warm-up`,
    ),
    ...line("objective", objective(replay)),
    ...traceNotes(summary).flatMap((note) => line("trace", note)),
    ...lossLines(replay),
    ...overloadLines(pools),
  ];
  return lines.join("\n");
}

function objective({ slo, throughput }: Figures): string {
  const lost = slo.attainment !== slo.attainment_completed;
  const completed = lost ? `, by ${percent(slo.attainment_completed)} of the completed ones` : "";
  const goodput = `${significant(throughput.goodput_rps)} requests/s in time, ${significant(throughput.output_tokens_per_s)} output tokens/s`;
  return `first token within ${significant(slo.ttft_ms)} ms: met by ${percent(slo.attainment)} of the arrivals${completed}; ${goodput}`;
}

function lossLines({ requests }: Figures): string[] {
  const { rejected_by_reason: reasons, rejected, unfinished } = requests;
  const parts = [
    [reasons.too_long_for_every_pool, "too long for every pool"],
    [reasons.too_long_for_pool, "too long for the pool that the router named"],
    [reasons.queue_full, "found a full queue"],
    [unfinished, "unfinished at the end"],
  ] as const;
  if (rejected + unfinished === 0) return [];
  const named = parts.filter(([lost]) => lost > 0).map(([lost, reason]) => `${count(lost)} ${reason}`);
  return line("lost", named.join(", "));
}

function overloadLines(pools: readonly PoolRow[]): string[] {
  const overloaded = pools.filter(({ figures }) => figures.stability.verdict === "overloaded");
  if (overloaded.length === 0) return [];
  const named = overloaded.map(({ id, figures }) => `${id} by ${significant(figures.stability.backlog_growth_rps)}/s`);
  return line("overload", `the backlog grows (${named.join(", ")}): the longer the run, the longer the waits`);
}

function line(label: string, words: string): string[] {
  return paragraph(label, words, INDENT, WIDTH);
}
