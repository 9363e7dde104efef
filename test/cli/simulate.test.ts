import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { simulateCommand } from "../../host/cli/simulate.js";
import { visibleLength } from "../../host/reports/visible-length.js";
import { runCommand } from "./run-command.js";
import { temporaryFolder } from "./temporary-folder.js";

const fleet = ["--n-s", "20", "--n-l", "45", "--n-req", "2000"];
const simulate = (...args: string[]) => runCommand(simulateCommand(), [...fleet, ...args]);

describe("simulate", () => {
  test("prints the summary of the Python tool as JSON, with what was added", async () => {
    const { exitCode, stdout } = await simulate("--workload", "azure", "--json");
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      total_gpus: 65,
      total_completed: 2000,
      short_n_gpus: 20,
      long_n_gpus: 45,
      slo_ms: 500,
      seed: 42,
      engine: "iterations",
      warmup_excluded: 200,
      requests: { arrived: 2000, completed: 2000, rejected: 0 },
      stability: { verdict: "stable" },
      arrivals: [{ workload: "azure", rate_rps: 200, requests: 2000 }],
    });
  });

  test("prints a page of at most 100 columns otherwise", async () => {
    const { stdout } = await simulate("--workload", "agent_heavy", "--long-max-ctx", "16384");
    const lines = stdout.split("\n");
    expect(Math.max(...lines.map(visibleLength))).toBeLessThanOrEqual(100);
    for (const word of ["short", "long", "fleet", "seed 42", "warm-up", "too long for every pool"]) {
      expect(stdout).toContain(word);
    }
  });

  test("writes to a file what it prints as JSON, and leaves nothing else there", async () => {
    const folder = await temporaryFolder();
    const out = join(folder, "result.json");
    const { stdout } = await simulate("--workload", "azure", "--json", "--out", out);
    expect(await readFile(out, "utf8")).toBe(stdout);
    expect(await readdir(folder)).toEqual(["result.json"]);
  });

  test("draws from a CDF file of either form", async () => {
    const points = [
      [512, 0.5],
      [4096, 1],
    ];
    const folder = await temporaryFolder({
      "bare.json": JSON.stringify(points),
      "object.json": JSON.stringify({ source: "made up", cdf: points }),
    });
    const summary = async (name: string) => {
      const { stdout } = await simulate("--cdf", join(folder, name), "--json");
      return { ...(JSON.parse(stdout) as Record<string, unknown>), arrivals: null };
    };
    expect(await summary("object.json")).toEqual(await summary("bare.json"));
  });

  test("takes the share of input that it is given", async () => {
    const folder = await temporaryFolder({ "cdf.json": "[[1000, 1]]" });
    const tokens = async (share: string) => {
      const args = ["--cdf", join(folder, "cdf.json"), "--lam", "2", "--input-share", share, "--json"];
      const { stdout } = await simulate(...args);
      return (JSON.parse(stdout) as { throughput: { output_tokens_per_s: number } }).throughput.output_tokens_per_s;
    };
    expect((await tokens("0.4")) / (await tokens("0.9"))).toBeCloseTo(6, 0);
  });

  test("plays a trace as it is, faster, and tells of it", async () => {
    const rows = Array.from({ length: 400 }, (_, i) => `${i},${100 + i},${i === 200 ? "x" : 10}`);
    const folder = await temporaryFolder({
      "t.csv": `arrival_s,input_tokens,output_tokens\n${rows.join("\n")}\n`,
    });
    const trace = join(folder, "t.csv");
    const run = ["--n-s", "2", "--n-l", "2", "--trace", trace, "--lam", "10"];
    const { stdout } = await runCommand(simulateCommand(), [...run, "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      requests: { arrived: 399 },
      arrivals: [{ trace, rate_rps: 10, requests: 399 }],
      trace: { rows: 400, used: 399 },
    });
    const page = (await runCommand(simulateCommand(), run)).stdout;
    expect(page.replaceAll(/\s+/g, " ")).toContain("played 10.0 times as fast");
    expect(page).toContain("1 of 400 rows could not be used");
  });

  test("has no number of requests for a trace", async () => {
    const folder = await temporaryFolder({ "t.csv": "arrival_s,input_tokens,output_tokens\n0,1,1\n1,1,1\n" });
    const { exitCode, stderr } = await simulate("--trace", join(folder, "t.csv"));
    expect(exitCode).toBe(2);
    expect(stderr).toContain("is a trace, and played whole; --n-req has no meaning for it");
  });

  test("shows examples in its help", async () => {
    const { exitCode, stdout } = await runCommand(simulateCommand(), ["--help"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("$ vllm-sr-sim simulate");
  });
});

describe("values that cannot be simulated give one sentence and exit code 2", () => {
  test.each([
    [["--lam", "0"], "--lam <rate>' argument '0'"],
    [["--lam", "-5"], "--lam <rate>' argument '-5'"],
    [["--lam", "nan"], "--lam <rate>' argument 'nan'"],
    [["--lam", "inf"], "--lam <rate>' argument 'inf'"],
    [["--lam", "1e-9"], "raise the rate or draw fewer"],
    [["--slo", "-1"], "--slo <ms>' argument '-1'"],
    [["--b-short", "0"], "--b-short <tokens>' argument '0'"],
    [["--b-short", "1000000"], "--b-short is 1000000, but must be less than --long-max-ctx, 65536"],
    [["--n-s", "0"], "--n-s <gpus>' argument '0'"],
    [["--n-l", "-1"], "--n-l <gpus>' argument '-1'"],
    [["--n-s", "200000"], "the fleet of --n-s and --n-l must have at most 100000 replicas"],
    [["--n-req", "0"], "--n-req <n>' argument '0'"],
    [["--n-req", "-4"], "--n-req <n>' argument '-4'"],
    [["--long-max-ctx", "0"], "--long-max-ctx <tokens>' argument '0'"],
    [["--long-max-ctx", "2000000"], "--long-max-ctx is 2000000, but that leaves no slot"],
    [["--gpu-short", "h200"], '--gpu-short is "h200", but must be one of a100, h100, a10g'],
    [["--gamma", "0.5"], "--gamma <factor>' argument '0.5'"],
    [["--warmup", "1"], "--warmup <share>' argument '1'"],
    [["--out", "/nowhere/at/all.json"], "cannot write /nowhere/at/all.json"],
  ])("%j", async (args, message) => {
    const { exitCode, stdout, stderr } = await simulate("--workload", "azure", ...args);
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  test("a rate of 10 million requests/s is answered: overloaded", async () => {
    const { exitCode, stdout } = await simulate("--workload", "azure", "--n-req", "50000", "--lam", "1e7", "--json");
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ stability: { verdict: "overloaded" } });
  });

  test.each([
    [[], "no workload: give --cdf FILE, --trace FILE, or --workload"],
    [["--workload", "azure", "--cdf", "x.json"], "--cdf and --workload are both given"],
    [["--workload", "azzure"], "no such built-in; there are azure-conv"],
    [["--cdf", "/no/such.json"], "/no/such.json: cannot read the file: there is no such file"],
    [["--workload", "azure", "--input-share", "0.5"], "--input-share belongs to --cdf"],
  ])("workload %j", async (args, message) => {
    const { exitCode, stderr } = await simulate(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });

  test.each([
    ["", "not JSON"],
    ["[]", "no points"],
    ["[[512, 0.5], [256, 1]]", "point[1]: tokens is 256"],
    ["[[512, 0.5], [1024, 0.4], [2048, 1]]", "point[1]: fraction is 0.4"],
    ["[[512, 1.5]]", "point[0]: fraction is 1.5"],
    ["[[512, 0.9]]", "the last fraction is 0.9; it must be 1"],
    ["[[512, NaN]]", "not JSON"],
    ["[[512, null]]", "point[0]: fraction is null"],
    ["[[0, 0.5], [512, 1]]", "point[0]: tokens is 0"],
    ["[[-5, 0.5], [512, 1]]", "point[0]: tokens is -5"],
    ["[[1e12, 1]]", "point[0]: tokens is 1000000000000"],
  ])("CDF %s", async (text, message) => {
    const folder = await temporaryFolder({ "bad.json": text });
    const { exitCode, stderr } = await simulate("--cdf", join(folder, "bad.json"));
    expect(exitCode).toBe(2);
    expect(stderr).toContain("bad.json");
    expect(stderr).toContain(message);
  });
});
