/**
 * Merges several sources into one, by arrival.
 */
import { NameMerge } from "./name-merge.js";
import { ArrivalHeap, type Arriving } from "../rows/arrival-heap.js";
import { RequestColumns } from "../rows/request-columns.js";
import { CHUNK_ROWS, type RequestChunk, type RequestSource } from "../../requests.js";

/**
 * The requests of all sources in order of arrival; at equal times the earlier source goes first. Labels and categories are
 * brought together by name. Prompt block ids are taken over as they are: equal ids of two sources are the same prefix.
 *
 * @throws InputError while reading, if the sources together have more than 65,534 labels.
 */
export function mergeSources(sources: readonly RequestSource[]): RequestSource {
  const names = new NameMerge();
  return { labels: names.labels, categories: names.categories, chunks: () => merged(sources, names) };
}

class Head implements Arriving {
  chunk: RequestChunk | undefined;
  row = 0;
  private readonly chunks: AsyncIterator<RequestChunk>;
  private readonly rename: (chunk: RequestChunk) => void;

  constructor(
    source: RequestSource,
    names: NameMerge,
    /** Place among the sources. */
    readonly place: number,
  ) {
    this.chunks = source.chunks()[Symbol.asyncIterator]();
    this.rename = names.add(source);
  }

  get arrivalS(): number {
    return this.chunk!.arrivalS[this.row]!;
  }

  /** Asks for the next chunk; false at the end. */
  async next(): Promise<boolean> {
    const next = await this.chunks.next();
    this.chunk = next.done ? undefined : next.value;
    this.row = 0;
    if (this.chunk) this.rename(this.chunk);
    return this.chunk !== undefined;
  }

  async close(): Promise<void> {
    await this.chunks.return?.();
  }
}

async function* merged(
  sources: readonly RequestSource[],
  names: NameMerge,
): AsyncGenerator<RequestChunk, void, undefined> {
  const heads = sources.map((source, place) => new Head(source, names, place));
  const heap = new ArrivalHeap<Head>();
  try {
    for (const head of heads) if (await head.next()) heap.push(head);
    const hasBlocks = heads.some((head) => head.chunk?.blocks !== undefined);
    const out = new RequestColumns(CHUNK_ROWS, hasBlocks);
    for (let head = heap.first; head !== undefined; head = heap.first) {
      const chunk = head.chunk!;
      out.copyRow(chunk, head.row, head.arrivalS, chunk.label[head.row]!, chunk.category[head.row]!);
      head.row++;
      if (head.row < chunk.count || (await head.next())) heap.firstMoved();
      else heap.dropFirst();
      if (out.isFull) {
        yield out.asChunk();
        out.clear();
      }
    }
    if (out.count > 0) yield out.asChunk();
  } finally {
    for (const head of heads) await head.close();
  }
}
