import type { RequestChunk, RequestSource } from "../../workloads/requests.js";
import { feedSource } from "../feed.js";
import type { PoolRequests, RequestSupply, TotalsRange } from "./request-supply.js";

/**
 * A stream of requests that is read once, as far as it is asked for, and held; parts of it can be had by length. All parts bear the arrivals of the one stream, so that pools of whatever
 * boundaries are compared on the same requests.
 */
export class HeldStream implements RequestSupply {
  private readonly held: RequestChunk[] = [];
  private readonly iterator: AsyncIterator<RequestChunk>;
  private heldCount = 0;
  private isAtEnd = false;

  /**
   * @param source Not read yet.
   * @param most Requests that are held at most.
   */
  constructor(
    private readonly source: RequestSource,
    private readonly most: number,
  ) {
    this.iterator = source.chunks()[Symbol.asyncIterator]();
  }

  /** The first `count` requests of the range; fewer where the stream ends, or may not be held any further. */
  async part({ above, upTo }: TotalsRange, count: number): Promise<PoolRequests> {
    const chunks: RequestChunk[] = [];
    let selected = 0;
    let lookedAt = 0;
    for (let index = 0; selected < count; index++) {
      const chunk = this.held[index] ?? (await this.readOn());
      if (!chunk) break;
      const rows = rowsWithin(chunk, above, upTo, count - selected);
      lookedAt += rows.length === count - selected ? rows[rows.length - 1]! + 1 : chunk.count;
      if (rows.length > 0) chunks.push(rowsOf(chunk, rows));
      selected += rows.length;
    }
    return {
      count: selected,
      lookedAt,
      spanS: this.spanOf(lookedAt),
      feed: (simulation, fleet) => feedSource(simulation, this.lend(chunks), { fleet }),
    };
  }

  /** Requests as a source to be played: what it lends may be written to. */
  private lend(chunks: readonly RequestChunk[]): RequestSource {
    const { labels, categories } = this.source;
    return { labels, categories, chunks: () => lendChunks(chunks) };
  }

  private async readOn(): Promise<RequestChunk | undefined> {
    if (this.isAtEnd || this.heldCount >= this.most) return undefined;
    const next = await this.iterator.next();
    if (next.done) {
      this.isAtEnd = true;
      return undefined;
    }
    const chunk = rowsOf(
      next.value,
      Uint32Array.from({ length: next.value.count }, (_, row) => row),
    );
    this.held.push(chunk);
    this.heldCount += chunk.count;
    return chunk;
  }

  private spanOf(count: number): number {
    let before = 0;
    for (const chunk of this.held) {
      if (count <= before + chunk.count) return chunk.arrivalS[count - before - 1]! - this.held[0]!.arrivalS[0]!;
      before += chunk.count;
    }
    return 0;
  }
}

function rowsWithin(chunk: RequestChunk, above: number, upTo: number, most: number): Uint32Array {
  const rows = new Uint32Array(Math.min(most, chunk.count));
  let count = 0;
  for (let row = 0; row < chunk.count && count < rows.length; row++) {
    const total = chunk.inputTokens[row]! + chunk.outputTokens[row]!;
    if (total > above && total <= upTo) rows[count++] = row;
  }
  return rows.subarray(0, count);
}

/** A copy of some rows of a chunk. */
function rowsOf(chunk: RequestChunk, rows: Uint32Array): RequestChunk {
  const count = rows.length;
  const copy: RequestChunk = {
    count,
    arrivalS: new Float64Array(count),
    inputTokens: new Uint32Array(count),
    outputTokens: new Uint32Array(count),
    label: new Uint16Array(count),
    category: new Uint8Array(count),
    ...(chunk.priority ? { priority: new Uint8Array(count) } : {}),
  };
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    copy.arrivalS[i] = chunk.arrivalS[row]!;
    copy.inputTokens[i] = chunk.inputTokens[row]!;
    copy.outputTokens[i] = chunk.outputTokens[row]!;
    copy.label[i] = chunk.label[row]!;
    copy.category[i] = chunk.category[row]!;
    if (chunk.priority) copy.priority![i] = chunk.priority[row]!;
  }
  if (chunk.blocks) copy.blocks = blocksOf(chunk.blocks, rows);
  return copy;
}

function blocksOf({ offsets, ids }: NonNullable<RequestChunk["blocks"]>, rows: Uint32Array) {
  const kept = new Uint32Array(rows.length + 1);
  rows.forEach((row, i) => (kept[i + 1] = kept[i]! + offsets[row + 1]! - offsets[row]!));
  const keptIds = new Uint32Array(kept[rows.length]!);
  rows.forEach((row, i) => keptIds.set(ids.subarray(offsets[row], offsets[row + 1]), kept[i]));
  return { offsets: kept, ids: keptIds };
}

async function* lendChunks(chunks: readonly RequestChunk[]): AsyncGenerator<RequestChunk, void, undefined> {
  for (const chunk of chunks) yield { ...chunk, label: chunk.label.slice(), category: chunk.category.slice() };
}
