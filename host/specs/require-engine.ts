import { longestIterationS, MAX_ITERATION_S } from "../profiles/longest-iteration.js";
import type { Fleet, Pool } from "./fleet.js";
import type { Engine } from "./fleet-spec.js";
import { InputError } from "./input-error.js";
import { kvBytesOf } from "./kv-bytes.js";
import { kvBlocksOf, whyNoSlots } from "./pool-capacity.js";
import { MAX_SLOTS } from "./pool-spec.js";
import { MAX_BLOCK_SIZE } from "./serving-spec.js";

/**
 * Makes sure that every pool of a fleet can run under an engine.
 *
 * @param file File that the fleet was read from, for the message; empty: none.
 * @throws InputError one sentence about the first pool that cannot.
 */
export function requireEngine(fleet: Pick<Fleet, "pools">, engine: Engine, file = ""): void {
  const place = file === "" ? "" : `${file}: `;
  for (const pool of fleet.pools) {
    const why = engine === "slots" ? whyNotSlots(pool) : (whyNotIterations(pool) ?? whyNotStaged(pool, fleet.pools));
    if (why !== undefined) throw new InputError(`${place}pool ${pool.id}: ${why}.`);
  }
  if (engine === "slots") return;
  const seats = fleet.pools.reduce((sum, { replicas, serving }) => sum + replicas * serving.maxNumSeqs, 0);
  if (seats > MAX_SLOTS) {
    throw new InputError(
      `${place}the pools have ${seats} seats (max_num_seqs x replicas) in all; at most ${MAX_SLOTS} can run.`,
    );
  }
}

function whyNotSlots(pool: Pool): string | undefined {
  if (pool.stage !== undefined)
    return `role is ${pool.stage.role}, but the engine slots does not know prefill and decode apart; the engine iterations runs it`;
  if (pool.powerCapW !== undefined)
    return `power_cap_w is ${pool.powerCapW}, but the engine slots does not know what a cap slows down; the engine iterations runs it`;
  if (!pool.hasSlots) {
    const why = pool.profile.W + pool.profile.H > 0 ? whyNoSlots(pool.profile, pool.maxCtx) : undefined;
    if (why !== undefined) return `the engine slots cannot run it: max_ctx is ${pool.maxCtx}, but ${why}`;
    return "the engine slots needs gpu or profile, which this pool does not have; the engine iterations runs it";
  }
  if (pool.balance !== "prefix_affinity") return undefined;
  return "balance is prefix_affinity, but the engine slots has no prefix cache; the engine iterations runs it";
}

function whyNotIterations({ serving, iterationModel }: Pool): string | undefined {
  const { blockSize, numBlocks, pp, maxModelLen } = serving;
  if (blockSize > MAX_BLOCK_SIZE) {
    return `a KV block has ${blockSize} tokens, but the engine iterations takes at most ${MAX_BLOCK_SIZE}`;
  }
  if (pp > serving.maxNumSeqs) {
    return `it has ${pp} pipeline stages (pp) and ${serving.maxNumSeqs} running requests (max_num_seqs), but each stage needs one`;
  }
  const needed = kvBlocksOf(maxModelLen, blockSize);
  const there = Math.floor(numBlocks / pp);
  if (needed > there) {
    const stage = pp === 1 ? "a replica" : `each of the ${pp} pipeline stages of a replica`;
    return `a request of ${maxModelLen} tokens needs ${needed} KV blocks of ${blockSize} tokens, but ${stage} has ${there}`;
  }
  const cut = serving.enableChunkedPrefill && serving.maxNumBatchedTokens !== null;
  const bounds = {
    maxCtx: maxModelLen,
    kvTokens: numBlocks * blockSize,
    seats: serving.maxNumSeqs,
    ...(cut ? { promptTokens: serving.maxNumBatchedTokens! } : {}),
  };
  const longest = longestIterationS(iterationModel, bounds);
  if (longest <= MAX_ITERATION_S) return undefined;
  return `its longest iteration, with all seats and all memory full, may take ${Math.ceil(longest)} s, but at most ${MAX_ITERATION_S} s can be played`;
}

/** Most seconds of a transfer, as of an iteration. */
const MAX_TRANSFER_S = MAX_ITERATION_S;

function whyNotStaged({ stage, serving }: Pool, pools: readonly Pool[]): string | undefined {
  if (stage?.role !== "prefill") return undefined;
  const bytes = kvBytesOf(stage.kv, serving.maxModelLen);
  const bytesPerS = Math.min(stage.link.bytesPerS, pools[stage.decodePool]!.stage!.link.bytesPerS);
  if (bytes / bytesPerS <= MAX_TRANSFER_S) return undefined;
  return `the keys and values of its longest request, ${serving.maxModelLen} tokens, take ${Math.ceil(bytes / bytesPerS)} s to cross the link, but at most ${MAX_TRANSFER_S} s can be played`;
}
