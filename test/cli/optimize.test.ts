import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { optimizeCommand } from "../../host/cli/optimize.js";
import { replayCommand } from "../../host/cli/replay.js";
import type { OptimizeRow } from "../../host/planners/optimize.js";
import { visibleLength } from "../../host/reports/visible-length.js";
import { readFleetFile } from "../../host/specs/read-fleet-file.js";
import { SMALL_CDF } from "../planners/sizing/sizing-fixtures.js";
import { runCommand } from "./run-command.js";
import { temporaryFolder } from "./temporary-folder.js";

const words = (text: string) => text.replaceAll(/\s+/g, " ");
const widest = (text: string) => Math.max(...text.split("\n").map(visibleLength));
const rowsOf = ({ stdout }: { stdout: string }) => JSON.parse(stdout) as OptimizeRow[];

/** The keys of the Python tool's `--out`. */
const PYTHON_KEYS = [
  ...["gamma", "n_s", "n_l", "total_gpus", "annualised_cost_kusd"],
  ...["p99_ttft_short_ms", "p99_ttft_long_ms", "slo_met", "source"],
];

/** Runs the command for requests of a small CDF; `folder` has its file. */
async function run(...args: string[]) {
  const folder = await temporaryFolder({ "small.json": JSON.stringify(SMALL_CDF) });
  const input = ["--cdf", join(folder, "small.json"), "--lam", "20"];
  const ran = await runCommand(optimizeCommand(), [...input, ...args.map((arg) => arg.replace("FOLDER", folder))]);
  return { ...ran, folder };
}

const TWO_POOLS = ["--b-short", "1000", "--long-max-ctx", "8192"];
const optimize = (...args: string[]) => run(...TWO_POOLS, "--n-sim-req", "2000", ...args);
const compat = (...args: string[]) => run(...TWO_POOLS, "--compat", "python", ...args);

afterEach(() => {
  process.exitCode = 0;
});

describe("optimize", () => {
  test("prints the list of the Python tool as JSON, and writes the same", async () => {
    const ran = await optimize("--json", "--out", "FOLDER/rows.json");
    expect(await readFile(join(ran.folder, "rows.json"), "utf8")).toBe(ran.stdout);
    const rows = rowsOf(ran);
    for (const row of rows) expect(Object.keys(row).slice(0, PYTHON_KEYS.length)).toEqual(PYTHON_KEYS);
    expect(new Set(rows.map(({ source }) => source))).toEqual(new Set(["analytical", "simulated"]));
    expect(process.exitCode ?? 0).toBe(0);
  });

  test("prints a page of at most 100 columns otherwise, with the best fleet and its check", async () => {
    const { stdout, stderr } = await optimize();
    expect(widest(stdout)).toBeLessThanOrEqual(100);
    expect(words(stdout)).toContain("best");
    expect(words(stdout)).toContain("check");
    expect(stderr).toBe("");
  });

  test.each(["fleet.yaml", "fleet.json"])("writes the best fleet to %s, which replay takes", async (name) => {
    const { stdout, folder } = await optimize("--json", "--fleet-out", `FOLDER/${name}`);
    const best = rowsOf({ stdout }).find(({ source, slo_met }) => source === "simulated" && slo_met)!;
    const { pools } = await readFleetFile(join(folder, name));
    expect(pools.map(({ id, maxCtx }) => [id, maxCtx])).toEqual(best.pools.map(({ id, max_ctx }) => [id, max_ctx]));
    const input = ["--cdf", join(folder, "small.json"), "--rate", "20", "--n", "2000"];
    const replayed = await runCommand(replayCommand(), [...input, "--fleet", join(folder, name), "--json"]);
    const { ttft_ms } = JSON.parse(replayed.stdout) as { ttft_ms: { p99: number } };
    expect(ttft_ms.p99).toBeLessThan(500);
  });

  test("writes a page with --html", async () => {
    const { folder } = await optimize("--html", "FOLDER/optimize.html");
    const page = await readFile(join(folder, "optimize.html"), "utf8");
    expect(page).toMatch(/^<!doctype html>/i);
    expect(page).toContain("A100-80GB");
  });

  test("tries several boundaries between commas, and more pools", async () => {
    const rows = rowsOf(await optimize("--b-short", "500,1000", "--min-pools", "1", "--max-pools", "3", "--json"));
    const cuts = rows
      .filter(({ gamma, source }) => gamma === 1 && source === "analytical")
      .map(({ pools }) => pools.map(({ max_ctx }) => max_ctx).join(" "));
    expect(cuts.sort()).toEqual(["1000 8192", "500 1000 8192", "500 8192", "8192"]);
  });

  test("takes a GPU for each pool", async () => {
    const [row] = rowsOf(await optimize("--gpu-long", "h100", "--gamma-max", "1", "--json"));
    expect(row!.pools.map(({ replica }) => replica)).toEqual(["A100-80GB", "H100-80GB"]);
  });

  test("tries gammas up to --gamma-max", async () => {
    const rows = rowsOf(await optimize("--gamma-max", "1.2", "--p-c", "0", "--json"));
    expect(new Set(rows.map(({ gamma }) => gamma))).toEqual(new Set([1, 1.1, 1.2]));
  });

  test("simulates nothing with --verify-top 0", async () => {
    const rows = rowsOf(await optimize("--verify-top", "0", "--json"));
    expect(new Set(rows.map(({ source }) => source))).toEqual(new Set(["analytical"]));
  });

  test("sizes by the P99 itself with --size-by p99, with fewer replicas than by its interval", async () => {
    const gpus = async (...args: string[]) =>
      rowsOf(await optimize("--gamma-max", "1", "--json", "--lam", "200", ...args)).at(-1)!.total_gpus;
    expect(await gpus("--size-by", "p99")).toBeLessThan(await gpus());
  });

  test("exits with 1 where no fleet meets the objective, names the nearest miss and writes no fleet", async () => {
    const { stdout, folder, exitCode } = await optimize("--slo", "1", "--fleet-out", "FOLDER/fleet.yaml");
    expect([exitCode, process.exitCode]).toEqual([0, 1]);
    expect(widest(stdout)).toBeLessThanOrEqual(100);
    expect(words(stdout)).toMatch(/nearest/i);
    await expect(readFile(join(folder, "fleet.yaml"))).rejects.toThrow("ENOENT");
  });

  test("gives the rows of the Python tool with --compat python, and nothing beside them", async () => {
    const rows = rowsOf(await compat("--gamma-max", "1.2", "--json"));
    expect(rows.map((row) => Object.keys(row))).toEqual(rows.map(() => PYTHON_KEYS));
    // To the tool 1.2 - 1 is less than two tenths.
    expect(rows.map(({ gamma }) => gamma)).toEqual([1, 1.1]);
    const page = (await compat()).stdout;
    expect(widest(page)).toBeLessThanOrEqual(100);
  });

  test.each([
    [["--fleet-out", "FOLDER/small.json"], "would overwrite what the command reads"],
    [["--fleet-out", "FOLDER/a.json", "--out", "FOLDER/a.json"], "--out and --fleet-out name the same file"],
    [["--fleet-out", "FOLDER/none/fleet.yaml"], "fleet.yaml: its folder does not exist"],
    [["--b-short", "70000"], "--b-short is 70000, but must be less than the largest window, 8192"],
    [["--b-short", "0"], "'0' is invalid. Allowed is a whole number from 1 to 2147483647"],
    [["--b-short", "500,x"], "'500,x' is invalid"],
    [["--b-short", "500", "--min-pools", "3"], "--b-short has 1 boundaries, but 3 pools need 2"],
    [["--min-pools", "3", "--max-pools", "2"], "--max-pools is 2, but must be at least --min-pools, 3"],
    [["--long-max-ctx", "9e15"], "Allowed is a whole number from 1 to 2147483647"],
    [["--gamma-max", "5"], "'5' is invalid. Allowed is a finite number at least 1 and at most 4"],
    [["--p-c", "1.5"], "'1.5' is invalid"],
    [["--effort", "most"], "Allowed is one of search, top, verify"],
    [["--gpu-short", "h200"], '--gpu-short names "h200"; without a model it must be one of a100, h100, a10g'],
    [["--slo", "-1"], "'-1' is invalid"],
    [["--lam", "0"], "'0' is invalid"],
    [["--compat", "python"], "--n-sim-req has no meaning under --compat python"],
  ])("refuses %j in one sentence", async (args, message) => {
    const { exitCode, stdout, stderr } = await optimize(...args);
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  test.each([
    [["--slo-tpot", "50"], "--slo-tpot has no meaning under --compat python"],
    [["--max-pools", "3"], "--max-pools has no meaning under --compat python"],
    [["--effort", "top"], "--effort has no meaning under --compat python"],
    [["--fleet-out", "FOLDER/fleet.yaml"], "--fleet-out has no meaning under --compat python"],
    [["--html", "FOLDER/page.html"], "--html has no meaning under --compat python"],
    [["--b-short", "500,1000"], "--b-short takes one boundary under --compat python"],
    [["--gpu-short", "b200"], '--gpu-short is "b200", but must be one of a100, h100, a10g'],
    [["--gpu-long", "b200"], '--gpu-long is "b200", but must be one of a100, h100, a10g'],
  ])("refuses %j beside --compat python", async (args, message) => {
    const { exitCode, stdout, stderr } = await compat(...args);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });
});
