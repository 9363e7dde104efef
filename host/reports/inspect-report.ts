import type { InspectResult } from "../planners/inspect.js";
import type { TraceSummary } from "../planners/trace-summary.js";
import { quoted } from "../workloads/traces/rows/unusable-rows.js";
import { paragraph } from "./paragraph.js";
import { plainTable } from "./plain-table.js";
import { count, duration, NONE, percent, significant } from "./quantities.js";

/** Characters to a line. */
const WIDTH = 100;
/** Width of the labels before paragraphs. */
const INDENT = 14;
/** Most labels or categories that are named. */
const MOST_NAMES = 12;

/** What a trace or a workload looks like, on a page of 100 columns. */
export function inspectReport(result: InspectResult): string {
  const lines = [
    ...line("trace", source(result.trace, result.seed)),
    ...line("requests", requests(result)),
    ...unusableLines(result.trace),
    "",
    lengthTable(result),
    "",
    burstTable(result),
    "",
    ...line("gaps", `coefficient of variation ${figure(result.gap_cv)} (a Poisson process: 1)`),
    ...line("lengths", lengths(result)),
    ...prefixLines(result),
    ...namesLine("labels", result.labels),
    ...namesLine("categories", result.categories),
    ...namesLine(
      "priorities",
      result.priorities.map(({ priority, ...part }) => ({ name: String(priority), ...part })),
    ),
    ...result.trace.notes.flatMap((note) => line("note", note)),
  ];
  return lines.join("\n");
}

function source({ name, format, arrivals, changes }: TraceSummary, seed: number): string {
  const changed = Object.entries(changes ?? {}).map(([change, value]) => `${change.replace("_s", "")} ${value}`);
  const parts = [
    format === "workload" ? `${name}, a workload to draw from` : `${name}, format ${format}`,
    ...(changed.length > 0 ? [`after ${changed.join(", ")}`] : []),
    ...(arrivals
      ? [`${process(arrivals)} arrivals at ${significant(arrivals.rate_rps)} requests/s, seed ${seed}`]
      : []),
  ];
  return parts.join("; ");
}

function process(arrivals: NonNullable<TraceSummary["arrivals"]>): string {
  return arrivals.type === "gamma" ? `gamma (CV ${arrivals.cv})` : arrivals.type;
}

function requests({ requests, span_s, mean_rate_rps }: InspectResult): string {
  const over =
    mean_rate_rps === null ? "all at once" : `over ${duration(span_s)}, ${significant(mean_rate_rps)} a second`;
  return `${count(requests)} ${over}`;
}

function unusableLines({ rows, used, unusable_by_reason, first_unusable }: TraceSummary): string[] {
  if (rows === used) return [];
  const reasons = Object.entries(unusable_by_reason).map(([reason, found]) => `${count(found)} ${reason}`);
  const share = `${count(rows - used)} of ${count(rows)} rows (${percent((rows - used) / rows)}): ${reasons.join(", ")}`;
  if (!first_unusable) return line("not usable", share);
  const { line: number, column, value } = first_unusable;
  const place = `line ${count(number)}${column === undefined ? "" : `, column ${quoted(column)}`}`;
  return line("not usable", `${share}; the first is on ${place}: ${quoted(value)}`);
}

function lengthTable({ input, output, total }: InspectResult): string {
  const rows = Object.entries({ input, output, total }).map(([name, tokens]) => {
    if (tokens === null) return [name, NONE, NONE, NONE, NONE, NONE, NONE];
    return [name, significant(tokens.mean), ...[tokens.p50, tokens.p90, tokens.p95, tokens.p99, tokens.max].map(count)];
  });
  return plainTable(["tokens", "mean", "P50", "P90", "P95", "P99", "max"], rows);
}

function burstTable({ rate_variation }: InspectResult): string {
  const rows = rate_variation.map((variation) => [
    `${variation.window_s} s`,
    count(variation.windows),
    figure(variation.peak_rate_rps),
    figure(variation.peak_to_mean),
    figure(variation.index_of_dispersion),
  ]);
  return plainTable(["arrivals in", "windows", "peak/s", "peak/mean", "variance/mean"], rows);
}

function lengths(result: InspectResult): string {
  const { output_share, input_output_correlation, rate_length_correlation: minutes } = result;
  const share = `${percent(output_share)} of the tokens are output`;
  const pairs = `correlation of input and output ${figure(input_output_correlation)}`;
  if (minutes.windows < 2) return `${share}; ${pairs}`;
  const withRate = `of the rate with the mean length, by the minute, ${figure(minutes.total)}`;
  return `${share}; ${pairs}, ${withRate} (input ${figure(minutes.input)}, output ${figure(minutes.output)})`;
}

function prefixLines({ prefix_reuse, trace }: InspectResult): string[] {
  if (prefix_reuse === null) return [];
  const { blocks, distinct_blocks, reused_share, is_lower_bound } = prefix_reuse;
  const size = trace.block_size === undefined ? "" : ` of ${trace.block_size} tokens`;
  const bound = is_lower_bound ? "at least " : "";
  const found = `${count(blocks)} prompt blocks${size}, ${bound}${count(distinct_blocks)} different`;
  return line("prefixes", `${found}; an unbounded cache would serve ${bound}${percent(reused_share)} of them`);
}

function namesLine(label: string, parts: InspectResult["labels"]): string[] {
  if (parts.length === 0) return [];
  const named = parts
    .slice(0, MOST_NAMES)
    .map(({ name, share }) => `${name === "" ? "none" : quoted(name)} ${percent(share)}`);
  const rest = parts.length > MOST_NAMES ? `, and ${count(parts.length - MOST_NAMES)} more` : "";
  return line(label, named.join(", ") + rest);
}

function figure(value: number | null): string {
  return value === null ? NONE : significant(value);
}

function line(label: string, words: string): string[] {
  return paragraph(label, words, INDENT, WIDTH);
}
