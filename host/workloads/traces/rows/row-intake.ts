/**
 * Takes in rows: checks the fields of each, counts those that cannot be used, and hands the rest to the look-ahead.
 *
 * Scanners take the usual case into their own hands, field by field from bytes. Whatever is not perfectly usual they give to
 * {@link RowIntake.take}, which alone decides what is wrong.
 */
import { DecimalClock } from "../clock/decimal-clock.js";
import type { TraceLayout } from "../formats.js";
import type { LineReader } from "../bytes/line-reader.js";
import { LookAhead } from "./look-ahead.js";
import { NAME_TOO_LONG, NameTable, TOO_MANY_NAMES } from "./names.js";
import { StampClock } from "../clock/stamp-clock.js";
import type { UnusableReason } from "../trace-source.js";
import type { UnusableRows } from "./unusable-rows.js";

const MOST_TOKENS = 2 ** 31 - 1;
const MOST_LABELS = 65535;
const MOST_CATEGORIES = 64;
const MOST_PRIORITY = 255;
const MOST_BLOCK_ID = 2 ** 32 - 1;
/** Space around a name. No other white space: the scanners trim none. */
const AROUND = /^[ \t]+|[ \t]+$/g;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A field as a scanner found it: where from, and its value (`undefined`: not there). */
export interface Field {
  column: string;
  value: unknown;
}

/** The fields of a row. Without `arrival` the trace has no arrival times. */
export interface Row {
  arrival?: Field;
  input: Field;
  output: Field;
  label?: Field;
  category?: Field;
  priority?: Field;
  blocks?: Field;
}

/** How the arrivals of a trace are written. */
export type ArrivalKind = "stamp" | "decimal" | "none";

export class RowIntake {
  readonly stamps = new StampClock();
  readonly decimals: DecimalClock;
  readonly labels = new NameTable(MOST_LABELS);
  readonly categories = new NameTable(MOST_CATEGORIES);
  readonly ahead: LookAhead;
  /** Category number of rows that give none. */
  readonly defaultCategory: number;
  /** Rows used so far. */
  used = 0;
  /** Whether some category was one too many, and counts as none. */
  categoriesLost = false;
  /** Rows used that give a priority. */
  prioritised = 0;
  /** What was wrong with the row taken last. */
  private faultReason: UnusableReason = "not_a_number";
  private faultField: Field = { column: "", value: "" };
  /** Rows that do not have one block id for each block of their input. */
  oddBlockCounts = 0;

  constructor(
    readonly layout: TraceLayout,
    readonly arrivalKind: ArrivalKind,
    readonly blockSize: number,
    readonly unusable: UnusableRows,
    private readonly lines: LineReader,
  ) {
    this.decimals = new DecimalClock(layout.arrivalUnit);
    this.ahead = new LookAhead(layout.blocks !== undefined);
    this.defaultCategory = this.categories.ofText(layout.defaultCategory);
  }

  /** Adds a row that has been found good, its blocks already in the look-ahead. */
  push(time: number, inputTokens: number, outputTokens: number, label: number, category: number): void {
    this.used++;
    this.ahead.push(time, inputTokens, outputTokens, label, category);
  }

  /** Gives the row added last its priority. */
  setPriority(priority: number): void {
    this.prioritised++;
    this.ahead.newer.setPriority(priority);
  }

  /** Adds a row if it is good, counts it if it is not. */
  take(row: Row): void {
    if (this.accept(row)) return;
    this.ahead.newer.dropBlocks();
    this.reject(this.faultReason, textOf(this.faultField.value), this.faultField.column);
  }

  /** Counts a row that cannot be used. */
  reject(reason: UnusableReason, value: string, column?: string): void {
    const { line } = this.lines;
    this.unusable.add(this.used, column === undefined ? { line, reason, value } : { line, reason, column, value });
  }

  /** The category number of bytes: one too many counts as none. {@link NAME_TOO_LONG} where that is so. */
  categoryOfBytes(bytes: Uint8Array, start: number, end: number): number {
    return this.categoryOr(this.categories.ofBytes(bytes, start, end));
  }

  private accept(row: Row): boolean {
    const time = row.arrival ? this.time(row.arrival) : 0;
    if (Number.isNaN(time)) return false;
    const output = this.tokens(row.output, this.layout.zeroOutputFailed ? "failed_request" : "zero_output");
    if (Number.isNaN(output)) return false;
    const input = this.tokens(row.input, "zero_input");
    if (Number.isNaN(input)) return false;
    const label = row.label ? this.label(row.label) : 0;
    const category = row.category ? this.category(row.category) : this.defaultCategory;
    if (Number.isNaN(label) || Number.isNaN(category)) return false;
    const priority = row.priority ? this.priority(row.priority) : 0;
    if (Number.isNaN(priority)) return false;
    if (row.blocks && !this.addBlocks(row.blocks)) return false;
    if (row.arrival && this.ahead.isTooLate(time)) {
      this.fault("out_of_order", row.arrival);
      return false;
    }
    if (row.blocks) this.countOddBlocks((row.blocks.value as unknown[]).length, input);
    this.push(time, input, output, label, category);
    if (row.priority) this.setPriority(priority);
    return true;
  }

  /** Remembers what is wrong. NaN, for those who answer with a number. */
  private fault(reason: UnusableReason, field: Field): number {
    this.faultReason = reason;
    this.faultField = field;
    return NaN;
  }

  private time(field: Field): number {
    const { value } = field;
    if (value === undefined) return this.fault("missing_column", field);
    const isStamp = this.arrivalKind === "stamp";
    let time = NaN;
    if (typeof value === "string") time = (isStamp ? this.stamps : this.decimals).fromText(value);
    else if (typeof value === "number" && !isStamp) time = this.decimals.fromNumber(value);
    if (Number.isNaN(time)) return this.fault(isStamp ? "not_a_timestamp" : "not_a_number", field);
    return !isStamp && this.decimals.isNegative(time) ? this.fault("negative_time", field) : time;
  }

  private tokens(field: Field, ofZero: UnusableReason): number {
    const { value } = field;
    if (value === undefined) return this.fault("missing_column", field);
    const tokens = numberOf(value);
    if (Number.isNaN(tokens)) return this.fault("not_a_number", field);
    if (tokens < 0) return this.fault("negative_tokens", field);
    if (tokens === 0) return this.fault(ofZero, field);
    if (tokens > MOST_TOKENS) return this.fault("too_many_tokens", field);
    return Number.isInteger(tokens) ? tokens : this.fault("not_an_integer", field);
  }

  private priority(field: Field): number {
    const priority = numberOf(field.value);
    const isPriority = Number.isInteger(priority) && priority >= 0 && priority <= MOST_PRIORITY;
    return isPriority ? priority : this.fault("bad_priority", field);
  }

  private label(field: Field): number {
    const number = this.labels.ofText(nameOf(field.value));
    if (number === NAME_TOO_LONG) return this.fault("name_too_long", field);
    return number === TOO_MANY_NAMES ? this.fault("too_many_labels", field) : number;
  }

  private category(field: Field): number {
    const number = this.categoryOr(this.categories.ofText(nameOf(field.value)));
    return number === NAME_TOO_LONG ? this.fault("name_too_long", field) : number;
  }

  private categoryOr(number: number): number {
    if (number === TOO_MANY_NAMES) {
      this.categoriesLost = true;
      return 0;
    }
    return number === 0 ? this.defaultCategory : number;
  }

  private addBlocks(field: Field): boolean {
    const { value } = field;
    const isList = Array.isArray(value) && value.every(isBlockId);
    if (!isList) {
      this.fault(value === undefined ? "missing_column" : "bad_block_ids", field);
      return false;
    }
    for (const id of value as number[]) this.ahead.newer.pushBlock(id);
    return true;
  }

  /** Notes whether a row has as many block ids as its input has blocks. */
  countOddBlocks(ids: number, input: number): void {
    if (ids !== Math.ceil(input / this.blockSize)) this.oddBlockCounts++;
  }
}

/** A number, or text that is one; NaN otherwise. */
function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && NUMBER.test(value.trim()) ? Number(value) : NaN;
}

function isBlockId(id: unknown): boolean {
  return typeof id === "number" && Number.isInteger(id) && id >= 0 && id <= MOST_BLOCK_ID;
}

/** What a label or category column says: text, or a number as text; anything else is no name. */
function nameOf(value: unknown): string {
  if (typeof value === "string") return value.replaceAll(AROUND, "");
  return typeof value === "number" ? String(value) : "";
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined ? "" : JSON.stringify(value).slice(0, 200);
}
