import * as z from "zod";
import { MAX_INT32, mistake, objectWith, oneOf, wholeNumber } from "./fields.js";

/** How an iteration is made up; the rules are in docs/reference/iterations-engine.md, section One iteration. */
export const SCHEDULERS = ["vllm", "vllm-v0", "sarathi", "orca", "static"] as const;
export type Scheduler = (typeof SCHEDULERS)[number];

/** Order of a replica's queue, and who is preempted. */
export const POLICIES = ["fcfs", "priority"] as const;
export type Policy = (typeof POLICIES)[number];

/** Most requests that run in a replica at once. */
const MAX_NUM_SEQS = 2 ** 26;
/** Largest KV block, tokens; what the core takes. */
export const MAX_BLOCK_SIZE = 65_536;
/** Most pipeline stages. */
const MAX_PP = 64;

/** The key `serving` of a pool as its author gave it, checked; what is `undefined` is left to the scheduler and to the pool's profile. */
export interface ServingSpec {
  scheduler: Scheduler;
  policy: Policy;
  /** Pipeline stages. */
  pp: number;
  enablePrefixCaching: boolean;
  maxNumSeqs: number | undefined;
  /** Tokens in one iteration. */
  maxNumBatchedTokens: number | undefined;
  /** Most prompt tokens of one request in one iteration; `null`: no limit. */
  chunk: number | null | undefined;
  enableChunkedPrefill: boolean | undefined;
  /** Tokens in a KV block. */
  blockSize: number | undefined;
  /** KV blocks of a replica. */
  numBlocks: number | undefined;
  /** Share of the blocks that admission leaves free, 0 to below 1. */
  watermark: number | undefined;
  /** Longest request, input and output tokens together. */
  maxModelLen: number | undefined;
  /** Prompt tokens that one block id of a trace stands for. */
  prefixBlock: number | undefined;
}

const watermarkClause = "must be a number of at least 0 and below 1";
const flag = () => z.boolean({ error: "must be true or false" });

const servingShape = objectWith("an object that says how a replica batches", {
  scheduler: oneOf(SCHEDULERS).default("vllm").describe("how an iteration is made up"),
  max_num_seqs: wholeNumber(1, MAX_NUM_SEQS)
    .optional()
    .describe("running requests in a replica; the profile's max_slots unless given, without one 256"),
  max_num_batched_tokens: wholeNumber(1, MAX_INT32)
    .optional()
    .describe(
      "tokens in one iteration; vllm and vllm-v0: 8192 unless given, sarathi: 512, and where the pool has gpu or profile and no iteration_model the profile's chunk + max_num_seqs",
    ),
  chunk: wholeNumber(0, MAX_INT32)
    .nullable()
    .optional()
    .describe("most prompt tokens of one request in one iteration; 0 or null: no limit, the default"),
  block_size: wholeNumber(1, MAX_BLOCK_SIZE)
    .optional()
    .describe("tokens in a KV block; the profile's blk_size unless given, without one 16"),
  num_blocks: wholeNumber(1, MAX_INT32)
    .optional()
    .describe(
      "KV blocks of a replica; the profile's memory in blocks of block_size unless given, without one enough for max_num_seqs of the longest requests",
    ),
  watermark: z
    .number({ error: watermarkClause })
    .min(0, { error: watermarkClause, abort: true })
    .lt(1, { error: watermarkClause, abort: true })
    .optional()
    .describe("share of the blocks that admission leaves free; vllm-v0 and sarathi: 0.01 unless given, others: 0"),
  max_model_len: wholeNumber(1, MAX_INT32)
    .optional()
    .describe("longest request, input and output tokens together, where that is less than max_ctx"),
  enable_prefix_caching: flag().default(false).describe("keep the KV blocks of prompts for requests that begin alike"),
  prefix_block: wholeNumber(1, MAX_INT32)
    .optional()
    .describe(
      "prompt tokens that one block id of a trace stands for, a multiple of block_size; that of the trace unless given",
    ),
  pp: wholeNumber(1, MAX_PP).default(1).describe("pipeline stages"),
  policy: oneOf(POLICIES).default("fcfs").describe("order of the queue, and who is preempted"),
  enable_chunked_prefill: flag().optional().describe("whether the scheduler vllm cuts long prompts; true unless given"),
});

type ServingFields = z.output<typeof servingShape>;
type Say = (key: keyof ServingFields, message: string) => void;

/** `serving` of a pool. */
export const servingSchema = servingShape
  .superRefine((serving, context) => checkUse(serving, (key, message) => mistake(context, [key], message)))
  .transform((serving): ServingSpec => ({
    scheduler: serving.scheduler,
    policy: serving.policy,
    pp: serving.pp,
    enablePrefixCaching: serving.enable_prefix_caching,
    maxNumSeqs: serving.max_num_seqs,
    maxNumBatchedTokens: serving.max_num_batched_tokens,
    chunk: serving.chunk === 0 ? null : serving.chunk,
    enableChunkedPrefill: serving.enable_chunked_prefill,
    blockSize: serving.block_size,
    numBlocks: serving.num_blocks,
    watermark: serving.watermark,
    maxModelLen: serving.max_model_len,
    prefixBlock: serving.prefix_block,
  }));

/** Refuses keys that the scheduler would not look at: who gives one expects it to do something. */
function checkUse(serving: ServingFields, say: Say): void {
  const { scheduler } = serving;
  const unused = (key: keyof ServingFields, why: string) => {
    if (serving[key] !== undefined) say(key, `has no meaning with ${why}`);
  };
  if (scheduler === "vllm-v0" || scheduler === "orca" || scheduler === "static") {
    unused("chunk", `the scheduler ${scheduler}, which takes prompts whole`);
    unused("enable_chunked_prefill", `the scheduler ${scheduler}, which takes prompts whole`);
  }
  if (scheduler === "orca" || scheduler === "static") {
    unused("max_num_batched_tokens", `the scheduler ${scheduler}, whose iterations have no limit of tokens`);
  }
  if (scheduler === "sarathi") {
    unused("enable_chunked_prefill", "the scheduler sarathi, which always cuts long prompts");
    if (serving.chunk) unused("max_num_batched_tokens", "the scheduler sarathi and a chunk: the chunk is its budget");
  }
  if (serving.enable_chunked_prefill === false) {
    unused("chunk", "enable_chunked_prefill false, which takes prompts whole");
  }
  if (!serving.enable_prefix_caching && serving.prefix_block !== undefined) {
    say("prefix_block", "has no meaning without enable_prefix_caching");
  }
}
