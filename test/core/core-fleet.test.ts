import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { corePools, coreRouter, iterationPools } from "../../host/core/core-fleet.js";
import { type Core, loadCore } from "../../host/core/load.js";
import { Simulation } from "../../host/core/simulation.js";
import { linearModel, profileModel } from "../../host/profiles/linear-model.js";
import { gpuProfile } from "../../host/specs/gpu-catalog.js";
import { requireEngine, resolveFleet } from "../../host/specs/fleet.js";
import { checkFleet } from "../../host/specs/fleet-spec.js";
import { InputError } from "../../host/specs/input-error.js";
import { SCHEDULERS } from "../../host/specs/serving-spec.js";
import { stagedFleet, stagedPools } from "../specs/staged-fleet.js";

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

describe("iterationPools where prefill and decode are apart", () => {
  it("says what each pool does, and what its link really carries", () => {
    const link = { type: "ib-ndr", mode: "layerwise", latency_us: 100, sharing: "fifo" };
    const [pre, dec] = iterationPools(stagedFleet({ pre: { link, spill_prompt_tokens: 700 } }));
    expect(pre!.stage).toEqual({
      role: "prefill",
      decodePool: 1,
      firstToken: "prefill",
      handover: "push",
      mode: "layerwise",
      sharing: "fifo",
      linkBytesPerS: 40e9,
      linkLatencyS: 1e-4,
      kv: { tokenBytes: 131_072, windowBytes: 0, window: 0 },
      layers: 32,
      spillPromptTokens: 700,
      keepDecodes: false,
    });
    expect(dec!.stage).toEqual({ role: "decode", linkBytesPerS: 40e9 });
  });

  it("lets a prefill pool take no request that is too long for its decode pool", () => {
    const pools = iterationPools(stagedFleet({ dec: { max_ctx: 1000 } }));
    expect(pools.map(({ maxCtx }) => maxCtx)).toEqual([1000, 1000]);
    const longer = iterationPools(stagedFleet({ pre: { max_ctx: 1000 } }));
    expect(longer.map(({ maxCtx }) => maxCtx)).toEqual([1000, 8192]);
  });

  it("leaves mixed pools as they are", () => {
    const mixed = { id: "mix", gpu: "a100", n_gpus: 1, max_ctx: 4096 };
    const alone = resolveFleet(checkFleet({ pools: [mixed] }));
    expect(iterationPools(stagedFleet({ more: [mixed] }))[2]).toEqual(iterationPools(alone)[0]);
  });

  it("gives requests without a label to a pool by its place in the fleet", () => {
    const [pre, dec] = stagedPools();
    const fleet = resolveFleet(checkFleet({ pools: [dec, pre], router: "model" }));
    expect(coreRouter(fleet)).toEqual({ type: "label", defaultPool: 1 });
  });
});

/** What `make` gives; `undefined` where it refuses a user's words. */
function orRefused<Value>(make: () => Value): Value | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

describe("a fleet that the engine iterations is said to run", () => {
  let core: Core;
  beforeAll(async () => {
    core = await loadCore();
  });

  const count = (most: number) => fc.integer({ min: 1, max: most });
  const times = fc.double({ min: 0, max: 1e6, noNaN: true });
  const sometimes = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
  const serving = fc.record({
    scheduler: fc.constantFrom(...SCHEDULERS),
    max_num_seqs: sometimes(count(600)),
    block_size: sometimes(count(70)),
    num_blocks: sometimes(count(20_000)),
    watermark: sometimes(fc.double({ min: 0, max: 1, noNaN: true })),
    max_model_len: sometimes(count(10_000)),
    pp: sometimes(count(9)),
    enable_prefix_caching: fc.boolean(),
  });
  const pools = fc.record({
    max_ctx: count(100_000),
    queue: fc.constantFrom("replica", "shared"),
    max_queue: sometimes(fc.nat(5)),
    gpu: sometimes(fc.constantFrom("a100", "h100", "a10g")),
    serving: sometimes(serving),
    iteration_model: sometimes(
      fc.oneof(
        fc.record({ type: fc.constant("linear"), c0_ms: times, c1_ms: times, c3_ms: sometimes(times) }),
        fc.record({ type: fc.constant("linear"), c0_ms: fc.double({ min: 0.1, max: 50, noNaN: true }) }),
        fc.record({
          type: fc.constant("roofline"),
          hardware: fc.constantFrom("h100-sxm", "l4"),
          model: fc.constantFrom("llama-3.1-8b", "llama-3.1-70b"),
          tp: fc.constantFrom(1, 2, 8),
        }),
      ),
    ),
  });

  it("is one that the core takes", () => {
    let taken = 0;
    fc.assert(
      fc.property(pools, (pool) => {
        const fleet = orRefused(() => fleetOf(pool));
        if (!fleet || orRefused(() => (requireEngine(fleet, "iterations"), true)) === undefined) return;
        taken++;
        const prefixes = fleet.pools[0]!.serving.enablePrefixCaching ? { blockIds: 16 } : {};
        const run = { engine: "iterations", router: { type: "length" }, seed: 1, ...prefixes } as const;
        expect(() => new Simulation(core, { ...run, pools: iterationPools(fleet) })).not.toThrow();
      }),
      { numRuns: 300 },
    );
    expect(taken).toBeGreaterThan(20);
  });

  const model = fc.constantFrom(
    { type: "linear", c0_ms: 8, c1_ms: 0.1 },
    { type: "roofline", hardware: "h100-sxm", model: "llama-3.1-8b" },
    { type: "roofline", hardware: "l4", model: "llama-3.1-8b", tp: 2 },
  );
  const side = fc.record({
    max_ctx: count(10_000),
    iteration_model: model,
    serving: fc.record({
      scheduler: fc.constantFrom("vllm", "vllm", "sarathi", "static"),
      num_blocks: sometimes(count(20_000)),
      pp: count(3),
      enable_prefix_caching: fc.integer({ min: 0, max: 5 }).map((chance) => chance === 0),
    }),
    queue: fc.constantFrom("replica", "replica", "replica", "shared"),
    max_queue: fc.constantFrom(undefined, undefined, undefined, 3),
  });
  const use = fc.constantFrom(
    { mode: "serial" },
    { mode: "serial", handover: "push" },
    { mode: "serial", handover: "reserve" },
    { mode: "layerwise", layers: 80 },
    { mode: "layerwise", layers: 1, handover: "reserve" },
  );
  const link = fc
    .record({
      type: fc.constantFrom("none", "ib-ndr", "25gbe"),
      latency_us: fc.double({ min: 0, max: 1e8, noNaN: true }),
      sharing: fc.constantFrom("fifo", "shared"),
      regroup: fc.double({ min: 1, max: 10, noNaN: true }),
      kv_bytes_per_token: fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
    })
    .chain((keys) => use.map((how) => ({ ...keys, ...how })));
  const prefill = fc.record({
    first_token: fc.constantFrom("prefill", "decode"),
    spill_prompt_tokens: sometimes(count(1000)),
    keep_decodes: sometimes(fc.boolean()),
    link,
  });

  it("is one that the core takes, where prefill and decode are apart", () => {
    let taken = 0;
    fc.assert(
      fc.property(prefill, side, side, (keys, pre, dec) => {
        const fleet = orRefused(() => stagedFleet({ pre: { ...pre, ...keys }, dec }));
        if (!fleet || orRefused(() => (requireEngine(fleet, "iterations"), true)) === undefined) return;
        taken++;
        const prefixes = fleet.pools[0]!.serving.enablePrefixCaching ? { blockIds: 16 } : {};
        const run = { engine: "iterations", router: { type: "length" }, seed: 1, ...prefixes } as const;
        expect(() => new Simulation(core, { ...run, pools: iterationPools(fleet) })).not.toThrow();
      }),
      { numRuns: 1000 },
    );
    expect(taken).toBeGreaterThan(40);
  });
});
