import { describe, expect, it } from "vitest";
import { resolveFleet, type Pool } from "../../host/specs/fleet.js";
import { parseFleet } from "../../host/specs/fleet-spec.js";
import { fleetText, profile } from "./fleet-text.js";

const resolved = (pool: Record<string, unknown> = {}): Pool => resolveFleet(parseFleet(fleetText(pool), "f")).pools[0]!;
const bare = (serving: Record<string, unknown> = {}, pool: Record<string, unknown> = {}) =>
  resolved({ gpu: undefined, iteration_model: { type: "linear", c0_ms: 8 }, serving, ...pool }).serving;

describe("how a pool batches", () => {
  it("comes from the constants of its GPU: a chunk of a prompt beside a full batch takes one iteration", () => {
    expect(resolved().serving).toEqual({
      scheduler: "vllm",
      policy: "fcfs",
      maxNumSeqs: 128,
      maxNumBatchedTokens: 640,
      chunk: null,
      enableChunkedPrefill: true,
      blockSize: 16,
      numBlocks: 65536,
      watermark: 0,
      maxModelLen: 4096,
      enablePrefixCaching: false,
      prefixBlock: null,
      pp: 1,
    });
  });

  it("comes from the constants of an inline profile", () => {
    const constants = { ...profile, blk_size: 32, chunk: 256 };
    expect(resolved({ gpu: undefined, profile: constants }).serving).toMatchObject({
      maxNumSeqs: 64,
      maxNumBatchedTokens: 320,
      blockSize: 32,
      numBlocks: 4096,
    });
  });

  it("counts seats of the file in the budget too", () => {
    expect(resolved({ serving: { max_num_seqs: 8 } }).serving).toMatchObject({
      maxNumSeqs: 8,
      maxNumBatchedTokens: 520,
    });
  });

  it("has the budget of its scheduler where an iteration model knows what prefill costs", () => {
    const model = { type: "linear", c0_ms: 8, c1_ms: 0.1 };
    expect(resolved({ iteration_model: model }).serving).toMatchObject({ maxNumSeqs: 128, maxNumBatchedTokens: 8192 });
  });

  it.each([
    ["vllm", { maxNumBatchedTokens: 8192, chunk: null, enableChunkedPrefill: true, watermark: 0 }],
    ["vllm-v0", { maxNumBatchedTokens: 8192, chunk: null, enableChunkedPrefill: false, watermark: 0.01 }],
    ["sarathi", { maxNumBatchedTokens: 512, chunk: null, enableChunkedPrefill: true, watermark: 0.01 }],
    ["orca", { maxNumBatchedTokens: null, chunk: null, enableChunkedPrefill: false, watermark: 0 }],
    ["static", { maxNumBatchedTokens: null, chunk: null, enableChunkedPrefill: false, watermark: 0 }],
  ])("has the defaults of the scheduler %s", (scheduler, defaults) => {
    expect(bare({ scheduler })).toMatchObject({ scheduler, ...defaults });
  });

  it.each([
    ["chunk", { chunk: 300 }, 300],
    ["max_num_batched_tokens", { max_num_batched_tokens: 700 }, 700],
    ["max_num_batched_tokens beside a chunk without limit", { chunk: null, max_num_batched_tokens: 700 }, 700],
  ])("takes the budget of sarathi from %s", (_from, keys, budget) => {
    expect(bare({ scheduler: "sarathi", ...keys })).toMatchObject({ maxNumBatchedTokens: budget, chunk: null });
  });

  it("keeps the chunk of vllm apart from its budget", () => {
    expect(bare({ chunk: 300 })).toMatchObject({ maxNumBatchedTokens: 8192, chunk: 300 });
  });

  it("takes prompts whole where vllm is told to", () => {
    expect(bare({ enable_chunked_prefill: false }).enableChunkedPrefill).toBe(false);
  });

  it("lets a watermark hold for every scheduler", () => {
    expect(bare({ scheduler: "orca", watermark: 0.2 }).watermark).toBe(0.2);
  });

  it("takes no longer request than the pool", () => {
    expect(bare({ max_model_len: 3000 }).maxModelLen).toBe(3000);
    expect(bare({ max_model_len: 9000 }).maxModelLen).toBe(4096);
  });

  it("has the same memory in blocks of another size", () => {
    expect(resolved({ serving: { block_size: 48 } }).serving.numBlocks).toBe(Math.floor(1048576 / 48));
    expect(resolved({ serving: { block_size: 48, num_blocks: 100 } }).serving.numBlocks).toBe(100);
  });
});

describe("without gpu or profile", () => {
  it("256 sequences run, in blocks of 16 tokens, and memory holds them all", () => {
    expect(bare()).toMatchObject({ maxNumSeqs: 256, blockSize: 16, numBlocks: 256 * 256 });
  });

  it("memory holds the longest requests", () => {
    expect(bare({ max_num_seqs: 3, max_model_len: 100, block_size: 32 }).numBlocks).toBe(3 * 4);
  });

  it("each pipeline stage holds its seats", () => {
    expect(bare({ max_num_seqs: 10, pp: 4 }).numBlocks).toBe(4 * 2 * 256);
    expect(bare({ max_num_seqs: 2, pp: 4 }).numBlocks).toBe(4 * 1 * 256);
  });

  it.each([0.01, 0.3, 0.99])("a watermark of %d is free beyond them", (watermark) => {
    const blocks = bare({ max_num_seqs: 7, watermark }).numBlocks;
    expect(blocks - Math.floor(watermark * blocks)).toBeGreaterThanOrEqual(7 * 256);
    expect(blocks).toBeLessThan((7 * 256) / (1 - watermark) + 1);
  });

  it("blocks stay within what a file may say", () => {
    expect(bare({ max_num_seqs: 2 ** 26 }).numBlocks).toBe(2 ** 31 - 1);
  });

  it("a replica is one GPU without a price, and the profile says nothing of time", () => {
    const pool = resolved({ gpu: undefined, iteration_model: { type: "linear", c0_ms: 8 } });
    expect(pool).toMatchObject({ replicas: 2, gpus: 2, costPerHr: 0, hasSlots: false, slots: 0, kvBlocks: 65536 });
    expect(pool.profile).toMatchObject({ name: "custom", W: 0, H: 0, costPerHr: 0, gpusPerReplica: 1, maxSlots: 256 });
  });
});
