import { describe, expect, it } from "vitest";
import { corePools, iterationPools } from "../../host/core/core-fleet.js";
import { linearModel, profileModel } from "../../host/profiles/linear-model.js";
import { gpuProfile } from "../../host/specs/gpu-catalog.js";
import { resolveFleet } from "../../host/specs/fleet.js";
import { checkFleet } from "../../host/specs/fleet-spec.js";

const fleetOf = (pool: Record<string, unknown>) =>
  resolveFleet(checkFleet({ pools: [{ id: "a", n_replicas: 3, max_ctx: 4096, ...pool }] }));

const linear = { type: "linear", c0_ms: 8, c1_ms: 0.1 };
const linearSpec = { type: "linear", c0Ms: 8, c1Ms: 0.1, c2Ms: 0, c3Ms: 0, c4Ms: 0, tokenGranularity: 1 } as const;

describe("corePools", () => {
  it("gives the engine slots what the profile says, whatever is written for the other engine", () => {
    const expected = {
      replicas: 3,
      slots: 256,
      maxCtx: 4096,
      kvBlocks: 65536,
      blockSize: 16,
      W: 0.008,
      H: 0.00065,
      calibrationCtx: 8192,
      chunk: 512,
      queue: "replica",
      maxQueue: null,
      balance: "least_outstanding",
    };
    expect(corePools(fleetOf({ gpu: "a100" }))).toEqual([expected]);
    const serving = { max_num_seqs: 4, block_size: 32, num_blocks: 500, max_model_len: 64 };
    expect(corePools(fleetOf({ gpu: "a100", serving, iteration_model: linear }))).toEqual([expected]);
  });
});

describe("iterationPools", () => {
  it("gives the engine iterations the constants of a GPU as a model", () => {
    const [pool] = iterationPools(fleetOf({ gpu: "a100", queue: "shared", max_queue: 9 }));
    expect(pool).toMatchObject({ replicas: 3, slots: 128, maxCtx: 4096, kvBlocks: 65536, blockSize: 16 });
    expect(pool).toMatchObject({ queue: "shared", maxQueue: 9, balance: "least_outstanding" });
    expect(pool!.serving).toEqual({
      scheduler: "vllm",
      policy: "fcfs",
      maxNumBatchedTokens: 640,
      chunk: null,
      chunked: true,
      watermark: 0,
      pp: 1,
      prefixBlock: null,
      model: profileModel(gpuProfile("a100")),
    });
  });

  it("gives it what the file says", () => {
    const serving = {
      max_num_seqs: 8,
      max_num_batched_tokens: 2048,
      chunk: 512,
      block_size: 32,
      num_blocks: 900,
      watermark: 0.02,
      max_model_len: 4000,
      pp: 2,
      policy: "priority",
      enable_chunked_prefill: true,
      enable_prefix_caching: true,
    };
    const balance = { balance: "prefix_affinity", prefix_weight: 2.5 };
    const [pool] = iterationPools(fleetOf({ iteration_model: linear, serving, ...balance }));
    expect(pool).toMatchObject({ slots: 8, maxCtx: 4000, kvBlocks: 900, blockSize: 32 });
    expect(pool).toMatchObject({ balance: "prefix_affinity", prefixWeight: 2.5 });
    expect(pool!.serving).toEqual({
      scheduler: "vllm",
      policy: "priority",
      maxNumBatchedTokens: 2048,
      chunk: 512,
      chunked: true,
      watermark: 0.02,
      pp: 2,
      prefixBlock: 32,
      model: linearModel(linearSpec),
    });
  });

  it.each([
    ["that of the file", { prefix_block: 64 }, 512, 64],
    ["else that of the trace", {}, 512, 512],
    ["else a block", {}, null, 16],
    ["else a block, where nothing is said of a trace", {}, undefined, 16],
  ])("cuts prompts into units: %s", (_which, keys, ofTrace, unit) => {
    const fleet = fleetOf({ gpu: "a100", serving: { enable_prefix_caching: true, ...keys } });
    expect(iterationPools(fleet, ofTrace)[0]!.serving!.prefixBlock).toBe(unit);
  });

  it("cuts none where no pool caches them", () => {
    expect(iterationPools(fleetOf({ gpu: "a100" }), 512)[0]!.serving!.prefixBlock).toBeNull();
  });

  it("has the budget of the scheduler sarathi from its chunk", () => {
    const fleet = fleetOf({ iteration_model: linear, serving: { scheduler: "sarathi", chunk: 256 } });
    expect(iterationPools(fleet)[0]!.serving).toMatchObject({ maxNumBatchedTokens: 256, chunk: null, chunked: true });
  });
});
