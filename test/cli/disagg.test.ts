import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { disaggCommand } from "../../host/cli/disagg.js";
import { visibleLength } from "../../host/reports/visible-length.js";
import { runCommand } from "./run-command.js";
import { temporaryFolder } from "./temporary-folder.js";

const disagg = (...args: string[]) => runCommand(disaggCommand(), ["--workload", "azure", "--no-aggregated", ...args]);

afterEach(() => {
  process.exitCode = 0;
});

describe("disagg", () => {
  test("prints best and pareto as JSON, and writes the same", async () => {
    const out = join(await temporaryFolder(), "disagg.json");
    const { stdout } = await disagg("--json", "--out", out);
    expect(await readFile(out, "utf8")).toBe(stdout);
    expect(JSON.parse(stdout)).toMatchObject({
      best: { slo_met: true },
      pareto: [{ slo_met: true }],
      method: "constant",
    });
    expect(process.exitCode ?? 0).toBe(0);
  });

  test("prints a page of at most 100 columns otherwise, which says by which method", async () => {
    const { stdout } = await runCommand(disaggCommand(), ["--workload", "azure", "--lam", "20"]);
    expect(Math.max(...stdout.split("\n").map(visibleLength))).toBeLessThanOrEqual(100);
    const words = stdout.replaceAll(/\s+/g, " ");
    expect(words).toContain("by the method constant, nothing was simulated");
    expect(words).toContain("1.80 times the prefill, whatever link and load");
    expect(words).toContain("one pool of");
    expect(words).toContain("know no price of a prompt token");
    expect(words).toContain("knows total tokens alone");
  });

  test("exits with 1 where no pair meets the limits, and says why", async () => {
    const { stdout } = await disagg("--slo-tpot", "10");
    expect(stdout).toContain("no pair of pools meets the limits");
    expect(process.exitCode).toBe(1);
  });

  test("gives the figures of the Python tool with --compat python", async () => {
    const { stdout } = await disagg("--compat", "python", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ best: { n_prefill: 1, n_decode: 11 } });
    expect((await disagg("--compat", "python", "--slo-tpot", "1", "--json")).stdout).toContain('"best": null');
    expect(process.exitCode).toBe(1);
  });

  test.each([
    [["--mean-isl", "-4"], "--mean-isl <tokens>' argument '-4'"],
    [["--max-decode", "0"], "--max-decode <n>' argument '0'"],
    [["--max-rho", "1"], "--max-rho <share>' argument '1'"],
    [["--gpu-decode", "h200"], '--gpu-decode names "h200"'],
    [["--gpu-prefill", "h100-sxm"], "--model must say which model it serves"],
    [["--compat", "python", "--model", "llama-3.1-70b"], "--model has no meaning under --compat python"],
    [["--compat", "python", "--gpu-prefill", "b200"], '--gpu-prefill is "b200", but must be one of a100'],
    [["--max-ctx", "2147483648"], "Allowed is a whole number from 1 to 2147483647"],
    [["--slo-ttft", "0"], "--slo-ttft <ms>' argument '0'"],
  ])("refuses %j", async (args, message) => {
    const { exitCode, stderr } = await disagg(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});
