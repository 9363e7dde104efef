/**
 * The keys of a JSONL trace: what each is read for, and finding them fast.
 */
import type { TraceLayout } from "../formats.js";

export const SKIP = 0;
export const ARRIVAL = 1;
export const INPUT = 2;
export const OUTPUT = 3;
export const LABEL = 4;
export const CATEGORY = 5;
export const BLOCKS = 6;
export const PRIORITY = 7;
/** Number of roles. */
export const ROLES = 8;

export interface JsonKey {
  /** The key in UTF-8. */
  readonly bytes: Uint8Array;
  readonly role: number;
  /** Among keys of one role in an object the lowest counts. */
  readonly rank: number;
}

/** A key together with all the bytes from the value before it to its own: `, "timestamp": `. */
interface Lead {
  readonly bytes: Uint8Array;
  readonly key: JsonKey;
}

/** Most keys and leads remembered; an object of more is read the slow way. */
const MOST_KEYS = 64;
/** Longest lead remembered. */
const LONGEST_LEAD = 256;

const TAB = 9;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;
const OBJECT_BEGIN = 123;

/**
 * Finds keys in bytes. The objects of a trace are alike down to the spaces, so what leads to each value is first compared with
 * what led there in the object before.
 */
export class JsonKeys {
  /** The key found last. */
  key: JsonKey = { bytes: new Uint8Array(0), role: SKIP, rank: 0 };
  private readonly keys: JsonKey[] = [];
  private readonly leads: Lead[] = [];

  constructor(layout: TraceLayout) {
    const encoder = new TextEncoder();
    const add = (role: number, names: readonly string[]) => {
      for (const [rank, name] of names.entries()) this.keys.push({ bytes: encoder.encode(name), role, rank });
    };
    add(ARRIVAL, layout.arrival);
    add(INPUT, layout.input);
    add(OUTPUT, layout.output);
    add(LABEL, layout.label);
    add(CATEGORY, layout.category);
    add(PRIORITY, layout.priority);
    if (layout.blocks !== undefined) add(BLOCKS, [layout.blocks]);
  }

  /**
   * Reads from `start`, the beginning of the object or the end of a value, over the `place`-th key into `key`.
   *
   * @returns where the value begins; -1 if no plain key leads there.
   */
  lead(bytes: Uint8Array, start: number, place: number): number {
    const lead = this.leads[place];
    if (lead === undefined || !isAt(lead.bytes, bytes, start)) return this.findLead(bytes, start, place);
    this.key = lead.key;
    return start + lead.bytes.length;
  }

  private findLead(bytes: Uint8Array, start: number, place: number): number {
    let at = place === 0 ? start : skipSpace(bytes, start);
    if (bytes[at] !== (place === 0 ? OBJECT_BEGIN : COMMA)) return -1;
    at = skipSpace(bytes, at + 1);
    if (bytes[at] !== QUOTE) return -1;
    const end = plainStringEnd(bytes, at);
    if (end < 0) return -1;
    const key = this.find(bytes.subarray(at + 1, end - 1));
    at = skipSpace(bytes, end);
    if (!key || bytes[at] !== COLON) return -1;
    at = skipSpace(bytes, at + 1);
    this.key = key;
    if (place < MOST_KEYS && at - start <= LONGEST_LEAD) this.leads[place] = { bytes: bytes.slice(start, at), key };
    return at;
  }

  private find(name: Uint8Array): JsonKey | undefined {
    const known = this.keys.find((key) => key.bytes.length === name.length && isAt(key.bytes, name, 0));
    if (known || this.keys.length >= MOST_KEYS) return known;
    const key = { bytes: name.slice(), role: SKIP, rank: 0 };
    this.keys.push(key);
    return key;
  }
}

function isAt(wanted: Uint8Array, bytes: Uint8Array, start: number): boolean {
  const { length } = wanted;
  for (let i = 0; i < length; i++) if (bytes[start + i] !== wanted[i]) return false;
  return true;
}

/** Behind the string whose opening quote is at `start`; -1 if it has escapes or control characters, or does not end. */
export function plainStringEnd(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  for (;;) {
    const byte = bytes[at]!;
    if (byte === QUOTE) return at + 1;
    // A line end is below 32, so this stops at the end of the line.
    if (byte < 32 || byte === BACKSLASH) return -1;
    at++;
  }
}

/** Behind the white space at `start` that JSON allows within a line. */
export function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  for (let byte = bytes[at]!; byte === SPACE || byte === TAB || byte === CR; byte = bytes[++at]!);
  return at;
}
