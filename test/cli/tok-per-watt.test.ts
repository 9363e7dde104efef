import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { tokPerWattCommand } from "../../host/cli/tok-per-watt.js";
import { visibleLength } from "../../host/reports/visible-length.js";
import { runCommand } from "./run-command.js";
import { temporaryFolder } from "./temporary-folder.js";

const watts = (...args: string[]) =>
  runCommand(tokPerWattCommand(), ["--workload", "azure", "--n-sim-req", "1000", ...args]);
const compat = (...args: string[]) =>
  runCommand(tokPerWattCommand(), ["--workload", "azure", "--compat", "python", ...args]);
const words = (text: string) => text.replaceAll(/\s+/g, " ");
const widest = (text: string) => Math.max(...text.split("\n").map(visibleLength));
const TWO_POOLS = ["--b-short", "4096", "--gpu-short", "a100", "--gpu-long", "h100"];

afterEach(() => {
  process.exitCode = 0;
});

describe("tok-per-watt", () => {
  test("prints the list of the Python tool as JSON, and writes the same", async () => {
    const out = join(await temporaryFolder(), "watts.json");
    const { stdout } = await watts("--json", "--out", out);
    expect(await readFile(out, "utf8")).toBe(stdout);
    const rows = JSON.parse(stdout) as { gpu_name: string; rate_rps: number }[];
    expect(rows.map(({ gpu_name, rate_rps }) => [gpu_name, rate_rps])).toEqual([
      ["H100-80GB", 100],
      ["A100-80GB", 100],
      ["A10G", 100],
    ]);
    expect(process.exitCode ?? 0).toBe(0);
  });

  test("prints a page of at most 100 columns otherwise, joules beside tokens", async () => {
    const { stdout } = await watts();
    expect(widest(stdout)).toBeLessThanOrEqual(100);
    expect(stdout).toContain("J/token");
    expect(words(stdout)).toContain("J a token");
    expect(words(stdout)).toContain("an eighth of the real ones");
  });

  test("sweeps utilisations: those of the Python tool, or others", async () => {
    const sweep = async (...args: string[]) => {
      const { stdout } = await watts("--gpus", "h100", "--json", ...args);
      return (JSON.parse(stdout) as { slo_optimal: boolean }[]).map(({ slo_optimal }) => slo_optimal);
    };
    expect(await sweep("--rho-sweep")).toEqual([true, false, false, false, false]);
    expect(await sweep("--rho-sweep", "0.3,0.6")).toEqual([true, false, false]);
  });

  test("compares two pools with one", async () => {
    const { stdout } = await watts(...TWO_POOLS);
    expect(widest(stdout)).toBeLessThanOrEqual(100);
    expect(words(stdout)).toMatch(/two pools give [\d.]+ % (fewer|more) tokens a watt/);
    const { homo, routed } = JSON.parse((await watts(...TWO_POOLS, "--json")).stdout) as Record<
      string,
      { total_gpus: number; pools: unknown[] }
    >;
    expect(homo!.pools).toHaveLength(1);
    expect(routed!.pools).toHaveLength(2);
  });

  test("keeps long names within 100 columns", async () => {
    const args = ["--model", "llama-3.1-70b", "--tp", "8", "--dtype", "fp8", "--gpus", "h100", "h200"];
    const { stdout } = await watts(...args, "--lam", "5", "--slo", "3000");
    expect(widest(stdout)).toBeLessThanOrEqual(100);
    expect(stdout).not.toContain("an eighth");
  });

  test("exits with 1 where nothing meets the objective", async () => {
    const { stdout } = await watts("--slo", "5", "--gpus", "a100");
    expect(words(stdout)).toContain("would be met there");
    expect(process.exitCode).toBe(1);
    process.exitCode = 0;
    const pools = await watts("--slo", "5", ...TWO_POOLS);
    expect(words(pools.stdout)).toContain("one of the two cannot meet the objective");
    expect(process.exitCode).toBe(1);
  });

  test("gives the figures of the Python tool with --compat python, and nothing beside them", async () => {
    const rows = JSON.parse((await compat("--rho-sweep", "--json")).stdout) as Record<string, unknown>[];
    expect(rows.map(({ n_gpus }) => n_gpus)).toEqual([6, 25, 13, 9, 7, 12, 50, 25, 17, 13, 21, 86, 43, 29, 22]);
    expect(Object.keys(rows[0]!)).toHaveLength(11);
    const fleets = JSON.parse((await compat(...TWO_POOLS, "--json")).stdout) as Record<string, object>;
    expect(Object.keys(fleets)).toEqual(["homo", "routed"]);
    expect(Object.keys(fleets["homo"]!)).toEqual(["fleet_tpw", "fleet_cost_per_mil", "fleet_power_kw", "total_gpus"]);
    for (const args of [[], TWO_POOLS]) {
      const page = (await compat(...args)).stdout;
      expect(widest(page)).toBeLessThanOrEqual(100);
      expect(page).toContain("nothing was simulated");
    }
  });

  test.each([
    [["--rho-sweep", "1"], "'1' is invalid"],
    [["--rho-sweep", "0.5,0"], "'0.5,0' is invalid"],
    [["--gpus", "h200"], '--gpus names "h200"; without a model it must be one of a100, h100, a10g'],
    [["--gpus", "h100", "h100"], "--gpus names h100 twice"],
    [["--max-ctx", "1"], "'1' is invalid"],
    [["--max-ctx", "9e15"], "Allowed is a whole number from 2 to 2147483647"],
    [["--b-short", "4096"], "two pools take --b-short, --gpu-short and --gpu-long; --gpu-short is missing."],
    [["--gpu-long", "a100"], "--b-short is missing"],
    [[...TWO_POOLS, "--max-ctx", "4096"], "--b-short is 4096, but must be less than --max-ctx, 4096"],
    [[...TWO_POOLS, "--gpus", "a100"], "--gpus is about single pools"],
    [[...TWO_POOLS, "--rho-sweep"], "--rho-sweep is about single pools"],
    [["--compat", "python"], "--n-sim-req has no meaning under --compat python"],
  ])("refuses %j", async (args, message) => {
    const { exitCode, stderr } = await watts(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });

  test.each([
    [["--model", "llama-3.1-8b"], "--model has no meaning under --compat python"],
    [["--gpus", "b200"], '--gpus is "b200", but must be one of a100, h100, a10g'],
    [["--gpu-short", "a100"], "--b-short is missing"],
  ])("refuses %j beside --compat python", async (args, message) => {
    const { exitCode, stderr } = await compat(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});
