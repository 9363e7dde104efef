import { describe, expect, test } from "vitest";
import { gridFlexCompat } from "../../host/planners/grid-flex-compat.js";
import { gridFlex, type GridFlexOptions } from "../../host/planners/grid-flex.js";
import { replicaOptions } from "../../host/planners/sizing/replica-options.js";
import { InputError } from "../../host/specs/input-error.js";
import { inPieces, traceText } from "./small-fleet.js";

const [h100] = replicaOptions({ gpus: ["h100"] });
const azure: GridFlexOptions = { workload: "azure", replica: h100!, gpus: 40, requests: 20_000 };

describe("the levels of power", () => {
  test("have the keys of the Python tool, in their order, and more beside them", async () => {
    const { rows } = await gridFlex({ ...azure, flexPcts: [0], requests: 1000 });
    expect(Object.keys(rows[0]!).slice(0, 6)).toEqual([
      "flex_pct",
      "n_max_cap",
      "power_per_gpu_w",
      "power_fleet_kw",
      "p99_ttft_ms",
      "slo_met",
    ]);
  });

  test("allow so many sequences as draw no more than is left", async () => {
    const { rows } = await gridFlex({ ...azure, requests: 0 });
    expect(rows.map(({ flex_pct, n_max_cap }) => [flex_pct, n_max_cap])).toEqual([
      [0, 256],
      [5, 84],
      [10, 48],
      [15, 33],
      [20, 24],
      [25, 18],
      [30, 13],
      [40, 7],
      [50, 1],
    ]);
    for (const row of rows.slice(0, -1)) {
      expect(row.power_per_gpu_w).toBeLessThanOrEqual(row.power_target_w);
      expect(row.power_fleet_kw).toBeCloseTo((40 * row.power_per_gpu_w) / 1000, 4);
    }
    // One sequence draws 304 W, and nothing less than 300 W: half of 600 W cannot be had.
    expect(rows.at(-1)).toMatchObject({ target_met: false, power_target_w: 300 });
  });

  // The Python tool's documents call a cut of 40 % safe: its engine serves 16 times what the slots can.
  test("of 40 % overload 40 H100 with 200 requests/s of azure", async () => {
    const { rows, deepest } = await gridFlex({ ...azure, engine: "slots", flexPcts: [0, 30, 40] });
    expect(rows.map(({ verdict }) => verdict)).toEqual(["stable", "stable", "overloaded"]);
    expect(rows[2]).toMatchObject({ n_max_cap: 7, p99_ttft_ms: null, p99_ttft_analytical_ms: null, slo_met: false });
    expect(rows[2]!.rho).toBeGreaterThan(1.1);
    expect(deepest).toMatchObject({ flex_pct: 30, is_deepest: true });
  });

  test("at the cap that the Python tool finds carry 1.27 times what they can", async () => {
    const { rows } = await gridFlex({ ...azure, engine: "slots", flexPcts: [41.6], requests: 0 });
    expect(rows[0]!.n_max_cap).toBe(6);
    expect(rows[0]!.rho).toBeCloseTo(1.27, 1);
  });

  test("agree with analysis where nothing waits", async () => {
    const { rows } = await gridFlex({ ...azure, engine: "slots", flexPcts: [0, 20] });
    for (const { p99_ttft_ms: p99, p99_ttft_analytical_ms: expected } of rows) {
      expect(p99! / expected!).toBeCloseTo(1, 1);
    }
  });

  test("tell what this load draws, which a cap that is never reached does not lower", async () => {
    const { rows } = await gridFlex({ ...azure, flexPcts: [0, 20] });
    expect(rows[1]!.saved_kw).toBeGreaterThan(4);
    expect(rows[1]!.power_at_load_kw).toBeCloseTo(rows[0]!.power_at_load_kw, 1);
    expect(rows[1]!.power_at_load_kw).toBeLessThan(rows[1]!.power_fleet_kw);
  });

  test("come from analysis alone where no requests are wanted", async () => {
    const { rows, seed } = await gridFlex({ ...azure, flexPcts: [0, 40], requests: 0 });
    expect(seed).toBeNull();
    expect(rows[0]).toMatchObject({ source: "analytical", slo_met: true, p99_ttft_ms_ci95: null });
    expect(rows[0]!.p99_ttft_ms).toBe(rows[0]!.p99_ttft_analytical_ms);
    expect(rows[1]).toMatchObject({ p99_ttft_ms: null, verdict: "overloaded", slo_met: false });
  });

  test("of which none keeps the objective have no deepest", async () => {
    const { deepest, rows } = await gridFlex({ ...azure, gpus: 2, flexPcts: [0, 10], requests: 3000 });
    expect(deepest).toBeNull();
    expect(rows.some(({ is_deepest: isDeepest }) => isDeepest)).toBe(false);
  });

  test("are the same again with the same seed", async () => {
    const short = { ...azure, flexPcts: [0, 30], requests: 2000 };
    expect(await gridFlex(short)).toEqual(await gridFlex(short));
  });

  test("can be asked for a trace, and for replicas of several GPUs by a roofline", async () => {
    const rows = Array.from({ length: 500 }, (_, i) => [i / 10, 200, 50]);
    const trace = { name: "t.csv", open: () => inPieces(traceText(rows)) };
    const [replica] = replicaOptions({ gpus: ["h100-sxm"], model: "llama-3.1-70b", tps: [4] });
    const result = await gridFlex({ trace, replica: replica!, gpus: 8, flexPcts: [0, 20] });
    expect(result).toMatchObject({ replicas: 2, gpus_per_replica: 4, power_model: "roofline", notes: [] });
    expect(result.played.arrivals).toMatchObject([{ trace: "t.csv", requests: 500 }]);
    const [full, capped] = result.rows;
    expect(full!.power_per_gpu_w).toBeCloseTo(result.nominal_w, 2);
    expect(capped!.power_per_gpu_w).toBeLessThanOrEqual(0.8 * result.nominal_w);
    expect(capped!.n_max_cap).toBeGreaterThan(1);
  });

  test("tell of profiles that count eight GPUs as one", async () => {
    expect((await gridFlex({ ...azure, flexPcts: [0], requests: 0 })).notes[0]).toContain("eight times as many");
  });
});

test.each([
  [{ gpus: 0 }, "gpus is 0"],
  [{ maxCtx: 0 }, "maxCtx is 0"],
  [{ sloMs: -1 }, "sloMs is -1"],
  [{ flexPcts: [] }, "flexPcts has 0 values"],
  [{ flexPcts: [100] }, "flexPcts has 100; allowed are per cent from 0 to below 100"],
  [{ flexPcts: [NaN] }, "flexPcts has NaN"],
  [
    { replica: replicaOptions({ gpus: ["h100-sxm"], model: "llama-3.1-70b", tps: [4] })[0]!, gpus: 6 },
    "the fleet has 6 GPUs, but a replica of h100-sxm/llama-3.1-70b/TP4 takes 4",
  ],
  [
    { replica: { name: "mine", replica: { profile: { W: 0.01, H: 0.001 } } } },
    "nothing is known of the power of custom",
  ],
  [{ maxCtx: 1 }, "no request of azure has at most 1 tokens"],
])("refuses %o", async (wrong, message) => {
  const answer = gridFlex({ ...azure, ...wrong });
  await expect(answer).rejects.toThrow(InputError);
  await expect(answer).rejects.toThrow(message);
});

describe("the Python tool's formulas", () => {
  test("give its figures, and null for its Infinity", async () => {
    const rows = await gridFlexCompat({ workload: "azure", gpu: "h100", gpus: 40 });
    expect(rows).toHaveLength(9);
    expect(rows[7]).toMatchObject({ flex_pct: 40, n_max_cap: 6, p99_ttft_ms: null, slo_met: false });
    expect(JSON.stringify(rows)).not.toContain("Infinity");
  });

  test("need a CDF", async () => {
    await expect(gridFlexCompat({ workload: "azure-conv", gpu: "h100", gpus: 4 })).rejects.toThrow(
      "azure-conv: is no CDF of total tokens",
    );
  });
});
