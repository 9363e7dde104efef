import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { inspectCommand } from "../../host/cli/inspect.js";
import { visibleLength } from "../../host/reports/visible-length.js";
import { runCommand } from "./run-command.js";
import { temporaryFolder } from "./temporary-folder.js";

const data = process.env.VLLM_SR_SIM_DATA ?? "../shared/data";
const hasData = existsSync(data);
const inspect = (...args: string[]) => runCommand(inspectCommand(), args);

async function result(...args: string[]): Promise<Record<string, unknown>> {
  const { exitCode, stdout, stderr } = await inspect(...args, "--json");
  if (exitCode !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, unknown>;
}

const HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
const ROWS = [
  "2023-11-16 18:15:46.0000000,100,10",
  "2023-11-16 18:15:47.0000000,200,20",
  "2023-11-16 18:15:48.0000000,300,30",
  "2023-11-16 18:15:49.0000000,400,40",
];

describe("inspect", () => {
  test("tells of a trace what it holds", async () => {
    const folder = await temporaryFolder({ "t.csv": HEADER + ROWS.join("\n") });
    expect(await result(join(folder, "t.csv"))).toMatchObject({
      trace: { name: join(folder, "t.csv"), format: "azure-2023", rows: 4, used: 4, unusable_by_reason: {} },
      requests: 4,
      span_s: 3,
      input: { mean: 250, p50: 200, max: 400 },
      output: { mean: 25, max: 40 },
      input_output_correlation: expect.closeTo(1, 9) as number,
      gap_cv: 0,
      prefix_reuse: null,
    });
  });

  test("tells of rows not usable, how many they are and why, and where the first is", async () => {
    const bad = ["2023-11-16 18:15:50.0000000,abc,10", "2023-11-16 18:15:51.0000000,5,0"];
    const folder = await temporaryFolder({ "t.csv": HEADER + [...ROWS, ...bad].join("\n") });
    const file = join(folder, "t.csv");
    const refused = await inspect(file);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain("2 of 6 rows cannot be used");
    expect(await result(file, "--max-unusable", "0.5")).toMatchObject({
      requests: 4,
      trace: { rows: 6, used: 4, unusable_by_reason: { not_a_number: 1, zero_output: 1 }, first_unusable: { line: 6 } },
    });
    const page = await inspect(file, "--max-unusable", "0.5");
    expect(page.stdout).toContain("2 of 6 rows (33.3 %): 1 not_a_number, 1 zero_output; the first is on line 6");
  });

  test("makes the changes that are asked for first", async () => {
    const folder = await temporaryFolder({ "t.csv": HEADER + ROWS.join("\n") });
    const file = join(folder, "t.csv");
    expect(await result(file, "--limit", "2")).toMatchObject({ requests: 2, trace: { changes: { limit: 2 } } });
    expect(await result(file, "--speed", "2")).toMatchObject({ span_s: 1.5 });
    expect(await result(file, "--rate", "1000", "--repeat", "500")).toMatchObject({
      requests: 2000,
      gap_cv: expect.closeTo(1, 0) as number,
      mean_rate_rps: expect.closeTo(1000, -2) as number,
    });
  });

  test("tells of labels", async () => {
    const line = (t: number, model: string) =>
      JSON.stringify({ timestamp: t, prompt_tokens: 5, generated_tokens: 5, selected_model: model });
    const lines = [line(0, "big"), line(1, "big"), line(2, "small\u009b31m"), line(3, "big")].join("\n");
    const folder = await temporaryFolder({ "t.jsonl": lines });
    expect(await result(join(folder, "t.jsonl"))).toMatchObject({
      labels: [{ name: "big", requests: 3, share: 0.75 }, {}],
    });
    const { stdout } = await inspect(join(folder, "t.jsonl"));
    expect(stdout).toContain('"big" 75.0 %');
    expect(stdout).not.toContain("\u009b");
  });

  test("draws from a workload at its own rate, 100,000 requests unless told otherwise", async () => {
    const own = await result("azure-conv");
    expect(own).toMatchObject({ requests: 100_000, trace: { format: "workload" } });
    expect(own.mean_rate_rps).toBeCloseTo(5.9, 0);
    expect(await result("azure-conv", "--n", "500", "--rate", "50")).toMatchObject({ requests: 500 });
  });

  test("draws from a CDF at one request/s unless told otherwise", async () => {
    const folder = await temporaryFolder({ "cdf.json": "[[1000, 1]]" });
    const file = join(folder, "cdf.json");
    for (const args of [[file], ["--cdf", file], ["lmsys"]]) {
      expect((await result(...args)).mean_rate_rps).toBeCloseTo(1, 1);
    }
    expect((await result(file, "--rate", "50")).mean_rate_rps).toBeCloseTo(50, 0);
  });

  test("prints a page of at most 100 columns", async () => {
    const { stdout } = await inspect("mooncake-conversation", "--n", "20000");
    expect(Math.max(...stdout.split("\n").map(visibleLength))).toBeLessThanOrEqual(100);
    for (const word of ["P99", "variance/mean", "coefficient of variation", "correlation"])
      expect(stdout).toContain(word);
  });

  test("tells of priorities", async () => {
    const rows = ["arrival_s,input_tokens,output_tokens,priority", "0,10,10,5", "1,10,10,0", "2,10,10,5", ""].join(
      "\n",
    );
    const folder = await temporaryFolder({ "p.csv": rows });
    const { stdout } = await inspect(join(folder, "p.csv"));
    expect(stdout).toMatch(/priorities\s+"0" 33\.3 %, "5" 66\.7 %/);
  });

  test("tells of the prefixes of a trace that has them", async ({ skip }) => {
    if (!hasData) skip(`no data at ${data}`);
    const found = await result(join(data, "mooncake", "conversation_trace.jsonl"), "--spread-ticks");
    expect(found).toMatchObject({
      requests: 12_031,
      prefix_reuse: { blocks: 288_500, distinct_blocks: 182_790, reused_share: expect.closeTo(0.366412, 6) as number },
    });
  });

  test.each([
    [[], "nothing to inspect"],
    [["no-such-file.csv"], "no such file, folder or built-in workload"],
    [["package.json"], 'the row "{" is not JSON'],
    [["LICENSE"], "are those of no known trace format"],
    [["azure-conv", "--speed", "2"], "--speed has no meaning for it"],
    [["azure-conv", "--max-unusable", "2"], "--max-unusable <share>' argument '2'"],
  ])("says what is wrong with %j", async (args, message) => {
    const { exitCode, stdout, stderr } = await inspect(...args);
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
  });
});
