/**
 * Puts rows that are locally out of order in order of arrival, in bounded memory.
 *
 * Two blocks of up to {@link CHUNK_ROWS} rows are held: `older`, sorted and next to leave, and `newer`, being filled. When
 * `newer` is full the rows of both are put in order if any of them is not, and `older` leaves. So a row can be late by any
 * number of rows up to a whole chunk and still find its place; ties keep the order of the file. A sorted file costs one
 * comparison a row and no copy.
 */
import { RequestColumns } from "./request-columns.js";
import { stableOrder } from "./stable-order.js";
import { CHUNK_ROWS, type RequestChunk } from "../../requests.js";

export class LookAhead {
  /** The block that rows and their prompt blocks are put into. */
  newer: RequestColumns;
  private older: RequestColumns;
  private spare: [RequestColumns, RequestColumns] | undefined;
  private latest = -Infinity;
  private latestGone = -Infinity;
  private disordered = false;

  constructor(private readonly hasBlocks: boolean) {
    this.newer = new RequestColumns(CHUNK_ROWS, hasBlocks);
    this.older = new RequestColumns(CHUNK_ROWS, hasBlocks);
  }

  /** Whether {@link take} must be called before the next row. */
  get isFull(): boolean {
    return this.newer.isFull;
  }

  /** Whether a row of this time would come after a later one that has left. */
  isTooLate(time: number): boolean {
    return time < this.latestGone;
  }

  /** Adds a row that is not too late; its prompt blocks are already in `newer`. */
  push(time: number, inputTokens: number, outputTokens: number, label: number, category: number): void {
    if (time < this.latest) this.disordered = true;
    else this.latest = time;
    this.newer.push(time, inputTokens, outputTokens, label, category);
  }

  /** Ends the block being filled. The rows that leave, to be read before the next row is added; `undefined` the first time. */
  take(): RequestChunk | undefined {
    if (this.disordered) this.sort();
    const leaving = this.older;
    this.older = this.newer;
    this.newer = leaving;
    if (leaving.count === 0) return undefined;
    this.latestGone = leaving.arrival[leaving.count - 1]!;
    const chunk = leaving.asChunk();
    leaving.clear();
    return chunk;
  }

  /** All rows that are still held. */
  *drain(): Generator<RequestChunk> {
    for (let blocks = 0; blocks < 2; blocks++) {
      const chunk = this.take();
      if (chunk) yield chunk;
    }
  }

  private sort(): void {
    const { older, newer } = this;
    const rows = older.count + newer.count;
    const times = new Float64Array(rows);
    times.set(older.arrival.subarray(0, older.count));
    times.set(newer.arrival.subarray(0, newer.count), older.count);
    const order = stableOrder(times, rows);
    const chunks = [older.asChunk(), newer.asChunk()] as const;
    const [first, second] = this.spare ?? [this.emptyBlock(), this.emptyBlock()];
    first.clear();
    second.clear();
    for (let i = 0; i < rows; i++) {
      const index = order[i]!;
      const isOlder = index < older.count;
      const chunk = isOlder ? chunks[0] : chunks[1];
      const row = isOlder ? index : index - older.count;
      (i < older.count ? first : second).copyRow(chunk, row, times[index]!, chunk.label[row]!, chunk.category[row]!);
    }
    this.spare = [older, newer];
    this.older = first;
    this.newer = second;
    this.disordered = false;
  }

  private emptyBlock(): RequestColumns {
    return new RequestColumns(CHUNK_ROWS, this.hasBlocks);
  }
}
