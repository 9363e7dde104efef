import colours from "picocolors";
import type { ReplayTraceResult } from "../planners/replay-trace.js";
import type { Fleet } from "../specs/fleet.js";
import { paragraph } from "./paragraph.js";
import { quantileChart } from "./quantile-chart.js";
import { notes, warnings } from "./replay-notes.js";
import { arrivalRows, stageLines, stageTable } from "./replay-stages.js";
import {
  fleetLine,
  measuredLine,
  objectiveLine,
  requestsLine,
  servedLine,
  stabilityLine,
  workloadLine,
} from "./replay-story.js";
import { batchingTable, latencyTable, loadTable, poolRows } from "./replay-tables.js";

/** Where a report is shown. */
export interface ReportOptions {
  /** How the fleet is called, normally the path of its file. */
  fleetName: string;
  /** Characters to a line. Default 100. */
  width?: number;
  /** File that every request was written to, if there is one. */
  perRequestFile?: string;
}

const INDENT = 11;

/** The story of a replay on one page, for a terminal. */
export function replayReport(result: ReplayTraceResult, fleet: Fleet, options: ReportOptions): string {
  const { fleetName, width = 100, perRequestFile } = options;
  const line = (label: string, words: string) => paragraph(colours.dim(label), words, INDENT, width);
  const rows = poolRows(result, fleet);
  const arrivals = arrivalRows(rows);
  const chart = quantileChart(
    arrivals.map(({ id, figures }) => ({ label: `TTFT ${id}`, distribution: figures.ttft_ms })),
    result.slo.ttft_ms,
    width,
  );
  const batched = batchingTable(rows, width);
  const staged = stageTable(rows, width);
  const asides = notes(result, fleet).flatMap((note) => line("note", note));
  return [
    title(result, fleetName, width),
    "",
    ...line("verdict", stabilityLine(result)),
    ...line("objective", objectiveLine(result)),
    ...line("requests", requestsLine(result)),
    ...warnings(result, fleet).flatMap((warning) => paragraph(colours.yellow("warning"), warning, INDENT, width)),
    ...line("workload", workloadLine(result)),
    ...line("fleet", fleetLine(result, fleet)),
    ...line("measured", measuredLine(result)),
    ...line("served", servedLine(result)),
    ...stageLines(result, fleet).flatMap(([label, words]) => line(label, words)),
    "",
    ...loadTable(rows, width),
    "",
    ...latencyTable(arrivals, width),
    "",
    ...(staged.length > 0 ? [...staged, ""] : []),
    ...(batched.length > 0 ? [...batched, ""] : []),
    ...(chart.length > 0 ? [...chart, ""] : []),
    ...(perRequestFile === undefined ? [] : line("written", written(perRequestFile, result))),
    ...asides,
  ].join("\n");
}

function written(file: string, { replications }: ReplayTraceResult): string {
  return `every request ${replications > 1 ? "of the first replication " : ""}to ${file}`;
}

function title({ trace, seed }: ReplayTraceResult, fleetName: string, width: number): string {
  const what = `${trace.name} through ${fleetName}`;
  const how = `seed ${seed}`;
  return colours.bold(what) + " ".repeat(Math.max(2, width - what.length - how.length)) + colours.dim(how);
}
