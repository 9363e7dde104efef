/**
 * Counts the rows that cannot be used, and ends the reading when they are too many.
 */
import type { UnusableReason, UnusableRow } from "../trace-source.js";
import { InputError } from "../../../specs/input-error.js";
import { CHUNK_ROWS } from "../../requests.js";

const LONGEST_VALUE = 80;
/** The share is not judged on fewer unusable rows than this before a whole chunk has been read, nor before the end on fewer rows. */
const TELLING_UNUSABLE = 1024;

const PHRASES: Record<UnusableReason, string> = {
  not_a_number: "is not a number",
  not_an_integer: "is not a whole number",
  not_a_timestamp: "is not a date stamp such as 2023-11-16 18:17:03.979960",
  negative_time: "is negative",
  negative_tokens: "is negative",
  zero_input: "is zero; a request has at least one input token",
  zero_output: "is zero; a request has at least one output token",
  too_many_tokens: "is above 2147483647",
  failed_request: "marks a failed request",
  out_of_order: "is earlier than rows more than a chunk of 65,536 rows before it; sort the file by time",
  missing_column: "is missing",
  extra_column: "is one field more than the header has",
  not_json: "is not JSON",
  not_an_object: "is JSON, but not an object",
  bad_block_ids: "is not a list of whole numbers 0 to 4294967295",
  bad_priority: "is not a whole number 0 to 255",
  name_too_long: "is longer than 1,024 bytes",
  too_many_labels: "is one label more than the 65,534 that a trace may have",
  bad_quoting: "has quotes that do not pair up",
};

export class UnusableRows {
  count = 0;
  readonly byReason: Partial<Record<UnusableReason, number>> = {};
  first: UnusableRow | undefined;

  constructor(
    private readonly name: string,
    private readonly maxShare: number,
  ) {}

  /**
   * Counts a row.
   *
   * @param used - Rows used so far.
   * @throws InputError if enough rows have been read to see that too many are unusable.
   */
  add(used: number, row: UnusableRow): void {
    this.count++;
    this.byReason[row.reason] = (this.byReason[row.reason] ?? 0) + 1;
    this.first ??= { ...row, value: row.value.slice(0, LONGEST_VALUE) };
    if (used + this.count >= CHUNK_ROWS || this.count >= TELLING_UNUSABLE) this.judge(used);
  }

  /** @throws InputError if more rows are unusable than allowed. */
  judge(used: number): void {
    const rows = used + this.count;
    if (this.first === undefined || this.count <= this.maxShare * rows) return;
    const share = `${this.count.toLocaleString("en-US")} of ${rows.toLocaleString("en-US")} rows cannot be used`;
    const limit = `(${percent(this.count / rows)}, allowed are ${percent(this.maxShare)})`;
    throw new InputError(
      `${this.name}: ${share} ${limit}; the first is on line ${this.first.line}: ${described(this.first)}; ` +
        `--max-unusable raises the limit.`,
    );
  }
}

/** A row's fault in words: `GeneratedTokens "abc" is not a number (not_a_number)`. */
function described({ reason, column, value }: UnusableRow): string {
  const found = reason === "missing_column" ? "" : ` ${quoted(value)}`;
  return `${column ?? "the row"}${found} ${PHRASES[reason]} (${reason})`;
}

/** A value as it may safely be shown on a terminal. */
export function quoted(value: string): string {
  return JSON.stringify(value.slice(0, LONGEST_VALUE)).replaceAll(/[\u007f-\u009f]/g, "?");
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
