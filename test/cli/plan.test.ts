import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { planCommand } from "../../host/cli/plan.js";
import { replayCommand } from "../../host/cli/replay.js";
import type { PlanResult } from "../../host/planners/plan.js";
import { visibleLength } from "../../host/reports/visible-length.js";
import { readFleetFile } from "../../host/specs/read-fleet-file.js";
import { SMALL_CDF } from "../planners/sizing/sizing-fixtures.js";
import { runCommand } from "./run-command.js";
import { temporaryFolder } from "./temporary-folder.js";

const words = (text: string) => text.replaceAll(/\s+/g, " ");
const widest = (text: string) => Math.max(...text.split("\n").map(visibleLength));

/** Plans for requests of a small CDF; `folder` has its file. */
async function plan(...args: string[]) {
  const folder = await temporaryFolder({ "small.json": JSON.stringify(SMALL_CDF) });
  const input = ["--cdf", join(folder, "small.json"), "--rate", "20", "--gpus", "a100", "--n-sim-req", "2000"];
  const run = await runCommand(planCommand(), [...input, ...args.map((arg) => arg.replace("FOLDER", folder))]);
  return { ...run, folder };
}

afterEach(() => {
  process.exitCode = 0;
});

describe("plan", () => {
  test("prints its result as JSON, and writes the same", async () => {
    const { stdout, folder } = await plan("--json", "--out", "FOLDER/plan.json");
    expect(await readFile(join(folder, "plan.json"), "utf8")).toBe(stdout);
    const { feasible, best, rate_rps, objective } = JSON.parse(stdout) as PlanResult;
    expect([feasible, rate_rps, objective.ttft_ms]).toEqual([true, 20, 500]);
    expect(best!.pools.every(({ replica }) => replica === "A100-80GB")).toBe(true);
    expect(process.exitCode ?? 0).toBe(0);
  });

  test("prints a page of at most 100 columns otherwise, with the check under other requests", async () => {
    const { stdout, stderr } = await plan();
    expect(widest(stdout)).toBeLessThanOrEqual(100);
    expect(words(stdout)).toContain("A100-80GB");
    expect(words(stdout)).toContain("check");
    expect(stderr).toBe("");
  });

  test.each(["fleet.yaml", "fleet.json"])("writes the fleet to %s, which replay takes", async (name) => {
    const { stdout, folder } = await plan("--json", "--fleet-out", `FOLDER/${name}`);
    const { best } = JSON.parse(stdout) as PlanResult;
    const { pools } = await readFleetFile(join(folder, name));
    expect(pools.map(({ id }) => id)).toEqual(best!.pools.map(({ id }) => id));
    const input = ["--cdf", join(folder, "small.json"), "--rate", "20", "--n", "2000"];
    const replayed = await runCommand(replayCommand(), [...input, "--fleet", join(folder, name), "--json"]);
    const { ttft_ms } = JSON.parse(replayed.stdout) as { ttft_ms: { p99: number } };
    expect(ttft_ms.p99).toBeLessThan(500);
  });

  test("writes a page with --html", async () => {
    const { folder } = await plan("--html", "FOLDER/plan.html");
    const page = await readFile(join(folder, "plan.html"), "utf8");
    expect(page).toMatch(/^<!doctype html>/i);
    expect(page).toContain("A100-80GB");
  });

  test("takes the number of pools, the window and where pools may meet", async () => {
    const { stdout } = await plan("--max-pools", "3", "--max-ctx", "8192", "--boundaries", "500,1000", "--json");
    const { best, search } = JSON.parse(stdout) as PlanResult;
    // One pool, two that meet at either, three.
    expect(search.candidates).toBe(4);
    expect(best!.pools.at(-1)!.max_ctx).toBe(8192);
  });

  test("sizes by the P99 itself with --size-by p99, with fewer replicas than by its interval", async () => {
    const gpus = async (...args: string[]) =>
      (
        JSON.parse(
          (await plan("--max-pools", "1", "--rate", "200", "--slo", "110", "--json", ...args)).stdout,
        ) as PlanResult
      ).best!.total_gpus;
    expect(await gpus("--size-by", "p99")).toBeLessThan(await gpus());
  });

  test("exits with 1 where no fleet meets the objective, names the nearest miss and writes no fleet", async () => {
    const { stdout, folder, exitCode } = await plan("--slo", "1", "--fleet-out", "FOLDER/fleet.yaml");
    expect([exitCode, process.exitCode]).toEqual([0, 1]);
    expect(widest(stdout)).toBeLessThanOrEqual(100);
    expect(words(stdout)).toMatch(/nearest/i);
    await expect(readFile(join(folder, "fleet.yaml"))).rejects.toThrow("ENOENT");
    process.exitCode = 0;
    const result = JSON.parse((await plan("--slo", "1", "--json")).stdout) as PlanResult;
    expect([result.feasible, result.best, result.fleet]).toEqual([false, null, null]);
    expect(result.nearest_miss).not.toBeNull();
  });

  test.each([
    [["--fleet-out", "FOLDER/small.json"], "would overwrite what the command reads"],
    [["--fleet-out", "FOLDER/a.json", "--out", "FOLDER/a.json"], "--out and --fleet-out name the same file"],
    [["--fleet-out", "FOLDER/none/fleet.yaml"], "fleet.yaml: its folder does not exist"],
    [["--html", "FOLDER/small.json"], "would overwrite what the command reads"],
    [["--slo", "0"], "'0' is invalid. Allowed is a finite number above 0"],
    [["--slo", "fast"], "'fast' is invalid"],
    [["--max-pools", "7"], "'7' is invalid. Allowed is a whole number from 1 to 6"],
    [["--max-ctx", "1"], "'1' is invalid"],
    [["--max-ctx", "2147483648"], "Allowed is a whole number from 2 to 2147483647"],
    [["--boundaries", "500,x"], "'500,x' is invalid"],
    [
      ["--boundaries", "9000", "--max-ctx", "8192"],
      "--boundaries is 9000, but must be less than the largest window, 8192",
    ],
    [["--gpus", "h200"], '--gpus names "h200"; without a model it must be one of a100, h100, a10g'],
    [["--size-by", "mean"], "Allowed is one of interval, p99"],
    [["--objective", "fun"], "Allowed is one of cost, gpus, watts"],
    [["--node-avail", "0"], "'0' is invalid"],
    [["--n-sim-req", "10"], "Allowed is a whole number from 1000 to 1000000"],
    [["--workload", "azure"], "--cdf and --workload are both given"],
    [["--lam", "5"], "--lam 5 and --rate 20 are the same rate"],
  ])("refuses %j in one sentence", async (args, message) => {
    const { exitCode, stdout, stderr } = await plan(...args);
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  test("refuses to replace the trace that it plans for", async () => {
    const rows = Array.from({ length: 1500 }, (_, i) => `${i / 10},200,20`);
    const folder = await temporaryFolder({ "t.csv": `arrival_s,input_tokens,output_tokens\n${rows.join("\n")}\n` });
    const trace = join(folder, "t.csv");
    const { exitCode, stderr } = await runCommand(planCommand(), ["--trace", trace, "--fleet-out", trace]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`--fleet-out ${trace} would overwrite what the command reads`);
    expect(await readFile(trace, "utf8")).toContain("0,200,20");
  });

  test("refuses to plan for nothing", async () => {
    const { exitCode, stderr } = await runCommand(planCommand(), []);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("no workload: give --cdf FILE")]);
  });
});
