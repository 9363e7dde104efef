import { describe, expect, it } from "vitest";
import { InputError } from "../../host/specs/input-error.js";
import { requireEngine, resolveFleet } from "../../host/specs/fleet.js";
import { parseFleet, type Engine } from "../../host/specs/fleet-spec.js";
import { fleetText, profile } from "./fleet-text.js";
import { stagedFleet, type StagedChanges } from "./staged-fleet.js";

const linear = { type: "linear", c0_ms: 8 };

/** Why a fleet whose first pool is changed cannot run; `undefined` if it can. */
function refusalOf(engine: Engine, pool: Record<string, unknown>): string | undefined {
  const fleet = resolveFleet(parseFleet(fleetText(pool), "f"));
  try {
    requireEngine(fleet, engine);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return undefined;
}

describe("the engine slots", () => {
  it.each([
    ["a GPU", {}],
    ["keys of the other engine beside a GPU", { serving: { max_num_seqs: 4 }, iteration_model: linear }],
  ])("runs a pool with %s", (_what, pool) => {
    expect(refusalOf("slots", pool)).toBeUndefined();
  });

  const cases: [what: string, pool: Record<string, unknown>, message: string][] = [
    [
      "neither GPU nor profile",
      { gpu: undefined, iteration_model: linear },
      "pool a: the engine slots needs gpu or profile, which this pool does not have; the engine iterations runs it.",
    ],
    [
      "a window beyond the memory of its GPU",
      { max_ctx: 2_000_000, serving: { num_blocks: 200_000 } },
      "pool a: the engine slots cannot run it: max_ctx is 2000000, but that leaves no slot: such a request needs 125000 KV blocks of 16 tokens and a replica of A100-80GB has 65536.",
    ],
    [
      "the balance prefix_affinity",
      { balance: "prefix_affinity", serving: { enable_prefix_caching: true } },
      "pool a: balance is prefix_affinity, but the engine slots has no prefix cache; the engine iterations runs it.",
    ],
  ];
  it.each(cases)("refuses a pool with %s", (_what, pool, message) => {
    expect(refusalOf("slots", pool)).toBe(message);
  });
});

describe("the engine iterations", () => {
  const bare = { gpu: undefined, iteration_model: linear };

  it.each([
    ["a GPU alone", {}],
    ["an iteration model alone", bare],
    ["prefix_affinity", { balance: "prefix_affinity", serving: { enable_prefix_caching: true } }],
    ["memory for just one request", { ...bare, serving: { num_blocks: 256 } }],
    ["memory for just one request in each stage", { ...bare, serving: { num_blocks: 513, pp: 2 } }],
    [
      "memory for the longest request, though not for max_ctx",
      { ...bare, serving: { num_blocks: 8, max_model_len: 128 } },
    ],
  ])("runs a pool with %s", (_what, pool) => {
    expect(refusalOf("iterations", pool)).toBeUndefined();
  });

  const cases: [what: string, pool: Record<string, unknown>, message: string][] = [
    [
      "memory for less than one request",
      { serving: { num_blocks: 255 } },
      "pool a: a request of 4096 tokens needs 256 KV blocks of 16 tokens, but a replica has 255.",
    ],
    [
      "memory for less than one request in a stage",
      { serving: { num_blocks: 511, pp: 2 } },
      "pool a: a request of 4096 tokens needs 256 KV blocks of 16 tokens, but each of the 2 pipeline stages of a replica has 255.",
    ],
    [
      "blocks that are too large",
      { gpu: undefined, profile: { ...profile, blk_size: 100_000 } },
      "pool a: a KV block has 100000 tokens, but the engine iterations takes at most 65536.",
    ],
    [
      "iterations that are too long",
      { ...bare, iteration_model: { type: "linear", c0_ms: 8, c3_ms: 1 } },
      "pool a: its longest iteration, with all seats and all memory full, may take 33555 s, but at most 1000 s can be played.",
    ],
    [
      "more pipeline stages than running requests",
      { ...bare, iteration_model: { type: "linear", c0_ms: 8 }, serving: { pp: 4, max_num_seqs: 3 } },
      "pool a: it has 4 pipeline stages (pp) and 3 running requests (max_num_seqs), but each stage needs one.",
    ],
    [
      "too many seats",
      { n_gpus: 1000, serving: { max_num_seqs: 100_000 } },
      "the pools have 100000256 seats (max_num_seqs x replicas) in all; at most 67108864 can run.",
    ],
  ];
  it.each(cases)("refuses a pool with %s", (_what, pool, message) => {
    expect(refusalOf("iterations", pool)).toBe(message);
  });
});

describe("a fleet where prefill and decode are apart", () => {
  const runs = (engine: Engine, changes: StagedChanges = {}) => {
    requireEngine(stagedFleet(changes), engine);
  };

  it("runs under the engine iterations", () => {
    expect(() => runs("iterations")).not.toThrow();
    expect(() => runs("iterations", { pre: { link: { type: "none" } } })).not.toThrow();
  });

  it("does not run under the engine slots, though its GPUs could", () => {
    const link = { type: "ib-ndr", kv_bytes_per_token: 1000 };
    const gpu = { iteration_model: undefined, gpu: "h100" };
    expect(() => runs("slots", { pre: { ...gpu, link }, dec: gpu })).toThrow(
      "pool pre: role is prefill, but the engine slots does not know prefill and decode apart; the engine iterations runs it.",
    );
  });

  it("needs memory for its longest request on the prefill side too", () => {
    expect(() => runs("iterations", { pre: { serving: { num_blocks: 511 } } })).toThrow(
      "pool pre: a request of 8192 tokens needs 512 KV blocks of 16 tokens, but a replica has 511.",
    );
    const short = { pre: { serving: { num_blocks: 256 } }, dec: { max_ctx: 4096 } };
    expect(() => runs("iterations", short)).not.toThrow();
  });

  it("does not run where a transfer would not end", () => {
    const link = { bandwidth_GBps: 1e-3, efficiency: 1 };
    expect(() => runs("iterations", { dec: { link } })).toThrow(
      "pool pre: the keys and values of its longest request, 8192 tokens, take 1074 s to cross the link, but at most 1000 s can be played.",
    );
  });
});
