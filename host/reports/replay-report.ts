import colours from "picocolors";
import type { Figures } from "../core/figures.js";
import type { ReplayTraceResult } from "../planners/replay-trace.js";
import type { TraceSummary } from "../planners/trace-summary.js";
import type { Fleet, Pool } from "../specs/fleet.js";
import { type Column, columnTable } from "./column-table.js";
import { paragraph } from "./paragraph.js";
import { quantileChart } from "./quantile-chart.js";
import { count, dollars, duration, milliseconds, millisecondsWithUnit, percent, significant } from "./quantities.js";

/** Characters to a line. */
const WIDTH = 100;
/** Width of the labels before paragraphs. */
const INDENT = 12;

interface Row {
  id: string;
  figures: Figures;
}

const SIZE: readonly Column<Row>[] = [
  { title: "pool", cell: ({ id }) => id },
  { title: "replicas", cell: ({ figures }) => count(figures.total_replicas) },
  { title: "GPUs", cell: ({ figures }) => count(figures.total_gpus) },
  { title: "$/h", cell: ({ figures }) => dollars(figures.cost.per_hr_usd) },
  { title: "arrived", cell: ({ figures }) => count(figures.requests.arrived) },
  { title: "rejected", cell: ({ figures }) => count(figures.requests.rejected) },
  { title: "slots busy", cell: ({ figures }) => percent(figures.utilisation.slots) },
  { title: "KV used", cell: ({ figures }) => percent(figures.utilisation.kv), rank: 1 },
  { title: "waited", cell: ({ figures }) => percent(figures.queue_wait_ms.p_wait) },
  { title: "verdict", cell: ({ figures }) => verdict(figures) },
];

const LATENCY: readonly Column<Row>[] = [
  { title: "ms", cell: ({ id }) => id },
  { title: "TTFT P50", cell: ({ figures }) => milliseconds(figures.ttft_ms.p50) },
  { title: "P95", cell: ({ figures }) => milliseconds(figures.ttft_ms.p95), rank: 2 },
  { title: "P99", cell: ({ figures }) => milliseconds(figures.ttft_ms.p99) },
  { title: "95 % interval", cell: ({ figures }) => interval(figures) },
  { title: "wait P99", cell: ({ figures }) => milliseconds(figures.queue_wait_ms.p99) },
  { title: "TPOT P50", cell: ({ figures }) => milliseconds(figures.tpot_ms.p50) },
  { title: "P99", cell: ({ figures }) => milliseconds(figures.tpot_ms.p99), rank: 1 },
  { title: "E2E P99", cell: ({ figures }) => milliseconds(figures.e2e_ms.p99) },
  { title: "in time", cell: ({ figures }) => percent(figures.slo.attainment) },
];

/**
 * The whole story of a replay on a page of 100 columns.
 *
 * @param perRequestFile Where the requests were written, if they were.
 */
export function replayReport(result: ReplayTraceResult, fleet: Fleet, perRequestFile?: string): string {
  const pools = fleet.pools.map(({ id }) => ({ id, figures: result.pools[id]! }));
  const rows = [...pools, { id: "fleet", figures: result }];
  const lines = [
    ...say("replayed", replayed(result)),
    ...say("through", through(fleet)),
    ...say("requests", accounts(result)),
    ...say("verdict", `${verdict(result)}: ${objective(result)}`),
    "",
    ...columnTable(SIZE, rows, WIDTH),
    "",
    ...columnTable(LATENCY, rows, WIDTH),
    "",
    ...quantileChart(
      rows.map(({ id, figures }) => ({ label: `TTFT ${id}`, distribution: figures.ttft_ms })),
      result.slo.ttft_ms,
      WIDTH,
    ),
    "",
    ...say("throughput", throughput(result)),
    ...say("measured", measured(result)),
    ...warnings(result, pools).flatMap((words) => say(colours.yellow("note"), words)),
    ...(perRequestFile === undefined
      ? []
      : say("written", `every request to ${perRequestFile}${firstRunOnly(result)}`)),
  ];
  return lines.join("\n");
}

function replayed({ trace, requests, arrival_rate_rps, duration_s }: ReplayTraceResult): string {
  const changes = Object.entries(trace.changes ?? {}).map(([name, value]) => `${name.replace(/_s$/, "")} ${value}`);
  const changed = changes.length > 0 ? ` (${changes.join(", ")})` : "";
  return (
    `${colours.bold(trace.name)}${changed}, ${source(trace)}: ${count(requests.arrived)} requests, ` +
    `${significant(arrival_rate_rps)}/s over ${duration(duration_s)}`
  );
}

function source({ format, arrivals }: TraceSummary): string {
  if (arrivals === undefined) return `a trace (${format})`;
  const process = arrivals.type === "gamma" ? `gamma, CV ${arrivals.cv}` : arrivals.type;
  const drawn = `${process} arrivals drawn at ${significant(arrivals.rate_rps)}/s`;
  return format === "workload" ? drawn : `a trace (${format}) with ${drawn}`;
}

function through({ pools, router, replicas, gpus }: Fleet): string {
  const named = pools.slice(0, 6).map(describePool);
  const more = pools.length > named.length ? `, and ${pools.length - named.length} more pools` : "";
  return `${count(replicas)} replicas on ${count(gpus)} GPUs, router ${router.type}: ${named.join("; ")}${more}`;
}

function describePool({ id, replicas, slots, maxCtx, profile }: Pool): string {
  return `${id} ${count(replicas)} x ${profile.name}, ${count(slots)} slots at ${count(maxCtx)} tokens`;
}

function accounts({ requests }: Figures): string {
  const { arrived, completed, rejected, unfinished } = requests;
  return `${count(arrived)} arrived = ${count(completed)} completed + ${count(rejected)} rejected + ${count(unfinished)} unfinished`;
}

function objective({ slo }: Figures): string {
  const target = `first token within ${millisecondsWithUnit(slo.ttft_ms)}`;
  const completed =
    slo.attainment === slo.attainment_completed ? "" : ` (${percent(slo.attainment_completed)} of the completed ones)`;
  return `${target} for ${percent(slo.attainment)} of all arrivals${completed}`;
}

function throughput({ throughput: rates, cost }: Figures): string {
  const perMillion = rates.output_tokens_per_s > 0 ? (cost.per_hr_usd / 3600 / rates.output_tokens_per_s) * 1e6 : 0;
  const price = perMillion > 0 ? `, ${dollars(perMillion)} per million output tokens` : "";
  return (
    `${significant(rates.requests_per_s)} requests/s, ${significant(rates.output_tokens_per_s)} output tokens/s, ` +
    `${significant(rates.goodput_rps)} requests/s in time; ${dollars(cost.annualised_kusd * 1000)} a year${price}`
  );
}

function measured({ requests, seed, replications, percentiles }: ReplayTraceResult): string {
  const runs =
    replications > 1
      ? `means of ${replications} runs, intervals from their spread`
      : "one run, intervals from batches of it";
  const exact = percentiles.exact ? "exact percentiles" : `percentiles of one request in ${percentiles.sampled_one_in}`;
  return (
    `${count(requests.arrived - requests.warmup_excluded)} requests after ${count(requests.warmup_excluded)} of warm-up; ` +
    `${exact} over all of them, one without a first token ranking last; ${runs}; seed ${seed}`
  );
}

/** What a user must know before believing the figures. */
function warnings(result: ReplayTraceResult, pools: readonly Row[]): string[] {
  return [
    ...overloads(pools),
    ...losses(result),
    ...defaults(result),
    ...unusable(result.trace),
    ...result.trace.notes,
  ];
}

function overloads(pools: readonly Row[]): string[] {
  const overloaded = pools.filter(({ figures }) => figures.stability.verdict === "overloaded");
  if (overloaded.length === 0) return [];
  const named = overloaded.map(({ id, figures }) => `${id} by ${significant(figures.stability.backlog_growth_rps)}/s`);
  return [`The backlog grows (${named.join(", ")}): percentiles depend on how long the run was.`];
}

function losses({ requests: { rejected_by_reason: reasons } }: Figures): string[] {
  const parts = [
    [reasons.too_long_for_every_pool, "too long for every pool"],
    [reasons.too_long_for_pool, "too long for the pool that the router named"],
    [reasons.queue_full, "found a full queue"],
  ] as const;
  const named = parts.filter(([lost]) => lost > 0).map(([lost, reason]) => `${count(lost)} ${reason}`);
  return named.length === 0 ? [] : [`Rejected: ${named.join(", ")}.`];
}

function defaults({ requests: { routed_by_default: byDefault } }: Figures): string[] {
  return byDefault === 0
    ? []
    : [`${count(byDefault)} requests had no label that names a pool and went to the default pool.`];
}

function unusable({ rows, used, unusable_by_reason: reasons }: TraceSummary): string[] {
  if (rows === used) return [];
  const named = Object.entries(reasons).map(([reason, lost]) => `${reason} ${count(lost)}`);
  return [`${count(rows - used)} of ${count(rows)} rows were unusable: ${named.join(", ")}.`];
}

function firstRunOnly({ replications }: ReplayTraceResult): string {
  return replications > 1 ? ", of the first run" : "";
}

function interval({ ttft_ms }: Figures): string {
  const ends = ttft_ms.p99_ci95;
  return ends === null ? milliseconds(null) : `${milliseconds(ends[0])} to ${milliseconds(ends[1])}`;
}

function verdict({ stability }: Figures): string {
  return stability.verdict === "overloaded" ? colours.red("overloaded") : colours.green("stable");
}

function say(label: string, words: string): string[] {
  return paragraph(label, words, INDENT, WIDTH);
}
