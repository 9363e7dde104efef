/**
 * Which column of a CSV file holds what, and rows of it that have been cut into texts.
 */
import type { TraceLayout } from "../formats.js";
import type { Field, Row, RowIntake } from "../rows/row-intake.js";

/** What a column is read for. */
export type CsvRole = "skip" | "arrival" | "input" | "output" | "label" | "category" | "priority";

export interface CsvColumns {
  /** One of `,`, tab and `;`. */
  delimiter: string;
  /** The header. */
  names: readonly string[];
  /** One a column. */
  roles: readonly CsvRole[];
}

/** The delimiter that a header uses most. */
export function delimiterOf(header: string): string {
  const count = (delimiter: string) => header.split(delimiter).length;
  return ["\t", ";"].reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best), ",");
}

/** The columns of a header that a layout reads; where a name occurs twice the first counts. */
export function columnsOf(names: readonly string[], delimiter: string, layout: TraceLayout): CsvColumns {
  const roles: CsvRole[] = names.map(() => "skip");
  const assign = (role: CsvRole, candidates: readonly string[]) => {
    const name = candidates.find((candidate) => names.includes(candidate));
    if (name !== undefined) roles[names.indexOf(name)] = role;
  };
  assign("priority", layout.priority);
  assign("category", layout.category);
  assign("label", layout.label);
  assign("output", layout.output);
  assign("input", layout.input);
  assign("arrival", layout.arrival);
  return { delimiter, names, roles };
}

/** Gives a row, cut into texts, to the intake. */
export function takeTexts(texts: readonly string[], columns: CsvColumns, intake: RowIntake): void {
  const { names, roles } = columns;
  if (texts.length > names.length) {
    intake.reject("extra_column", texts[names.length]!);
    return;
  }
  if (texts.length < names.length) {
    intake.reject("missing_column", texts.join(columns.delimiter), names[texts.length]);
    return;
  }
  const field = (role: CsvRole): Field | undefined => {
    const index = roles.indexOf(role);
    return index < 0 ? undefined : { column: names[index]!, value: texts[index] };
  };
  const row: Row = { input: field("input")!, output: field("output")! };
  for (const role of ["arrival", "label", "category", "priority"] as const) {
    const found = field(role);
    if (found) row[role] = found;
  }
  intake.take(row);
}
