import { beforeAll, describe, expect, test } from "vitest";
import { type Core, loadCore } from "../../host/core/load.js";
import { pythonGpu } from "../../host/profiles/python/manual.js";
import { InputError } from "../../host/specs/input-error.js";
import { getBuiltinCdf, getBuiltinWorkload } from "../../host/workloads/builtin/catalog.js";
import { lengthLawOf } from "../../host/workloads/length-law/law-of-model.js";
import { pythonTokensPerWatt } from "../../host/planners/python/tokens-per-watt.js";
import {
  tokensPerWatt,
  type TokensPerWattResult,
  twoPoolTokensPerWatt,
  type TwoPoolTokensPerWattResult,
} from "../../host/planners/tok-per-watt.js";
import { tokensPerWattCompat, twoPoolTokensPerWattCompat } from "../../host/planners/tok-per-watt-compat.js";

let core: Core;
beforeAll(async () => {
  core = await loadCore();
});
const base = { workload: "azure", requests: 2000 };
const run = (options: Record<string, unknown> = {}) => tokensPerWatt({ ...base, core, ...options });
const twoPools = (options: Record<string, unknown> = {}) =>
  twoPoolTokensPerWatt({
    ...base,
    core,
    bShort: 4096,
    short: { gpus: ["a100"] },
    long: { gpus: ["a100"] },
    ...options,
  });

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message;
}

describe("one pool of each GPU", () => {
  let result: TokensPerWattResult;
  beforeAll(async () => {
    result = await run();
  });

  test("has the keys of the Python tool first, its GPUs and its rate", () => {
    expect(result.rows.map(({ gpu_name }) => gpu_name)).toEqual(["H100-80GB", "A100-80GB", "A10G"]);
    expect(result.facts.rate_rps).toBe(100);
    expect(result.facts.max_ctx).toBe(8192);
    const keys = Object.keys(result.rows[0]!);
    expect(keys.slice(0, 11)).toEqual([
      "gpu_name",
      "pool_label",
      "n_gpus",
      "rho",
      "n_active",
      "power_per_gpu_w",
      "tokens_per_watt",
      "cost_per_mil",
      "p99_ttft_ms",
      "power_model_qual",
      "slo_optimal",
    ]);
  });

  test("gives figures that follow from each other", () => {
    for (const row of result.rows) {
      expect(row).toMatchObject({ slo_optimal: true, slo_met: true, verdict: "stable" });
      expect(row.watts).toBeCloseTo(row.power_per_gpu_w! * row.n_gpus!, -1);
      expect(row.tokens_per_watt).toBeCloseTo(row.output_tokens_per_s / row.watts!, 2);
      expect(row.joules_per_token! * row.tokens_per_watt!).toBeCloseTo(1, 2);
      expect(row.cost_per_mil).toBeCloseTo((row.cost_per_hr! / 3600 / row.output_tokens_per_s) * 1e6, 3);
    }
    expect(result.rows.map(({ power_model_qual }) => power_model_qual)).toEqual(["HIGH", "FAIR", "LOW"]);
  });

  test("counts the output of those requests that fit, and tells of the others", () => {
    const law = lengthLawOf(getBuiltinWorkload("azure"));
    const mean = law.mean((_, output) => output, 0, 8192);
    expect(result.rows[0]!.output_tokens_per_s).toBeCloseTo(100 * law.share(0, 8192) * mean, 0);
    expect(result.facts.mean_output_tokens).toBeCloseTo(mean, 1);
    expect(result.facts.too_long_share).toBeCloseTo(1 - law.share(0, 8192), 9);
  });

  test("takes the real output of requests, not a fifth of their tokens", async () => {
    const { facts } = await run({ workload: "azure-conv", replicas: { gpus: ["h100"] } });
    const law = lengthLawOf(getBuiltinWorkload("azure-conv"));
    const fifth = 0.2 * law.mean((input, output) => input + output, 0, 8192);
    expect(facts.mean_output_tokens).toBeCloseTo(
      law.mean((_, output) => output, 0, 8192),
      1,
    );
    expect(facts.mean_output_tokens / fifth).not.toBeCloseTo(1, 1);
    expect(facts.rate_rps).toBeLessThan(20);
  });

  test("counts the power of all GPUs of a replica", async () => {
    const replicas = { gpus: ["h100"], model: "llama-3.1-70b", tps: [8] };
    const { rows } = await run({ replicas, rateRps: 5, sloMs: 2000, requests: 1000 });
    const [row] = rows;
    expect(row!.gpus_per_replica).toBe(8);
    expect(row!.n_gpus).toBe(8 * row!.n_replicas!);
    expect(row!.power_per_gpu_w).toBeGreaterThan(100);
    expect(row!.watts).toBeCloseTo(8 * row!.n_replicas! * row!.power_per_gpu_w!, -2);
  });

  test("is the same again, to the last bit", async () => {
    expect(await run()).toEqual(result);
  });
});

describe("utilisations", () => {
  test("have as many replicas as give them by analysis, and are not said to be the fewest", async () => {
    const { rows } = await run({ replicas: { gpus: ["a100"] }, rhoSweep: [0.2, 0.5] });
    expect(rows.map(({ slo_optimal }) => slo_optimal)).toEqual([true, false, false]);
    for (const [index, asked] of [0.2, 0.5].entries()) {
      const { rho, n_replicas } = rows[index + 1]!;
      expect(rho).toBeLessThanOrEqual(asked);
      expect((rho! * n_replicas!) / (n_replicas! - 1)).toBeGreaterThan(asked);
    }
  });

  test("give more tokens a watt the higher they are, and longer waits", async () => {
    const { rows } = await run({ replicas: { gpus: ["h100"] }, rhoSweep: [0.2, 0.4, 0.7] });
    const [low, middle, high] = rows.slice(1);
    expect(low!.tokens_per_watt).toBeLessThan(middle!.tokens_per_watt!);
    expect(middle!.tokens_per_watt).toBeLessThan(high!.tokens_per_watt!);
    expect(low!.p99_ttft_ms).toBeLessThan(high!.p99_ttft_ms!);
  });

  test("are told where the objective cannot be met too", async () => {
    const { rows } = await run({ replicas: { gpus: ["a100"] }, rhoSweep: [0.5], sloMs: 5, requests: 1000 });
    expect(rows[0]).toMatchObject({ n_gpus: null, tokens_per_watt: null, slo_met: false });
    expect(rows[0]!.nearest_miss!.feasible_slo_ms).toBeGreaterThan(5);
    expect(rows[1]).toMatchObject({ slo_met: false, verdict: "stable" });
    expect(rows[1]!.tokens_per_watt).toBeGreaterThan(0);
  });
});

describe("two pools against one", () => {
  let result: TwoPoolTokensPerWattResult;
  beforeAll(async () => {
    result = await twoPools();
  });

  test("cut the requests at the boundary: the long pool serves none that is shorter", () => {
    const [short, long] = result.routed.pools;
    expect([short!.above, short!.max_ctx, long!.above, long!.max_ctx]).toEqual([0, 4096, 4096, 8192]);
    const law = lengthLawOf(getBuiltinWorkload("azure"));
    const longOutput = law.share(4096, 8192) * law.mean((_, output) => output, 4096, 8192);
    expect(long!.output_tokens_per_s).toBeCloseTo(100 * longOutput, 0);
  });

  test("give the same tokens together as the one pool", () => {
    const sum = result.routed.pools.reduce((total, pool) => total + pool.output_tokens_per_s, 0);
    expect(sum).toBeCloseTo(result.homo.pools[0]!.output_tokens_per_s, 0);
  });

  test("add up power, cost and GPUs over pools", () => {
    for (const fleet of [result.homo, result.routed]) {
      const sum = (of: "watts" | "cost_per_hr" | "n_gpus" | "output_tokens_per_s") =>
        fleet.pools.reduce((total, pool) => total + pool[of]!, 0);
      expect(fleet.total_gpus).toBe(sum("n_gpus"));
      expect(fleet.fleet_power_kw).toBeCloseTo(sum("watts") / 1000, 3);
      expect(fleet.fleet_tpw).toBeCloseTo(sum("output_tokens_per_s") / sum("watts"), 3);
      expect(fleet.fleet_cost_per_mil).toBeCloseTo((sum("cost_per_hr") / 3600 / sum("output_tokens_per_s")) * 1e6, 3);
      expect(fleet.slo_met).toBe(true);
    }
  });

  test("give a short pool of slots the room of its own window", async () => {
    const { homo, routed } = await twoPools({ engine: "slots", bShort: 1024, rateRps: 3000, sloMs: 5000 });
    // An A100 has 128 slots of 8192 tokens, and 1024 of 1024.
    expect(homo.pools[0]!.n_active).toBeLessThanOrEqual(128);
    expect(routed.pools[0]!.n_active).toBeGreaterThan(128);
  });

  test("say what is missing where one of them cannot meet the objective", async () => {
    const { homo, routed } = await twoPools({ sloMs: 5, requests: 1000 });
    for (const fleet of [homo, routed]) {
      expect(fleet).toMatchObject({ fleet_tpw: null, total_gpus: null, slo_met: false, worst_p99_ttft_ms: null });
      expect(fleet.nearest_miss!.feasible_slo_ms).toBeGreaterThan(5);
    }
  });
});

describe("what cannot be used", () => {
  test.each([
    [{ rhoSweep: [1] }, "rhoSweep is 1, but must be shares above 0, below 1"],
    [{ maxCtx: 1 }, "maxCtx is 1"],
    [{ replicas: { gpus: ["h200"] } }, 'replicas.gpus names "h200"'],
    [{ replicas: [] }, "replicas names no kind of replica"],
    [{ rateRps: 0 }, "0"],
  ])("is refused: %j", async (options, message) => {
    expect(await refusal(run(options))).toContain(message);
  });

  test.each([
    [{ bShort: 8192 }, "bShort is 8192, but must be less than maxCtx, 8192"],
    [{ bShort: 1 }, "the short pool would be idle"],
    [{ maxCtx: 65_536, bShort: 20_000 }, "the long pool would be idle"],
  ])("is refused of two pools: %j", async (options, message) => {
    expect(await refusal(twoPools(options))).toContain(message);
  });
});

describe("the formulas of the Python tool", () => {
  test("give its rows", async () => {
    const cdf = getBuiltinCdf("azure");
    const pool = { lengths: cdf, rateRps: 100, profile: pythonGpu("a100"), maxCtx: 8192, sloMs: 500 };
    expect(await tokensPerWattCompat({ workload: "azure", gpus: ["a100"], rhoSweep: [0.4] })).toEqual(
      pythonTokensPerWatt([pool], [0.4]),
    );
  });

  test("give its fleets", async () => {
    const pools = { bShort: 4096, gpuShort: "a100", gpuLong: "h100" };
    const { homo, routed } = await twoPoolTokensPerWattCompat({ workload: "azure", ...pools });
    expect(homo.summary.total_gpus).toBe(6);
    expect(routed.summary.total_gpus).toBe(10);
  });
});
