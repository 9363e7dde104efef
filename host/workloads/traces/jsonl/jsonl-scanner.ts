/**
 * Scans JSON lines from bytes straight into columns. The fast path reads flat objects of plain strings, plain numbers and lists
 * of integers, and accepts a row only if all of it is valid JSON and good; every other line goes through JSON.parse, which alone
 * decides what is wrong with it.
 */
import {
  ARRIVAL,
  BLOCKS,
  CATEGORY,
  INPUT,
  JsonKeys,
  LABEL,
  OUTPUT,
  PRIORITY,
  ROLES,
  plainStringEnd,
  skipSpace,
} from "./json-keys.js";
import type { TraceLayout } from "../formats.js";
import type { LineReader } from "../bytes/line-reader.js";
import type { Field, Row, RowIntake } from "../rows/row-intake.js";

const LF = 10;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const LIST_BEGIN = 91;
const LIST_END = 93;
const OBJECT_END = 125;
/** Digits of a count that the fast path reads: below 2^31 whatever they are. */
const FAST_DIGITS = 9;
const MOST_PRIORITY = 255;

const decoder = new TextDecoder();
const LITERALS = ["true", "false", "null"].map((word) => new TextEncoder().encode(word));

export class JsonlScanner {
  private readonly keys: JsonKeys;
  /** Best rank seen in the object being read, for each role. */
  private readonly ranks = new Uint8Array(ROLES);
  /** Set of roles that a row cannot do without. */
  private readonly needed: number;
  private time = 0;
  private input = 0;
  private output = 0;
  /** Bytes of the label and of the category; end 0: there is none. */
  private labelBegin = 0;
  private labelEnd = 0;
  private categoryBegin = 0;
  private categoryEnd = 0;
  /** -1: there is none. */
  private priority = -1;
  private integer = 0;
  private blocks = 0;

  constructor(
    private readonly layout: TraceLayout,
    private readonly intake: RowIntake,
  ) {
    this.keys = new JsonKeys(layout);
    this.needed = (1 << INPUT) | (1 << OUTPUT);
    if (layout.arrival.length > 0) this.needed |= 1 << ARRIVAL;
    if (layout.blocks !== undefined) this.needed |= 1 << BLOCKS;
  }

  /** Reads lines until they end or the look-ahead is full. */
  scan(lines: LineReader): void {
    const { intake } = this;
    const { ahead } = intake;
    const { bytes } = lines;
    let { at } = lines;
    while (at < bytes.length && !ahead.isFull) {
      const next = this.readObject(bytes, at);
      lines.line++;
      if (next > 0 && this.takeObject(bytes)) {
        at = next;
      } else {
        ahead.newer.dropBlocks();
        const end = bytes.indexOf(LF, at);
        takeJsonLine(decoder.decode(bytes.subarray(at, end)), this.layout, intake);
        at = end + 1;
      }
    }
    lines.at = at;
  }

  /** Adds the object just read; false if it is not good. */
  private takeObject(bytes: Uint8Array): boolean {
    const { intake } = this;
    if (intake.ahead.isTooLate(this.time)) return false;
    const label = this.labelEnd === 0 ? 0 : intake.labels.ofBytes(bytes, this.labelBegin, this.labelEnd);
    const category =
      this.categoryEnd === 0
        ? intake.defaultCategory
        : intake.categoryOfBytes(bytes, this.categoryBegin, this.categoryEnd);
    if (label < 0 || category < 0) return false;
    if (this.layout.blocks !== undefined) intake.countOddBlocks(this.blocks, this.input);
    intake.push(this.time, this.input, this.output, label, category);
    if (this.priority >= 0) intake.setPriority(this.priority);
    return true;
  }

  /** Reads the object at `start`. Where the next line begins; 0 if the line is not good and usual. */
  private readObject(bytes: Uint8Array, start: number): number {
    const { keys, ranks } = this;
    this.input = 0;
    this.output = 0;
    this.labelEnd = 0;
    this.categoryEnd = 0;
    this.priority = -1;
    this.blocks = 0;
    let seen = 0;
    let at = start;
    for (let place = 0; ; place++) {
      at = keys.lead(bytes, at, place);
      if (at < 0) return 0;
      const { role, rank } = keys.key;
      // A second key of one role counts only if it ranks no lower; its value must be valid all the same.
      const isBest = (seen & (1 << role)) === 0 || rank <= ranks[role]!;
      if (isBest) ranks[role] = rank;
      seen |= 1 << role;
      at = isBest ? this.readValue(bytes, at, role) : this.skipValue(bytes, at);
      if (at < 0) return 0;
      if (bytes[at] === COMMA) continue;
      at = skipSpace(bytes, at);
      if (bytes[at] === OBJECT_END) break;
    }
    at = skipSpace(bytes, at + 1);
    const isGood = bytes[at] === LF && (seen & this.needed) === this.needed && this.input > 0 && this.output > 0;
    return isGood ? at + 1 : 0;
  }

  /** Reads a value for a role. Where it ends; -1 if it is not usual. */
  private readValue(bytes: Uint8Array, at: number, role: number): number {
    let end: number;
    switch (role) {
      case ARRIVAL:
        return this.readTime(bytes, at);
      case INPUT:
        end = this.readInteger(bytes, at);
        this.input = this.integer;
        return end;
      case OUTPUT:
        end = this.readInteger(bytes, at);
        this.output = this.integer;
        return end;
      case LABEL:
        end = this.readName(bytes, at);
        this.labelBegin = at + 1;
        this.labelEnd = end - 1;
        return end;
      case CATEGORY:
        end = this.readName(bytes, at);
        this.categoryBegin = at + 1;
        this.categoryEnd = end - 1;
        return end;
      case PRIORITY:
        end = this.readInteger(bytes, at);
        this.priority = this.integer;
        return this.priority <= MOST_PRIORITY ? end : -1;
      case BLOCKS:
        return this.readBlocks(bytes, at);
      default:
        return this.skipValue(bytes, at);
    }
  }

  private readTime(bytes: Uint8Array, at: number): number {
    const { decimals, stamps } = this.intake;
    if (this.intake.arrivalKind === "stamp") {
      if (bytes[at] !== QUOTE) return -1;
      this.time = stamps.read(bytes, at + 1);
      return !Number.isNaN(this.time) && bytes[stamps.end] === QUOTE ? stamps.end + 1 : -1;
    }
    // JSON knows neither 007 nor 1. nor .5; the clock does.
    if (bytes[at] === ZERO && isDigit(bytes[at + 1]!)) return -1;
    this.time = decimals.read(bytes, at);
    return Number.isNaN(this.time) || bytes[decimals.end - 1] === POINT ? -1 : decimals.end;
  }

  /** Reads a whole number of at most nine digits into `integer`. */
  private readInteger(bytes: Uint8Array, start: number): number {
    let at = start;
    let value = 0;
    for (let digit = bytes[at]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[++at]! - ZERO) {
      value = (value * 10 + digit) | 0;
    }
    const digits = at - start;
    this.integer = value;
    return digits === 0 || digits > FAST_DIGITS || (digits > 1 && bytes[start] === ZERO) ? -1 : at;
  }

  /** Where the string at `at` ends; -1 if it is none, or has space to trim. */
  private readName(bytes: Uint8Array, at: number): number {
    if (bytes[at] !== QUOTE) return -1;
    const end = plainStringEnd(bytes, at);
    return end < 0 || bytes[at + 1] === SPACE || bytes[end - 2] === SPACE ? -1 : end;
  }

  private readBlocks(bytes: Uint8Array, start: number): number {
    if (bytes[start] !== LIST_BEGIN) return -1;
    const { newer } = this.intake.ahead;
    newer.dropBlocks();
    this.blocks = 0;
    let at = skipSpace(bytes, start + 1);
    if (bytes[at] === LIST_END) return at + 1;
    for (;;) {
      at = this.readInteger(bytes, at);
      if (at < 0) return -1;
      newer.pushBlock(this.integer);
      this.blocks++;
      at = skipSpace(bytes, at);
      if (bytes[at] === LIST_END) return at + 1;
      if (bytes[at] !== COMMA) return -1;
      at = skipSpace(bytes, at + 1);
    }
  }

  /** Where a value that is not used ends; -1 if it is not usual. */
  private skipValue(bytes: Uint8Array, at: number): number {
    const first = bytes[at]!;
    if (first === QUOTE) return plainStringEnd(bytes, at);
    if (first === MINUS || isDigit(first)) return numberEnd(bytes, at);
    for (const word of LITERALS) {
      if (word.every((byte, i) => bytes[at + i] === byte)) return at + word.length;
    }
    return -1;
  }
}

/** Judges a line that the fast path did not take. */
export function takeJsonLine(line: string, layout: TraceLayout, intake: RowIntake): void {
  if (line.trim() === "") return;
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    intake.reject("not_json", line);
    return;
  }
  if (!isObject(parsed)) {
    intake.reject("not_an_object", line);
    return;
  }
  const object = parsed;
  const field = (names: readonly string[]): Field => {
    const name = names.find((candidate) => Object.hasOwn(object, candidate) && object[candidate] !== null);
    return name === undefined
      ? { column: names.join(" or "), value: undefined }
      : { column: name, value: object[name] };
  };
  const row: Row = { input: field(layout.input), output: field(layout.output) };
  if (layout.arrival.length > 0) row.arrival = field(layout.arrival);
  if (layout.label.length > 0) row.label = field(layout.label);
  if (layout.category.length > 0) row.category = field(layout.category);
  const priority = field(layout.priority);
  if (priority.value !== undefined) row.priority = priority;
  if (layout.blocks !== undefined) row.blocks = field([layout.blocks]);
  intake.take(row);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}

/** Where a number without exponent ends; -1 if it is not one by the grammar of JSON. */
function numberEnd(bytes: Uint8Array, start: number): number {
  let at = bytes[start] === MINUS ? start + 1 : start;
  const whole = at;
  while (isDigit(bytes[at]!)) at++;
  if (at === whole || (at > whole + 1 && bytes[whole] === ZERO)) return -1;
  if (bytes[at] !== POINT) return at;
  const fraction = ++at;
  while (isDigit(bytes[at]!)) at++;
  return at === fraction ? -1 : at;
}
