import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { paretoCommand } from "../../host/cli/pareto.js";
import { visibleLength } from "../../host/reports/visible-length.js";
import { runCommand } from "./run-command.js";
import { temporaryFolder } from "./temporary-folder.js";

const pareto = (...args: string[]) =>
  runCommand(paretoCommand(), ["--workload", "azure", "--lam", "100", "--n-sim-req", "1000", ...args]);
const compat = (...args: string[]) =>
  runCommand(paretoCommand(), ["--workload", "azure", "--compat", "python", ...args]);
const words = (text: string) => text.replaceAll(/\s+/g, " ");
const widest = (text: string) => Math.max(...text.split("\n").map(visibleLength));

interface Row {
  b_short: number;
  kind: string;
  sized_for_slo_ms: number;
  pools: { replica: string }[];
}

afterEach(() => {
  process.exitCode = 0;
});

describe("pareto", () => {
  test("prints the list of the Python tool as JSON, and writes the same", async () => {
    const out = join(await temporaryFolder(), "pareto.json");
    const { stdout } = await pareto("--json", "--out", out);
    expect(await readFile(out, "utf8")).toBe(stdout);
    const rows = JSON.parse(stdout) as Row[];
    expect(Object.keys(rows[1]!)).toEqual(
      expect.arrayContaining([
        ...["b_short", "alpha", "n_s", "n_l", "total_gpus", "cost_kusd_yr", "savings_vs_homo_pct"],
        ...["p99_short_ms", "p99_long_ms", "worst_p99_ms", "slo_met", "pareto"],
      ]),
    );
    expect(rows[0]!.kind).toBe("homogeneous");
    expect(process.exitCode ?? 0).toBe(0);
  });

  test("prints a page of at most 100 columns otherwise, with the recommended fleet and its check", async () => {
    const { stdout } = await pareto();
    expect(widest(stdout)).toBeLessThanOrEqual(100);
    expect(stdout).toContain("recommended");
    expect(words(stdout)).toContain("of seed 44, which the search did not see");
    expect(stdout).not.toContain("longer than the largest window");
  });

  test("takes thresholds, objectives and GPUs between blanks or commas, and shows the front alone", async () => {
    const args = ["--b-short", "2048", "4096,8192", "--slo-range", "200,1000", "--gpus", "a100", "h100"];
    const { stdout } = await pareto(...args, "--long-max-ctx", "16384");
    expect(widest(stdout)).toBeLessThanOrEqual(100);
    expect(stdout).toContain("sized for");
    expect(words(stdout)).toMatch(/the other \d+ are not shown, --json has them/);
    const rows = JSON.parse((await pareto(...args, "--json")).stdout) as Row[];
    expect(new Set(rows.map(({ b_short }) => b_short))).toEqual(new Set([0, 2048, 4096, 8192]));
    expect(new Set(rows.map(({ sized_for_slo_ms }) => sized_for_slo_ms))).toEqual(new Set([200, 500, 1000]));
  });

  test("shows a fleet once that several objectives lead to", async () => {
    const { stdout } = await pareto("--b-short", "4096", "--slo-range", "499", "--gpus", "h100");
    expect(stdout.split("\n").filter((text) => text.includes("one pool ")).length).toBeLessThanOrEqual(1);
  });

  test("takes a GPU for each pool", async () => {
    const { stdout } = await pareto("--gpu-long", "h100", "--b-short", "4096", "--json");
    const rows = JSON.parse(stdout) as Row[];
    expect(rows[1]!.pools.map(({ replica }) => replica)).toEqual(["A100-80GB", "H100-80GB"]);
  });

  test("exits with 1 where no fleet meets the objective, and says what would do", async () => {
    const { stdout } = await pareto("--slo", "5", "--b-short", "4096");
    expect(widest(stdout)).toBeLessThanOrEqual(100);
    expect(stdout).toContain("no fleet of these meets the objective");
    expect(words(stdout)).toContain("would be met there");
    expect(process.exitCode).toBe(1);
  });

  test("tells of requests that no window holds", async () => {
    const { stdout } = await pareto("--long-max-ctx", "8192", "--b-short", "4096");
    expect(words(stdout)).toContain("0.00355 % of the requests are longer than the largest window");
  });

  test("gives the figures of the Python tool with --compat python, and nothing beside them", async () => {
    const { stdout } = await compat("--json");
    const rows = JSON.parse(stdout) as Record<string, unknown>[];
    expect(rows).toHaveLength(10);
    expect(Object.keys(rows[0]!)).toHaveLength(12);
    expect(rows.map(({ total_gpus }) => total_gpus)).toEqual([59, 59, 58, 56, 56, 48, 43, 38, 36, 28]);
    const page = (await compat()).stdout;
    expect(widest(page)).toBeLessThanOrEqual(100);
    expect(words(page)).toContain("keeps fleets that cost the same and are slower");
  });

  test.each([
    [["--b-short", "65536"], "--b-short is 65536, but must be less than --long-max-ctx, 65536"],
    [["--b-short", "1.5"], "'1.5' is invalid"],
    [["--b-short", "all", "4096"], "Give thresholds, or all."],
    [["--b-short", "20000"], "--b-short names 20000, but no request is longer"],
    [["--long-max-ctx", "9e15"], "Allowed is a whole number from 2 to 2147483647"],
    [["--slo-range", "0"], "'0' is invalid"],
    [["--gpus", "h200"], '--gpus names "h200"; without a model it must be one of a100, h100, a10g'],
    [["--gpus", "a100", "a100"], "--gpus names a100 twice"],
    [["--gpus", "a100", "--gpu-long", "h100"], "--gpu-long has no meaning with --gpus"],
    [["--lam", "0"], "'0' is invalid"],
    [["--compat", "python"], "--n-sim-req has no meaning under --compat python"],
  ])("refuses %j", async (args, message) => {
    const { exitCode, stderr } = await pareto(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });

  test.each([
    [["--b-short", "4096"], "--b-short has no meaning under --compat python"],
    [["--slo-range", "100"], "--slo-range has no meaning under --compat python"],
    [["--gpus", "a100"], "--gpus has no meaning under --compat python"],
    [["--gpu-short", "h200"], "h200"],
  ])("refuses %j beside --compat python", async (args, message) => {
    const { exitCode, stderr } = await compat(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});
