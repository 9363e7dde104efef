import { describe, expect, test } from "vitest";
import { loadCore } from "../../host/core/load.js";
import { plan, type PlanOptions, type PlanResult } from "../../host/planners/plan.js";
import { replay } from "../../host/planners/replay.js";
import { checkFleet, parseFleet } from "../../host/specs/fleet-spec.js";
import { resolveFleet } from "../../host/specs/fleet.js";
import { getBuiltinCdf, getBuiltinWorkload } from "../../host/workloads/builtin/catalog.js";
import { fixedLengths } from "./capacity-fixtures.js";
import { evenReplica, SMALL_CDF } from "./sizing/sizing-fixtures.js";

const core = await loadCore();

const CHEAP = evenReplica("cheap", { iterationMs: 20, slots: 4, costPerHr: 1, idleW: 300, fullW: 500 });
const FAST = evenReplica("fast", { iterationMs: 8, slots: 4, costPerHr: 4, gpus: 1, idleW: 60, fullW: 90 });
const WIDE = evenReplica("wide", { iterationMs: 20, slots: 16, costPerHr: 0.8, gpus: 4, idleW: 250, fullW: 400 });

type Change = Partial<PlanOptions>;

function small(more: Change = {}): Promise<PlanResult> {
  return plan({
    cdf: SMALL_CDF,
    rateRps: 8,
    engine: "slots",
    replicas: [CHEAP, FAST],
    requests: 3000,
    core,
    ...more,
  });
}

describe("the recommended fleet", () => {
  test.each(["slots", "iterations"] as const)(
    "is accepted as a fleet file, and replayed as it is: %s",
    async (engine) => {
      const { fleet, best } = await plan({ workload: "azure", rateRps: 100, requests: 10_000, engine, core });
      const text = JSON.stringify(fleet);
      expect(parseFleet(text, "fleet.json")).toEqual({ ...checkFleet(fleet), file: "fleet.json" });
      const resolved = resolveFleet(parseFleet(text, "fleet.json"));
      expect(resolved.pools.map(({ id, replicas, maxCtx }) => [id, replicas, maxCtx])).toEqual(
        best!.pools.map(({ id, replicas, max_ctx }) => [id, replicas, max_ctx]),
      );
      const drawn = {
        model: getBuiltinWorkload("azure"),
        rateRps: 100,
        count: 30_000,
        process: { type: "poisson" },
      } as const;
      const result = await replay({
        fleet: resolved,
        engine,
        requests: { drawn },
        sloMs: 500,
        seed: 5,
        warmup: 0.25,
        core,
      });
      expect(result.stability.verdict).toBe("stable");
      expect(result.ttft_ms.p99).toBeLessThan(500);
      expect(result.requests.rejected ?? 0).toBe(0);
    },
  );

  test("is the cheapest of the rows that meet the objective", async () => {
    const { best, rows } = await small({ maxPools: 3 });
    const simulated = rows.filter(({ source }) => source === "simulated");
    expect(simulated[0]).toEqual(best);
    for (const row of simulated) expect(row.cost_per_hr).toBeGreaterThanOrEqual(best!.cost_per_hr);
  });

  test("is checked by a replay with other requests", async () => {
    const { check, seed } = await small();
    expect(check!.seed).toBe(seed + 2);
    expect(check!.has_fresh_requests).toBe(true);
    expect(check!.holds).toBe(true);
  });

  test("has one pool where one is asked for", async () => {
    const { best, fleet, search } = await small({ maxPools: 1 });
    expect(search.candidates).toBe(1);
    expect(best!.pools.map(({ id }) => id)).toEqual(["all"]);
    expect(fleet!.pools.length).toBe(1);
  });

  test("costs no more the more pools it may have", async () => {
    const costs = [];
    for (const maxPools of [1, 2, 3]) costs.push((await small({ maxPools })).best!.cost_per_hr);
    expect(costs[1]).toBeLessThanOrEqual(costs[0]!);
    expect(costs[2]).toBeLessThanOrEqual(costs[1]!);
  });

  test("has pools that meet where it is told they may", async () => {
    const { rows } = await small({ boundaries: [1000, 500], maxPools: 3 });
    const cuts = new Set(rows.map(({ boundaries }) => boundaries.join()));
    expect([...cuts].sort()).toEqual(["", "1000", "500", "500,1000"]);
  });

  test("has more replicas where they are not always up", async () => {
    const [always, often] = [await small({ maxPools: 1 }), await small({ maxPools: 1, nodeAvailability: 0.5 })];
    const [needed, deployed] = [always.best!.pools[0]!, often.best!.pools[0]!];
    if (needed.replica === deployed.replica) expect(deployed.replicas).toBe(2 * needed.replicas);
    expect(deployed.replicas).toBe(2 * deployed.replicas_needed);
    expect(often.fleet!.pools[0]).toMatchObject({ n_replicas: deployed.replicas });
  });

  test("has the keys of the objective", async () => {
    const { objective } = await small({ sloMs: 700, sloTpotMs: 30, engine: "iterations" });
    expect(objective).toEqual({ percentile: 0.99, ttft_ms: 700, tpot_ms: 30, goal: "cost" });
  });
});

describe("a goal", () => {
  const kinds = [CHEAP, FAST, WIDE];
  const measures = {
    cost: ({ cost_per_hr }: { cost_per_hr: number }) => cost_per_hr,
    gpus: ({ total_gpus }: { total_gpus: number }) => total_gpus,
    watts: ({ watts }: { watts: number | null }) => watts!,
  } as const;

  test.each(["cost", "gpus", "watts"] as const)(
    "of %s gives the least of it, against the other goals",
    async (goal) => {
      const own = await small({ goal, replicas: kinds, maxPools: 1 });
      const measure = measures[goal] as (row: unknown) => number;
      for (const other of ["cost", "gpus", "watts"] as const) {
        const { best } = await small({ goal: other, replicas: kinds, maxPools: 1 });
        expect(measure(own.best)).toBeLessThanOrEqual(measure(best) * (goal === "watts" ? 1.05 : 1));
      }
    },
  );

  test("makes a difference", async () => {
    const names = [];
    for (const goal of ["cost", "gpus", "watts"] as const) {
      names.push((await small({ goal, replicas: kinds, maxPools: 1 })).best!.pools[0]!.replica);
    }
    expect(new Set(names).size).toBeGreaterThan(1);
  });

  test("of watts needs to know of power", async () => {
    const silent = {
      name: "silent",
      replica: { profile: { name: "silent", W: 0.01, H: 0, cost_per_hr: 1 }, slots: 4 },
    };
    await expect(small({ goal: "watts", replicas: [silent] })).rejects.toThrow(
      /nothing is known of the power of silent/,
    );
  });

  test("of cost needs a price", async () => {
    await expect(small({ replicas: [evenReplica("free", { costPerHr: 0 })] })).rejects.toThrow(/free has no price/);
  });
});

describe("an objective that cannot be met", () => {
  test.each(["slots", "iterations"] as const)("gives no fleet, but what comes nearest: %s", async (engine) => {
    const result = await small({ engine, sloMs: 2 });
    expect(result).toMatchObject({ feasible: false, best: null, fleet: null, check: null });
    expect(result.nearest_miss!.feasible_slo_ms).toBeGreaterThan(2);
  });

  test.each(["slots", "iterations"] as const)("comes nearest to one that can be met: %s", async (engine) => {
    const { nearest_miss: miss } = await small({ engine, sloMs: 2 });
    const again = await small({ engine, sloMs: miss!.feasible_slo_ms! });
    expect(again.feasible).toBe(true);
  });

  test("is known to be one after few runs", async () => {
    const { search } = await small({ sloMs: 2, maxPools: 1 });
    expect(search.runs).toBeLessThan(20);
  });

  test("of the time per output token is told as well", async () => {
    const { nearest_miss: miss, feasible } = await small({
      engine: "iterations",
      sloMs: 5000,
      sloTpotMs: 3,
      maxPools: 1,
    });
    expect(feasible).toBe(false);
    expect(miss!.feasible_slo_tpot_ms).toBeGreaterThanOrEqual(8);
  });
});

describe("requests", () => {
  test("longer than the largest window are told", async () => {
    const { too_long_share: share, least_max_ctx: needed, best } = await small({ maxCtx: 2000 });
    expect(share).toBeCloseTo(0.03, 6);
    expect(best).toBeNull();
    expect((await small({ maxCtx: needed! })).best!.pools.at(-1)!.max_ctx).toBe(needed);
  });

  test("that all fit leave none too long", async () => {
    expect((await small()).too_long_share).toBe(0);
  });

  test("of one length are planned for", async () => {
    const { best } = await plan({
      workload: fixedLengths(400, 100),
      rateRps: 10,
      engine: "slots",
      replicas: [CHEAP],
      core,
    });
    expect(best!.pools.length).toBe(1);
    // 101 iterations of 20 ms, 4 at a time: 1.98 requests/s a replica.
    expect(best!.pools[0]!.replicas).toBeGreaterThanOrEqual(6);
    expect(best!.pools[0]!.replicas).toBeLessThan(9);
  });
});

describe("kinds of replica", () => {
  test("that cannot serve a pool are refused with the reason, and others taken", async () => {
    const tiny = {
      name: "tiny",
      replica: { profile: { name: "tiny", W: 0.01, H: 0, total_kv_blks: 10, cost_per_hr: 0.01 } },
    };
    const { refused, best } = await small({ replicas: [tiny, CHEAP], maxPools: 1 });
    expect(best!.pools[0]!.replica).toBe("cheap");
    expect(refused).toMatchObject([{ replica: "tiny", max_ctx: 4000 }]);
  });

  test("are chosen by a model and hardware as well", async () => {
    const { best, search } = await plan({
      workload: "azure",
      rateRps: 20,
      engine: "iterations",
      requests: 2000,
      replicas: { gpus: ["h100"], model: "llama-3.1-8b", tps: [1, 2] },
      core,
    });
    expect(search.replica_options.length).toBe(2);
    expect(search.replica_options).toContain(best!.pools[0]!.replica);
  });
});

describe("bad options are refused in one sentence", () => {
  const cases: [string, Change, RegExp][] = [
    ["no kind of replica", { replicas: [] }, /replicas/],
    ["no GPU", { replicas: { gpus: [] } }, /gpus names no GPU/],
    ["an unknown GPU", { replicas: { gpus: ["h9000"] } }, /gpus names "h9000"/],
    ["a GPU twice", { replicas: { gpus: ["a100", "a100"] } }, /a100 twice/],
    ["two kinds of one name", { replicas: [CHEAP, { ...FAST, name: "cheap" }] }, /cheap/],
    ["an unknown model", { replicas: { gpus: ["h100"], model: "gpt-17" } }, /gpt-17/],
    ["a type without a model", { replicas: { gpus: ["h100"], dtype: "fp8" } }, /dtype belongs to a model/],
    ["no pools", { maxPools: 0 }, /maxPools is 0/],
    ["too many pools", { maxPools: 7 }, /maxPools is 7/],
    ["a window of 1", { maxCtx: 1 }, /maxCtx is 1/],
    ["a boundary of 0", { boundaries: [0] }, /boundaries is 0/],
    ["a boundary that is no number", { boundaries: [NaN] }, /boundaries is NaN/],
    ["a boundary beyond the window", { boundaries: [9999] }, /boundaries is 9999/],
    ["no availability", { nodeAvailability: 0 }, /nodeAvailability is 0/],
    ["no objective", { sloMs: 0 }, /sloMs is 0/],
    ["an endless objective", { sloMs: Infinity }, /sloMs is Infinity/],
    ["no rate", { rateRps: 0 }, /rate/],
    ["a negative rate", { rateRps: -1 }, /rate/],
    ["few requests", { requests: 999 }, /requests is 999/],
    ["a seed that is no whole number", { seed: 1.5 }, /seed is 1.5/],
    ["an unknown goal", { goal: "glory" as never }, /goal/],
    ["an unknown engine", { engine: "turbo" as never }, /engine/],
    [
      "too many cuts",
      { maxPools: 6, boundaries: Array.from({ length: 40 }, (_, i) => 50 + i) },
      /at most 20000 are compared/,
    ],
  ];
  test.each(cases)("%s", async (_name, options, message) => {
    const error: unknown = await small(options).then(
      () => "was taken",
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ name: "InputError", message: expect.stringMatching(message) as unknown });
    expect((error as Error).message).not.toContain("\n");
  });
});

describe("the same seed", () => {
  test.each(["slots", "iterations"] as const)("gives the same bytes: %s", async (engine) => {
    const one = JSON.stringify(await small({ engine, seed: 3 }));
    expect(JSON.stringify(await small({ engine, seed: 3, core: await loadCore() }))).toBe(one);
  });
});

test("a window below the lengths of all requests is told in one sentence", async () => {
  const asked = plan({ workload: fixedLengths(400, 100), rateRps: 1, engine: "slots", maxCtx: 100, core });
  await expect(asked).rejects.toThrow(/^no request falls into any of the pools that are asked for\.$/);
});

test("the progress is told run by run", async () => {
  const told: number[] = [];
  const { search } = await small({ onRun: (runs) => void told.push(runs) });
  expect(told).toEqual(Array.from({ length: search.runs }, (_, i) => i + 1));
});

test("the points of a CDF are the boundaries that are tried", async () => {
  const { search } = await plan({ workload: "azure", rateRps: 20, engine: "slots", requests: 1000, core });
  const inner = getBuiltinCdf("azure").filter(([, share]) => share >= 0.01 && 1 - share >= 0.001);
  expect(search.candidates).toBe(1 + inner.length);
});
