/**
 * Spreads requests that share a time stamp over the time to the next time stamp. Some traces are recorded in ticks (Mooncake:
 * 3 s); replayed as they are, they make bursts that the service never saw.
 */
import { uniformOf } from "./counter-random.js";
import { RequestColumns } from "./rows/request-columns.js";
import { InputError } from "../../specs/input-error.js";
import { CHUNK_ROWS, type RequestChunk } from "../requests.js";

/** The places are the same in every run: the seed is fixed. */
const SEED = 0;
const STREAM = 0;

/**
 * Requests at one time stamp, two or more, move to places drawn evenly between it and the next time stamp, in their order: what a
 * Poisson process looks like once its number of arrivals is known. (Equal steps would make the load smoother than it was.) Behind
 * the last time stamp the way before it is taken; a trace of one time stamp stays as it is. The first arrival is 0 again.
 *
 * @throws InputError while reading: more than 65,536 requests share a time stamp.
 */
export async function* spreadTicks(
  chunks: AsyncIterable<RequestChunk>,
  name: string,
): AsyncGenerator<RequestChunk, void, undefined> {
  let spread: TickSpread | undefined;
  for await (const chunk of chunks) {
    spread ??= new TickSpread(chunk.blocks !== undefined);
    for (let row = 0; row < chunk.count; row++) {
      if (spread.isBehind(chunk.arrivalS[row]!)) yield* spread.leave(chunk.arrivalS[row]);
      if (spread.isFull) throw tooMany(name);
      spread.add(chunk, row);
    }
  }
  if (spread) yield* spread.leave();
}

class TickSpread {
  /** The requests of one time stamp. */
  private readonly tick: RequestColumns;
  private readonly out: RequestColumns;
  /** Seconds from one time stamp to the next. */
  private wayS = 0;
  /** Number of the tick's first request. */
  private number = 0;
  private firstS: number | undefined;

  constructor(hasBlocks: boolean) {
    this.tick = new RequestColumns(CHUNK_ROWS, hasBlocks);
    this.out = new RequestColumns(CHUNK_ROWS, hasBlocks);
  }

  get isFull(): boolean {
    return this.tick.isFull;
  }

  /** Whether an arrival belongs to a later time stamp than the requests held. */
  isBehind(arrivalS: number): boolean {
    return this.tick.count > 0 && arrivalS > this.tick.arrival[0]!;
  }

  add(chunk: RequestChunk, row: number): void {
    this.tick.copyRow(chunk, row, chunk.arrivalS[row]!, chunk.label[row]!, chunk.category[row]!);
  }

  /** Lets the requests held go, spread up to the next time stamp; without one everything leaves. */
  *leave(nextS?: number): Generator<RequestChunk> {
    const from = this.tick.asChunk();
    if (nextS !== undefined) this.wayS = nextS - from.arrivalS[0]!;
    const places = this.places(from.count);
    for (let i = 0; i < from.count; i++) {
      const arrivalS = from.arrivalS[i]! + places[i]! * this.wayS;
      this.firstS ??= arrivalS;
      this.out.copyRow(from, i, arrivalS - this.firstS, from.label[i]!, from.category[i]!);
      if (this.out.isFull) {
        yield this.out.asChunk();
        this.out.clear();
      }
    }
    this.number += from.count;
    this.tick.clear();
    if (nextS === undefined && this.out.count > 0) yield this.out.asChunk();
  }

  /** Ascending places of so many requests between their time stamp (0) and the next (1). */
  private places(count: number): Float64Array {
    const places = new Float64Array(count);
    if (count < 2) return places;
    for (let i = 0; i < count; i++) places[i] = uniformOf(SEED, STREAM, this.number + i);
    return places.sort();
  }
}

function tooMany(name: string): InputError {
  return new InputError(`${name}: more than 65,536 requests share a time stamp; such ticks cannot be spread.`);
}
