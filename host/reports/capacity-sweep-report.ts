import colours from "picocolors";
import type { SweptKey } from "../planners/capacity-combinations.js";
import { combinationText } from "../planners/capacity-combinations.js";
import type { CapacitySweepResult, SweepRow } from "../planners/capacity-sweep.js";
import type { CapacityReportOptions } from "./capacity-report.js";
import { inPercent, objectiveWords, TIMES } from "./capacity-words.js";
import { type Column, columnTable } from "./column-table.js";
import { type LabelledWords, paragraph } from "./paragraph.js";
import { count, counted, milliseconds, NONE, significant } from "./quantities.js";

const INDENT = 11;
/** Combinations that make no fleet and are named one by one. */
const MOST_INVALID = 6;

/** What a fleet bears with every combination of a sweep, best first. */
export function capacitySweepReport(
  result: CapacitySweepResult,
  { fleetName, width = 100 }: CapacityReportOptions,
): string {
  const line = (label: string, words: string) => paragraph(colours.dim(label), words, INDENT, width);
  const { rows, trace, seed } = result;
  return [
    colours.bold(`${trace.name} through ${result.per_replica ? "one replica of each pool of " : ""}${fleetName}`) +
      colours.dim(`  seed ${seed}`),
    "",
    ...columnTable(sweepColumns(result), rows, width),
    "",
    ...sweepWords(result).flatMap(([label, words]) => line(label, words)),
  ].join("\n");
}

/** What is said of a sweep. */
export function sweepWords(result: CapacitySweepResult): LabelledWords[] {
  const { rows, invalid, trace } = result;
  const runs = rows.reduce((sum, row) => sum + row.runs, 0);
  const named = (label: string, texts: Iterable<string>) => [...texts].map((text): LabelledWords => [label, text]);
  return [
    ["objective", objectiveWords(result)],
    ["order", orderWords(result)],
    [
      "searched",
      `${counted(rows.length, "combination")} in ${counted(runs, "run")}, all with the same requests; steps of ${inPercent(result.tolerance)}, so what differs by one step may be alike`,
    ],
    ...named("left out", leftOutLines(rows)),
    ...named("no fleet", invalidWords(invalid)),
    ...named("note", new Set([...rows.flatMap(({ notes }) => notes), ...trace.notes])),
  ];
}

function orderWords({ compared_by: by }: CapacitySweepResult): string {
  const what =
    by === "rate_per_dollar_hour"
      ? "requests/s for a dollar an hour"
      : "requests/s a GPU (not every fleet has a price)";
  return `by ${what}; * : no other has more of these, a shorter P99 of TTFT and a shorter P99 of TPOT at once`;
}

/** Columns of the combinations. */
export function sweepColumns({ sweep, compared_by: by, searched }: CapacitySweepResult): Column<SweepRow>[] {
  const keys = Object.keys(sweep) as SweptKey[];
  const figure = (value: number | null | undefined) =>
    value === null || value === undefined ? NONE : significant(value);
  return [
    { title: "", cell: ({ is_pareto: isPareto }) => (isPareto ? colours.green("*") : "") },
    ...keys.map((key): Column<SweepRow> => ({ title: key, cell: ({ setting }) => String(setting[key]) })),
    ...(searched === "concurrency"
      ? [{ title: "users", cell: ({ concurrency }: SweepRow) => figure(concurrency), rank: 9 }]
      : []),
    { title: "requests/s", cell: (row) => figure(row.rate_rps) },
    { title: "a GPU", cell: (row) => figure(row.rate_per_gpu_rps), rank: by === "rate_per_gpu_rps" ? 8 : 2 },
    ...(by === "rate_per_dollar_hour" ? [{ title: "a $/h", cell: (row: SweepRow) => figure(row[by]), rank: 8 }] : []),
    { title: "TTFT P99 ms", cell: (row) => milliseconds(row.at_capacity?.ttft_ms.p99 ?? null), rank: 7 },
    { title: "TPOT P99", cell: (row) => milliseconds(row.at_capacity?.tpot_ms.p99 ?? null), rank: 6 },
    { title: "batch", cell: (row) => figure(row.at_capacity?.mean_batch), rank: 3 },
    { title: "preempted", cell: (row) => preempted(row), rank: 1 },
    { title: "limited by", cell: (row) => cause(row), rank: 5 },
  ];
}

function preempted({ at_capacity: point }: SweepRow): string {
  return point?.preemptions === undefined ? NONE : count(point.preemptions);
}

function cause({ status, limited_by: reason }: SweepRow): string {
  if (reason === null) return "no limit found";
  const name = reason.cause in TIMES ? TIMES[reason.cause as keyof typeof TIMES] : reason.cause.replace("_", " ");
  return status === "none" ? colours.red(`${name}, always`) : name;
}

function leftOutLines(rows: readonly SweepRow[]): string[] {
  const told = rows
    .filter((row) => row.left_out.length > 0)
    .map(
      ({ setting, left_out: keys }) =>
        `${keys.join(", ")} of the fleet file, with ${setting.scheduler === undefined ? combinationText(setting) : `scheduler ${String(setting.scheduler)}`}`,
    );
  return [...new Set(told)].slice(0, MOST_INVALID);
}

function invalidWords(invalid: CapacitySweepResult["invalid"]): string[] {
  const told = invalid.slice(0, MOST_INVALID).map(({ setting, reason }) => `${combinationText(setting)}: ${reason}`);
  const more = invalid.length - told.length;
  return more > 0 ? [...told, `and ${counted(more, "more combination")}; --json names them`] : told;
}
