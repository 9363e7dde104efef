import { InputError } from "../specs/input-error.js";
import type { RequestChunk, RequestSource } from "../workloads/requests.js";

/** Requests of a source, held to be played again and again. */
export interface HeldRequests {
  chunks: readonly RequestChunk[];
  labels: readonly string[];
  categories: readonly string[];
  count: number;
  /** First and last arrival, s. */
  firstS: number;
  lastS: number;
  /** Ids of prompt blocks. */
  blockIds: number;
}

/** Most requests that are held: some 100 MB. */
export const MAX_HELD_REQUESTS = 4_000_000;
/** Most ids of prompt blocks that are held: 256 MB. */
const MAX_HELD_BLOCK_IDS = 2 ** 26;

/**
 * Reads a source to its end.
 *
 * @param name What messages call it.
 * @param others Requests that are held already: they count.
 * @throws InputError if there are more than can be held; from the source.
 */
export async function holdRequests(
  source: RequestSource,
  name: string,
  others: readonly HeldRequests[] = [],
): Promise<HeldRequests> {
  const chunks: RequestChunk[] = [];
  let held = others.reduce((sum, { count }) => sum + count, 0);
  let heldIds = others.reduce((sum, { blockIds }) => sum + blockIds, 0);
  const before = { requests: held, ids: heldIds };
  for await (const chunk of source.chunks()) {
    const own = copyOf(chunk);
    held += own.count;
    heldIds += own.blocks?.ids.length ?? 0;
    if (held > MAX_HELD_REQUESTS || heldIds > MAX_HELD_BLOCK_IDS) throw tooLong(name, others.length > 0);
    chunks.push(own);
  }
  const first = chunks[0];
  const last = chunks.at(-1);
  return {
    chunks,
    labels: [...source.labels],
    categories: [...source.categories],
    count: held - before.requests,
    firstS: first ? first.arrivalS[0]! : 0,
    lastS: last ? last.arrivalS[last.count - 1]! : 0,
    blockIds: heldIds - before.ids,
  };
}

/** Held requests as a source, their arrivals divided by `speed`. What it lends may be written to. */
export function sourceAtSpeed({ chunks, labels, categories }: HeldRequests, speed: number): RequestSource {
  return { labels, categories, chunks: () => lend(chunks, speed) };
}

async function* lend(chunks: readonly RequestChunk[], speed: number): AsyncGenerator<RequestChunk, void, undefined> {
  for (const chunk of chunks) {
    yield {
      ...chunk,
      arrivalS: chunk.arrivalS.map((time) => time / speed),
      label: chunk.label.slice(),
      category: chunk.category.slice(),
    };
  }
}

function copyOf(chunk: RequestChunk): RequestChunk {
  const { count, blocks } = chunk;
  const from = blocks?.offsets[0] ?? 0;
  return {
    count,
    arrivalS: chunk.arrivalS.slice(0, count),
    inputTokens: chunk.inputTokens.slice(0, count),
    outputTokens: chunk.outputTokens.slice(0, count),
    label: chunk.label.slice(0, count),
    category: chunk.category.slice(0, count),
    ...(chunk.priority ? { priority: chunk.priority.slice(0, count) } : {}),
    ...(blocks
      ? {
          blocks: {
            offsets: blocks.offsets.slice(0, count + 1).map((offset) => offset - from),
            ids: blocks.ids.slice(from, blocks.offsets[count]),
          },
        }
      : {}),
  };
}

function tooLong(name: string, isSeveral: boolean): InputError {
  const what = isSeveral ? `${name}: its replications have` : `${name}: has`;
  return new InputError(
    `${what} more than ${MAX_HELD_REQUESTS} requests or ${MAX_HELD_BLOCK_IDS} block ids, the most that a capacity search holds; ` +
      `--limit, or --from and --to, take a part of it.`,
  );
}
