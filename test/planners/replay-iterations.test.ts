/** What the engine `iterations` adds to a replay: batches, gaps, closed loops, objectives, prefixes. */
import { describe, expect, test } from "vitest";
import { replayTrace, type ReplayTraceOptions } from "../../host/planners/replay-trace.js";
import type { FleetInput } from "../../host/specs/fleet-spec.js";
import { InputError } from "../../host/specs/input-error.js";
import { inPieces, traceText } from "./small-fleet.js";

/** Every iteration takes 10 ms, whatever is in it. */
function fleet(serving: object = {}, pool: object = {}): FleetInput {
  const iteration_model = { type: "linear", c0_ms: 10 };
  return { pools: [{ id: "chat", n_replicas: 1, max_ctx: 8192, iteration_model, serving, ...pool }] } as FleetInput;
}

function traceOf(rows: readonly (readonly number[])[]): ReplayTraceOptions["trace"] {
  return { name: "t.csv", open: () => inPieces(traceText(rows)) };
}

const jsonl = (rows: readonly object[]): ReplayTraceOptions["trace"] => ({
  name: "t.jsonl",
  open: () => inPieces(rows.map((row) => JSON.stringify(row)).join("\n")),
});

const replayed = (rows: readonly (readonly number[])[], options: Partial<ReplayTraceOptions> = {}) =>
  replayTrace({ trace: traceOf(rows), fleet: fleet(), warmup: 0, ...options });

describe("the engine iterations", () => {
  test("is the default, and gives figures that were worked out by hand", async () => {
    // Both are admitted at 0 and emit their first token at 10 ms; one has 3 tokens, the other 5.
    const result = await replayed([
      [0, 100, 3],
      [0, 100, 5],
      [1, 100, 1],
    ]);
    expect(result.engine).toBe("iterations");
    expect(result.ttft_ms.max).toBeCloseTo(10, 5);
    expect(result.e2e_ms.max).toBeCloseTo(50, 5);
    // The request of one token has no time per output token.
    expect(result.tpot_ms.count).toBe(2);
    expect(result.itl_ms).toMatchObject({ tokens: 6, relative_error: 1 / 256 });
    expect(result.itl_ms!.mean).toBeCloseTo(10, 5);
    expect(result.pools["chat"]!.batching).toMatchObject({
      largest_batch: 2,
      iterations: 6,
      prefill_tokens: 300,
      decode_tokens: 6,
      preemptions: 0,
      prefix_cache: null,
      mfu: null,
    });
  });

  test("gives the same in steps", async () => {
    const options: ReplayTraceOptions = { trace: "azure-conv", rateRps: 20, count: 3000, fleet: "examples/h100.yaml" };
    const { itl_ms: gaps, ...jumps } = await replayTrace(options);
    const { itl_ms: stepGaps, ...steps } = await replayTrace({ ...options, step: true });
    expect({ ...stepGaps, mean: 0 }).toEqual({ ...gaps, mean: 0 });
    expect(stepGaps!.mean! / gaps!.mean!).toBeCloseTo(1, 9);
    for (const result of [jumps, steps]) {
      for (const { batching, utilisation } of Object.values(result.pools)) {
        // KV occupancy between two changes of a batch is a trapezoid in jumps.
        utilisation.kv = Math.round(utilisation.kv * 1e3);
        batching!.course.kv = batching!.course.kv.map((share) => Math.round(share * 1e2));
        result.pools["short"]!.itl_ms!.mean = result.pools["long"]!.itl_ms!.mean = 0;
      }
      result.utilisation.kv = Math.round(result.utilisation.kv * 1e3);
    }
    expect(steps).toEqual(jumps);
  });

  test("takes the engine of the fleet file, and the caller's before that", async () => {
    const profile = { W: 0.01, H: 0 };
    const slots = { ...fleet({}, { profile }), engine: "slots" } as FleetInput;
    expect((await replayed([[0, 1, 1]], { fleet: slots })).engine).toBe("slots");
    expect((await replayed([[0, 1, 1]], { fleet: slots, engine: "iterations" })).engine).toBe("iterations");
  });

  test("counts a request as in time only if it keeps within all limits", async () => {
    const rows = [
      [0, 100, 2],
      [10, 100, 100],
    ];
    const { slo } = await replayed(rows, { sloMs: 100, sloTpotMs: 20, sloE2eMs: 500 });
    expect(slo).toEqual({
      ttft_ms: 100,
      tpot_ms: 20,
      e2e_ms: 500,
      attainment: 0.5,
      attainment_by_limit: { ttft: 1, tpot: 1, e2e: 0.5 },
      attainment_completed: 0.5,
    });
    expect((await replayed(rows, { sloMs: 100, sloTpotMs: 5 })).slo.attainment).toBe(0);
  });

  test("tells how many keep within each limit by itself where there are several, over replications too", async () => {
    const rows = [
      [0, 100, 2],
      [10, 100, 100],
      [20, 900, 2],
    ];
    // The last prompt takes two iterations.
    const limits = { sloMs: 15, sloTpotMs: 20, sloE2eMs: 500, fleet: fleet({ max_num_batched_tokens: 512 }) };
    const one = await replayed(rows, limits);
    expect(one.slo.attainment_by_limit).toEqual({ ttft: 2 / 3, tpot: 1, e2e: 2 / 3 });
    expect(one.slo.attainment).toBeCloseTo(1 / 3, 12);
    expect((await replayed(rows, { ...limits, replications: 2 })).slo.attainment_by_limit).toEqual({
      ttft: 2 / 3,
      tpot: 1,
      e2e: 2 / 3,
    });
    expect((await replayed(rows, { sloMs: 15 })).slo.attainment_by_limit).toBeUndefined();
  });

  test("measures MFU and MBU where hardware and model are known", async () => {
    const options: ReplayTraceOptions = { trace: "azure-conv", rateRps: 20, count: 2000, fleet: "examples/h100.yaml" };
    const { pools } = await replayTrace(options);
    const { mfu, mbu, course } = pools["short"]!.batching!;
    expect(mfu).toBeGreaterThan(0.05);
    expect(mfu).toBeLessThan(0.6);
    expect(mbu).toBeGreaterThan(0.2);
    expect(mbu).toBeLessThan(0.95);
    expect(course.t_s.length).toBe(64);
    expect(course.running.every((running) => running >= 0 && running <= 256)).toBe(true);
  });
});

describe("a closed loop", () => {
  test("tells the mean energy of replications", async () => {
    const options: ReplayTraceOptions = { trace: "azure-conv", rateRps: 20, count: 1000, fleet: "examples/h100.yaml" };
    const runs: number[] = [];
    const { energy } = await replayTrace({
      ...options,
      replications: 2,
      onOutcome: ({ energy: own }) => void runs.push(own!.energy_j),
    });
    expect(runs[0]).not.toBe(runs[1]);
    expect(energy!.energy_j).toBeCloseTo((runs[0]! + runs[1]!) / 2, 6);
    expect(energy!.prefill_share + energy!.decode_share + energy!.idle_share).toBeCloseTo(1, 12);
  });

  test("has as many requests in flight as users, and says so", async () => {
    // Ten requests of 10 iterations, two at a time: five rounds of 100 ms.
    const rows = Array.from({ length: 10 }, () => [0, 10, 10]);
    const result = await replayed(rows, { closedLoop: { concurrency: 2 } });
    expect(result.closed_loop).toEqual({ concurrency: 2, think_s: 0, think: "fixed", ramp_s: 0 });
    expect(result.e2e_ms.max).toBeCloseTo(100, 5);
    expect(result.duration_s).toBeCloseTo(0.4, 6);
    expect(result.pools["chat"]!.batching!.largest_batch).toBe(2);
  });

  test("works with the engine slots too", async () => {
    const profile = { W: 0.01, H: 0 };
    const rows = Array.from({ length: 10 }, () => [0, 10, 10]);
    const options = {
      fleet: fleet({}, { profile, slots: 4 }),
      engine: "slots",
      closedLoop: { concurrency: 2 },
    } as const;
    expect((await replayed(rows, options)).queue_wait_ms.max).toBe(0);
  });

  test("needs no rate of a CDF", async () => {
    const cdf = { name: "c.json", open: () => inPieces("[[1000, 1]]") };
    const result = await replayTrace({ trace: cdf, fleet: fleet(), count: 50, closedLoop: { concurrency: 5 } });
    expect(result.requests.completed).toBe(50);
  });
});

describe("prefix caching", () => {
  const requests = (ids: readonly number[][]) =>
    jsonl(
      ids.map((hash_ids, i) => ({
        timestamp: 1000 * i,
        input_length: 512 * hash_ids.length,
        output_length: 1,
        hash_ids,
      })),
    );

  test("finds the prompts of a trace that begin alike, in blocks of the trace", async () => {
    const trace = requests([
      [1, 2, 3],
      [1, 2, 4],
      [1, 2, 3],
    ]);
    const { pools } = await replayTrace({ trace, fleet: fleet({ enable_prefix_caching: true }), warmup: 0 });
    // The third is all there, but for its last block: one token at least is computed.
    expect(pools["chat"]!.batching!.prefix_cache).toEqual({
      prompt_tokens: 3 * 1536,
      cached_tokens: 2 * 1024,
      hit_rate: (2 * 1024) / (3 * 1536),
    });
  });

  test("sends a request where its prefix lies", async () => {
    const trace = requests([
      [1, 2],
      [5, 6],
      [1, 2],
      [5, 6],
      [1, 2],
      [5, 6],
    ]);
    const caching = { enable_prefix_caching: true };
    const hits = async (balance: string) => {
      const twoReplicas = fleet(caching, { n_replicas: 2, balance });
      const { pools } = await replayTrace({ trace, fleet: twoReplicas, warmup: 0 });
      return pools["chat"]!.batching!.prefix_cache!.cached_tokens;
    };
    expect(await hits("prefix_affinity")).toBe(4 * 512);
    expect(await hits("round_robin")).toBe(4 * 512);
    const odd = requests([
      [1, 2],
      [5, 6],
      [7, 8],
      [1, 2],
      [5, 6],
      [7, 8],
    ]);
    const perRouter = async (balance: string) => {
      const { pools } = await replayTrace({ trace: odd, fleet: fleet(caching, { n_replicas: 2, balance }), warmup: 0 });
      return pools["chat"]!.batching!.prefix_cache!.cached_tokens;
    };
    expect(await perRouter("prefix_affinity")).toBe(3 * 512);
    expect(await perRouter("round_robin")).toBeLessThan(3 * 512);
  });

  test("of drawn requests: those of a group share their beginning", async () => {
    const options = {
      trace: "azure-conv",
      rateRps: 2,
      count: 400,
      warmup: 0,
      fleet: fleet({ enable_prefix_caching: true }),
    };
    const { pools } = await replayTrace({ ...options, prefixes: { groups: 1, tokens: 64 } });
    const { cached_tokens: cached } = pools["chat"]!.batching!.prefix_cache!;
    // All but the first find the shared 64 tokens, where their prompt is longer than that.
    expect(cached).toBeGreaterThan(380 * 48);
    expect(cached).toBeLessThanOrEqual(399 * 64);
  });

  test.each<[string, Partial<ReplayTraceOptions>, string]>([
    [
      "no pool that caches",
      { trace: "azure-conv", prefixes: { groups: 2, tokens: 64 } },
      "prefixes are shared, but no pool caches them",
    ],
    [
      "prefixes shorter than a block",
      { trace: "azure-conv", fleet: fleet({ enable_prefix_caching: true }), prefixes: { groups: 2, tokens: 15 } },
      "prefixes of 15 tokens make 0 blocks of 16 tokens",
    ],
    [
      "blocks of the trace that blocks of the pool do not divide",
      { trace: requests([[1]]), fleet: fleet({ enable_prefix_caching: true, block_size: 48 }) },
      "pool chat: block_size is 48; prefix caching needs one that divides 512",
    ],
    [
      "another unit than the trace's",
      { trace: requests([[1]]), fleet: fleet({ enable_prefix_caching: true, prefix_block: 64 }) },
      "pool chat: prefix_block is 64, but the block ids of the trace stand for 512 tokens",
    ],
    [
      "steps of slots",
      { fleet: { ...fleet({}, { profile: { W: 1, H: 0 } }), engine: "slots" }, step: true },
      "step belongs",
    ],
    ["half a user", { closedLoop: { concurrency: 0.5 } }, "concurrency is 0.5; allowed is a whole number of users"],
    [
      "a negative think time",
      { closedLoop: { concurrency: 1, thinkS: -1 } },
      "thinkS is -1; allowed is seconds from 0",
    ],
    ["an unknown engine", { engine: "x" as "slots" }, "engine is x; allowed is slots or iterations."],
  ])("refuses %s", async (_, options, message) => {
    const attempt = replayTrace({ trace: traceOf([[0, 1, 1]]), fleet: fleet(), ...options });
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow(message);
  });
});

describe("priorities of a trace", () => {
  test("decide who is admitted first", async () => {
    const text = ["arrival_s,input_tokens,output_tokens,priority", "0,10,10,5", "0,10,10,9", "0,10,10,1"].join("\n");
    const trace = { name: "t.csv", open: () => inPieces(text) };
    const ttft: number[] = [];
    await replayTrace({
      trace,
      fleet: fleet({ policy: "priority", max_num_seqs: 1 }),
      warmup: 0,
      onResults: (rows) => void ttft.push(...rows.ttft.slice(0, rows.count)),
    });
    expect(ttft.map((ticks) => Math.round(ticks / 1e6))).toEqual([110, 210, 10]);
  });
});
