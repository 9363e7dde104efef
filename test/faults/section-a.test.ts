import { describe, expect, test } from "vitest";
import { loadCore } from "../../host/core/load.js";
import { capacity } from "../../host/planners/capacity.js";
import { compareRouters } from "../../host/planners/compare-routers.js";
import { optimize } from "../../host/planners/optimize.js";
import { plan } from "../../host/planners/plan.js";
import { replay } from "../../host/planners/replay.js";
import { replicaOptions } from "../../host/planners/sizing/replica-options.js";
import { whatif } from "../../host/planners/whatif.js";
import { checkFleet } from "../../host/specs/fleet-spec.js";
import { resolveFleet } from "../../host/specs/fleet.js";
import { getBuiltinWorkload } from "../../host/workloads/builtin/catalog.js";
import type { Cdf } from "../../host/workloads/cdf.js";
import { lengthLawOf } from "../../host/workloads/length-law/law-of-model.js";

const core = await loadCore();

/** Requests/s that one A100 with a window of 8192 can serve of azure: all that can be drawn, summed up. */
const ONE_A100_RPS = 9.63;

describe("A1: a slot is held for the whole service", () => {
  test("one A100 breaks at what it can serve, not at a hundred times as much", async () => {
    const fleet = checkFleet({ pools: [{ id: "all", gpu: "a100", n_gpus: 1, max_ctx: 8192 }] });
    const trace = getBuiltinWorkload("azure");
    const { rate_rps } = await capacity({ trace, fleet, engine: "slots", slo: { ttftMs: 3000 }, core });
    expect(rate_rps).toBeGreaterThan(0.8 * ONE_A100_RPS);
    expect(rate_rps).toBeLessThan(1.02 * ONE_A100_RPS);
  });

  test("what-if asks for so many GPUs that they can serve the rate", async () => {
    const options = { bShort: 4096, longMaxCtx: 8192, gammaMax: 1, engine: "slots", sloMs: 3000 } as const;
    const { rows } = await whatif({ workload: "azure", ratesRps: [50, 200, 800], requests: 5000, core, ...options });
    for (const { lam, total_gpus } of rows) {
      // Two pools: the short one has more slots, so that a GPU does a little more.
      expect(total_gpus).toBeGreaterThan(lam / (2 * ONE_A100_RPS));
      expect(total_gpus).toBeLessThan(lam / (0.5 * ONE_A100_RPS) + 4);
    }
  });
});

test("A3: routers are compared on agent_heavy to the end, and no request is left", async () => {
  const fleet = { nShort: 60, nLong: 50, bShort: 4096, gpuShort: "a100", gpuLong: "a100" } as const;
  const rows = await compareRouters({ workload: "agent_heavy", rateRps: 100, requests: 20_000, core, ...fleet });
  expect(rows).toHaveLength(3);
  for (const { requests } of rows) expect(requests.completed + requests.rejected).toBe(20_000);
});

describe("A4: GPUs, dollars and watts are of all GPUs of a replica", () => {
  test("a fleet for a 70B model on groups of eight", async () => {
    const [option] = replicaOptions({ model: "llama-3.1-70b", gpus: ["h100-sxm"], tps: [8] });
    const workload = "azure-conv";
    const { best } = await plan({ workload, rateRps: 10, replicas: [option!], maxPools: 1, sloMs: 2000, core });
    const [pool] = best!.pools;
    expect(pool!.gpus).toBe(8 * pool!.replicas);
    expect(best!.total_gpus).toBe(pool!.gpus);
    const perGpuHr = best!.cost_per_hr / best!.total_gpus;
    expect(perGpuHr).toBeGreaterThan(1);
    const idleW = 60;
    expect(pool!.watts).toBeGreaterThan(idleW * pool!.gpus);
    // No watt is drawn twice either.
    expect(pool!.watts).toBeLessThan(700 * pool!.gpus);
  });
});

describe("A6: analysis, verification and a replay of the fleet tell one TTFT", () => {
  test("of both pools, within their error", async () => {
    const question = { workload: "azure", rateRps: 200, engine: "slots", core } as const;
    const options = { bShort: 6144, longMaxCtx: 8192, gammaMax: 1, sloMs: 3000, effort: "verify" } as const;
    const { fleet, rows } = await optimize({ ...question, ...options, requests: 60_000 });
    const verified = rows.find(({ source }) => source === "simulated")!;
    const played = await replayed(fleet!, 300_000);
    for (const pool of verified.pools) {
      const analytical = pool.analytical.p99_ttft_ms!;
      const simulated = pool.simulated!.p99_ttft_ms!;
      const whole = played.pools[pool.id]!.ttft_ms.p99!;
      expect(Math.abs(simulated / whole - 1)).toBeLessThan(0.05);
      expect(Math.abs(analytical / whole - 1)).toBeLessThan(0.15);
      // The own prefill at full concurrency: what the Python tool's 24 to 121 ms leave out.
      expect(whole).toBeGreaterThan(200);
    }
  });
});

function replayed(fleet: Parameters<typeof checkFleet>[0], count: number) {
  const drawn = { model: getBuiltinWorkload("azure"), process: { type: "poisson" }, rateRps: 200, count } as const;
  return replay({ fleet: resolveFleet(checkFleet(fleet)), requests: { drawn }, warmup: 0.25, core });
}

test("A7: prompts cost their arithmetic where a model is planned for", async () => {
  const [option] = replicaOptions({ model: "llama-3.1-70b", gpus: ["h100-sxm"], tps: [8] });
  const workload = "azure-code";
  const { best } = await plan({ workload, rateRps: 20, replicas: [option!], maxPools: 1, sloMs: 5000, core });
  const law = lengthLawOf(getBuiltinWorkload(workload));
  const { input, weight } = law.nodes(0, Infinity);
  const promptTokensPerS = 20 * input.reduce((sum, tokens, i) => sum + tokens * weight[i]!, 0);
  // 70.6 billion parameters, two operations each, at the 989 Tflop/s of a GPU.
  expect(promptTokensPerS / best!.total_gpus).toBeLessThan(989e12 / (2 * 70.6e9));
});

describe("A8: real pairs of input and output, not a split of totals", () => {
  /** The same totals as a CDF, which knows no better than that 80 % of each are input. */
  function totalsOf(name: string): Cdf {
    const law = lengthLawOf(getBuiltinWorkload(name));
    const edges = Array.from({ length: 27 }, (_, i) => Math.round(2 ** (i / 2)));
    const inner = [...new Set(edges)].filter((tokens) => tokens < law.longest);
    const points = inner.map((tokens): [number, number] => [tokens, law.share(0, tokens)]);
    return [...points.filter(([, share]) => share > 0), [Math.ceil(law.longest), 1]];
  }

  test.each([
    ["azure-conv", 1.4],
    ["azure-code", 6],
  ] as const)("%s needs fewer replicas than its totals split 80 to 20, by %f or more", async (workload, factor) => {
    const question = { rateRps: 400, engine: "slots", minPools: 1, maxPools: 1, longMaxCtx: 16_384, core } as const;
    const options = { ...question, gammaMax: 1, verifyTop: 0, sloMs: 10_000 } as const;
    const pairs = await optimize({ workload, ...options });
    const split = await optimize({ cdf: totalsOf(workload), ...options });
    expect(split.rows[0]!.total_gpus / pairs.rows[0]!.total_gpus).toBeGreaterThan(factor);
  });
});
