/**
 * Scans CSV rows from bytes straight into columns: no string, no array and no object for a row. A row that is not written the
 * usual way is cut into texts and judged by the intake, so that the fast path only ever has to accept.
 */
import { takeTexts, type CsvColumns, type CsvRole } from "./csv-columns.js";
import { cutRecord } from "./csv-record.js";
import type { LineReader } from "../bytes/line-reader.js";
import type { RowIntake } from "../rows/row-intake.js";

const SKIP = 0;
const ARRIVAL_DECIMAL = 1;
const ARRIVAL_STAMP = 2;
const INPUT = 3;
const OUTPUT = 4;
const LABEL = 5;
const CATEGORY = 6;
const PRIORITY = 7;

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
/** Digits of a token count that the fast path reads: below 2^31 whatever they are. */
const FAST_DIGITS = 9;
const MOST_PRIORITY = 255;

const decoder = new TextDecoder();

export class CsvScanner {
  private readonly roles: Uint8Array;
  private readonly delimiter: number;
  /** Behind the last byte of the field just read. */
  private end = 0;
  private time = 0;
  private input = 0;
  private output = 0;
  private label = 0;
  private category: number;
  private priority = 0;
  private readonly hasPriority: boolean;

  constructor(
    private readonly columns: CsvColumns,
    private readonly intake: RowIntake,
  ) {
    this.delimiter = columns.delimiter.charCodeAt(0);
    const codes: Record<CsvRole, number> = {
      skip: SKIP,
      arrival: intake.arrivalKind === "stamp" ? ARRIVAL_STAMP : ARRIVAL_DECIMAL,
      input: INPUT,
      output: OUTPUT,
      label: LABEL,
      category: CATEGORY,
      priority: PRIORITY,
    };
    this.roles = Uint8Array.from(columns.roles, (role) => codes[role]);
    this.category = intake.defaultCategory;
    this.hasPriority = columns.roles.includes("priority");
  }

  /** Reads rows until the lines end, the look-ahead is full, or a row goes on behind the lines that are there. */
  scan(lines: LineReader): void {
    const { intake } = this;
    const { ahead } = intake;
    const { bytes } = lines;
    let { at } = lines;
    while (at < bytes.length && !ahead.isFull) {
      const next = this.readRow(bytes, at);
      if (next > 0 && !ahead.isTooLate(this.time)) {
        at = next;
        lines.line++;
        intake.push(this.time, this.input, this.output, this.label, this.category);
        if (this.hasPriority) intake.setPriority(this.priority);
      } else {
        const start = at;
        at = this.takeAsTexts(lines, start);
        if (at === start) break;
      }
    }
    lines.at = at;
  }

  /** Reads the fields of the row at `start`. Where the next row begins; 0 if this one is not good and usual. */
  private readRow(bytes: Uint8Array, start: number): number {
    const { intake, roles, delimiter } = this;
    const lastColumn = roles.length - 1;
    let at = start;
    for (let column = 0; ; column++) {
      const isQuoted = bytes[at] === QUOTE;
      if (isQuoted) at++;
      switch (roles[column]) {
        case ARRIVAL_STAMP:
          this.time = intake.stamps.read(bytes, at);
          at = intake.stamps.end;
          break;
        case ARRIVAL_DECIMAL:
          this.time = intake.decimals.read(bytes, at);
          at = intake.decimals.end;
          break;
        case INPUT:
          this.input = this.readTokens(bytes, at);
          at = this.end;
          break;
        case OUTPUT:
          this.output = this.readTokens(bytes, at);
          at = this.end;
          break;
        case LABEL:
          this.skipField(bytes, at, isQuoted);
          this.label = this.isTidy(bytes, at) ? intake.labels.ofBytes(bytes, at, this.end) : -1;
          at = this.end;
          break;
        case CATEGORY:
          this.skipField(bytes, at, isQuoted);
          this.category = this.isTidy(bytes, at) ? intake.categoryOfBytes(bytes, at, this.end) : -1;
          at = this.end;
          break;
        case PRIORITY:
          this.priority = this.readPriority(bytes, at);
          at = this.end;
          break;
        default:
          this.skipField(bytes, at, isQuoted);
          at = this.end;
      }
      if (isQuoted && bytes[at++] !== QUOTE) return 0;
      if (column === lastColumn) break;
      if (bytes[at] !== delimiter) return 0;
      at++;
    }
    if (bytes[at] === CR) at++;
    // Times that are NaN and counts that are not positive fail here; a field that is not what it should be fails at its end.
    const { time } = this;
    const isGood = time === time && this.input > 0 && this.output > 0 && this.label >= 0 && this.category >= 0;
    return isGood && this.priority >= 0 && bytes[at] === LF ? at + 1 : 0;
  }

  /** A count of at most nine digits; 0 if there is none. */
  private readTokens(bytes: Uint8Array, start: number): number {
    let at = start;
    let value = 0;
    for (let digit = bytes[at]! - 48; digit >= 0 && digit <= 9; digit = bytes[++at]! - 48) {
      value = (value * 10 + digit) | 0;
    }
    this.end = at;
    return at - start <= FAST_DIGITS ? value : 0;
  }

  /** A priority of at most nine digits; -1 if there is none. */
  private readPriority(bytes: Uint8Array, start: number): number {
    const priority = this.readTokens(bytes, start);
    const digits = this.end - start;
    return digits > 0 && digits <= FAST_DIGITS && priority <= MOST_PRIORITY ? priority : -1;
  }

  /** Sets `end` behind a field, or before its closing quote; a quote that is doubled ends it as well. */
  private skipField(bytes: Uint8Array, start: number, isQuoted: boolean): void {
    const { delimiter } = this;
    let at = start;
    if (isQuoted) for (let byte = bytes[at]; byte !== QUOTE && byte !== LF; byte = bytes[++at]);
    else for (let byte = bytes[at]; byte !== delimiter && byte !== LF && byte !== CR; byte = bytes[++at]);
    this.end = at;
  }

  /** Whether the field just skipped has nothing to trim. */
  private isTidy(bytes: Uint8Array, start: number): boolean {
    const first = bytes[start];
    const last = bytes[this.end - 1];
    return first !== SPACE && first !== TAB && last !== SPACE && last !== TAB;
  }

  /** The slow path. Where the next row begins; `start` if this one goes on behind the lines that are there. */
  private takeAsTexts(lines: LineReader, start: number): number {
    const { columns, intake } = this;
    const { bytes } = lines;
    const record = cutRecord(bytes, start, this.delimiter);
    if (record === "incomplete" && !lines.isLast) return start;
    if (typeof record === "string") {
      // Only the first line is given up, so that a stray quote does not swallow what follows.
      const end = bytes.indexOf(LF, start);
      lines.line++;
      intake.reject("bad_quoting", decoder.decode(bytes.subarray(start, end)));
      return end + 1;
    }
    const isBlank = record.texts.length === 1 && record.texts[0]!.trim() === "";
    lines.line++;
    if (!isBlank) takeTexts(record.texts, columns, intake);
    lines.line += record.lines - 1;
    return record.next;
  }
}
