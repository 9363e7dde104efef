import pc from "picocolors";
import type { Distribution } from "../core/distribution.js";
import { count, millisecondsWithUnit } from "./quantities.js";

/** A row of the chart. */
export interface QuantileRow {
  label: string;
  distribution: Distribution;
}

/** Stretches between percentiles, and how they are drawn. */
const STRETCHES = [
  { from: "p50", to: "p90", glyph: "█", name: "P50 to P90" },
  { from: "p90", to: "p99", glyph: "▓", name: "to P99" },
  { from: "p99", to: "p999", glyph: "░", name: "to P99.9" },
  { from: "p999", to: "max", glyph: "·", name: "to max" },
] as const;

/** Steps of the marks on the axis, within a decade. */
const MARKS = [1, 2, 5];

/**
 * Distributions of a time as bars on one logarithmic axis, from P50 to the largest, with the objective as a line.
 *
 * A stretch whose far end was not reached by enough requests runs to the right edge, and ends in `>`.
 *
 * @returns its lines; none if nothing is there to draw.
 */
export function quantileChart(rows: readonly QuantileRow[], objectiveMs: number, width: number): string[] {
  const labelWidth = Math.max(...rows.map(({ label }) => label.length)) + 2;
  const axis = axisFor(rows, objectiveMs, width - labelWidth);
  if (axis === undefined) return [];
  const objective = axis.columnOf(objectiveMs);
  const bars = rows.map(({ label, distribution }) => {
    const glyphs = bar(distribution, axis);
    const styled = glyphs.map((glyph, column) => (column === objective ? pc.yellow("│") : colour(glyph)));
    return label.padEnd(labelWidth) + styled.join("").trimEnd();
  });
  const legend = [...STRETCHES.map(({ glyph, name }) => `${glyph} ${name}`), "│ objective"].join("  ");
  return [
    " ".repeat(labelWidth) + pc.dim(axisMarks(axis)),
    ...bars,
    " ".repeat(Math.max(0, Math.min(labelWidth, width - legend.length))) + pc.dim(legend),
  ];
}

interface Axis {
  columns: number;
  columnOf(ms: number): number;
  lowMs: number;
  highMs: number;
}

function axisFor(rows: readonly QuantileRow[], objectiveMs: number, columns: number): Axis | undefined {
  const values = rows.flatMap(({ distribution: { p50, p90, p99, p999, max } }) => [p50, p90, p99, p999, max]);
  const positive = values.filter((value) => value !== null && value > 0) as number[];
  if (positive.length === 0 || columns < 10) return undefined;
  const lowMs = Math.min(...positive, objectiveMs) * 0.8;
  const highMs = Math.max(...positive, objectiveMs) * 1.25;
  const span = Math.log(highMs / lowMs);
  const columnOf = (ms: number) => {
    const place = ms <= lowMs ? 0 : Math.log(ms / lowMs) / span;
    return Math.min(columns - 1, Math.floor(place * columns));
  };
  return { columns, columnOf, lowMs, highMs };
}

function bar(distribution: Distribution, axis: Axis): string[] {
  const glyphs = new Array<string>(axis.columns).fill(" ");
  for (const { from, to, glyph } of STRETCHES) {
    const start = distribution[from];
    if (start === null) break;
    const end = distribution[to];
    const last = end === null ? axis.columns - 1 : axis.columnOf(end);
    for (let column = axis.columnOf(start); column <= last; column++) glyphs[column] = glyph;
    if (end === null) {
      glyphs[last] = ">";
      break;
    }
  }
  return glyphs;
}

function colour(glyph: string): string {
  return glyph === " " || glyph === "·" ? glyph : pc.cyan(glyph);
}

/** Marks at 1, 2 and 5 times powers of ten, as many as there is room for; each stands with its first character at its place. */
function axisMarks(axis: Axis): string {
  let line = "";
  for (let decade = 10 ** Math.floor(Math.log10(axis.lowMs)); decade <= axis.highMs; decade *= 10) {
    for (const step of MARKS) {
      const ms = Number((step * decade).toPrecision(1));
      const mark = `╵${millisecondsMark(ms)}`;
      const column = axis.columnOf(ms);
      const fits = column + mark.length <= axis.columns && (line === "" || column >= line.length + 1);
      if (ms >= axis.lowMs && ms <= axis.highMs && fits) line = line.padEnd(column) + mark;
    }
  }
  return line;
}

function millisecondsMark(ms: number): string {
  return ms >= 1000 ? `${count(ms / 1000)} s` : millisecondsWithUnit(ms).replace(/\.0+ /, " ");
}
