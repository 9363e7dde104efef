/**
 * Writes requests as a trace in the format of Azure's files of 2023.
 */
import { InputError } from "../../specs/input-error.js";
import type { RequestChunk, RequestSource } from "../requests.js";

/** Second 0 of what is written: 2023-11-16 18:15:46, the second in which Azure's conversation trace begins. */
const START_EPOCH_S = Date.UTC(2023, 10, 16, 18, 15, 46) / 1000;
/** The last second with a year of four digits. */
const LAST_EPOCH_S = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000;
const TICKS_A_SECOND = 1e7;
const FRACTION_DIGITS = 7;
const SECONDS_A_DAY = 86400;
const HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens\r\n";
/** Stamp of 27 characters, two counts of at most 10, two commas, CRLF. */
const LONGEST_ROW = 27 + 2 * 10 + 2 + 2;
const ROWS_A_PIECE = 16384;

const CR = 13;
const LF = 10;
const SPACE = 32;
const COMMA = 44;
const POINT = 46;
const ZERO = 48;
const COLON = 58;

/**
 * A source as an Azure trace: header, CRLF line ends, stamps with seven fractional digits, second 0 at 2023-11-16 18:15:46. What
 * is written reads back as the same requests, arrivals to 1e-7 s and counted from the first. The format has no place for
 * labels, categories, priorities and prompt blocks.
 *
 * @throws InputError while reading: an arrival beyond the year 9999.
 */
export async function* writeAzureTrace(source: RequestSource): AsyncGenerator<Uint8Array, void, undefined> {
  yield new TextEncoder().encode(HEADER);
  const writer = new RowWriter();
  for await (const chunk of source.chunks()) {
    for (let from = 0; from < chunk.count; from += ROWS_A_PIECE) {
      yield writer.rows(chunk, from, Math.min(from + ROWS_A_PIECE, chunk.count));
    }
  }
}

class RowWriter {
  private bytes = new Uint8Array(0);
  private at = 0;
  /** The day being written, days since 1970, and its `YYYY-MM-DD`. */
  private day = NaN;
  private date = new Uint8Array(0);

  /** Rows `from .. to` of a chunk. */
  rows(chunk: RequestChunk, from: number, to: number): Uint8Array {
    this.bytes = new Uint8Array((to - from) * LONGEST_ROW);
    this.at = 0;
    for (let row = from; row < to; row++) {
      this.stamp(chunk.arrivalS[row]!);
      this.bytes[this.at++] = COMMA;
      this.number(chunk.inputTokens[row]!);
      this.bytes[this.at++] = COMMA;
      this.number(chunk.outputTokens[row]!);
      this.bytes[this.at++] = CR;
      this.bytes[this.at++] = LF;
    }
    return this.bytes.subarray(0, this.at);
  }

  private stamp(arrivalS: number): void {
    const ticks = Math.round(arrivalS * TICKS_A_SECOND);
    const second = Math.floor(ticks / TICKS_A_SECOND);
    const epochS = START_EPOCH_S + second;
    if (epochS > LAST_EPOCH_S)
      throw new InputError(`an arrival at ${arrivalS} s cannot be written: its year is above 9999.`);
    const day = Math.floor(epochS / SECONDS_A_DAY);
    if (day !== this.day) this.changeDay(day);
    this.bytes.set(this.date, this.at);
    this.at += this.date.length;
    const ofDay = epochS - day * SECONDS_A_DAY;
    this.digits(SPACE, Math.floor(ofDay / 3600), 2);
    this.digits(COLON, Math.floor(ofDay / 60) % 60, 2);
    this.digits(COLON, ofDay % 60, 2);
    this.digits(POINT, ticks - second * TICKS_A_SECOND, FRACTION_DIGITS);
  }

  private changeDay(day: number): void {
    this.day = day;
    this.date = new TextEncoder().encode(new Date(day * SECONDS_A_DAY * 1000).toISOString().slice(0, 10));
  }

  /** Writes a separator and a number of so many digits. */
  private digits(separator: number, value: number, count: number): void {
    this.bytes[this.at] = separator;
    let left = value;
    for (let i = count; i >= 1; i--) {
      const next = Math.floor(left / 10);
      this.bytes[this.at + i] = ZERO + left - next * 10;
      left = next;
    }
    this.at += count + 1;
  }

  private number(value: number): void {
    let digits = 1;
    for (let power = 10; power <= value; power *= 10) digits++;
    this.at--;
    this.digits(this.bytes[this.at]!, value, digits);
  }
}
