import type { Fleet, Pool } from "../specs/fleet.js";
import { InputError } from "../specs/input-error.js";
import type { RequestChunk } from "../workloads/requests.js";

/** Block ids that one call of the core takes: 4 MiB. A chunk with more is played in parts. */
export const BLOCK_IDS_AT_ONCE = 1 << 20;

/** Prefixes that drawn requests share: each belongs at random to one of `groups`, whose requests begin with the same `tokens` tokens. */
export interface SharedPrefixes {
  groups: number;
  tokens: number;
}

/** How the prompts of a run are cut into the units of prefix caches. */
export interface PrefixPlan {
  /** Tokens that a block id stands for. */
  prefixBlock: number;
  /** Of drawn requests: groups, and units of a shared prefix. */
  prefixes?: { groups: number; units: number };
}

/**
 * Finds the unit of the prefix caches of a fleet: what the ids of a trace stand for, else what the pools say, else their block size.
 *
 * @param blockTokens Tokens that a block id of the trace stands for; absent: the requests bear no ids of their own.
 * @returns Nothing where no pool caches prefixes, or no request bears an id.
 * @throws InputError if pools and trace do not agree, or if prefixes are asked for and no pool caches them.
 */
export function planPrefixes(fleet: Fleet, blockTokens?: number, shared?: SharedPrefixes): PrefixPlan | undefined {
  const caching = fleet.pools.filter(({ serving }) => serving.enablePrefixCaching);
  const first = caching[0];
  if (first === undefined) {
    if (shared === undefined) return undefined;
    throw new InputError(
      "prefixes are shared, but no pool caches them: set enable_prefix_caching in the serving of a pool.",
    );
  }
  if (blockTokens === undefined && shared === undefined) return undefined;
  const prefixBlock = blockTokens ?? first.serving.prefixBlock ?? first.serving.blockSize;
  for (const pool of caching) checkPool(pool, prefixBlock, blockTokens !== undefined);
  if (shared === undefined) return { prefixBlock };
  const units = Math.floor(shared.tokens / prefixBlock);
  if (units < 1 || units > MAX_UNITS) {
    throw new InputError(
      `prefixes of ${shared.tokens} tokens make ${units} blocks of ${prefixBlock} tokens; 1 to ${MAX_UNITS} are allowed.`,
    );
  }
  return { prefixBlock, prefixes: { groups: shared.groups, units } };
}

/** Most units of a shared prefix. */
const MAX_UNITS = 65_536;

function checkPool({ id, serving }: Pool, prefixBlock: number, isTraces: boolean): void {
  const own = serving.prefixBlock;
  if (own !== undefined && own !== null && own !== prefixBlock) {
    const other = isTraces ? "the block ids of the trace stand for" : "another pool has";
    throw new InputError(
      `pool ${id}: prefix_block is ${own}, but ${other} ${prefixBlock} tokens; they must be the same.`,
    );
  }
  if (prefixBlock % serving.blockSize !== 0) {
    throw new InputError(
      `pool ${id}: block_size is ${serving.blockSize}; prefix caching needs one that divides ${prefixBlock}, the tokens that a block id stands for.`,
    );
  }
}

/** Cuts a chunk into parts of at most BLOCK_IDS_AT_ONCE block ids. A single request with more keeps the first of them. */
export function* partsByBlocks(chunk: RequestChunk): Generator<RequestChunk> {
  const { blocks, count } = chunk;
  if (blocks === undefined || blocks.offsets[count]! - blocks.offsets[0]! <= BLOCK_IDS_AT_ONCE) {
    yield chunk;
    return;
  }
  for (let from = 0; from < count;) {
    let to = from + 1;
    while (to < count && blocks.offsets[to + 1]! - blocks.offsets[from]! <= BLOCK_IDS_AT_ONCE) to++;
    yield partOf(chunk, from, to);
    from = to;
  }
}

function partOf(chunk: RequestChunk, from: number, to: number): RequestChunk {
  const { offsets, ids } = chunk.blocks!;
  const own = offsets.slice(from, to + 1);
  own[to - from] = Math.min(own[to - from]!, own[0]! + BLOCK_IDS_AT_ONCE);
  return {
    count: to - from,
    arrivalS: chunk.arrivalS.subarray(from, to),
    inputTokens: chunk.inputTokens.subarray(from, to),
    outputTokens: chunk.outputTokens.subarray(from, to),
    label: chunk.label.subarray(from, to),
    category: chunk.category.subarray(from, to),
    ...(chunk.priority ? { priority: chunk.priority.subarray(from, to) } : {}),
    blocks: { offsets: own, ids },
  };
}
