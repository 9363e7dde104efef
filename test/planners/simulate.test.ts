import { describe, expect, test } from "vitest";
import { simulate } from "../../host/planners/simulate.js";
import { InputError } from "../../host/specs/input-error.js";
import { getBuiltinWorkload } from "../../host/workloads/builtin/catalog.js";
import { mean, PlayedRequests } from "./played-requests.js";

const azure = getBuiltinWorkload("azure");
const agentHeavy = getBuiltinWorkload("agent_heavy");

describe("load and capacity", () => {
  test("P99 TTFT falls as the fleet grows", async () => {
    const p99s: number[] = [];
    for (const [nShort, nLong] of [
      [1, 1],
      [6, 6],
      [18, 18],
      [100, 100],
    ] as const) {
      const { summary } = await simulate({ nShort, nLong, workload: azure });
      p99s.push(summary.fleet_p99_ttft_ms!);
    }
    expect(p99s[1]).toBeLessThan(0.5 * p99s[0]!);
    expect(p99s[2]).toBeLessThan(0.5 * p99s[1]!);
    expect(p99s[3]).toBeLessThan(0.5 * p99s[2]!);
  });

  test("one a100 at 1,000 requests/s is overloaded, and says so", async () => {
    const { summary } = await simulate({
      nShort: 1,
      nLong: 1,
      bShort: 8192,
      rateRps: 1000,
      requests: 20_000,
      workload: azure,
    });
    expect(summary.pools.short!.stability.verdict).toBe("overloaded");
    expect(summary.stability.percentiles_depend_on_horizon).toBe(true);
    expect(summary.fleet_slo_compliance).toBeLessThan(0.1);
  });

  // E[S] of azure at 80/20 on an a100 of 8K windows: 128 slots over 9.63 requests/s by exact enumeration.
  test.each([
    [8, "stable"],
    [12, "overloaded"],
  ] as const)("one a100 of 9.6 requests/s at %d requests/s is %s", async (rateRps, verdict) => {
    const { summary } = await simulate({ nShort: 1, nLong: 1, bShort: 8192, rateRps, workload: azure });
    expect(summary.pools.short!.stability.verdict).toBe(verdict);
  });

  test("work is spread over all replicas of a pool", async () => {
    const played = new PlayedRequests();
    await simulate({ nShort: 18, nLong: 18, workload: azure, requests: 20_000, onResults: played.take });
    const served = new Array<number>(18).fill(0);
    for (const replica of played.of(played.replica, 0)) served[replica]!++;
    const even = mean(served);
    expect(Math.min(...served)).toBeGreaterThan(0.8 * even);
    expect(Math.max(...served)).toBeLessThan(1.2 * even);
  });
});

describe("accounting", () => {
  test("requests that no pool holds are rejected by name and missed the objective", async () => {
    const { summary } = await simulate({
      nShort: 40,
      nLong: 400,
      longMaxCtx: 16384,
      rateRps: 20,
      requests: 20_000,
      sloMs: 1e6,
      workload: agentHeavy,
    });
    const { arrived, completed, rejected, unfinished, rejected_by_reason } = summary.requests;
    expect(arrived).toBe(20_000);
    expect(completed + rejected + unfinished).toBe(arrived);
    expect(rejected_by_reason.too_long_for_every_pool).toBe(rejected);
    // 1 - F(16384) of agent_heavy.
    expect(rejected / arrived).toBeCloseTo(1 - 0.91717, 2);
    expect(summary.fleet_slo_compliance).toBeCloseTo(0.91717, 2);
    expect(summary.fleet_slo_compliance_completed).toBe(1);
  });

  test("a percentile that falls among rejected requests is null, that of the completed ones stands beside it", async () => {
    const { summary } = await simulate({
      nShort: 40,
      nLong: 400,
      longMaxCtx: 16384,
      rateRps: 20,
      workload: agentHeavy,
    });
    expect(summary.fleet_p99_ttft_ms).toBeNull();
    expect(summary.fleet_p99_ttft_ms_ci95).toBeNull();
    expect(summary.fleet_p99_ttft_ms_completed).toBeGreaterThan(0);
  });

  test("utilisation is the time average of busy slots: rate x mean service / slots", async () => {
    const played = new PlayedRequests();
    const { summary, fleet } = await simulate({
      engine: "slots",
      nShort: 30,
      nLong: 60,
      workload: azure,
      onResults: played.take,
    });
    for (const [index, pool] of fleet.pools.entries()) {
      const serviceS = mean(played.of(played.e2e, index).map((e2e) => e2e / 1e9));
      const rateRps = (200 * played.of(played.e2e, index).length) / played.e2e.length;
      const expected = (rateRps * serviceS) / (pool.replicas * pool.slots);
      expect(expected).toBeLessThan(0.5);
      expect(summary[`${pool.id}_util`]).toBeGreaterThan(0.93 * expected);
      expect(summary[`${pool.id}_util`]).toBeLessThan(1.07 * expected);
    }
  });

  test("a tenth of the requests is warm-up unless told otherwise", async () => {
    const options = { nShort: 30, nLong: 60, workload: azure, requests: 1000 };
    const { summary, replay } = await simulate(options);
    expect(summary.warmup_excluded).toBe(100);
    expect(replay.ttft_ms.count).toBe(900);
    const whole = await simulate({ ...options, warmup: 0 });
    expect(whole.summary.warmup_excluded).toBe(0);
    expect(whole.replay.ttft_ms.count).toBe(1000);
  });

  test("P99 lies in its confidence interval, which is not a point", async () => {
    const { summary } = await simulate({ nShort: 30, nLong: 60, workload: azure });
    const [low, high] = summary.fleet_p99_ttft_ms_ci95!;
    expect(low).toBeLessThan(summary.fleet_p99_ttft_ms!);
    expect(high).toBeGreaterThan(summary.fleet_p99_ttft_ms!);
  });

  test("P99 of ten requests is the largest", async () => {
    const played = new PlayedRequests();
    const options = { nShort: 1, nLong: 1, workload: azure, requests: 10, warmup: 0 };
    const { summary } = await simulate({ ...options, onResults: played.take });
    const largestMs = Math.max(...played.ttft) / 1e6;
    expect(summary.fleet_p99_ttft_ms).toBe(Number(largestMs.toFixed(1)));
  });
});

describe("the summary", () => {
  test("has the keys of the Python tool, in its order, before all others", async () => {
    const { summary } = await simulate({ nShort: 20, nLong: 30, workload: azure, requests: 2000 });
    expect(Object.keys(summary).filter((key) => pythonKeys.includes(key))).toEqual(pythonKeys);
    expect(summary.total_gpus).toBe(50);
    expect(summary.total_completed).toBe(2000);
    expect(summary.short_n_gpus).toBe(20);
    expect(summary.long_n_gpus).toBe(30);
    expect(summary.cost_per_hr_usd).toBe(110.5);
    expect(summary.annualised_cost_kusd).toBe(968);
  });

  test("rounds as the Python tool does", async () => {
    const { summary, replay } = await simulate({ nShort: 20, nLong: 30, workload: azure, requests: 2000 });
    expect(summary.fleet_p99_ttft_ms).toBe(Number(replay.ttft_ms.p99!.toFixed(1)));
    expect(summary.fleet_slo_compliance).toBe(Number(replay.slo.attainment!.toFixed(4)));
    expect(summary.mean_utilisation).toBe(Number(replay.utilisation.slots.toFixed(4)));
    expect(summary.short_slo).toBe(Number(replay.pools.short!.slo.attainment!.toFixed(4)));
  });

  test("is the same for the same seed, and another one for another", async () => {
    const options = { nShort: 20, nLong: 30, workload: azure, requests: 2000 };
    const first = await simulate({ ...options, seed: 7 });
    expect((await simulate({ ...options, seed: 7 })).summary).toEqual(first.summary);
    expect((await simulate({ ...options, seed: 8 })).summary.fleet_p99_ttft_ms).not.toBe(
      first.summary.fleet_p99_ttft_ms,
    );
  });

  test("holds no NaN and no infinity where a pool gets no request", async () => {
    const { summary } = await simulate({ nShort: 5, nLong: 1, workload: azure, requests: 1 });
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
    expect(summary.long_p99_ttft_ms).toBeNull();
  });
});

test("gamma above 1 compresses what lies just above the boundary", async () => {
  const options = { nShort: 30, nLong: 60, workload: azure };
  const plain = await simulate(options);
  const compressed = await simulate({ ...options, gamma: 1.5 });
  expect(plain.summary.requests.compressed).toBe(0);
  expect(compressed.summary.requests.compressed).toBeGreaterThan(1000);
  expect(compressed.summary.pools.long!.requests.arrived).toBeLessThan(plain.summary.pools.long!.requests.arrived);
});

describe("what cannot be simulated", () => {
  const fleet = { nShort: 1, nLong: 1, workload: azure };
  test.each([
    [{ rateRps: 0 }, "the rate is 0"],
    [{ rateRps: NaN }, "the rate is NaN"],
    [{ requests: 0 }, "the number of requests is 0"],
    [{ requests: 1.5 }, "the number of requests is 1.5"],
    [{ rateRps: 1e-7 }, "raise the rate or draw fewer"],
    [{ nShort: 0 }, "--n-s is 0"],
    [{ bShort: 0 }, "--b-short is 0"],
    [{ bShort: 70_000 }, "must be less than --long-max-ctx"],
    [{ longMaxCtx: 2_000_000 }, "--long-max-ctx is 2000000"],
    [{ gpuShort: "h200" }, '--gpu-short is "h200"'],
    [{ gamma: 0.5 }, "--gamma is 0.5"],
    [{ sloMs: -1 }, "--slo is -1"],
  ])("%o", async (wrong, message) => {
    const answer = simulate({ ...fleet, ...wrong });
    await expect(answer).rejects.toThrow(InputError);
    await expect(answer).rejects.toThrow(message);
  });
});

const pythonKeys = [
  "total_gpus",
  "total_completed",
  "cost_per_hr_usd",
  "annualised_cost_kusd",
  "fleet_p99_ttft_ms",
  "fleet_p50_ttft_ms",
  "fleet_p99_qwait_ms",
  "fleet_slo_compliance",
  "mean_utilisation",
  "short_n_gpus",
  "short_p99_ttft_ms",
  "short_p99_qwait_ms",
  "short_util",
  "short_slo",
  "long_n_gpus",
  "long_p99_ttft_ms",
  "long_p99_qwait_ms",
  "long_util",
  "long_slo",
];
