import Table from "cli-table3";
import type { Timing } from "./measure.js";

/** A ratio or a figure that the project promises. */
export interface Target {
  what: string;
  value: number;
  /** What it should be: `{ atLeast: 2 }`. */
  goal: { atLeast: number } | { atMost: number };
  unit: "x" | "B" | "ms" | "s" | "M/s";
}

/** What a section of the bench found. */
export interface SectionReport {
  name: string;
  /** What was measured on what, in a sentence or two. */
  about: string;
  columns: string[];
  rows: (string | number)[][];
  targets: Target[];
  /** What was left out, and why. */
  skipped: string[];
  /** Every figure, for the JSON file. */
  raw: unknown;
}

export function isMet({ value, goal }: Target): boolean {
  return "atLeast" in goal ? value >= goal.atLeast : value <= goal.atMost;
}

/** The 95 % margin of a mean, as tables show it. */
export function margin({ marginPercent }: Timing): string {
  return marginPercent === null ? "-" : `± ${marginPercent.toFixed(1)} %`;
}

/** A program in a table: items a second, ns an item at best, their median, margin, and the best as a multiple of `ofNs`. */
export function timingRow(name: string, timing: Timing, ofNs: number): (string | number)[] {
  const { minNs, medianNs } = timing;
  return [name, 1e9 / minNs, minNs, medianNs, margin(timing), `${(minNs / ofNs).toFixed(2)} x`];
}

/** Three significant digits, thousands separated. */
export function digits(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: Math.max(3, Math.ceil(Math.log10(value + 1))) });
}

export function print(report: SectionReport): void {
  const table = new Table({
    head: report.columns,
    colAligns: report.columns.map((_, column) => (column === 0 ? "left" : "right")),
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  for (const row of report.rows) table.push(row.map((cell) => (typeof cell === "number" ? digits(cell) : cell)));
  const targets = report.targets.map((target) => {
    const { what, value, goal, unit } = target;
    const wanted = "atLeast" in goal ? `at least ${goal.atLeast}` : `at most ${goal.atMost}`;
    return `  ${isMet(target) ? "met    " : "NOT MET"}  ${what}: ${value.toFixed(2)} ${unit} (target: ${wanted} ${unit})`;
  });
  const skipped = report.skipped.map((reason) => `  skipped  ${reason}`);
  console.log([`\n${report.name}`, report.about, table.toString(), ...targets, ...skipped].join("\n"));
}
