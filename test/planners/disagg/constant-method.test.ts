import { describe, expect, test } from "vitest";
import { disaggCompat } from "../../../host/planners/disagg-compat.js";
import {
  disaggConstant,
  type DisaggConstantOptions,
  type DisaggConstantPoint,
} from "../../../host/planners/disagg/constant-method.js";
import { replicaOptions } from "../../../host/planners/sizing/replica-options.js";
import { InputError } from "../../../host/specs/input-error.js";
import { fixedLengths } from "../capacity-fixtures.js";
import { inPieces, traceText } from "../small-fleet.js";
import { PYTHON_KEYS } from "./python-keys.js";

const option = (gpu: string) => replicaOptions({ gpus: [gpu] })[0]!;
const modelled = (gpu: string) => replicaOptions({ gpus: [gpu], model: "llama-3.1-70b", tps: [4] })[0]!;
const azure: DisaggConstantOptions = { workload: "azure", prefill: option("h100"), decode: option("a100") };

describe("a pair of pools", () => {
  test("has the keys of the Python tool, in their order, and more beside them", async () => {
    const { best, pareto } = await disaggConstant(azure);
    for (const point of [best!, ...pareto]) {
      expect(Object.keys(point).slice(0, 9)).toEqual(PYTHON_KEYS);
      expect(point.method).toBe("constant");
    }
  });

  // One request in flight each way: figures by hand from W = 4 ms, H = 0.32 ms at 8192 tokens, 1024 tokens a chunk.
  test("serves what the constants of its profiles say", async () => {
    const workload = fixedLengths(2048, 101);
    const { best, prefill, decode } = await disaggConstant({ ...azure, workload, rateRps: 1, prefill: option("h100") });
    const prefillS = 2 * (0.004 + 0.00032 * (2048 / 8192));
    expect(prefill.rate_per_worker).toBeCloseTo(0.9 / prefillS, 3);
    expect(best!.ttft_ms).toBeCloseTo(1800 * prefillS, 3);
    const iterationS = 0.008 + 0.00065 * ((2048 + 101 / 2) / 8192) * 128;
    expect(best!.tpot_ms).toBeCloseTo(1000 * iterationS, 3);
    expect(decode.rate_per_worker).toBeCloseTo((0.92 * 128) / (100 * iterationS), 3);
    expect(best!.rho_prefill).toBeCloseTo(1 / prefill.rate_per_worker, 3);
    expect(best!.system_rate).toBeCloseTo(Math.min(prefill.rate_per_worker, decode.rate_per_worker), 3);
  });

  test("is the cheapest that no pool of is near saturation", async () => {
    const { best, decode, prefill } = await disaggConstant(azure);
    expect(best!.rho_decode).toBeLessThanOrEqual(0.95);
    expect(best!.rho_prefill).toBeLessThanOrEqual(0.95);
    expect(200 / ((best!.n_decode - 1) * decode.rate_per_worker)).toBeGreaterThan(0.95);
    expect(best!.cost_per_hr).toBeCloseTo(
      best!.n_prefill * prefill.cost_per_hr + best!.n_decode * decode.cost_per_hr,
      6,
    );
  });

  // The Python tool calls 113 requests/s on pools that serve 113.03 a fleet that meets its objective.
  test("is not called feasible at a load of 0.9998", async () => {
    const { best, decode } = await disaggConstant({ ...azure, maxDecode: 10, maxRho: 0.999 });
    expect(best).toBeNull();
    const rateRps = 0.9998 * 10 * decode.rate_per_worker;
    const near = await disaggConstant({ ...azure, rateRps, maxDecode: 10 });
    expect(near.best).toBeNull();
    expect(near.why_none).toContain("10 decode workers of A100-80GB would be 100 % busy, more than 95 %");
  });

  test("waits the longer, the busier its pools are", async () => {
    const waits: (number | null)[] = [];
    for (const rateRps of [60, 90, 110]) {
      const { best } = await disaggConstant({ ...azure, rateRps, maxPrefill: 1 });
      waits.push(best!.p99_prefill_wait_ms);
      expect(best!.p99_ttft_ms).toBeGreaterThan(best!.ttft_ms);
    }
    expect(waits).toEqual([...waits].sort((a, b) => a! - b!));
    expect(waits[2]).toBeGreaterThan(3 * waits[0]!);
  });

  test("needs more prefill workers where prefill has its price", async () => {
    const options = { workload: "azure-conv", rateRps: 50 } as const;
    const { best, prefill } = await disaggConstant({
      ...options,
      prefill: modelled("h100-sxm"),
      decode: modelled("h200-sxm"),
    });
    expect(best!.n_prefill).toBeGreaterThan(4);
    // Arithmetic of 70.6 billion parameters, two operations each, at the 989 Tflop/s of each of four GPUs, bounds it.
    expect(prefill.prompt_tokens_per_s).toBeLessThan((4 * 989e12) / (2 * 70.6e9));
    expect(best!.total_gpus).toBe(4 * (best!.n_prefill + best!.n_decode));
  });

  test("takes the lengths of a trace as they are", async () => {
    const rows = Array.from({ length: 200 }, (_, i) => [i, 3000, 30]);
    const trace = { name: "t.csv", open: () => inPieces(traceText(rows)) };
    const { lengths, requests } = await disaggConstant({ ...azure, trace, rateRps: 20 });
    expect(lengths).toEqual({ mean_isl: 3000, mean_osl: 30, from: "requests" });
    expect(requests).toMatchObject({ name: "t.csv", rate_rps: 20, too_long_share: 0 });
  });

  test("takes lengths that are given in place of those", async () => {
    const { lengths, notes } = await disaggConstant({ ...azure, meanIsl: 1000, comparesAggregated: true });
    expect(lengths).toMatchObject({ mean_isl: 1000, from: "given" });
    expect(lengths.mean_osl).toBeGreaterThan(300);
    expect(notes.join(" ")).toContain("their spread, which waits hang on, is left out");
  });

  test("leaves longer requests than the window out, and says how many", async () => {
    const { requests } = await disaggConstant({ ...azure, maxCtx: 4096 });
    expect(requests.too_long_share).toBeCloseTo(1 - 0.8982, 4);
  });

  test("is compared with fleets of one pool, which are simulated", async () => {
    const { aggregated } = await disaggConstant({ ...azure, rateRps: 50, comparesAggregated: true });
    expect(aggregated!.map(({ replica }) => replica)).toEqual(["H100-80GB", "A100-80GB"]);
    for (const { total_gpus: gpus, source } of aggregated!) {
      expect(source).toBe("simulated");
      expect(gpus).toBeGreaterThan(0);
    }
  });
});

test("of the pairs of the front, none is both smaller and cheaper than another", async () => {
  const { pareto, best } = await disaggConstant({ ...azure, prefill: option("a100"), decode: option("h100") });
  expect(pareto).toContainEqual(best);
  const pairs = pareto
    .flatMap((a) => pareto.map((b): [DisaggConstantPoint, DisaggConstantPoint] => [a, b]))
    .filter(([a, b]) => a !== b);
  for (const [a, b] of pairs) {
    expect(a.total_gpus <= b.total_gpus && a.cost_per_hr <= b.cost_per_hr).toBe(false);
  }
});

test.each<[Partial<DisaggConstantOptions>, string]>([
  [{ sloTpotMs: 10 }, "a full decode worker of A100-80GB takes 37.2 ms a token, more than the limit of 10 ms"],
  [{ maxPrefill: 1 }, "1 prefill workers of H100-80GB would be 167 % busy, more than 95 %"],
  [{ sloTtftMs: 15 }, "the P99 of the first token is"],
])("where no pair meets the limits, says why: %o", async (limits, reason) => {
  const { best, pareto, why_none: why } = await disaggConstant({ ...azure, ...limits });
  expect(best).toBeNull();
  expect(pareto).toEqual([]);
  expect(why).toContain(reason);
});

test.each<[Partial<DisaggConstantOptions>, string]>([
  [{ meanIsl: -4 }, "meanIsl is -4, but must be a whole number of tokens from 1"],
  [{ meanOsl: 0 }, "meanOsl is 0"],
  [{ maxPrefill: 0 }, "maxPrefill is 0"],
  [{ maxDecode: 1000 }, "maxDecode is 1000, but must be a whole number from 1 to 512"],
  [{ sloTtftMs: NaN }, "sloTtftMs is NaN"],
  [{ maxRho: 1 }, "maxRho is 1"],
  [{ maxCtx: 1 }, "no request of azure has at most 1 tokens"],
])("refuses %o", async (wrong, message) => {
  const answer = disaggConstant({ ...azure, ...wrong });
  await expect(answer).rejects.toThrow(InputError);
  await expect(answer).rejects.toThrow(message);
});

describe("the Python tool's formulas", () => {
  test("give its figures", async () => {
    const found = await disaggCompat({ workload: "azure", gpuPrefill: "h100", gpuDecode: "a100" });
    expect(found!.best).toMatchObject({ n_prefill: 1, n_decode: 11, total_gpus: 12 });
    expect(found!.best.tpot_ms).toBeCloseTo(91.2, 9);
  });

  test("need a CDF", async () => {
    const answer = disaggCompat({ workload: "azure-conv", gpuPrefill: "h100", gpuDecode: "a100" });
    await expect(answer).rejects.toThrow("azure-conv: is no CDF of total tokens");
  });
});
