/**
 * Cuts one CSV record (RFC 4180) into texts: fields may be in quotes, and then hold delimiters, line ends and doubled quotes.
 */
import { LONGEST_LINE } from "../bytes/line-reader.js";

const LF = 10;
const CR = 13;
const QUOTE = 34;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export interface CsvRecord {
  texts: string[];
  /** Where the next record begins. */
  next: number;
  /** Lines that the record takes. */
  lines: number;
}

/**
 * Cuts the record at `start`.
 *
 * @param bytes - Whole lines, each ended by LF.
 * @returns `incomplete` if quotes are still open at the end of `bytes`; `malformed` if they are still open after the longest
 *   allowed record, or something follows the closing one.
 */
export function cutRecord(bytes: Uint8Array, start: number, delimiter: number): CsvRecord | "incomplete" | "malformed" {
  const record: CsvRecord = { texts: [], next: start, lines: 1 };
  for (;;) {
    const fault = bytes[record.next] === QUOTE ? cutQuoted(bytes, start, record) : cutPlain(bytes, delimiter, record);
    if (fault) return fault;
    const next = bytes[record.next];
    if (next !== delimiter && next !== LF) return "malformed";
    record.next++;
    if (next === LF) return record;
  }
}

function cutPlain(bytes: Uint8Array, delimiter: number, record: CsvRecord): undefined {
  let end = record.next;
  while (bytes[end] !== delimiter && bytes[end] !== LF) end++;
  const textEnd = bytes[end] === LF && end > record.next && bytes[end - 1] === CR ? end - 1 : end;
  record.texts.push(decoder.decode(bytes.subarray(record.next, textEnd)));
  record.next = end;
}

function cutQuoted(bytes: Uint8Array, start: number, record: CsvRecord): "incomplete" | "malformed" | undefined {
  let text = "";
  let pieceStart = record.next + 1;
  let at = pieceStart;
  for (;;) {
    const byte = bytes[at];
    if (at - start > LONGEST_LINE) return "malformed";
    if (byte === undefined) return "incomplete";
    if (byte === LF) record.lines++;
    at++;
    if (byte !== QUOTE) continue;
    const isDoubled = bytes[at] === QUOTE;
    text += decoder.decode(bytes.subarray(pieceStart, isDoubled ? at : at - 1));
    if (!isDoubled) break;
    pieceStart = ++at;
  }
  record.texts.push(text);
  record.next = bytes[at] === CR && bytes[at + 1] === LF ? at + 1 : at;
  return undefined;
}
