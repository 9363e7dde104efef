import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { loadCore } from "../../host/core/load.js";
import { optimize, type OptimizeOptions } from "../../host/planners/optimize.js";
import { runCommand } from "../cli/run-command.js";
import { temporaryFolder } from "../cli/temporary-folder.js";
import { PLANNING_COMMANDS } from "./commands.js";

const core = await loadCore();

afterEach(() => {
  process.exitCode = 0;
});

function azure(options: Partial<Omit<OptimizeOptions, "workload">>) {
  const question = { workload: "azure", rateRps: 200, bShort: 4096, longMaxCtx: 8192, gammaMax: 1 } as const;
  return optimize({ ...question, engine: "slots", core, ...options });
}

describe("B4: the objective bounds wait and prefill together", () => {
  test("no row that meets it has a P99 above it, in analysis and in simulation", async () => {
    for (const sloMs of [1200, 1500, 2000, 4000]) {
      const { rows } = await azure({ sloMs, requests: 20_000 });
      for (const row of rows.filter(({ slo_met }) => slo_met)) {
        expect(Math.max(row.p99_ttft_short_ms!, row.p99_ttft_long_ms!)).toBeLessThanOrEqual(sloMs);
      }
      expect(rows.some(({ slo_met }) => slo_met)).toBe(true);
    }
  });
});

describe("B6: the objective decides, not a cap on load", () => {
  test("a lax one loads pools above 0.85, a strict one takes more GPUs", async () => {
    const lax = (await azure({ rateRps: 1000, sloMs: 20_000, verifyTop: 0 })).best!;
    const strict = (await azure({ rateRps: 1000, sloMs: 1200, verifyTop: 0 })).best!;
    expect(Math.max(...lax.pools.map(({ analytical }) => analytical.rho))).toBeGreaterThan(0.9);
    expect(strict.total_gpus).toBeGreaterThan(lax.total_gpus);
  });

  test("what is in service at a time is that of the real batch under the engine iterations", async () => {
    const options = { sloMs: 3000, requests: 20_000, effort: "verify" } as const;
    const full = (await azure({ ...options, engine: "slots" })).best!;
    const real = (await azure({ ...options, engine: "iterations" })).best!;
    const running = ({ pools }: typeof full) =>
      pools.reduce((n, p) => n + p.replicas_needed * p.simulated!.mean_batch, 0);
    expect(running(real)).toBeLessThan(0.8 * running(full));
  });
});

/** Commands that name a best fleet, with little to do. */
const NAMING_A_BEST = {
  optimize: ["--b-short=512", "--long-max-ctx=2048", "--gamma-max=1"],
  plan: [],
  whatif: ["--b-short=512", "--long-max-ctx=2048", "--gamma-max=1", "--lam-range=20"],
  pareto: ["--long-max-ctx=2048"],
};

describe("B7: where nothing is feasible nothing is best, and the program says so by its exit code", () => {
  test.each(Object.entries(NAMING_A_BEST))("%s", async (name, args) => {
    const folder = await temporaryFolder({ "cdf.json": "[[128, 0.2], [512, 0.7], [2048, 1]]" });
    const requests = ["--n-sim-req=1000", "--cdf", join(folder, "cdf.json")];
    const { stdout } = await runCommand(PLANNING_COMMANDS[name]!(), ["--slo=1", ...requests, ...args, "--json"]);
    expect(process.exitCode).toBe(1);
    expect(stdout).not.toMatch(/"slo_met": ?true/);
  });
});
