import { beforeAll, describe, expect, test } from "vitest";
import { type Core, loadCore } from "../../host/core/load.js";
import { InputError } from "../../host/specs/input-error.js";
import { pareto, type ParetoOptions, type ParetoResult } from "../../host/planners/pareto.js";
import { paretoFront } from "../../host/planners/pareto-front.js";

type Loose = Partial<ParetoOptions> & Record<string, unknown>;

let core: Core;
const run = (options: Loose = {}) => pareto({ workload: "azure", rateRps: 100, requests: 3000, core, ...options });

describe("thresholds of a CDF", () => {
  let result: ParetoResult;

  beforeAll(async () => {
    core = await loadCore();
    result = await run();
  });

  test("are its points with 1 % of the requests below and 0.1 % above, after the fleet of one pool", () => {
    expect(result.rows[0]).toMatchObject({ kind: "homogeneous", b_short: 0, n_s: 0, p99_short_ms: null });
    expect(result.rows.slice(1).map(({ b_short }) => b_short)).toEqual([
      128, 256, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144,
    ]);
    expect(result.rows.find(({ b_short }) => b_short === 4096)!.alpha).toBe(0.898208);
  });

  test("have two pools each that cut the requests at the threshold, and keep the objective", () => {
    for (const { b_short, kind, pools, slo_met, n_s, n_l, total_gpus } of result.rows) {
      expect(slo_met).toBe(true);
      if (kind === "homogeneous") continue;
      expect(pools.map(({ above, max_ctx }) => [above, max_ctx])).toEqual([
        [0, b_short],
        [b_short, 65_536],
      ]);
      expect(pools.map(({ gpus }) => gpus)).toEqual([n_s, n_l]);
      expect(n_s! + n_l!).toBe(total_gpus);
      for (const { simulated } of pools) expect(simulated!.p99_ttft_ms_ci95![1]).toBeLessThanOrEqual(500);
    }
  });

  test("tell the worst P99, the cost of a year and the saving against one pool", () => {
    const [one] = result.rows;
    for (const row of result.rows) {
      expect(row.worst_p99_ms).toBe(Math.max(row.p99_short_ms ?? 0, row.p99_long_ms!));
      expect(row.cost_kusd_yr).toBeCloseTo(row.cost_per_hr! * 8.76, 1);
      expect(row.savings_vs_homo_pct).toBeCloseTo((1 - row.cost_per_hr! / one!.cost_per_hr!) * 100, 2);
    }
  });

  test("have a front that no row dominates, equal cost with a worse P99 included", () => {
    const measured = result.rows as (ParetoResult["rows"][number] & { cost_per_hr: number; worst_p99_ms: number })[];
    expect(measured.filter((row) => row.pareto)).toEqual(paretoFront(measured));
    const onFront = measured.filter((row) => row.pareto);
    expect(new Set(onFront.map(({ cost_per_hr }) => cost_per_hr)).size).toBe(onFront.length);
  });

  test("have one recommended: the cheapest, replayed with fresh requests", () => {
    const cheapest = Math.min(...result.rows.map(({ cost_per_hr }) => cost_per_hr!));
    expect(result.rows.filter(({ recommended }) => recommended)).toEqual([result.recommended]);
    expect(result.recommended!.cost_per_hr).toBe(cheapest);
    expect(result.recommended!.check).toMatchObject({ seed: 44, has_fresh_requests: true });
    expect(result.fleet!.pools).toHaveLength(result.recommended!.pools.length);
  });

  test("are the same again, to the last bit", async () => {
    expect(await run()).toEqual(result);
  });

  test("count no request as too long where none is", () => {
    expect(result.too_long_share).toBe(0);
  });
});

describe("several objectives", () => {
  test("size every threshold for each, and what is faster costs no less", async () => {
    const { rows, slo_ms } = await run({ sloRangeMs: [150, 2000], bShort: [2048, 4096] });
    expect(slo_ms).toBe(500);
    expect(rows.map(({ sized_for_slo_ms: ms, b_short }) => [ms, b_short])).toEqual(
      [150, 500, 2000].flatMap((ms) => [0, 2048, 4096].map((bShort) => [ms, bShort])),
    );
    for (const bShort of [0, 2048, 4096]) {
      const costs = rows.filter((row) => row.b_short === bShort).map(({ cost_per_hr }) => cost_per_hr!);
      expect(costs).toEqual([...costs].sort((a, b) => b - a));
    }
    const recommended = rows.find((row) => row.recommended)!;
    expect(recommended.slo_met).toBe(true);
    expect(recommended.worst_p99_ms_ci95![1]).toBeLessThanOrEqual(500);
  });
});

describe("several GPUs", () => {
  test("give each pool the cheapest", async () => {
    const kinds = { gpus: ["a100", "h100"] };
    const both = await run({ short: kinds, long: kinds, bShort: [4096] });
    const [a100, h100] = [
      await run({ bShort: [4096] }),
      await run({ short: { gpus: ["h100"] }, long: { gpus: ["h100"] }, bShort: [4096] }),
    ];
    for (const [index, row] of both.rows.entries()) {
      expect(row.cost_per_hr).toBeLessThanOrEqual(
        Math.min(a100.rows[index]!.cost_per_hr!, h100.rows[index]!.cost_per_hr!),
      );
    }
  });
});

describe("an objective that no fleet meets", () => {
  test("has no recommended fleet, and says what comes nearest: there the objective would be met", async () => {
    const { rows, recommended, fleet } = await run({ sloMs: 5, bShort: [4096] });
    expect([recommended, fleet]).toEqual([null, null]);
    for (const row of rows) {
      expect(row).toMatchObject({ slo_met: false, pareto: false, n_s: null, cost_kusd_yr: null, pools: [] });
    }
    const sloMs = rows[1]!.nearest_miss!.feasible_slo_ms!;
    const again = await run({ sloMs, bShort: [4096] });
    expect(again.rows[1]!.slo_met).toBe(true);
  });
});

describe("other requests than those of a CDF", () => {
  test("have thresholds at powers of two and one and a half times them", async () => {
    const { rows } = await run({ workload: "azure-conv", rateRps: 20, requests: 1500 });
    for (const { b_short: tokens } of rows.slice(1)) {
      const odd = tokens / 2 ** Math.floor(Math.log2(tokens));
      expect([1, 1.5]).toContain(odd);
    }
    expect(rows.length).toBeGreaterThan(5);
  });
});

describe("what cannot be used", () => {
  test.each([
    [{ bShort: [70_000] }, "bShort is 70000, but must be less than longMaxCtx, 65536."],
    [{ bShort: [1.5] }, "bShort is 1.5, but must be a whole number of tokens"],
    [{ bShort: [20_000] }, "bShort names 20000, but no request is longer."],
    [{ sloRangeMs: [0] }, "sloMs is 0, but must be a number of milliseconds above 0."],
    [{ longMaxCtx: 1 }, "longMaxCtx is 1, but must be"],
    [{ short: [] }, "short names no kind of replica."],
    [{ long: { gpus: ["h200"] } }, 'long.gpus names "h200"; without a model it must be one of a100, h100, a10g'],
    [{ requests: 10 }, "requests is 10"],
    [{ sloRangeMs: Array.from({ length: 200 }, (_, i) => i + 1) }, "are more than 1000"],
  ])("is refused: %j", async (options, message) => {
    const error = await run(options as Loose).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toContain(message);
  });
});
