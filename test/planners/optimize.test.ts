import { describe, expect, test } from "vitest";
import { loadCore } from "../../host/core/load.js";
import { optimize, gammasUpTo, type OptimizeOptions, type OptimizeResult } from "../../host/planners/optimize.js";
import { optimizeCompat } from "../../host/planners/optimize-compat.js";
import { pythonManualProfile } from "../../host/profiles/python/manual.js";
import { pythonGammas, pythonSweep, pythonSweepOut } from "../../host/planners/python/sweep.js";
import { replay } from "../../host/planners/replay.js";
import { checkFleet } from "../../host/specs/fleet-spec.js";
import { resolveFleet } from "../../host/specs/fleet.js";
import { gpuProfile } from "../../host/specs/gpu-catalog.js";
import { getBuiltinCdf, getBuiltinWorkload } from "../../host/workloads/builtin/catalog.js";

const core = await loadCore();

/** Azure at 200 requests/s on A100s: an objective that both engines can keep. Few requests, where the answer need not be a sharp one. */
function azure(more: Partial<OptimizeOptions> = {}): Promise<OptimizeResult> {
  return optimize({
    workload: "azure",
    rateRps: 200,
    sloMs: 900,
    engine: "slots",
    gammaMax: 1,
    requests: 5000,
    core,
    ...more,
  });
}

/** The keys of the Python tool's `--out`. */
const PYTHON_KEYS = [
  "gamma",
  "n_s",
  "n_l",
  "total_gpus",
  "annualised_cost_kusd",
  "p99_ttft_short_ms",
  "p99_ttft_long_ms",
  "slo_met",
  "source",
];

describe("rows", () => {
  test("begin with the keys of the Python tool", async () => {
    const { rows } = await azure({ gammaMax: 1.2 });
    for (const row of rows) expect(Object.keys(row).slice(0, PYTHON_KEYS.length)).toEqual(PYTHON_KEYS);
  });

  test("are those of analysis by ascending cost, then those of simulation by ascending cost", async () => {
    const { rows } = await azure({ gammaMax: 1.5 });
    const sources = rows.map(({ source }) => source);
    expect(sources).toEqual([...sources].sort());
    for (const source of ["analytical", "simulated"]) {
      const costs = rows.filter((row) => row.source === source).map(({ cost_per_hr }) => cost_per_hr);
      expect(costs.length).toBeGreaterThan(0);
      expect(costs).toEqual([...costs].sort((a, b) => a - b));
    }
  });

  test("add up", async () => {
    const { rows } = await azure({ gammaMax: 1.2 });
    for (const row of rows) {
      expect(row.n_s + row.n_l).toBe(row.total_gpus);
      expect(row.pools.reduce((sum, { gpus }) => sum + gpus, 0)).toBe(row.total_gpus);
      expect(row.annualised_cost_kusd).toBeCloseTo((row.cost_per_hr * 8760) / 1000, 1);
      expect(row.pools.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 5);
    }
  });

  test("can be written as JSON without a loss", async () => {
    const { rows } = await azure({ sloMs: 1, requests: 2000 });
    expect(JSON.parse(JSON.stringify(rows))).toEqual(rows);
  });
});

describe("faults of the Python tool", () => {
  test("B1: a boundary beside an edge of the CDF gives the same short pool", async () => {
    const below = await azure({ bShort: 6143, requests: 20_000 });
    const at = await azure({ bShort: 6144, requests: 20_000 });
    expect(Math.abs(below.best!.n_s - at.best!.n_s)).toBeLessThanOrEqual(1);
  });

  test.each(["slots", "iterations"] as const)("B2: compressed requests cost the short pool: %s", async (engine) => {
    const { rows } = await azure({
      engine,
      gammaMax: 2,
      verifyTop: 20,
      effort: "top",
      pCompress: 0.75,
      requests: 3000,
    });
    const simulated = rows.filter(({ source }) => source === "simulated");
    const at = (gamma: number) => simulated.find((row) => row.gamma === gamma)!;
    expect(at(2).n_s).toBeGreaterThan(at(1).n_s);
    expect(at(2).n_l).toBeLessThan(at(1).n_l);
    expect(at(2).pools[0]!.share).toBeGreaterThan(at(1).pools[0]!.share);
  });

  test("B3: two seeds differ by a replica or so", async () => {
    const found: OptimizeResult[] = [];
    for (const seed of [1, 2, 3]) found.push(await azure({ seed, requests: 20_000 }));
    for (const pool of ["n_s", "n_l"] as const) {
      const counts = found.map(({ best }) => best![pool]);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2);
    }
  });

  test("B4: a fleet that analysis makes too small gets more replicas by simulation", async () => {
    // Analysis knows nothing of the objective for the time per output token.
    const options = { engine: "iterations", sloTpotMs: 20 } as const;
    const { rows } = await azure(options);
    const [analytical, simulated] = [rows[0]!, rows[1]!];
    const played = await azure({ ...options, effort: "verify" });
    expect(played.rows.find(({ source }) => source === "simulated")!.slo_met).toBe(false);
    expect(simulated.source).toBe("simulated");
    expect(simulated.slo_met).toBe(true);
    expect(simulated.total_gpus).toBeGreaterThan(analytical.total_gpus);
  });

  test.each(["slots", "iterations"] as const)("B5: hardly any load takes one replica a pool: %s", async (engine) => {
    const { best } = await azure({ engine, rateRps: 0.01, requests: 2000 });
    expect([best!.n_s, best!.n_l]).toEqual([1, 1]);
    expect(best!.p99_ttft_long_ms).toBeGreaterThan(0);
  });

  test.each(["slots", "iterations"] as const)("B7: nothing is best where nothing is feasible: %s", async (engine) => {
    const result = await azure({ engine, sloMs: 1, requests: 2000 });
    expect(result.best).toBeNull();
    expect(result.fleet).toBeNull();
    expect(result.check).toBeNull();
    for (const row of result.rows) expect(row.slo_met).toBe(false);
  });

  test.each(["slots", "iterations"] as const)(
    "B7: the objective that comes nearest can be met when it is asked for: %s",
    async (engine) => {
      const options = { engine, requests: 2000, gammaMax: 1.1 } as const;
      const { nearest_miss: miss } = await azure({ ...options, sloMs: 1 });
      const again = await azure({ ...options, sloMs: miss!.feasible_slo_ms! });
      expect(again.best).not.toBeNull();
    },
  );

  test.each([1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2, 3.3, 4])("B10: gamma goes up to and with %d", (most) => {
    const gammas = gammasUpTo(most);
    expect(gammas[0]).toBe(1);
    expect(gammas.at(-1)).toBe(most);
    expect(gammas.length).toBe(Math.round((most - 1) * 10) + 1);
  });

  test("B10: every gamma is there among the fleets", async () => {
    const { rows } = await azure({ gammaMax: 1.9, verifyTop: 0 });
    expect(rows.map(({ gamma }) => gamma).sort()).toEqual(gammasUpTo(1.9));
  });

  test("B11: replicas that are up 0.9 of the time are so many more", async () => {
    const always = await azure();
    const often = await azure({ nodeAvailability: 0.9 });
    often.best!.pools.forEach((pool, i) => {
      expect(pool.replicas_needed).toBe(always.best!.pools[i]!.replicas);
      expect(pool.replicas).toBe(Math.ceil(pool.replicas_needed / 0.9 - 1e-9));
    });
  });

  test("B11: no share of compression is the same as no compression", async () => {
    const { rows } = await azure({ gammaMax: 1.5, pCompress: 0, verifyTop: 0 });
    const [first] = rows;
    for (const row of rows) expect([row.n_s, row.n_l]).toEqual([first!.n_s, first!.n_l]);
  });

  test("B11: the share of compression is that of the requests of the band", async () => {
    const at = async (pCompress: number) => {
      const { rows } = await azure({ gammaMax: 1.5, pCompress, verifyTop: 0 });
      return rows.find(({ gamma }) => gamma === 1.5)!.pools[0]!.share;
    };
    const [none, some, most] = [await at(0), await at(0.3), await at(0.75)];
    expect((some - none) / (most - none)).toBeCloseTo(0.3 / 0.75, 3);
  });
});

describe("bad options are refused in one sentence", () => {
  const cases: [string, Partial<OptimizeOptions>, RegExp][] = [
    ["no rate", { rateRps: 0 }, /rate/],
    ["a negative rate", { rateRps: -5 }, /rate/],
    ["a rate that is no number", { rateRps: NaN }, /rate/],
    ["an endless rate", { rateRps: Infinity }, /rate/],
    ["a negative objective", { sloMs: -1 }, /sloMs is -1/],
    ["no objective", { sloMs: 0 }, /sloMs is 0/],
    ["an objective that is no number", { sloMs: NaN }, /sloMs is NaN/],
    ["a negative objective per token", { sloTpotMs: -1 }, /sloTpotMs is -1/],
    ["a boundary of 0", { bShort: 0 }, /bShort is 0/],
    ["a boundary that is no whole number", { bShort: 4096.5 }, /bShort is 4096.5/],
    [
      "a boundary above the window",
      { bShort: 1_000_000 },
      /^bShort is 1000000, but must be less than the largest window, 65536/,
    ],
    ["a window of 0", { longMaxCtx: 0 }, /longMaxCtx is 0/],
    ["a gamma below 1", { gammaMax: 0.5 }, /gammaMax is 0.5/],
    ["a gamma that is no number", { gammaMax: NaN }, /gammaMax is NaN/],
    ["a gamma above 4", { gammaMax: 40 }, /gammaMax is 40/],
    ["a share above 1", { gammaMax: 1.5, pCompress: 1.2 }, /pCompress is 1.2/],
    ["a share above that of safe categories", { gammaMax: 1.5, pCompress: 0.9 }, /pCompress is 0.9.* 0.75/],
    ["no availability", { nodeAvailability: 0 }, /nodeAvailability is 0/],
    ["an availability above 1", { nodeAvailability: 1.1 }, /nodeAvailability is 1.1/],
    ["half a fleet to verify", { verifyTop: 1.5 }, /verifyTop is 1.5/],
    ["no pools", { minPools: 0 }, /minPools is 0/],
    ["fewer pools at most than at least", { minPools: 3, maxPools: 2 }, /maxPools is 2/],
    ["an unknown GPU", { gpuShort: "h200x" }, /gpuShort names "h200x"/],
    ["a GPU without a profile", { gpuLong: "b200" }, /gpuLong/],
    ["few requests", { requests: 10 }, /requests is 10/],
    ["no number of requests", { requests: 0 }, /requests is 0/],
    ["a negative seed", { seed: -1 }, /seed is -1/],
    ["no boundaries", { bShort: [] }, /bShort has 0 boundaries, but 2 pools need 1/],
    ["fewer boundaries than pools", { bShort: 4096, minPools: 3 }, /bShort has 1 boundaries, but 3 pools need 2/],
    ["an unknown goal", { goal: "glory" as never }, /goal/],
    ["an unknown effort", { effort: "some" as never }, /effort/],
    ["an unknown engine", { engine: "turbo" as never }, /engine/],
  ];
  test.each(cases)("%s", async (_name, options, message) => {
    const error: unknown = await azure(options).then(
      () => "was taken",
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ name: "InputError", message: expect.stringMatching(message) as unknown });
    expect((error as Error).message.split("\n").length).toBe(1);
  });
});

describe("how far simulation goes", () => {
  test("no fleet to verify: nothing is simulated, and the best is that of analysis", async () => {
    const result = await azure({ verifyTop: 0 });
    expect(result.runs).toBe(0);
    expect(result.rows.every(({ source }) => source === "analytical")).toBe(true);
    expect(result.best).toMatchObject({ source: "analytical", slo_met: true });
    expect(result.is_proved).toBe(false);
    expect(result.check).toBeNull();
  });

  test("top: so many are sized and no more", async () => {
    const { rows, is_proved: isProved } = await azure({ gammaMax: 1.6, verifyTop: 2, effort: "top" });
    expect(rows.filter(({ source }) => source === "simulated").length).toBe(2);
    expect(isProved).toBe(false);
  });

  test("verify: fleets are simulated with the counts that analysis has", async () => {
    const { rows } = await azure({ gammaMax: 1.6, verifyTop: 3, effort: "verify" });
    const counts = ({ gamma, n_s, n_l }: (typeof rows)[number]) => [gamma, n_s, n_l].join();
    const analytical = rows.filter(({ source }) => source === "analytical").map(counts);
    const simulated = rows.filter(({ source }) => source === "simulated");
    expect(simulated.length).toBe(3);
    for (const row of simulated) {
      expect(analytical).toContain(counts(row));
      for (const pool of row.pools) expect(pool.simulated!.p99_ttft_ms).not.toBeNull();
    }
  });

  test("search: no fleet that is sized costs less than the best, and none is left that could", async () => {
    const search = await azure({ gammaMax: 1.6, verifyTop: 1 });
    const all = await azure({ gammaMax: 1.6, verifyTop: 50, effort: "top" });
    expect(search.best!.cost_per_hr).toBe(all.best!.cost_per_hr);
    expect(search.is_proved).toBe(true);
    expect(search.runs).toBeLessThan(all.runs);
  });
});

describe("the same question", () => {
  test.each(["slots", "iterations"] as const)("has the same answer to the last byte: %s", async (engine) => {
    const options = { engine, gammaMax: 1.2, seed: 7 } as const;
    const [one, other] = [await azure(options), await azure({ ...options, core: await loadCore() })];
    expect(JSON.stringify(one)).toBe(JSON.stringify(other));
  });
});

describe("the fleet", () => {
  test.each([1, 2])("of gamma up to %d is one that replay takes, and meets the objective", async (gammaMax) => {
    const { fleet, best } = await azure({ gammaMax, requests: 40_000 });
    const resolved = resolveFleet(checkFleet(fleet));
    expect(resolved.pools.map(({ replicas }) => replicas)).toEqual(best!.pools.map(({ replicas }) => replicas));
    const drawn = {
      model: getBuiltinWorkload("azure"),
      rateRps: 200,
      count: 60_000,
      process: { type: "poisson" },
    } as const;
    const result = await replay({ fleet: resolved, engine: "slots", requests: { drawn }, sloMs: 900, seed: 99, core });
    expect(result.ttft_ms.p99).toBeLessThanOrEqual(900);
  });
});

describe("boundaries", () => {
  test("all: the points of the CDF are tried", async () => {
    const { rows } = await azure({ bShort: "all", verifyTop: 0 });
    expect(rows.length).toBe(getBuiltinCdf("azure").filter(([, share]) => share >= 0.01 && 1 - share >= 0.001).length);
  });

  test("several: their order does not matter", async () => {
    const options = { maxPools: 3, verifyTop: 0 } as const;
    const cuts = async (bShort: number[]) =>
      (await azure({ ...options, bShort })).rows.map(({ boundaries }) => boundaries.join()).sort();
    expect(await cuts([4096, 2048])).toEqual(await cuts([2048, 4096]));
  });

  test("one pool is the long one", async () => {
    const { best } = await azure({ minPools: 1, maxPools: 1, longMaxCtx: 16_384, sloMs: 2000 });
    expect(best).toMatchObject({ n_s: 0, p99_ttft_short_ms: null });
  });

  test("what is longer than the window is told", async () => {
    const { too_long_share: share } = await azure({ longMaxCtx: 8192, verifyTop: 0 });
    const cdf = getBuiltinCdf("azure");
    expect(share).toBeCloseTo(1 - cdf.find(([tokens]) => tokens === 8192)![1], 6);
  });
});

describe("the formulas of the Python tool", () => {
  test("give the rows that the sweep has", async () => {
    const { rows, best } = await optimizeCompat({ workload: "azure", rateRps: 200, bShort: 6144 });
    const profile = pythonManualProfile(gpuProfile("a100"));
    const options = {
      cdf: getBuiltinCdf("azure"),
      short: profile,
      long: profile,
      bShort: 6144,
      longMaxCtx: 65_536,
      sloMs: 500,
    };
    expect(rows).toEqual(pythonSweep(options, 200, pythonGammas(2)).map(pythonSweepOut));
    expect(rows).toContainEqual(best);
  });

  test("know nothing but CDFs", async () => {
    await expect(optimizeCompat({ workload: "azure-conv", rateRps: 20 })).rejects.toThrow(/is no CDF of total tokens/);
  });
});
