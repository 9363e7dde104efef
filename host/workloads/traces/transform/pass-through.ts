/**
 * The two shapes that transformations have: chunks changed in place, and rows picked into chunks of their own.
 */
import { RequestColumns } from "../rows/request-columns.js";
import { CHUNK_ROWS, type RequestChunk, type RequestSource } from "../../requests.js";

/** A source with the labels and categories of another, and other chunks. */
export function withChunks(source: RequestSource, chunks: () => AsyncIterable<RequestChunk>): RequestSource {
  return {
    get labels() {
      return source.labels;
    },
    get categories() {
      return source.categories;
    },
    chunks,
  };
}

/** What {@link pickRows} does with a row: the arrival it leaves with, or one of the two. */
export const DROP = NaN;
export const STOP = Infinity;

/**
 * Keeps some rows of a source, in their order, under new arrivals.
 *
 * @param arrivalOf - New arrival of a row, given its arrival and its number from 0; {@link DROP} leaves it out, {@link STOP} ends
 *   the source before it. Must not decrease over the rows kept.
 */
export async function* pickRows(
  source: RequestSource,
  arrivalOf: (arrivalS: number, row: number) => number,
): AsyncGenerator<RequestChunk, void, undefined> {
  let picked: RequestColumns | undefined;
  let number = 0;
  for await (const chunk of source.chunks()) {
    picked ??= new RequestColumns(CHUNK_ROWS, chunk.blocks !== undefined);
    for (let row = 0; row < chunk.count; row++) {
      const arrivalS = arrivalOf(chunk.arrivalS[row]!, number++);
      if (Number.isNaN(arrivalS)) continue;
      if (arrivalS === STOP) {
        if (picked.count > 0) yield picked.asChunk();
        return;
      }
      picked.copyRow(chunk, row, arrivalS, chunk.label[row]!, chunk.category[row]!);
      if (picked.isFull) {
        yield picked.asChunk();
        picked.clear();
      }
    }
  }
  if (picked && picked.count > 0) yield picked.asChunk();
}
