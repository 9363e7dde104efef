import colours from "picocolors";
import type { AggregatedFleet } from "../planners/disagg/constant-aggregated.js";
import type { DisaggConstantPoint, DisaggConstantResult } from "../planners/disagg/constant-method.js";
import type { PythonDisaggPoint } from "../planners/python/disagg.js";
import { type Column, columnTable } from "./column-table.js";
import { type LabelledWords, paragraph } from "./paragraph.js";
import { count, dollars, milliseconds, millisecondsWithUnit, percent, significant } from "./quantities.js";

/** Characters to a line. */
const WIDTH = 100;
/** Width of the labels before paragraphs. */
const INDENT = 11;

type Common = Pick<
  DisaggConstantPoint,
  "n_prefill" | "n_decode" | "total_gpus" | "cost_per_hr" | "system_rate" | "ttft_ms" | "tpot_ms"
>;

const COMMON: readonly Column<Common>[] = [
  { title: "pools", cell: ({ n_prefill, n_decode }) => `${count(n_prefill)}P + ${count(n_decode)}D` },
  { title: "GPUs", cell: ({ total_gpus }) => count(total_gpus) },
  { title: "$/h", cell: ({ cost_per_hr }) => dollars(cost_per_hr) },
  { title: "requests/s", cell: ({ system_rate }) => significant(system_rate) },
];

/** Pairs of pools. */
export const DISAGG_CONSTANT_PAIRS: readonly Column<DisaggConstantPoint>[] = [
  ...COMMON,
  { title: "busy P", cell: ({ rho_prefill }) => percent(rho_prefill) },
  { title: "busy D", cell: ({ rho_decode }) => percent(rho_decode) },
  { title: "TTFT P99", cell: ({ p99_ttft_ms }) => milliseconds(p99_ttft_ms) },
  { title: "unqueued", cell: ({ ttft_ms }) => milliseconds(ttft_ms), rank: 1 },
  { title: "TPOT", cell: ({ tpot_ms }) => milliseconds(tpot_ms) },
];

/** Fleets whose replicas do both. */
export const AGGREGATED_FLEETS: readonly Column<AggregatedFleet>[] = [
  { title: "one pool of", cell: ({ replica }) => replica },
  { title: "GPUs", cell: ({ total_gpus }) => (total_gpus === null ? colours.red("none meets it") : count(total_gpus)) },
  { title: "$/h", cell: ({ cost_per_hr }) => (cost_per_hr === null ? "" : dollars(cost_per_hr)) },
];

/** A disaggregated fleet on a page of 100 columns. */
export function disaggConstantReport(result: DisaggConstantResult): string {
  const { pareto, aggregated } = result;
  return [
    ...(pareto.length > 0 ? [...columnTable(DISAGG_CONSTANT_PAIRS, pareto, WIDTH), ""] : []),
    ...line("answer", disaggConstantAnswer(result)),
    ...(aggregated
      ? ["", ...columnTable(AGGREGATED_FLEETS, aggregated, WIDTH), "", ...line("one pool", ONE_POOL)]
      : []),
    ...disaggConstantWords(result).flatMap(([label, text]) => line(label, text)),
  ].join("\n");
}

/** What is said of a disaggregated fleet beside the answer. */
export function disaggConstantWords({
  prefill,
  decode,
  lengths,
  objective,
  requests,
  notes,
  max_ctx,
}: DisaggConstantResult): LabelledWords[] {
  const tooLong = requests.too_long_share > 0 ? `; ${percent(requests.too_long_share)} are longer, and left out` : "";
  return [
    ["prefill", workerText(prefill, `${significant(prefill.prompt_tokens_per_s)} prompt tokens/s`)],
    ["decode", workerText(decode, `${count(decode.slots_per_worker)} requests at once`)],
    [
      "requests",
      `${requests.name} at ${significant(requests.rate_rps)} requests/s, on average ${significant(lengths.mean_isl)} prompt and ${significant(lengths.mean_osl)} output tokens` +
        `${lengths.from === "given" ? ", as given" : ""}, up to ${count(max_ctx)} together${tooLong}`,
    ],
    [
      "objective",
      `P99 of the first token within ${significant(objective.ttft_ms)} ms, ${significant(objective.tpot_ms)} ms a token, no pool more than ${percent(objective.max_rho)} busy`,
    ],
    ...notes.map((note): LabelledWords => ["note", note]),
  ];
}

/** What the formulas of the Python tool answer. */
export function disaggCompatReport({ best, pareto }: { best: PythonDisaggPoint | null; pareto: PythonDisaggPoint[] }) {
  const columns: readonly Column<Common>[] = [
    ...COMMON,
    { title: "TTFT", cell: ({ ttft_ms }) => milliseconds(ttft_ms) },
    { title: "TPOT", cell: ({ tpot_ms }) => milliseconds(tpot_ms) },
  ];
  const found =
    best === null
      ? "no pair of pools meets the limits"
      : `the cheapest is ${count(best.n_prefill)} prefill and ${count(best.n_decode)} decode workers at ${dollars(best.cost_per_hr)} an hour`;
  return [
    ...(pareto.length > 0 ? [...columnTable(columns, pareto, WIDTH), ""] : []),
    ...line("answer", found),
    ...line("compat", "the formulas of the Python tool, for comparison: they know no queue, and no price of prefill"),
  ].join("\n");
}

/** The cheapest pair in a sentence. */
export function disaggConstantAnswer({ best, why_none }: DisaggConstantResult): string {
  if (best === null) return `no pair of pools meets the limits: ${why_none}`;
  return (
    `${count(best.n_prefill)} prefill and ${count(best.n_decode)} decode workers are the cheapest, ${count(best.total_gpus)} GPUs at ${dollars(best.cost_per_hr)} an hour: ` +
    `first token within ${millisecondsWithUnit(best.p99_ttft_ms)} (P99), ${millisecondsWithUnit(best.tpot_ms)} a token; by the method ${best.method}, nothing was simulated`
  );
}

/** What fleets whose replicas do both are. */
const ONE_POOL =
  "replicas that prefill and decode, sized by simulation for the same requests and limits; they and the pair above are not of one method, so a small difference says nothing";

function workerText(worker: DisaggConstantResult["prefill"] | DisaggConstantResult["decode"], more: string): string {
  const { replica, gpus_per_worker: gpus, cost_per_hr, rate_per_worker } = worker;
  const each = gpus === 1 ? "one GPU" : `${count(gpus)} GPUs`;
  return `${replica}, ${each} and ${dollars(cost_per_hr)} an hour each; ${significant(rate_per_worker)} requests/s, ${more}`;
}

function line(label: string, words: string): string[] {
  return paragraph(label, words, INDENT, WIDTH);
}
