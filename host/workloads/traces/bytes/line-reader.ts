/**
 * Gives a stream of bytes as whole lines, in a buffer of fixed size.
 */
import { InputError } from "../../../specs/input-error.js";

/** Longest line, without its line end, and longest CSV record of several lines. */
export const LONGEST_LINE = 1 << 20;

const LF = 10;

/**
 * A window of whole lines that moves over a stream. However the stream is cut into pieces, the lines are the same.
 *
 * The buffer holds what the reader of the window has left unread (a record that is not complete yet, at most a longest line), an
 * incomplete line, and what is new.
 */
export class LineReader {
  /** Whole lines, each ended by LF: one is added behind the last if it has none. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Next byte to be read in `bytes`; whoever reads moves it. */
  at = 0;
  /** Lines read so far; whoever reads counts them. */
  line = 0;
  /** Whether these are the last lines. It may be false for them, if they are read to the end. */
  isLast = false;
  private readonly buffer = new Uint8Array(3 * LONGEST_LINE + 1);
  private readonly pieces: AsyncIterator<Uint8Array>;
  private piece: Uint8Array = new Uint8Array(0);
  private filled = 0;
  /** Length of the incomplete line at the end of what is filled. */
  private tail = 0;

  constructor(
    pieces: AsyncIterable<Uint8Array>,
    private readonly name: string,
  ) {
    this.pieces = pieces[Symbol.asyncIterator]();
  }

  /**
   * Moves the window on: unread lines stay, at least one line is added, or `isLast` becomes true.
   *
   * @returns false if there is nothing more to read.
   * @throws InputError a line longer than {@link LONGEST_LINE}, a NUL byte (binary data), whatever reading the stream throws.
   */
  async more(): Promise<boolean> {
    this.buffer.copyWithin(0, this.at, this.filled);
    this.filled -= this.at;
    this.at = 0;
    for (;;) {
      const part = await this.nextPart();
      if (!part) return this.end();
      const lastEnd = part.lastIndexOf(LF);
      const line = this.tail + (lastEnd < 0 ? part.length : part.indexOf(LF));
      if (hasNul(part)) throw this.binaryData();
      if (line > LONGEST_LINE) throw this.lineTooLong();
      this.buffer.set(part, this.filled);
      this.filled += part.length;
      this.tail = lastEnd < 0 ? line : part.length - lastEnd - 1;
      if (lastEnd < 0) continue;
      this.bytes = this.buffer.subarray(0, this.filled - this.tail);
      return true;
    }
  }

  /** Gives the stream up. */
  async close(): Promise<void> {
    await this.pieces.return?.();
  }

  private async nextPart(): Promise<Uint8Array | undefined> {
    while (this.piece.length === 0) {
      const next = await this.pieces.next();
      if (next.done) return undefined;
      this.piece = next.value;
    }
    const part = this.piece.subarray(0, LONGEST_LINE);
    this.piece = this.piece.subarray(part.length);
    return part;
  }

  private end(): boolean {
    if (this.isLast || this.filled === 0) return false;
    if (this.tail > 0) this.buffer[this.filled++] = LF;
    this.tail = 0;
    this.isLast = true;
    this.bytes = this.buffer.subarray(0, this.filled);
    return true;
  }

  private binaryData(): InputError {
    const where = `a NUL byte in or after line ${this.line + 1}`;
    return new InputError(`${this.name}: holds binary data (${where}); a trace is CSV or JSONL text.`);
  }

  private lineTooLong(): InputError {
    return new InputError(
      `${this.name}: a line in or after line ${this.line + 1} is longer than 1 MiB, the most a line may have.`,
    );
  }
}

function hasNul(bytes: Uint8Array): boolean {
  // Node's Buffer searches thirty times as fast as the same method of Uint8Array.
  if (typeof Buffer === "undefined") return bytes.includes(0);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(0);
}
