import { describe, expect, it } from "vitest";
import { parseFleet } from "../../host/specs/fleet-spec.js";
import { fleetText, profile, refusal } from "./fleet-text.js";

const withServing = (serving: unknown, pool: Record<string, unknown> = {}) => fleetText({ serving, ...pool });
const servingOf = (serving: unknown) => parseFleet(withServing(serving), "f").pools[0]!.serving;

describe("serving", () => {
  it("is absent where a pool says nothing of it", () => {
    expect(parseFleet(fleetText(), "f").pools[0]).not.toHaveProperty("serving");
  });

  it("keeps every choice", () => {
    const serving = {
      scheduler: "vllm",
      max_num_seqs: 64,
      max_num_batched_tokens: 2048,
      chunk: 512,
      block_size: 32,
      num_blocks: 9000,
      watermark: 0.02,
      max_model_len: 4000,
      enable_prefix_caching: true,
      prefix_block: 64,
      pp: 2,
      policy: "priority",
      enable_chunked_prefill: true,
    };
    expect(servingOf(serving)).toEqual({
      scheduler: "vllm",
      maxNumSeqs: 64,
      maxNumBatchedTokens: 2048,
      chunk: 512,
      blockSize: 32,
      numBlocks: 9000,
      watermark: 0.02,
      maxModelLen: 4000,
      enablePrefixCaching: true,
      prefixBlock: 64,
      pp: 2,
      policy: "priority",
      enableChunkedPrefill: true,
    });
  });

  it("is vLLM without a prefix cache where it is empty", () => {
    const given = { scheduler: "vllm", policy: "fcfs", pp: 1, enablePrefixCaching: false };
    expect(JSON.parse(JSON.stringify(servingOf({})))).toEqual(given);
  });

  it.each([0, null])("has no limit of a chunk where that is %s", (chunk) => {
    expect(servingOf({ chunk })!.chunk).toBeNull();
  });

  it("lets comments pass", () => {
    expect(servingOf({ _why: "measured" })).toEqual(servingOf({}));
  });

  it("takes budget and chunk as the scheduler sarathi has them: one of the two", () => {
    expect(servingOf({ scheduler: "sarathi", chunk: 256 })!.chunk).toBe(256);
    expect(servingOf({ scheduler: "sarathi", max_num_batched_tokens: 256 })!.maxNumBatchedTokens).toBe(256);
    expect(servingOf({ scheduler: "sarathi", chunk: 0, max_num_batched_tokens: 256 })!.maxNumBatchedTokens).toBe(256);
  });
});

describe("serving is refused in one sentence", () => {
  const whole = "a whole number from 1 to 2147483647.";
  const prompts = (scheduler: string) =>
    `but has no meaning with the scheduler ${scheduler}, which takes prompts whole.`;
  const cases: [what: string, serving: unknown, message: string][] = [
    ["as text", "vllm", 'pools[0].serving is "vllm", but must be an object that says how a replica batches.'],
    [
      "with a misspelt key",
      { max_num_seq: 4 },
      "pools[0].serving.max_num_seq is not a known key (did you mean max_num_seqs?); known here: scheduler, max_num_seqs,",
    ],
    [
      "with an unknown scheduler",
      { scheduler: "vllm-v1" },
      'pools[0].serving.scheduler is "vllm-v1", but must be one of vllm, vllm-v0, sarathi, orca, static (did you mean vllm-v0?).',
    ],
    ["with an unknown policy", { policy: "lcfs" }, 'policy is "lcfs", but must be one of fcfs, priority'],
    ["without seats", { max_num_seqs: 0 }, "max_num_seqs is 0, but must be a whole number from 1 to 67108864."],
    ["with half a budget", { max_num_batched_tokens: 0.5 }, `max_num_batched_tokens is 0.5, but must be ${whole}`],
    ["with a chunk below 0", { chunk: -1 }, "chunk is -1, but must be a whole number from 0 to 2147483647."],
    ["with a vast block", { block_size: 65_537 }, "block_size is 65537, but must be a whole number from 1 to 65536."],
    ["without blocks", { num_blocks: 0 }, `num_blocks is 0, but must be ${whole}`],
    ["with a full watermark", { watermark: 1 }, "watermark is 1, but must be a number of at least 0 and below 1."],
    [
      "with a watermark below 0",
      { watermark: -0.1 },
      "watermark is -0.1, but must be a number of at least 0 and below 1.",
    ],
    ["with a length of 0", { max_model_len: 0 }, `max_model_len is 0, but must be ${whole}`],
    [
      "with a flag in words",
      { enable_prefix_caching: "yes" },
      'enable_prefix_caching is "yes", but must be true or false.',
    ],
    ["with 65 stages", { pp: 65 }, "pp is 65, but must be a whole number from 1 to 64."],
    ["with a chunk for vllm-v0", { scheduler: "vllm-v0", chunk: 512 }, `chunk is 512, ${prompts("vllm-v0")}`],
    ["with a chunk for orca", { scheduler: "orca", chunk: 512 }, `chunk is 512, ${prompts("orca")}`],
    ["with a chunk for static", { scheduler: "static", chunk: 0 }, `chunk is 0, ${prompts("static")}`],
    [
      "with a budget for orca",
      { scheduler: "orca", max_num_batched_tokens: 9 },
      "max_num_batched_tokens is 9, but has no meaning with the scheduler orca, whose iterations have no limit of tokens.",
    ],
    [
      "with a budget for static",
      { scheduler: "static", max_num_batched_tokens: 9 },
      "max_num_batched_tokens is 9, but has no meaning with the scheduler static, whose iterations have no limit of tokens.",
    ],
    [
      "with chunked prefill for vllm-v0",
      { scheduler: "vllm-v0", enable_chunked_prefill: true },
      `enable_chunked_prefill is true, ${prompts("vllm-v0")}`,
    ],
    [
      "with chunked prefill for sarathi",
      { scheduler: "sarathi", enable_chunked_prefill: false },
      "enable_chunked_prefill is false, but has no meaning with the scheduler sarathi, which always cuts long prompts.",
    ],
    [
      "with a chunk and a budget for sarathi",
      { scheduler: "sarathi", chunk: 256, max_num_batched_tokens: 512 },
      "max_num_batched_tokens is 512, but has no meaning with the scheduler sarathi and a chunk: the chunk is its budget.",
    ],
    [
      "with a chunk of prompts that are taken whole",
      { enable_chunked_prefill: false, chunk: 512 },
      "chunk is 512, but has no meaning with enable_chunked_prefill false, which takes prompts whole.",
    ],
    [
      "with a unit of a cache that is not there",
      { prefix_block: 512 },
      "pools[0].serving.prefix_block is 512, but has no meaning without enable_prefix_caching.",
    ],
    [
      "with a unit that is no whole number of blocks",
      { enable_prefix_caching: true, prefix_block: 500 },
      "pools[0].serving.prefix_block is 500, but must be a multiple of 16, the block size.",
    ],
    [
      "with the same of its own block size",
      { enable_prefix_caching: true, prefix_block: 48, block_size: 32 },
      "prefix_block is 48, but must be a multiple of 32, the block size.",
    ],
  ];
  it.each(cases)("%s", (_what, serving, message) => {
    expect(refusal(withServing(serving))).toContain(message);
  });

  it("with a unit that is no whole number of the profile's blocks", () => {
    const pool = { gpu: undefined, profile: { ...profile, blk_size: 24 } };
    const text = withServing({ enable_prefix_caching: true, prefix_block: 64 }, pool);
    expect(refusal(text)).toContain("prefix_block is 64, but must be a multiple of 24, the block size.");
  });
});

describe("the balance prefix_affinity", () => {
  const cached = { enable_prefix_caching: true };

  it("weighs a prefix as much as a full replica unless told", () => {
    const text = fleetText({ balance: "prefix_affinity", serving: cached });
    expect(parseFleet(text, "f").pools[0]).toMatchObject({ balance: "prefix_affinity", prefixWeight: 1 });
  });

  it("takes a weight", () => {
    const text = fleetText({ balance: "prefix_affinity", prefix_weight: 0, serving: cached });
    expect(parseFleet(text, "f").pools[0]!.prefixWeight).toBe(0);
  });

  const cases: [what: string, pool: Record<string, unknown>, message: string][] = [
    [
      "without a cache",
      { balance: "prefix_affinity" },
      'pools[0].balance is "prefix_affinity", but that needs a prefix cache: set enable_prefix_caching in serving to true.',
    ],
    [
      "with the cache off",
      { balance: "prefix_affinity", serving: { enable_prefix_caching: false } },
      'pools[0].balance is "prefix_affinity", but that needs a prefix cache',
    ],
    [
      "with a shared queue",
      { balance: "prefix_affinity", serving: cached, queue: "shared" },
      'pools[0].balance is "prefix_affinity", but a shared queue leaves nothing to balance',
    ],
    [
      "with a weight below 0",
      { balance: "prefix_affinity", serving: cached, prefix_weight: -1 },
      "pools[0].prefix_weight is -1, but must be a number from 0 to 1000000000.",
    ],
    [
      "as a weight alone",
      { serving: cached, prefix_weight: 2 },
      "pools[0].prefix_weight is 2, but has no meaning without the balance prefix_affinity.",
    ],
  ];
  it.each(cases)("is refused %s", (_what, pool, message) => {
    expect(refusal(fleetText(pool))).toContain(message);
  });
});

describe("a router", () => {
  it("keeps its boundary within what every engine takes", () => {
    const router = { type: "length", threshold: 4000 };
    expect(refusal(fleetText({ serving: { max_model_len: 3000 } }, { router }))).toContain(
      "router.threshold is 4000, but must be at most 3000, the smallest max_model_len: longer requests would not fit",
    );
  });

  it("compresses to what the smallest pool takes", () => {
    const fleet = parseFleet(fleetText({ serving: { max_model_len: 3000 } }, { router: "compress_route" }), "f");
    expect(fleet.router).toMatchObject({ bShort: 3000 });
  });
});
