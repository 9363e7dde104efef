import { MAX_INT32 } from "./fields.js";
import { kvBlocksOf } from "./pool-capacity.js";
import type { ManualProfile } from "./profile-spec.js";
import { type Policy, type Scheduler, servingSchema, type ServingSpec } from "./serving-spec.js";

/** How a replica of a pool batches, in figures: what its author gave, and defaults for the rest. */
export interface PoolServing {
  scheduler: Scheduler;
  policy: Policy;
  /** Running requests in a replica. */
  maxNumSeqs: number;
  /** Tokens in one iteration; `null`: no limit. */
  maxNumBatchedTokens: number | null;
  /** Most prompt tokens of one request in one iteration; `null`: no limit. */
  chunk: number | null;
  /** Whether long prompts are cut. */
  enableChunkedPrefill: boolean;
  /** Tokens in a KV block. */
  blockSize: number;
  /** KV blocks of a replica. */
  numBlocks: number;
  /** Share of the blocks that admission leaves free. */
  watermark: number;
  /** Longest request, input and output tokens together; never more than the pool's `maxCtx`. */
  maxModelLen: number;
  enablePrefixCaching: boolean;
  /** Prompt tokens that one block id stands for; `null`: not given. */
  prefixBlock: number | null;
  /** Pipeline stages. */
  pp: number;
}

/** What {@link resolveServing} takes where the author of a pool gave nothing. */
export interface ServingDefaults {
  maxNumSeqs: number;
  blockSize: number;
  /** KV blocks of so many tokens in the memory of a replica of `pp` stages; absent: enough for `maxNumSeqs` of the longest requests. */
  blocksOf?: (blockSize: number, pp: number) => number;
  /** Prompt tokens that an iteration prefills beside a full batch of decodes; absent: the budget of the scheduler. */
  prefillTokens?: number;
}

/** vLLM's `--block-size` on NVIDIA GPUs. */
export const DEFAULT_BLOCK_SIZE = 16;

/** For a replica of which only the iteration times are known: `max_num_seqs` is vLLM's `SchedulerConfig.max_num_seqs`. */
export const BARE_DEFAULTS: ServingDefaults = { maxNumSeqs: 256, blockSize: DEFAULT_BLOCK_SIZE };

/** Tokens in one iteration: the page's table of schedulers. */
const BUDGETS: Readonly<Record<Scheduler, number | null>> = {
  vllm: 8192,
  "vllm-v0": 8192,
  sarathi: 512,
  orca: null,
  static: null,
};

/** Share of the blocks that admission leaves free: the same table. */
const WATERMARKS: Readonly<Record<Scheduler, number>> = { vllm: 0, "vllm-v0": 0.01, sarathi: 0.01, orca: 0, static: 0 };

/**
 * What a profile says of batching.
 *
 * @param isTimed whether its constants also are the times of iterations. They know no cost of prefill: a budget of `chunk` prompt tokens beside a full batch of decodes
 *   makes a chunk cost one iteration, as in the Python tool; a larger budget would make prefill all but free.
 */
export function profileDefaults(profile: ManualProfile, isTimed: boolean): ServingDefaults {
  return {
    maxNumSeqs: profile.maxSlots,
    blockSize: profile.blockSize,
    blocksOf: (blockSize) => {
      if (blockSize === profile.blockSize) return profile.totalKvBlocks;
      return Math.max(1, Math.floor((profile.totalKvBlocks * profile.blockSize) / blockSize));
    },
    ...(isTimed ? { prefillTokens: profile.chunk } : {}),
  };
}

/** Fills in what the author of a pool left out. Meanings and defaults: docs/reference/iterations-engine.md, sections A pool and One iteration. */
export function resolveServing(given: ServingSpec | undefined, maxCtx: number, defaults: ServingDefaults): PoolServing {
  const serving = given ?? servingSchema.parse({});
  const { scheduler, policy, pp, enablePrefixCaching } = serving;
  const maxNumSeqs = serving.maxNumSeqs ?? defaults.maxNumSeqs;
  const blockSize = serving.blockSize ?? defaults.blockSize;
  const watermark = serving.watermark ?? WATERMARKS[scheduler];
  const maxModelLen = Math.min(maxCtx, serving.maxModelLen ?? maxCtx);
  const blocks =
    defaults.blocksOf?.(blockSize, pp) ??
    enoughBlocks({ maxNumSeqs, pp, watermark, blocksOfLongest: kvBlocksOf(maxModelLen, blockSize) });
  const isSarathi = scheduler === "sarathi";
  return {
    scheduler,
    policy,
    maxNumSeqs,
    maxNumBatchedTokens: (isSarathi ? serving.chunk : null) ?? budget(serving, maxNumSeqs, defaults),
    chunk: isSarathi ? null : (serving.chunk ?? null),
    enableChunkedPrefill: isSarathi || (scheduler === "vllm" && (serving.enableChunkedPrefill ?? true)),
    blockSize,
    numBlocks: serving.numBlocks ?? Math.min(blocks, MAX_INT32),
    watermark,
    maxModelLen,
    enablePrefixCaching,
    prefixBlock: serving.prefixBlock ?? null,
    pp,
  };
}

function budget(serving: ServingSpec, maxNumSeqs: number, { prefillTokens }: ServingDefaults): number | null {
  const ofScheduler = BUDGETS[serving.scheduler];
  if (ofScheduler === null) return null;
  if (serving.maxNumBatchedTokens !== undefined) return serving.maxNumBatchedTokens;
  return prefillTokens === undefined ? ofScheduler : Math.min(prefillTokens + maxNumSeqs, MAX_INT32);
}

/** Blocks with which memory never is what a request waits for: in each lane all of its seats, and the watermark beyond them. */
function enoughBlocks(lane: { maxNumSeqs: number; pp: number; blocksOfLongest: number; watermark: number }): number {
  const seats = Math.max(1, Math.floor(lane.maxNumSeqs / lane.pp));
  return lane.pp * Math.ceil((seats * lane.blocksOfLongest) / (1 - lane.watermark));
}
