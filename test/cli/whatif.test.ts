import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { whatifCommand } from "../../host/cli/whatif.js";
import { visibleLength } from "../../host/reports/visible-length.js";
import { runCommand } from "./run-command.js";
import { temporaryFolder } from "./temporary-folder.js";

const whatif = (...args: string[]) =>
  runCommand(whatifCommand(), ["--workload", "azure", "--n-sim-req", "1000", ...args]);
const compat = (...args: string[]) =>
  runCommand(whatifCommand(), ["--workload", "azure", "--compat", "python", ...args]);
const words = (text: string) => text.replaceAll(/\s+/g, " ");
const widest = (text: string) => Math.max(...text.split("\n").map(visibleLength));

afterEach(() => {
  process.exitCode = 0;
});

describe("whatif", () => {
  test("prints the list of the Python tool as JSON, and writes the same", async () => {
    const out = join(await temporaryFolder(), "whatif.json");
    const { stdout } = await whatif("--lam-range", "50", "100,200", "--json", "--out", out);
    expect(await readFile(out, "utf8")).toBe(stdout);
    const rows = JSON.parse(stdout) as { lam: number; total_gpus: number; seed: number }[];
    expect(rows.map(({ lam, seed }) => [lam, seed])).toEqual([
      [50, 42],
      [100, 42],
      [200, 42],
    ]);
    expect(process.exitCode ?? 0).toBe(0);
  });

  test("prints a page of at most 100 columns otherwise", async () => {
    const { stdout } = await whatif("--lam-range", "50", "1000");
    expect(widest(stdout)).toBeLessThanOrEqual(100);
    expect(words(stdout)).toContain("the same ones at every rate (seed 42)");
    expect(words(stdout)).toContain("gamma 1.0 and the 3 that analysis expects to be cheapest of 11");
    expect(words(stdout)).toContain("an eighth of the real ones");
  });

  test("compares GPUs, with ratios to the first", async () => {
    const args = ["--lam-range", "50", "--gpu-compare", "a100", "h100,a10g"];
    const { stdout } = await whatif(...args);
    expect(widest(stdout)).toBeLessThanOrEqual(100);
    expect(words(stdout)).toContain("multiples of what a100 takes at the same rate");
    const rows = JSON.parse((await whatif(...args, "--json")).stdout) as Record<string, unknown>[];
    expect(Object.keys(rows[0]!)).toEqual(["lam", "a100", "h100", "a10g"]);
  });

  test("takes --lam as the rate that the others stand around", async () => {
    const { stdout } = await whatif("--lam", "40", "--gamma-max", "1", "--json");
    expect((JSON.parse(stdout) as { lam: number }[]).map(({ lam }) => lam)).toEqual([10, 20, 40, 100, 200]);
  });

  test("plays a trace at every rate", async () => {
    const rows = Array.from({ length: 1500 }, (_, i) => `${i / 10},${i % 3 === 0 ? 5000 : 200},20`);
    const folder = await temporaryFolder({ "t.csv": `arrival_s,input_tokens,output_tokens\n${rows.join("\n")}\n` });
    const args = ["--trace", join(folder, "t.csv"), "--lam-range", "5", "20", "--slo", "2000", "--json"];
    const { stdout } = await runCommand(whatifCommand(), args);
    const found = JSON.parse(stdout) as { slo_met: boolean; gamma_opt: number }[];
    expect(found.map(({ slo_met, gamma_opt }) => [slo_met, gamma_opt])).toEqual([
      [true, 1],
      [true, 1],
    ]);
  });

  test("exits with 1 where no rate has a fleet, and says what would do", async () => {
    const { stdout } = await whatif("--lam-range", "50", "--slo", "5");
    expect(words(stdout)).toContain("nearest at 50 requests/s:");
    expect(words(stdout)).toContain("or a smaller --long-max-ctx");
    expect(process.exitCode).toBe(1);
  });

  test("exits with 0 where some rate has one", async () => {
    await whatif("--lam-range", "50", "100");
    expect(process.exitCode ?? 0).toBe(0);
  });

  test("gives the figures of the Python tool with --compat python, and nothing beside them", async () => {
    const { stdout } = await compat("--lam-range", "200", "--json");
    expect(JSON.parse(stdout)).toEqual([
      { lam: 200, n_s: 10, n_l: 13, total_gpus: 23, annualised_cost_kusd: 445.3, gamma_opt: 1.9 },
    ]);
    for (const args of [[], ["--gpu-compare", "a100", "h100"]]) {
      const page = (await compat(...args)).stdout;
      expect(widest(page)).toBeLessThanOrEqual(100);
      expect(page).toContain("nothing was simulated");
    }
  });

  test.each([
    [["--lam-range", "0"], "'0' is invalid. Allowed is a finite number above 0"],
    [["--lam-range", "50,x"], "'50,x' is invalid"],
    [["--lam-range", "50", "--lam", "5"], "--lam is one rate and --lam-range several"],
    [["--gpu-compare", "h200"], '--gpu-compare names "h200"; without a model it must be one of a100, h100, a10g'],
    [["--gpu-compare", "a100", "a100"], "--gpu-compare names a100 twice"],
    [["--gpu-compare", "a100", "--gpu-short", "h100"], "--gpu-short has no meaning with --gpu-compare"],
    [["--gpu-long", "b300x"], "--gpu-long names"],
    [["--b-short", "65536"], "--b-short is 65536, but must be less than --long-max-ctx, 65536"],
    [["--b-short", "20000"], "--b-short is 20000, but no request has more tokens"],
    [["--long-max-ctx", "9e15"], "Allowed is a whole number from 2 to 2147483647"],
    [["--b-short", "0"], "'0' is invalid"],
    [["--gamma-max", "0.5"], "'0.5' is invalid"],
    [["--slo", "-1"], "'-1' is invalid"],
    [["--tp", "2"], "--tp belongs to a model"],
    [["--cdf", "x.json"], "--cdf and --workload are both given"],
    [["--compat", "python"], "--n-sim-req has no meaning under --compat python"],
  ])("refuses %j", async (args, message) => {
    const { exitCode, stderr } = await whatif(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });

  test.each([
    [["--model", "llama-3.1-8b"], "--model has no meaning under --compat python"],
    [["--engine", "slots"], "--engine has no meaning under --compat python"],
    [["--seed", "1"], "--seed has no meaning under --compat python"],
    [["--gamma-max", "1.5"], "--gamma-max has no meaning under --compat python"],
    [["--arrivals", "gamma", "--cv", "2"], "arrivals are gamma"],
    [["--gpu-compare", "b200"], '--gpu-compare is "b200", but must be one of a100, h100, a10g'],
    [["--gpu-short", "b200"], '--gpu-short is "b200", but must be one of a100, h100, a10g'],
    [["--b-short", "2000000000", "--long-max-ctx", "2147483647"], "--b-short is 2000000000, but must be"],
  ])("refuses %j beside --compat python", async (args, message) => {
    const { exitCode, stderr } = await compat(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });

  test("refuses a workload that is no CDF under --compat python, and says so of none at all", async () => {
    const joint = await runCommand(whatifCommand(), ["--workload", "azure-conv", "--compat", "python"]);
    expect([joint.exitCode, joint.stderr]).toEqual([2, expect.stringContaining("azure-conv: is no CDF")]);
    const none = await runCommand(whatifCommand(), []);
    expect([none.exitCode, none.stderr]).toEqual([2, expect.stringContaining("no workload")]);
  });
});
