/** Replays of fleets in which prefill and decode are apart: counts, first tokens, hand-overs, links, and what cannot keep up. */
import { describe, expect, test } from "vitest";
import type { RequestCounts } from "../../host/core/request-counts.js";
import type { StagedRows } from "../../host/core/simulation.js";
import { replayTrace, type ReplayTraceOptions } from "../../host/planners/replay-trace.js";
import { every, type StagedChanges, stagedFleet, traceOf } from "./staged-fleet.js";

const replayed = (
  rows: readonly (readonly number[])[],
  changes: StagedChanges = {},
  options: Partial<ReplayTraceOptions> = {},
) => replayTrace({ trace: traceOf(rows), fleet: stagedFleet(changes), warmup: 0, ...options });

/** Every request that came to a pool went somewhere. */
function isConserved(counts: RequestCounts): boolean {
  const {
    arrived,
    taken_over: took = 0,
    completed,
    rejected,
    unfinished,
    handed_over: handed = 0,
    spilled = 0,
  } = counts;
  return arrived + took === completed + rejected + unfinished + handed + spilled;
}

describe("a request that is handed over", () => {
  test("has its first token at the prefill side, and its second one transfer and one iteration later", async () => {
    const result = await replayed([[0, 100, 3]]);
    // Prompt to 10 ms; 10 ms to cross and 1 ms of latency; tokens at 31 and 41 ms.
    expect(result.ttft_ms.max).toBeCloseTo(10, 4);
    expect(result.ttft_at_prefill_ms!.max).toBeCloseTo(10, 4);
    expect(result.ttft_at_user_ms!.max).toBeCloseTo(31, 4);
    expect(result.handover_ms!.max).toBeCloseTo(21, 4);
    expect(result.e2e_ms.max).toBeCloseTo(41, 4);
    expect(result.tpot_ms.max).toBeCloseTo(31 / 2, 4);
    expect(result.tpot_over_n_ms!.max).toBeCloseTo(31 / 3, 4);
  });

  test("has its first token at the decode side where that emits it", async () => {
    const result = await replayed([[0, 101, 2]], { prefill: { first_token: "decode" } });
    expect(result.ttft_ms.max).toBeCloseTo(31, 4);
    expect(result.ttft_at_prefill_ms!.max).toBeCloseTo(10, 4);
    expect(result.ttft_at_user_ms!.max).toBeCloseTo(31, 4);
    expect(result.handover_ms!.max).toBeCloseTo(21, 4);
    expect(result.e2e_ms.max).toBeCloseTo(41, 4);
  });

  test("counts at both pools, and once in the fleet", async () => {
    const { requests, pools } = await replayed([
      [0, 100, 3],
      [1, 100, 1],
      [2, 9000, 3],
    ]);
    expect(requests).toMatchObject({
      arrived: 3,
      completed: 2,
      rejected: 1,
      handed_over: 1,
      taken_over: 1,
      spilled: 0,
    });
    expect(pools["prompts"]!.requests).toMatchObject({ arrived: 2, completed: 1, handed_over: 1, taken_over: 0 });
    expect(pools["outputs"]!.requests).toMatchObject({ arrived: 0, completed: 1, handed_over: 0, taken_over: 1 });
    expect([...Object.values(pools)].map((pool) => isConserved(pool.requests))).toEqual([true, true]);
  });

  test("is told row by row", async () => {
    const seen: StagedRows[] = [];
    const copy = ({ decodePool, decodeReplica, transfer, handover }: StagedRows): StagedRows => ({
      decodePool: decodePool.slice(),
      decodeReplica: decodeReplica.slice(),
      transfer: transfer.slice(),
      handover: handover.slice(),
    });
    const rows = [
      [0, 100, 3],
      [1, 100, 1],
    ];
    await replayed(rows, {}, { onResults: ({ count, staged }) => void (count > 0 && seen.push(copy(staged!))) });
    expect(seen.flatMap(({ decodePool }) => [...decodePool])).toEqual([1, -1]);
    expect(seen.flatMap(({ decodeReplica }) => [...decodeReplica])).toEqual([0, -1]);
    const [transfer, none] = seen.flatMap((one) => [...one.transfer]);
    expect(transfer! / 1e6).toBeCloseTo(11, 4);
    expect(none).toBeLessThan(0);
    expect(seen.flatMap(({ handover }) => [...handover]).map((ticks) => ticks < 0)).toEqual([false, true]);
  });
});

describe("figures of a staged fleet", () => {
  test("split a transfer into waiting for memory, waiting for the link, and moving", async () => {
    // Both are computed in one iteration and cross one after the other; the third finds no seat until the second has had its last token.
    const rows = [
      [0, 100, 4],
      [0, 100, 4],
      [0, 100, 4],
    ];
    const { transfers, pools } = await replayed(rows, { decode: { serving: { max_num_seqs: 2 } } });
    const { waiting_for_room_ms: memory, waiting_for_link_ms: link, moving_ms: moving, mean_ms: all } = transfers!;
    expect(transfers).toMatchObject({ count: 3, bytes: 3e6, mean_bytes: 1e6 });
    expect(memory! + link! + moving!).toBeCloseTo(all!, 9);
    expect(moving).toBeCloseTo(11, 4);
    expect(link).toBeCloseTo(10 / 3, 4);
    // It is granted when the first leaves its seat: 10 + 11 + 3 iterations after the start.
    expect(memory).toBeCloseTo((51 - 10) / 3, 3);
    expect(pools["prompts"]!.transfers).toEqual(transfers);
    expect(pools["outputs"]!.transfers).toEqual(transfers);
  });

  test("tell how much of each link is used: bytes over what its replicas could move in the window", async () => {
    const { pools } = await replayed(every(0.05, 400), { decode: { n_replicas: 2 } });
    expect(pools["prompts"]!.utilisation.link).toBeCloseTo(0.2, 2);
    expect(pools["outputs"]!.utilisation.link).toBeCloseTo(0.1, 2);
    expect(
      (await replayed(every(0.05, 10), { link: { bandwidth_GBps: undefined, efficiency: undefined, type: "none" } }))
        .pools["prompts"]!.utilisation.link,
    ).toBeNull();
  });

  test("tell which share of memory belongs to nobody who runs", async () => {
    const blocks = { serving: { num_blocks: 700, block_size: 16 }, max_ctx: 8192 };
    const { pools, utilisation } = await replayed(every(0.05, 400), { prefill: blocks, decode: blocks });
    // 7 blocks of 700, held for the 11 ms of a transfer in every 50 ms.
    expect(pools["prompts"]!.utilisation.kv_outside).toBeCloseTo(0.01 * (11 / 50), 4);
    const outside = pools["outputs"]!.utilisation.kv_outside!;
    expect(outside).toBeGreaterThanOrEqual(0.01 * (11 / 50) - 1e-4);
    expect(outside).toBeLessThan(pools["outputs"]!.utilisation.kv);
    expect(utilisation.kv_outside).toBeCloseTo((pools["prompts"]!.utilisation.kv_outside! + outside) / 2, 9);
  });

  test("count what spills, and what is kept, and lose nobody", async () => {
    const spill = await replayed(every(0.001, 300, 500, 5), { prefill: { spill_prompt_tokens: 1000 } });
    expect(spill.requests.spilled).toBeGreaterThan(0);
    const keep = await replayed(every(0.001, 300, 100, 50), {
      prefill: { keep_decodes: true },
      decode: { serving: { max_num_seqs: 4 } },
    });
    expect(keep.requests.kept).toBeGreaterThan(0);
    for (const { requests, pools } of [spill, keep]) {
      expect(requests.completed + requests.rejected + requests.unfinished).toBe(requests.arrived);
      expect(requests.taken_over).toBe(requests.handed_over! + requests.spilled!);
      expect(Object.values(pools).every((pool) => isConserved(pool.requests))).toBe(true);
    }
  });

  test("count a request as unfinished where the horizon finds it", async () => {
    const { requests, pools } = await replayed(every(0.001, 200, 100, 100), {}, { horizonS: 0.5 });
    expect(requests.unfinished).toBeGreaterThan(0);
    expect(pools["outputs"]!.requests.unfinished).toBeGreaterThan(0);
    expect(requests.completed + requests.unfinished).toBe(requests.arrived);
    expect(Object.values(pools).every((pool) => isConserved(pool.requests))).toBe(true);
  });

  test("are means over replications, counts their sums", async () => {
    const fleet = stagedFleet({ prefill: { max_ctx: 32768 }, decode: { max_ctx: 32768 }, link: { bandwidth_GBps: 1 } });
    const runs: { handed: number; gap: number; link: number }[] = [];
    const both = await replayTrace({
      trace: "azure-conv",
      rateRps: 5,
      count: 400,
      fleet,
      replications: 2,
      onOutcome: ({ requests, handover_ms: gap, pools }) =>
        void runs.push({ handed: requests.handed_over!, gap: gap!.p99!, link: pools["prompts"]!.utilisation.link! }),
    });
    expect(runs).toHaveLength(2);
    expect(both.requests.handed_over).toBe(runs[0]!.handed + runs[1]!.handed);
    expect(both.handover_ms!.p99).toBeCloseTo((runs[0]!.gap + runs[1]!.gap) / 2, 9);
    expect(both.pools["prompts"]!.utilisation.link).toBeCloseTo((runs[0]!.link + runs[1]!.link) / 2, 12);
    expect(both.transfers!.count).toBe(both.requests.handed_over);
    expect(both.bottlenecks).toEqual([]);
  });

  test("are not told of any other fleet", async () => {
    const { requests, utilisation, ...others } = await replayTrace({
      trace: traceOf(every(0.05, 10)),
      fleet: { pools: [{ ...stagedFleet().pools[0]!, role: "mixed", link: undefined }] },
    });
    expect(requests).not.toHaveProperty("handed_over");
    expect(utilisation).not.toHaveProperty("kv_outside");
    for (const key of ["ttft_at_user_ms", "handover_ms", "transfers", "bottlenecks", "tpot_over_n_ms"])
      expect(others).not.toHaveProperty(key);
  });
});

describe("the verdict on a staged fleet", () => {
  const verdicts = async (changes: StagedChanges, rows = every(0.02, 300), options = {}) => {
    const { pools, bottlenecks, stability } = await replayed(rows, changes, options);
    return { pools, bottlenecks, fleet: stability.verdict, decode: pools["outputs"]!.stability };
  };

  test("is stable where all keep up", async () => {
    for (const count of [300, 3000]) {
      const { fleet, bottlenecks, pools } = await verdicts({}, every(0.05, count));
      expect(fleet).toBe("stable");
      expect(bottlenecks).toEqual([]);
      expect(Object.values(pools).map(({ stability }) => stability.verdict)).toEqual(["stable", "stable"]);
    }
  });

  // 50 requests/s of 50 tokens, 10 ms each, ask for 25 seats.
  const tooFewSeats = { decode: { serving: { max_num_seqs: 16 } }, link: { bandwidth_GBps: 1 } };
  const long = (count: number) => every(0.02, count, 100, 51);

  test("calls a decode pool overloaded after 300 requests that all kept their limits", async () => {
    const limits = { sloMs: 100, sloTpotMs: 100 };
    const { slo, pools, bottlenecks } = await replayed(long(300), tooFewSeats, limits);
    expect(slo.attainment).toBe(1);
    expect(pools["outputs"]!.stability.verdict).toBe("overloaded");
    expect(bottlenecks).toEqual([{ pool: "outputs", what: "decoding", holds_up: [] }]);
  });

  test("calls it overloaded before anybody waits", async () => {
    // 256 seats emit a token each in 20 + 256 * 0.05 ms: 7800 a second, and 10,000 are asked for. The first 250 find a seat all the same.
    const decode = { iteration_model: { type: "linear", c0_ms: 20, c4_ms: 0.05 }, serving: { max_num_seqs: 256 } };
    const run = await verdicts({ decode, link: { bandwidth_GBps: 10 } }, every(0.005, 250, 100, 51));
    expect(run.pools["outputs"]!.batching!.largest_batch).toBeLessThan(256);
    expect(run.decode.backlog_growth_rps).toBeLessThan(0.01 * 200);
    expect(run.decode.load).toBeCloseTo(10_000 / (256 / 0.0328), 1);
    expect(run.decode.verdict).toBe("overloaded");
    expect(run.bottlenecks).toEqual([{ pool: "outputs", what: "decoding", holds_up: [] }]);
  });

  test.each(["pull", "push", "reserve"])("finds a decode pool that holds up the prefill pool: %s", async (handover) => {
    // The prompts of 20 requests fill the memory of the prefill side.
    const small = { serving: { num_blocks: 140, block_size: 16 }, max_ctx: 1024 };
    const changes = {
      prefill: small,
      decode: { max_ctx: 1024, serving: { max_num_seqs: 16, num_blocks: 400, block_size: 16 } },
      link: { bandwidth_GBps: 1, handover },
    };
    const { pools, bottlenecks } = await verdicts(changes, long(4000));
    expect(pools["prompts"]!.stability.verdict).toBe("overloaded");
    expect(pools["outputs"]!.stability.verdict).toBe("overloaded");
    expect(bottlenecks).toEqual([{ pool: "outputs", what: "decoding", holds_up: ["prompts"] }]);
  });

  test.each([
    ["pull", "fifo"],
    ["push", "fifo"],
    ["reserve", "fifo"],
    ["pull", "shared"],
  ])("finds links that carry too little: %s, %s", async (handover, sharing) => {
    // 50 requests/s of 1 MB, and 40 MB/s.
    const { pools, bottlenecks, fleet } = await verdicts(
      { link: { bandwidth_GBps: 0.04, handover, sharing } },
      every(0.02, 4000),
    );
    expect(fleet).toBe("overloaded");
    expect(bottlenecks!.map(({ pool, what }) => `${what} of ${pool}`)).toEqual(["link of prompts"]);
    expect(pools["prompts"]!.utilisation.link).toBeGreaterThan(0.9);
  });

  test("finds links of the decode side where they are the slower ones", async () => {
    const { bottlenecks } = await verdicts(
      { link: { bandwidth_GBps: 1 }, decode: { link: { bandwidth_GBps: 0.04, efficiency: 1 } } },
      every(0.02, 4000),
    );
    expect(bottlenecks!.map(({ pool, what }) => `${what} of ${pool}`)).toEqual(["link of outputs"]);
  });

  test("finds a prefill pool that computes prompts as fast as it can", async () => {
    const slow = { serving: { max_num_seqs: 1 } };
    const { bottlenecks, decode } = await verdicts({ prefill: slow, link: { bandwidth_GBps: 1 } }, every(0.008, 2000));
    expect(bottlenecks).toEqual([{ pool: "prompts", what: "prompts", holds_up: [] }]);
    expect(decode.verdict).toBe("stable");
  });
});
