import type { Column } from "../column-table.js";
import type { TableBlock, Tone } from "./page-spec.js";

/** How rows of a table are told apart. */
export interface RowMarks<Row> {
  caption?: string;
  isChosen?: (row: Row) => boolean;
  tone?: (row: Row) => Tone | undefined;
}

/** The table of a page with the columns of a report for the terminal: all of them, whatever their rank, and without colours. */
export function tableOf<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  marks: RowMarks<Row> = {},
): TableBlock {
  const { caption, isChosen, tone } = marks;
  return {
    kind: "table",
    ...(caption === undefined ? {} : { caption }),
    columns: columns.map(({ title }) => title),
    rows: rows.map((row) => {
      const rowTone = tone?.(row);
      return {
        cells: columns.map(({ cell }) => withoutColours(cell(row))),
        ...(isChosen?.(row) ? { isChosen: true } : {}),
        ...(rowTone === undefined ? {} : { tone: rowTone }),
      };
    }),
  };
}

/** A text of a report for the terminal, without its colours. */
export function withoutColours(text: string): string {
  // eslint-disable-next-line no-control-regex -- the escape sequences of colours
  return text.replaceAll(/\u001b\[[\d;]*m/g, "");
}
