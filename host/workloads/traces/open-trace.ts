/**
 * Opens a trace: bytes in, columns out, in constant memory.
 */
import { CsvScanner } from "./csv/csv-scanner.js";
import type { TraceLayout } from "./formats.js";
import { JsonlScanner } from "./jsonl/jsonl-scanner.js";
import { LineReader } from "./bytes/line-reader.js";
import { plainText } from "./bytes/plain-text.js";
import { RowIntake } from "./rows/row-intake.js";
import { spreadTicks } from "./spread-ticks.js";
import { readOpening, type TraceOpening } from "./trace-opening.js";
import type { TraceOptions, TraceReport, TraceSource } from "./trace-source.js";
import { UnusableRows } from "./rows/unusable-rows.js";
import { InputError } from "../../specs/input-error.js";
import type { RequestChunk } from "../requests.js";

const DEFAULT_MAX_UNUSABLE_SHARE = 0.01;
const NANOSECONDS = 1e9;

/**
 * Opens a trace of any known format, plain or gzip. The format is told by the header or the first object, not by a file's name.
 *
 * Rows that are out of order are put in order over a look-ahead of at least 65,536 rows; arrivals are seconds after the first.
 * Rows that cannot be used are counted by reason in the report.
 *
 * @throws InputError here or while chunks are read: the input cannot be read, is no trace, or has too many unusable rows.
 */
export async function openTrace(bytes: AsyncIterable<Uint8Array>, options: TraceOptions = {}): Promise<TraceSource> {
  const name = options.name ?? "trace";
  const maxShare = options.maxUnusableShare ?? DEFAULT_MAX_UNUSABLE_SHARE;
  if (!(maxShare >= 0 && maxShare <= 1)) throw new InputError(`maxUnusableShare: is ${maxShare}; allowed is 0 to 1.`);
  const { blockSize } = options;
  if (blockSize !== undefined && !(Number.isInteger(blockSize) && blockSize >= 1)) {
    throw new InputError(`blockSize: is ${blockSize}; allowed is a whole number of tokens from 1.`);
  }
  const lines = new LineReader(plainText(bytes, name), name);
  try {
    const unusable = new UnusableRows(name, maxShare);
    const opening = await readOpening(lines, options, name, unusable);
    const intake = new RowIntake(
      opening.layout,
      opening.arrivalKind,
      blockSize ?? opening.layout.blockSize ?? 0,
      unusable,
      lines,
    );
    return new OpenTrace(name, options.spreadTicks === true, lines, opening, intake);
  } catch (error) {
    await lines.close();
    throw error;
  }
}

class OpenTrace implements TraceSource {
  private started = false;
  private firstTime: number | undefined;
  private spanS = 0;
  private lastArrivalS = NaN;
  private inputTokens = 0;
  private outputTokens = 0;
  /** Requests that share their time stamp with the one before. */
  private ties = 0;
  private readonly layout: TraceLayout;

  constructor(
    private readonly name: string,
    private readonly isSpread: boolean,
    private readonly lines: LineReader,
    private readonly opening: TraceOpening,
    private readonly intake: RowIntake,
  ) {
    this.layout = opening.layout;
  }

  get labels(): readonly string[] {
    return this.intake.labels.names;
  }

  get categories(): readonly string[] {
    return this.intake.categories.names;
  }

  async *chunks(): AsyncGenerator<RequestChunk, void, undefined> {
    if (this.started) throw new Error("the chunks of a trace can be read once");
    this.started = true;
    const chunks = this.chunksAsWritten();
    for await (const chunk of this.isSpread ? spreadTicks(chunks, this.name) : chunks) {
      this.spanS = chunk.arrivalS[chunk.count - 1]!;
      yield chunk;
    }
  }

  report(): TraceReport {
    const { intake, layout } = this;
    const { unusable } = intake;
    const report: TraceReport = {
      name: this.name,
      format: layout.format,
      rows: intake.used + unusable.count,
      used: intake.used,
      unusableByReason: { ...unusable.byReason },
      notes: this.notes(),
      spanS: this.spanS,
      inputTokens: this.inputTokens,
      outputTokens: this.outputTokens,
    };
    if (unusable.first) report.firstUnusable = { ...unusable.first };
    if (layout.blocks !== undefined) report.blockSize = intake.blockSize;
    if (this.firstTime !== undefined && intake.arrivalKind !== "none") report.originS = this.originS(this.firstTime);
    return report;
  }

  private async *chunksAsWritten(): AsyncGenerator<RequestChunk, void, undefined> {
    const { csv } = this.opening;
    const { intake, lines } = this;
    const scanner = csv ? new CsvScanner(csv, intake) : new JsonlScanner(this.layout, intake);
    try {
      for (;;) {
        scanner.scan(lines);
        if (intake.ahead.isFull) {
          const chunk = intake.ahead.take();
          if (chunk) yield this.finished(chunk);
        } else if (!(await lines.more())) break;
      }
    } finally {
      await lines.close();
    }
    intake.unusable.judge(intake.used);
    if (intake.used === 0) throw new InputError(`${this.name}: has no row that can be used.`);
    for (const chunk of intake.ahead.drain()) yield this.finished(chunk);
  }

  /** Turns the nanoseconds of a chunk into seconds after the first arrival, and adds it to the report. */
  private finished(chunk: RequestChunk): RequestChunk {
    const { arrivalS: times, inputTokens, outputTokens, count } = chunk;
    const first = (this.firstTime ??= times[0]!);
    let before = this.lastArrivalS;
    let ties = 0;
    let input = 0;
    let output = 0;
    for (let i = 0; i < count; i++) {
      const arrivalS = (times[i]! - first) / NANOSECONDS;
      if (arrivalS === before) ties++;
      before = arrivalS;
      times[i] = arrivalS;
      input += inputTokens[i]!;
      output += outputTokens[i]!;
    }
    this.lastArrivalS = before;
    this.ties += ties;
    this.inputTokens += input;
    this.outputTokens += output;
    return chunk;
  }

  private originS(time: number): number {
    const { arrivalKind, stamps, decimals } = this.intake;
    return arrivalKind === "stamp" ? stamps.toEpochS(time) : decimals.toFileS(time);
  }

  private notes(): string[] {
    const { intake } = this;
    const notes = [...this.layout.notes];
    const shared = `${count(this.ties)} requests have the time stamp of the one before`;
    if (intake.arrivalKind === "none") notes.push("The file has no arrival times of its own.");
    else if (this.isSpread) notes.push(`${shared}: spread over the time to the next one.`);
    else if (2 * this.ties > intake.used) notes.push(`Arrivals come in ticks: ${shared}; replayed as they are.`);
    if (intake.oddBlockCounts > 0) {
      const blocks = `blocks of ${intake.blockSize} tokens`;
      notes.push(
        `${count(intake.oddBlockCounts)} requests do not have one block id for each of the ${blocks} of their input.`,
      );
    }
    if (intake.prioritised > 0 && intake.prioritised < intake.used) {
      const without = intake.used - intake.prioritised;
      notes.push(`${count(without)} requests give no priority: it is 0 for them, so that they go first.`);
    }
    if (intake.categoriesLost) notes.push("There are more than 63 categories; requests of the others have none.");
    return notes;
  }
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}
