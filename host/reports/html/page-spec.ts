/**
 * What a report page says, as plain data: a title, a verdict, and sections of text, tables and charts. {@link htmlPage} makes the page.
 *
 * Charts draw from the result that the page carries: a value is either given, or found in the result by a {@link Pointer}.
 */
import type { ValueFormat } from "./value-format.js";

export type { ValueFormat } from "./value-format.js";

/** A page. Every text may hold anything: it is escaped. */
export interface Page {
  title: string;
  /** One line below the title: what was asked of what. */
  subtitle?: string;
  /** The answer in a sentence. */
  verdict?: Verdict;
  sections: readonly Section[];
  /** The JSON result of the command: what `--json` prints. The page carries it whole. */
  result: unknown;
  /** Name under which the result is saved from the page. Default: `result.json`. */
  fileName?: string;
}

/** How the answer is to be taken: `good` it holds, `bad` it does not, `unsure` it cannot be told. */
export type Tone = "good" | "bad" | "unsure";

/** The answer to the question of a page. */
export interface Verdict {
  tone: Tone;
  text: string;
}

/** A part of a page under a heading. */
export interface Section {
  title?: string;
  blocks: readonly Block[];
}

/** What a section is made of. */
export type Block = TextBlock | ListBlock | FactsBlock | FiguresBlock | TableBlock | Chart;

/** Something that is drawn. */
export type Chart = LinesChart | DistributionChart | FrontierChart | BarsChart | IntervalsChart;

/** Something that is drawn by script; the others are drawn by their markup. */
export type PlottedChart = LinesChart | DistributionChart | FrontierChart;

/** A paragraph. */
export interface TextBlock {
  kind: "text";
  text: string;
}

/** Short paragraphs, one below the other: notes, warnings. */
export interface ListBlock {
  kind: "list";
  items: readonly string[];
  tone?: Tone;
}

/** Names, and what is to be said of each. */
export interface FactsBlock {
  kind: "facts";
  facts: readonly { label: string; text: string }[];
}

/** The few figures that matter most, written large. */
export interface FiguresBlock {
  kind: "figures";
  figures: readonly { label: string; value: string; note?: string; tone?: Tone }[];
}

/** A table: its first column names the rows and stands left, all others right. */
export interface TableBlock {
  kind: "table";
  caption?: string;
  columns: readonly string[];
  rows: readonly TableRow[];
}

/** A row of a table. */
export interface TableRow {
  cells: readonly string[];
  /** The row to look at: what was chosen. */
  isChosen?: boolean;
  tone?: Tone;
}

/**
 * Where a value stands in the result, as a JSON Pointer (RFC 6901): `/pools/short/ttft_ms/p99`. A segment `*` stands for every
 * element of an array, as in `/rows` + `/*` + `/total_gpus`. {@link pointer} writes one.
 */
export type Pointer = string;

/** A number, `null` where there is none, or where it stands in the result. */
export type Value = number | null | Pointer;

/** Numbers, or where they stand in the result. */
export type Values = readonly (number | null)[] | Pointer;

/** An axis. */
export interface Axis {
  label: string;
  /** Where the format does not say it: `GPUs`, `kW`. */
  unit?: string;
  /** How its values are written. Default `number`. */
  format?: ValueFormat;
  /** Default `linear`. On a logarithmic axis nothing is drawn of what is not above 0. */
  scale?: "linear" | "log";
}

/** A value that others are held against, drawn as a line across. */
export interface Limit {
  label: string;
  value: Value;
}

interface ChartBase {
  title: string;
  /** What is seen, or how it is to be read. */
  note?: string;
}

/** One thing of several that a chart tells apart. */
export interface Series {
  label: string;
  x: Values;
  y: Values;
  /** Factor from the values of the result to those of the axis. Default 1. */
  factor?: number;
  /** The whole, of which others are parts: drawn strongly. */
  isTotal?: boolean;
}

/** Values over time, or over anything that grows. */
export interface LinesChart extends ChartBase {
  kind: "lines";
  x: Axis;
  y: Axis;
  series: readonly Series[];
  limit?: Limit;
}

/**
 * Distributions as quantile curves: x of a series are shares (0 to 1), y the values that these shares keep within. The axis of shares is
 * one of nines (0, 90, 99, 99.9 % at equal distances), so that tails show.
 */
export interface DistributionChart extends ChartBase {
  kind: "distribution";
  y: Axis;
  series: readonly Series[];
  limit?: Limit;
  /** The share that the limit is set for: a mark on the axis. Default 0.99. */
  share?: number;
}

/** A candidate of a frontier. */
export interface FrontierPoint {
  label: string;
  x: Value;
  y: Value;
  /** Whether it meets what was asked. */
  isFeasible: boolean;
  /** The answer. */
  isChosen?: boolean;
  /** None is better in both: these are joined by a line. */
  isEfficient?: boolean;
  /** Expected by a formula, not measured: drawn hollow, and never efficient. */
  isEstimate?: boolean;
  /** 95 % confidence interval of y, drawn as a line through the mark. */
  interval?: readonly [number, number] | null;
  /** What else is shown of it. */
  details?: readonly { label: string; text: string }[];
}

/** Candidates by two of their figures. A candidate without one of them is in the table alone. */
export interface FrontierChart extends ChartBase {
  kind: "frontier";
  x: Axis;
  y: Axis;
  points: readonly FrontierPoint[];
  /** On the axis y. */
  limit?: Limit;
}

/** Amounts side by side, from 0. */
export interface BarsChart extends ChartBase {
  kind: "bars";
  axis: Axis;
  bars: readonly { label: string; value: Value; tone?: Tone; isChosen?: boolean }[];
  limit?: Limit;
}

/** Figures with their intervals, one below the other on one axis: which of them differ, and from `limit`. */
export interface IntervalsChart extends ChartBase {
  kind: "intervals";
  axis: Axis;
  /** A figure without `interval` is a point; one that is `null` stands in the table alone. */
  items: readonly {
    label: string;
    value: number | null;
    interval?: readonly [number, number] | null;
    tone?: Tone;
    isChosen?: boolean;
  }[];
  limit?: { label: string; value: number };
  /** How a figure is written beside its mark. Default: by the format of the axis. */
  text?: readonly string[];
}
