import colours from "picocolors";
import type { CapacityResult, TriedLoad } from "../planners/capacity.js";
import type { PointFigures } from "../planners/capacity-point.js";
import {
  attained,
  capacityWords,
  inPercent,
  keptWords,
  limitedWords,
  objectiveWords,
  shareWords,
  surelyWords,
  TIMES,
} from "./capacity-words.js";
import { type Column, columnTable } from "./column-table.js";
import { type LabelledWords, paragraph } from "./paragraph.js";
import { count, counted, milliseconds, NONE, significant } from "./quantities.js";

/** Where a report is shown. */
export interface CapacityReportOptions {
  /** How the fleet is called, normally the path of its file. */
  fleetName: string;
  /** Characters to a line. Default 100. */
  width?: number;
}

const INDENT = 12;
/** Pools that are shown one by one. */
const MOST_POOLS = 12;

/** What a fleet bears, on one page. */
export function capacityReport(result: CapacityResult, { fleetName, width = 100 }: CapacityReportOptions): string {
  const line = (label: string, words: string) => paragraph(colours.dim(label), words, INDENT, width);
  const { at_capacity: point } = result;
  return [
    title(result, fleetName, width),
    "",
    ...line("capacity", capacityWords(result)),
    ...capacityLines(result).flatMap(([label, words]) => line(label, words)),
    ...(point ? ["", ...poolTable(result, width)] : []),
    "",
    ...columnTable(triedColumns(result), result.tried, width),
    "",
    ...[...result.notes, ...result.trace.notes].flatMap((note) => line("note", note)),
  ]
    .join("\n")
    .trimEnd();
}

/** What is said of it beside the answer. */
export function capacityLines(result: CapacityResult): LabelledWords[] {
  const { at_capacity: point, limited_by: reason, objective } = result;
  const lines: (LabelledWords | null)[] = [
    point && ["of which", shareWords(result)],
    ["objective", objectiveWords(result)],
    reason && ["limited by", limitedWords(reason, objective.attainment)],
    point && ["at capacity", keptWords(point, objective.attainment)],
    point && ["doubt", surelyWords(result)],
    ["searched", searchedWords(result)],
  ];
  return lines.filter((line) => line !== null);
}

function title({ trace, seed, per_replica: isPerReplica }: CapacityResult, fleetName: string, width: number): string {
  const what = `${trace.name} through ${isPerReplica ? "one replica of each pool of " : ""}${fleetName}`;
  const how = `seed ${seed}`;
  const blanks = width - what.length - how.length;
  return colours.bold(what) + (blanks < 2 ? "\n" : " ".repeat(blanks)) + colours.dim(how);
}

function searchedWords(result: CapacityResult): string {
  const { engine, runs, requests_per_run: requests, warmup, tolerance, replications, trace } = result;
  const arrivals = trace.arrivals
    ? `${trace.arrivals.type === "gamma" ? `gamma (cv ${trace.arrivals.cv})` : trace.arrivals.type} arrivals`
    : "the trace's own arrivals, played faster or slower";
  const how = result.searched === "concurrency" ? "closed loop" : arrivals;
  const each = replications > 1 ? `, ${replications} of them at each load` : "";
  return (
    `${counted(runs, "run")} of ${counted(requests, "request")}${each}, the same ones at every load; ${how}; engine ${engine}; ` +
    `warm-up ${inPercent(warmup)}, steps of ${inPercent(tolerance)}`
  );
}

/** A pool at capacity, or the fleet. */
export interface CapacityPoolRow {
  id: string;
  figures: PointFigures;
}

function poolTable(result: CapacityResult, width: number): string[] {
  const { columns, rows } = capacityPools(result);
  return columnTable(columns, rows, width);
}

/** The pools at capacity, those that are busiest. */
export function capacityPools({ at_capacity: point }: CapacityResult): {
  columns: readonly Column<CapacityPoolRow>[];
  rows: CapacityPoolRow[];
} {
  const pools = Object.entries(point!.pools).map(([id, figures]): CapacityPoolRow => ({ id, figures }));
  const shown = pools
    .toSorted((a, b) => b.figures.utilisation.slots - a.figures.utilisation.slots)
    .slice(0, MOST_POOLS);
  const rows = pools.filter((row) => shown.includes(row));
  const columns = point!.busy === undefined ? POOL : POOL.map((column) => (column === BUSY ? RUNNING : column));
  return { columns, rows: pools.length === 1 ? rows : [...rows, { id: "fleet", figures: point! }] };
}

const RUNNING: Column<CapacityPoolRow> = { title: "running", cell: ({ figures }) => roughly(figures.busy ?? 0) };
const BUSY: Column<CapacityPoolRow> = { title: "busy", cell: ({ figures }) => roughly(figures.utilisation.slots) };

const POOL: Column<CapacityPoolRow>[] = [
  { title: "at capacity", cell: ({ id }) => id },
  { title: "replicas", cell: ({ figures }) => count(figures.replicas), rank: 3 },
  { title: "per s", cell: ({ figures }) => significant(figures.arrival_rate_rps) },
  { title: "a replica", cell: ({ figures }) => significant(figures.arrival_rate_rps / figures.replicas), rank: 4 },
  BUSY,
  { title: "KV", cell: ({ figures }) => roughly(figures.utilisation.kv), rank: 5 },
  {
    title: "batch",
    cell: ({ figures }) => (figures.mean_batch === undefined ? NONE : significant(figures.mean_batch)),
    rank: 7,
  },
  { title: "TTFT P99 ms", cell: ({ figures }) => milliseconds(figures.ttft_ms.p99) },
  { title: "TPOT P99", cell: ({ figures }) => milliseconds(figures.tpot_ms.p99), rank: 8 },
  { title: "ITL P99", cell: ({ figures }) => milliseconds(figures.itl_ms?.p99 ?? null), rank: 2 },
  { title: "E2E P99", cell: ({ figures }) => milliseconds(figures.e2e_ms.p99), rank: 1 },
  {
    title: "preempted",
    cell: ({ figures }) => (figures.preemptions === undefined ? NONE : count(figures.preemptions)),
    rank: 6,
  },
];

function roughly(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** Columns of the loads that were tried. */
export function triedColumns({ searched, objective }: CapacityResult): Column<TriedLoad>[] {
  const rate = (load: TriedLoad) => significant(load.rate_rps);
  const times: [boolean, Column<TriedLoad>][] = [
    [true, { title: "TTFT P99 ms", cell: ({ ttft_p99_ms }) => milliseconds(ttft_p99_ms) }],
    [true, { title: "TPOT P99", cell: ({ tpot_p99_ms }) => milliseconds(tpot_p99_ms), rank: 2 }],
    [objective.e2e_ms !== undefined, { title: "E2E P99", cell: ({ e2e_p99_ms }) => milliseconds(e2e_p99_ms), rank: 1 }],
    [objective.itl_ms !== undefined, { title: "ITL P99", cell: ({ itl_p99_ms }) => milliseconds(itl_p99_ms ?? null) }],
  ];
  return [
    ...(searched === "concurrency"
      ? [
          { title: "tried: users", cell: ({ concurrency }: TriedLoad) => count(concurrency ?? 0) },
          { title: "requests/s", cell: rate },
        ]
      : [{ title: "tried: requests/s", cell: rate }]),
    { title: "in time", cell: ({ attainment }) => attained(attainment) },
    ...times.filter(([isAsked]) => isAsked).map(([, column]) => column),
    { title: "", cell: ({ cause }) => (cause === null ? colours.green("bearable") : colours.red(CAUSES[cause])) },
  ];
}

const CAUSES = {
  ...TIMES,
  overloaded: "overloaded",
  rejected: "rejections",
  all_limits: "all limits",
} as const;
