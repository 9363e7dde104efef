import colours from "picocolors";
import { visibleLength } from "./visible-length.js";

/** Blanks between columns. */
const GAP = "  ";

/** A table without lines: the first column to the left, all others to the right. Plain text, so that pages in a browser can have it too. */
export function plainTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => visibleLength(row[column]!))));
  const lineOf = (cells: readonly string[]) =>
    cells
      .map((cell, column) => {
        const padding = " ".repeat(widths[column]! - visibleLength(cell));
        return column === 0 ? cell + padding : padding + cell;
      })
      .join(GAP)
      .trimEnd();
  return [head.map((title) => colours.dim(title)), ...rows].map(lineOf).join("\n");
}
