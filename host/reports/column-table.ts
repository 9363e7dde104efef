import { plainTable } from "./plain-table.js";
import { visibleLength } from "./visible-length.js";

/** A column of a table: its heading, and its cell in each row. */
export interface Column<Row> {
  title: string;
  cell: (row: Row) => string;
  /** Where the table is too wide, columns that have a rank are left out, the lowest first. */
  rank?: number;
}

/** Blanks between columns. */
const GAP = 2;

/** The lines of a table of at most `width` characters: columns with a rank are left out until it fits. */
export function columnTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): string[] {
  const all = columns.map(({ title, cell, rank }) => {
    const cells = rows.map(cell);
    return { title, cells, rank: rank ?? Infinity, width: Math.max(title.length, ...cells.map(visibleLength)) };
  });
  let kept = all;
  const isTooWide = () => kept.reduce((sum, column) => sum + column.width + GAP, -GAP) > width;
  const byRank = all.filter(({ rank }) => rank < Infinity).sort((a, b) => a.rank - b.rank);
  for (const next of byRank) if (isTooWide()) kept = kept.filter((column) => column !== next);
  const table = plainTable(
    kept.map(({ title }) => title),
    rows.map((_, row) => kept.map(({ cells }) => cells[row]!)),
  );
  return table.split("\n");
}
