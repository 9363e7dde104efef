/**
 * Multiplies the rate of a source: several copies of it at once, or a part of it.
 */
import { checkPositive, checkSeed } from "./arguments.js";
import { uniformOf } from "../counter-random.js";
import { DROP, pickRows, withChunks } from "./pass-through.js";
import { CHUNK_BLOCKS, RequestColumns } from "../rows/request-columns.js";
import { stableOrder } from "../rows/stable-order.js";
import { InputError } from "../../../specs/input-error.js";
import { CHUNK_ROWS, type RequestChunk, type RequestSource } from "../../requests.js";

export interface ScaleOptions {
  /** How many times the rate; above 0, at most 100,000. */
  factor: number;
  /** Whole number, 0 .. 2^53 - 1. */
  seed: number;
  /** Width of the window around a request in which its copies lie, seconds. Default 1. */
  jitterS?: number;
}

const MOST_COPIES = 100_000;
const DEFAULT_JITTER_S = 1;
/** Most rows that may wait for the window to pass, about 80 MB, and most prompt blocks, 128 MiB. */
const MOST_WAITING = 1 << 22;
const MOST_WAITING_BLOCKS = 1 << 25;
/** Streams of random numbers: the coin of a row, and the shift of its copies (stream number = copy). */
const COIN_STREAM = 2 ** 32 - 1;

/**
 * A source at `factor` times its rate.
 *
 * Below 1 each request stays with that probability. From 1 on every request is there as often as the whole part of `factor` says,
 * and once more with the probability of its fraction. The first stays where it was; each copy moves to a place drawn evenly from
 * `jitterS` seconds around it (what would lie before 0 is mirrored at 0). So the profile of the rate stays on scales longer
 * than `jitterS`, and bursts grow in proportion. Copies keep their prompt blocks: they count as the same prompts sent again.
 *
 * Deterministic: the same source, factor and seed give the same requests. In a source cut short they are the same as in the whole.
 *
 * @throws InputError if an option is out of range; while reading, if more than 4 million requests lie within `jitterS`.
 */
export function scale(
  source: RequestSource,
  { factor, seed, jitterS = DEFAULT_JITTER_S }: ScaleOptions,
): RequestSource {
  checkPositive("scale", factor);
  checkSeed(seed);
  if (factor > MOST_COPIES) throw new InputError(`scale: is ${factor}; allowed is at most ${MOST_COPIES}.`);
  if (!(jitterS >= 0 && jitterS < Infinity))
    throw new InputError(`jitterS: is ${jitterS}; allowed are seconds from 0.`);
  if (factor < 1) {
    const arrivalOf = (arrivalS: number, row: number) => (uniformOf(seed, COIN_STREAM, row) < factor ? arrivalS : DROP);
    return withChunks(source, () => pickRows(source, arrivalOf));
  }
  return withChunks(source, () => superposed(source, factor, seed, jitterS));
}

async function* superposed(
  source: RequestSource,
  factor: number,
  seed: number,
  jitterS: number,
): AsyncGenerator<RequestChunk, void, undefined> {
  const whole = Math.floor(factor);
  const fraction = factor - whole;
  let waiting: Waiting | undefined;
  let number = 0;
  for await (const chunk of source.chunks()) {
    waiting ??= new Waiting(chunk.blocks !== undefined);
    for (let row = 0; row < chunk.count; row++) {
      const arrivalS = chunk.arrivalS[row]!;
      const copies = whole + (fraction > 0 && uniformOf(seed, COIN_STREAM, number) < fraction ? 1 : 0);
      for (let copy = 0; copy < copies; copy++) {
        const shiftS = copy === 0 ? 0 : (uniformOf(seed, copy, number) - 0.5) * jitterS;
        waiting.add(chunk, row, Math.abs(arrivalS + shiftS));
        // No later row, nor a copy of it, can be earlier than half a window before this one.
        if (waiting.isDue) yield* waiting.leave(arrivalS - jitterS / 2);
      }
      number++;
    }
  }
  if (waiting) yield* waiting.leave(Infinity);
}

/** Rows that wait until no earlier one can come. */
class Waiting {
  private rows: RequestColumns;
  private spare: RequestColumns;
  private readonly out: RequestColumns;
  private due = CHUNK_ROWS;
  private dueBlocks = CHUNK_BLOCKS;

  constructor(hasBlocks: boolean) {
    this.rows = new RequestColumns(CHUNK_ROWS, hasBlocks);
    this.spare = new RequestColumns(CHUNK_ROWS, hasBlocks);
    this.out = new RequestColumns(CHUNK_ROWS, hasBlocks);
  }

  /** Whether so many rows wait that sorting them is worth it. */
  get isDue(): boolean {
    return this.rows.count >= this.due || this.rows.blockCount >= this.dueBlocks;
  }

  add(chunk: RequestChunk, row: number, arrivalS: number): void {
    this.rows.reserve(1);
    this.rows.copyRow(chunk, row, arrivalS, chunk.label[row]!, chunk.category[row]!);
  }

  /** Lets the rows before `beforeS` go, in order; ties go as they came. */
  *leave(beforeS: number): Generator<RequestChunk> {
    const { rows, out, spare } = this;
    const from = rows.asChunk();
    const order = stableOrder(from.arrivalS, from.count);
    spare.clear();
    for (const index of order) {
      const arrivalS = from.arrivalS[index]!;
      const target = arrivalS < beforeS ? out : spare;
      if (target === spare) target.reserve(1);
      target.copyRow(from, index, arrivalS, from.label[index]!, from.category[index]!);
      if (out.isFull) {
        yield out.asChunk();
        out.clear();
      }
    }
    if (beforeS === Infinity && out.count > 0) yield out.asChunk();
    this.rows = spare;
    this.spare = rows;
    if (spare.count >= MOST_WAITING || spare.blockCount >= MOST_WAITING_BLOCKS) {
      throw new InputError(
        "scale: more than 4 million requests lie within the window of jitterS; choose a shorter one.",
      );
    }
    // Doubling keeps the cost of sorting in proportion to the rows, however many wait.
    this.due = spare.count + Math.max(CHUNK_ROWS, spare.count);
    this.dueBlocks = spare.blockCount + Math.max(CHUNK_BLOCKS, spare.blockCount);
  }
}
