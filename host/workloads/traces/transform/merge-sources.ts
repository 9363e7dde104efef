/**
 * Merges several sources into one, by arrival.
 */
import { NameMerge, type CommonNames } from "./name-merge.js";
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
  const common = sources.map((source) => names.add(source));
  return { labels: names.labels, categories: names.categories, chunks: () => merged(sources, common) };
}

class Head implements Arriving {
  chunk: RequestChunk | undefined;
  row = 0;
  private readonly chunks: AsyncIterator<RequestChunk>;

  constructor(
    source: RequestSource,
    private readonly common: CommonNames,
    /** Place among the sources. */
    readonly place: number,
  ) {
    this.chunks = source.chunks()[Symbol.asyncIterator]();
  }

  get arrivalS(): number {
    return this.chunk!.arrivalS[this.row]!;
  }

  /** Asks for the next chunk; false at the end. */
  async next(): Promise<boolean> {
    const next = await this.chunks.next();
    this.chunk = next.done ? undefined : next.value;
    this.row = 0;
    this.common.update();
    return this.chunk !== undefined;
  }

  /** Adds the request that is next to `out`. */
  copyTo(out: RequestColumns): void {
    const { chunk, row, common } = this;
    const label = common.labels[chunk!.label[row]!]!;
    const category = common.categories[chunk!.category[row]!]!;
    out.copyRow(chunk!, row, this.arrivalS, label, category);
  }

  async close(): Promise<void> {
    await this.chunks.return?.();
  }
}

async function* merged(
  sources: readonly RequestSource[],
  common: readonly CommonNames[],
): AsyncGenerator<RequestChunk, void, undefined> {
  const heads = sources.map((source, place) => new Head(source, common[place]!, place));
  const heap = new ArrivalHeap<Head>();
  try {
    for (const head of heads) if (await head.next()) heap.push(head);
    const hasBlocks = heads.some((head) => head.chunk?.blocks !== undefined);
    const out = new RequestColumns(CHUNK_ROWS, hasBlocks);
    for (let head = heap.first; head !== undefined; head = heap.first) {
      head.copyTo(out);
      head.row++;
      if (head.row < head.chunk!.count || (await head.next())) heap.firstMoved();
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
