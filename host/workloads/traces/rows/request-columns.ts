/**
 * Columns of requests that rows are put into, one after another: the place where readers and transformations build chunks.
 */
import { CHUNK_ROWS, type RequestChunk } from "../../requests.js";

/** Most prompt blocks in one chunk: 16 MiB of ids. A chunk that reaches it ends early. */
export const CHUNK_BLOCKS = 1 << 22;

export class RequestColumns {
  count = 0;
  /** In the unit of whoever fills it; seconds by the time a chunk leaves. */
  arrival: Float64Array;
  inputTokens: Uint32Array;
  outputTokens: Uint32Array;
  label: Uint16Array;
  category: Uint8Array;
  /** Absent until a row gets one. */
  priority: Uint8Array | undefined;
  /** Prompt blocks put in so far, those of the row being built included. */
  blockCount = 0;
  blockOffsets: Uint32Array;
  blockIds: Uint32Array;

  constructor(
    private capacity: number,
    readonly hasBlocks: boolean,
  ) {
    this.arrival = new Float64Array(capacity);
    this.inputTokens = new Uint32Array(capacity);
    this.outputTokens = new Uint32Array(capacity);
    this.label = new Uint16Array(capacity);
    this.category = new Uint8Array(capacity);
    this.blockOffsets = new Uint32Array(hasBlocks ? capacity + 1 : 0);
    this.blockIds = new Uint32Array(hasBlocks ? 1024 : 0);
  }

  /** Whether a chunk's worth of rows or of prompt blocks is in. */
  get isFull(): boolean {
    return this.count >= CHUNK_ROWS || this.blockCount >= CHUNK_BLOCKS;
  }

  clear(): void {
    this.count = 0;
    this.blockCount = 0;
  }

  /** Adds a row; its blocks, if any, have been added just before. There must be room for it. */
  push(arrival: number, inputTokens: number, outputTokens: number, label: number, category: number): void {
    const row = this.count;
    this.arrival[row] = arrival;
    this.inputTokens[row] = inputTokens;
    this.outputTokens[row] = outputTokens;
    this.label[row] = label;
    this.category[row] = category;
    if (this.priority) this.priority[row] = 0;
    this.count = row + 1;
    if (this.hasBlocks) this.blockOffsets[row + 1] = this.blockCount;
  }

  /** Gives the row added last a priority; rows that get none have 0. */
  setPriority(priority: number): void {
    this.priority ??= new Uint8Array(this.capacity);
    this.priority[this.count - 1] = priority;
  }

  /** Adds a prompt block to the row being built. */
  pushBlock(id: number): void {
    if (this.blockCount === this.blockIds.length) this.growBlocks(this.blockCount + 1);
    this.blockIds[this.blockCount++] = id;
  }

  /** Forgets the blocks of the row being built. */
  dropBlocks(): void {
    this.blockCount = this.hasBlocks ? this.blockOffsets[this.count]! : 0;
  }

  /** Adds row `row` of a chunk, under another arrival, label and category. */
  copyRow(from: RequestChunk, row: number, arrival: number, label: number, category: number): void {
    if (this.hasBlocks && from.blocks) {
      const { ids, offsets } = from.blocks;
      this.copyBlocks(ids, offsets[row]!, offsets[row + 1]!);
    }
    this.push(arrival, from.inputTokens[row]!, from.outputTokens[row]!, label, category);
    if (from.priority) this.setPriority(from.priority[row]!);
  }

  /** Makes room for `rows` more rows. */
  reserve(rows: number): void {
    const needed = this.count + rows;
    if (needed <= this.capacity) return;
    this.capacity = Math.max(needed, 2 * this.capacity);
    this.arrival = grown(this.arrival, new Float64Array(this.capacity));
    this.inputTokens = grown(this.inputTokens, new Uint32Array(this.capacity));
    this.outputTokens = grown(this.outputTokens, new Uint32Array(this.capacity));
    this.label = grown(this.label, new Uint16Array(this.capacity));
    this.category = grown(this.category, new Uint8Array(this.capacity));
    if (this.priority) this.priority = grown(this.priority, new Uint8Array(this.capacity));
    if (this.hasBlocks) this.blockOffsets = grown(this.blockOffsets, new Uint32Array(this.capacity + 1));
  }

  /** These columns as a chunk: the same arrays, not a copy. */
  asChunk(): RequestChunk {
    const chunk: RequestChunk = {
      count: this.count,
      arrivalS: this.arrival,
      inputTokens: this.inputTokens,
      outputTokens: this.outputTokens,
      label: this.label,
      category: this.category,
    };
    if (this.priority) chunk.priority = this.priority;
    if (this.hasBlocks) chunk.blocks = { offsets: this.blockOffsets, ids: this.blockIds };
    return chunk;
  }

  private copyBlocks(ids: Uint32Array, begin: number, end: number): void {
    const needed = this.blockCount + end - begin;
    if (needed > this.blockIds.length) this.growBlocks(needed);
    for (let i = begin; i < end; i++) this.blockIds[this.blockCount++] = ids[i]!;
  }

  private growBlocks(needed: number): void {
    this.blockIds = grown(this.blockIds, new Uint32Array(Math.max(needed, 2 * this.blockIds.length)));
  }
}

function grown<T extends Float64Array | Uint32Array | Uint16Array | Uint8Array>(old: T, wider: T): T {
  wider.set(old);
  return wider;
}
