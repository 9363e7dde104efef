import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { gridFlexCommand } from "../../host/cli/grid-flex.js";
import { visibleLength } from "../../host/reports/visible-length.js";
import { runCommand } from "./run-command.js";
import { temporaryFolder } from "./temporary-folder.js";

const gridFlex = (...args: string[]) =>
  runCommand(gridFlexCommand(), ["--workload", "azure", "--n-gpus", "40", ...args]);

afterEach(() => {
  process.exitCode = 0;
});

describe("grid-flex", () => {
  test("prints the list of the Python tool as JSON, without its Infinity, and writes the same", async () => {
    const out = join(await temporaryFolder(), "flex.json");
    const { stdout } = await gridFlex("--n-req", "3000", "--flex-pcts", "0", "30", "40", "--json", "--out", out);
    expect(await readFile(out, "utf8")).toBe(stdout);
    const rows = JSON.parse(stdout) as { flex_pct: number; p99_ttft_ms: number | null }[];
    expect(rows.map(({ flex_pct }) => flex_pct)).toEqual([0, 30, 40]);
    expect(rows[2]!.p99_ttft_ms).toBeNull();
    expect(process.exitCode ?? 0).toBe(0);
  });

  test("prints a page of at most 100 columns otherwise", async () => {
    const { stdout } = await gridFlex("--n-req", "3000");
    expect(Math.max(...stdout.split("\n").map(visibleLength))).toBeLessThanOrEqual(100);
    const words = stdout.replaceAll(/\s+/g, " ");
    expect(words).toContain("a cut of 30 % is the deepest that keeps the objective");
    expect(words).toContain("40 % overloads it");
    expect(words).toContain("with the cap or without: the cap bounds peaks");
  });

  test("exits with 1 where no level keeps the objective", async () => {
    const { stdout } = await gridFlex("--slo", "1", "--flex-pcts", "0,10", "--n-req", "1000");
    expect(stdout).toContain("no level keeps the objective");
    expect(process.exitCode).toBe(1);
  });

  test("simulates nothing with --verify-des 0", async () => {
    const { stdout } = await gridFlex("--verify-des", "0", "--flex-pcts", "0,10");
    expect(stdout).toContain("nothing was simulated");
  });

  test("gives the figures of the Python tool with --compat python", async () => {
    const { stdout } = await gridFlex("--compat", "python", "--json");
    const rows = JSON.parse(stdout) as { n_max_cap: number }[];
    expect(rows.map(({ n_max_cap }) => n_max_cap)).toEqual([128, 84, 48, 33, 24, 17, 13, 6, 1]);
  });

  test.each([
    [["--flex-pcts", "100"], "--flex-pcts <cuts...>' argument '100'"],
    [["--flex-pcts", "10,10"], "A cut is named twice"],
    [["--gpu", "h200"], '--gpu names "h200"; without a model it must be one of a100, h100, a10g'],
    [["--gpu", "h100-sxm", "--model", "llama-9"], "--model"],
    [["--compat", "python", "--gpu", "b200"], '--gpu is "b200", but must be one of a100, h100, a10g'],
    [["--compat", "python", "--n-gpus", "1e10"], "--n-gpus is 10000000000, but must be a whole number from 1 to"],
    [["--n-gpus", "100001"], "--n-gpus is 100001, but must be at most 100000, those of 100000 replicas"],
    [["--max-ctx", "2147483648"], "Allowed is a whole number from 1 to 2147483647"],
    [["--flex-pcts", Array.from({ length: 101 }, (_, i) => i / 2).join(",")], "--flex-pcts has 101 values"],
    [["--tp", "2"], "--tp belongs to a model: --model must name one"],
    [["--n-req", "5", "--verify-des", "6"], "--n-req 5 and --verify-des 6 are the same number"],
    [["--compat", "python", "--n-req", "5"], "--n-req has no meaning under --compat python"],
    [["--compat", "python", "--engine", "slots"], "--engine has no meaning under --compat python"],
    [["--compat", "ruby"], "Allowed is one of python"],
    [["--slo", "0"], "--slo <ms>' argument '0'"],
    [["--trace", "t.csv"], "--workload and --trace are both given"],
  ])("refuses %j", async (args, message) => {
    const { exitCode, stderr } = await gridFlex(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});
