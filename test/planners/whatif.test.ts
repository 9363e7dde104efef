import { beforeAll, describe, expect, test } from "vitest";
import { type Core, loadCore } from "../../host/core/load.js";
import { InputError } from "../../host/specs/input-error.js";
import { cdfToModel } from "../../host/workloads/cdf.js";
import {
  whatif,
  type WhatifGpu,
  whatifGpus,
  type WhatifGpusOptions,
  type WhatifOptions,
  type WhatifResult,
} from "../../host/planners/whatif.js";
import { whatifCompat, whatifGpusCompat } from "../../host/planners/whatif-compat.js";

type Loose = Partial<WhatifOptions> & Record<string, unknown>;

let core: Core;
beforeAll(async () => {
  core = await loadCore();
});
const base = { workload: "azure", requests: 1000 };
const run = (options: Loose = {}) => whatif({ ...base, core, ...options });
const compare = (options: Record<string, unknown>) =>
  whatifGpus({ ...base, core, ...options } as unknown as WhatifGpusOptions);

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(InputError);
  return (error as Error).message;
}

describe("rates", () => {
  let result: WhatifResult;
  beforeAll(async () => {
    result = await run({ ratesRps: [100, 25, 400] });
  });

  test("have a row each, in their order, with the keys of the Python tool first", () => {
    expect(result.rows.map(({ lam }) => lam)).toEqual([100, 25, 400]);
    expect(Object.keys(result.rows[0]!).slice(0, 6)).toEqual([
      "lam",
      "n_s",
      "n_l",
      "total_gpus",
      "annualised_cost_kusd",
      "gamma_opt",
    ]);
  });

  test("need more GPUs the higher they are", () => {
    const [at100, at25, at400] = result.rows.map(({ total_gpus }) => total_gpus!);
    expect(at25).toBeLessThan(at100!);
    expect(at100).toBeLessThan(at400!);
  });

  test("count GPUs pool by pool, and cost by the year", () => {
    for (const { n_s, n_l, total_gpus, pools, annualised_cost_kusd, cost_per_hr } of result.rows) {
      expect([n_s, n_l]).toEqual(pools.map(({ gpus }) => gpus));
      expect(n_s! + n_l!).toBe(total_gpus);
      expect(annualised_cost_kusd).toBeCloseTo(cost_per_hr! * 8.76, 1);
    }
  });

  test("have a fleet that is never dearer than the one without compression", () => {
    for (const { savings_vs_gamma_1_pct: saved, gamma_opt } of result.rows) {
      expect(saved).toBeGreaterThanOrEqual(0);
      if (gamma_opt === 1) expect(saved).toBe(0);
    }
  });

  test("have the one without compression where simulation finds those dearer that analysis takes for cheaper", async () => {
    const { rows } = await run({ workload: "agent_heavy", ratesRps: [10], requests: 2000, gammaMax: 1.1 });
    expect(rows[0]!.analytical!.gamma).toBeGreaterThan(1);
    expect(rows[0]).toMatchObject({ gamma_opt: 1, savings_vs_gamma_1_pct: 0 });
  });

  test("have a fleet whose pools keep the objective, replayed with requests that its sizing did not see", () => {
    for (const { pools, slo_met, check } of result.rows) {
      expect(slo_met).toBe(true);
      for (const { simulated } of pools) expect(simulated!.p99_ttft_ms_ci95![1]).toBeLessThanOrEqual(500);
      expect(check).toMatchObject({ seed: 44, has_fresh_requests: true });
    }
  });

  test("stand by themselves: each is the same alone", async () => {
    const alone = await run({ ratesRps: [25] });
    expect(alone.rows[0]).toEqual(result.rows[1]);
  });

  test("that are hardly any need one GPU a pool, not two", async () => {
    const { rows } = await run({ ratesRps: [0.5], requests: 1000 });
    expect(rows[0]).toMatchObject({ n_s: 1, n_l: 1 });
  });
});

describe("compression that leaves the long pool nothing to do", () => {
  test("is not tried", async () => {
    const model = cdfToModel(
      [
        [4096, 0.9],
        [6000, 1],
      ],
      "all prose",
    );
    const workload = { ...model, categories: [{ name: "prose", probability: 1 }] };
    const { rows } = await run({ workload, ratesRps: [100], engine: "slots", sloMs: 2000 });
    expect(rows[0]!.slo_met).toBe(true);
    expect(rows[0]!.gamma_opt).toBeLessThan(6000 / 4096);
    for (const { simulated } of rows[0]!.pools) expect(simulated!.requests).toBeGreaterThan(0);
  });
});

describe("rates by default", () => {
  test("are those of the Python tool", async () => {
    const { rows } = await run({ engine: "slots", gammaMax: 1, requests: 1000 });
    expect(rows.map(({ lam }) => lam)).toEqual([50, 100, 200, 500, 1000]);
  });

  test("are a quarter of the own rate to five times it where there is one", async () => {
    const options = { engine: "slots", gammaMax: 1, requests: 1000, longMaxCtx: 16_384 } as const;
    const { rows } = await run({ ...options, rateRps: 20 });
    expect(rows.map(({ lam }) => lam)).toEqual([5, 10, 20, 50, 100]);
  });
});

describe("GPUs beside each other", () => {
  test("have their own names at each rate, and ratios to the first", async () => {
    const { rows, gpus, feasible } = await compare({ ratesRps: [50], gpuCompare: ["a100", "h100"] });
    expect([gpus, feasible]).toEqual([["a100", "h100"], true]);
    expect(Object.keys(rows[0]!)).toEqual(["lam", "a100", "h100"]);
    const [a100, h100] = [rows[0]!["a100"] as WhatifGpu, rows[0]!["h100"] as WhatifGpu];
    expect(a100).toMatchObject({ cost_ratio: 1, gpu_ratio: 1, slo_met: true });
    expect(h100.gpu_ratio).toBeCloseTo(h100.total_gpus! / a100.total_gpus!, 4);
    expect(h100.pools.map(({ replica }) => replica)).toEqual(["H100-80GB", "H100-80GB"]);
    expect(a100.pools.map(({ replica }) => replica)).toEqual(["A100-80GB", "A100-80GB"]);
  });

  test("are the fleets of that GPU in both pools", async () => {
    const { rows } = await compare({ ratesRps: [50], gpuCompare: ["h100"] });
    const kinds = { gpus: ["h100"] };
    const alone = await run({ ratesRps: [50], short: kinds, long: kinds });
    expect((rows[0]!["h100"] as WhatifGpu).pools).toEqual(alone.rows[0]!.pools);
  });

  test("can serve a model, with the GPUs of a replica counted", async () => {
    const choice = { model: "llama-3.1-70b", tps: [4] };
    const gpuCompare = { h200: { gpus: ["h200"], ...choice }, b200: { gpus: ["b200"], ...choice } };
    const { rows } = await compare({ workload: "azure-conv", ratesRps: [5], sloMs: 1500, gammaMax: 1, gpuCompare });
    for (const name of ["h200", "b200"]) {
      const { total_gpus, total_replicas } = rows[0]![name] as WhatifGpu;
      expect(total_gpus).toBe(4 * total_replicas!);
    }
  });

  test.each([
    [["a100", "h200"], 'gpuCompare.gpus names "h200"; without a model it must be one of a100, h100, a10g'],
    [["a100", "a100"], "gpuCompare.gpus names a100 twice"],
    [[], "gpuCompare.gpus names no GPU"],
    [{}, "gpuCompare names no GPU"],
  ])("are refused: %j", async (gpuCompare, message) => {
    expect(await refusal(compare({ gpuCompare }))).toContain(message);
  });
});

describe("an objective that no fleet meets", () => {
  test("is said in the row, with what comes nearest", async () => {
    const { rows, feasible } = await run({ ratesRps: [50], sloMs: 5, requests: 1000 });
    expect(feasible).toBe(false);
    expect(rows[0]).toMatchObject({ lam: 50, n_s: null, total_gpus: null, slo_met: false, pools: [], check: null });
    expect(rows[0]!.nearest_miss!.feasible_slo_ms).toBeGreaterThan(5);
  });

  test("leaves the ratios out", async () => {
    const { rows, feasible } = await compare({ ratesRps: [50], sloMs: 5, requests: 1000, gpuCompare: ["a100"] });
    expect(feasible).toBe(false);
    expect(rows[0]!["a100"]).toMatchObject({ cost_ratio: null, gpu_ratio: null, slo_met: false });
  });
});

describe("what cannot be used", () => {
  test.each([
    [{ ratesRps: [] }, "1 to 1000 rates"],
    [{ ratesRps: [50, -1] }, "ratesRps is -1, but must be rates above 0"],
    [{ ratesRps: [NaN] }, "ratesRps is NaN"],
    [{ bShort: 0 }, "bShort is 0"],
    [{ bShort: 65_536 }, "bShort is 65536, but must be less than longMaxCtx, 65536."],
    [{ bShort: 20_000 }, "bShort is 20000, but no request has more tokens"],
    [{ gammaMax: 0.5 }, "gammaMax is 0.5, but must be a number from 1 to 4"],
    [{ sloMs: -1 }, "sloMs is -1"],
    [{ workload: "azur" }, "azur"],
  ])("is refused: %j", async (options, message) => {
    expect(await refusal(run(options as Loose))).toContain(message);
  });
});

describe("the formulas of the Python tool", () => {
  test("give its rows", async () => {
    const rows = await whatifCompat({ workload: "azure", ratesRps: [200] });
    expect(rows).toEqual([{ lam: 200, n_s: 10, n_l: 13, total_gpus: 23, annualised_cost_kusd: 445.3, gamma_opt: 1.9 }]);
  });

  test("compare GPUs by its keys alone", async () => {
    const rows = await whatifGpusCompat({ workload: "azure", ratesRps: [200], gpuCompare: ["a100", "h100"] });
    expect(Object.keys(rows[0]!)).toEqual(["lam", "a100", "h100"]);
    expect(rows[0]!["a100"]).toEqual({
      total_gpus: 23,
      cost_per_hr: 50.83,
      annualised_cost_kusd: 445.3,
      p99_ttft_short_ms: 20.2,
      slo_met: true,
    });
  });

  test.each([
    [{ workload: "azure-conv" }, "azure-conv: is no CDF of total tokens"],
    [{ workload: "azure", arrivals: { type: "gamma", cv: 2 } }, "arrivals are gamma"],
    [{ cdf: [[100, 1]], inputShare: 0.5 }, "the input share is 0.5"],
  ])("refuse %j", async (options, message) => {
    expect(await refusal(whatifCompat(options as Parameters<typeof whatifCompat>[0]))).toContain(message);
  });

  test("refuse a GPU that the tool would take for an A100", async () => {
    expect(await refusal(whatifGpusCompat({ workload: "azure", gpuCompare: ["b200"] }))).toContain("b200");
  });
});
