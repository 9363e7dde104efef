import type { RequestChunk, RequestSource } from "../../workloads/requests.js";
import { feedSource } from "../feed.js";
import { type PoolRequests, type RequestSupply, ROWS_AT_ONCE, type TotalsRange } from "./request-supply.js";
import { MAX_POOL_REQUESTS } from "./sizing-limits.js";

/** Requests in parts that are kept to be asked for again. */
const MOST_IN_PARTS = 4_000_000;

/**
 * A stream of requests that is read once, as far as it is asked for, and held; parts of it can be had by length. All parts bear the arrivals of the one stream, so that pools of whatever
 * boundaries are compared on the same requests.
 */
export class HeldStream implements RequestSupply {
  private readonly held: RequestChunk[] = [];
  private readonly iterator: AsyncIterator<RequestChunk>;
  /** Parts that were asked for. */
  private readonly parts = new Map<string, PoolRequests>();
  private partsCount = 0;
  private heldCount = 0;
  private isAtEnd = false;

  /**
   * @param source Not read yet.
   * @param most Requests that are held at most.
   * @param round Requests after which rate and lengths repeat themselves, of a trace all; 1: they do not vary.
   */
  constructor(
    private readonly source: RequestSource,
    private readonly most: number,
    private readonly round = 1,
  ) {
    this.iterator = source.chunks()[Symbol.asyncIterator]();
  }

  async part(range: TotalsRange, count: number, isCount = false): Promise<PoolRequests> {
    const key = `${range.above} ${range.upTo} ${count} ${isCount}`;
    const before = this.parts.get(key);
    if (before) return before;
    const part = await this.select(range, count, isCount);
    this.partsCount += part.count;
    if (this.partsCount > MOST_IN_PARTS) {
      this.parts.clear();
      this.partsCount = part.count;
    }
    this.parts.set(key, part);
    return part;
  }

  private async select(range: TotalsRange, count: number, isCount: boolean): Promise<PoolRequests> {
    const round = isCount ? 1 : this.round;
    const chunks: RequestChunk[] = [];
    let selected = 0;
    let lookedAt = 0;
    let enoughAt = Infinity;
    for (let index = 0; lookedAt < enoughAt && selected < MAX_POOL_REQUESTS; index++) {
      const chunk = this.held[index] ?? (await this.readOn());
      if (!chunk) break;
      const rows = rowsWithin(chunk, range);
      if (selected < count && selected + rows.length >= count) {
        enoughAt = Math.ceil((lookedAt + rows[count - selected - 1]! + 1) / round) * round;
      }
      const kept = rows.subarray(0, MAX_POOL_REQUESTS - selected).filter((row) => lookedAt + row < enoughAt);
      lookedAt = Math.min(lookedAt + chunk.count, enoughAt);
      for (let from = 0; from < kept.length; from += ROWS_AT_ONCE) {
        chunks.push(rowsOf(chunk, kept.subarray(from, from + ROWS_AT_ONCE)));
      }
      selected += kept.length;
    }
    return {
      count: selected,
      lookedAt,
      spanS: this.spanOf(lookedAt),
      feed: (simulation, fleet, isEnough) =>
        feedSource(simulation, this.lend(chunks), { fleet, ...(isEnough ? { isEnough } : {}) }),
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

function rowsWithin({ count, inputTokens, outputTokens }: RequestChunk, { above, upTo }: TotalsRange): Uint32Array {
  const rows = new Uint32Array(count);
  let found = 0;
  for (let row = 0; row < count; row++) {
    const total = inputTokens[row]! + outputTokens[row]!;
    if (total > above && total <= upTo) rows[found++] = row;
  }
  return rows.subarray(0, found);
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
