import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { generateCommand } from "../../host/cli/generate.js";
import { inspectCommand } from "../../host/cli/inspect.js";
import { runCommand } from "./run-command.js";
import { temporaryFolder } from "./temporary-folder.js";

const generate = (...args: string[]) => runCommand(generateCommand(), args);

describe("generate", () => {
  test("writes a trace to standard output", async () => {
    const { exitCode, stdout } = await generate("--workload", "azure-conv", "--n", "3");
    expect(exitCode).toBe(0);
    const lines = stdout.split("\r\n");
    expect(lines[0]).toBe("TIMESTAMP,ContextTokens,GeneratedTokens");
    expect(lines).toHaveLength(5);
    expect(lines[1]).toMatch(/^2023-11-16 18:15:46\.\d{7},\d+,\d+$/);
  });

  test("writes the same to a file, plain or gzip, and leaves nothing else there", async () => {
    const folder = await temporaryFolder();
    const args = ["--workload", "azure-conv", "--n", "20000", "--seed", "7"];
    const { stdout } = await generate(...args);
    await generate(...args, "--out", join(folder, "trace.csv"));
    await generate(...args, "--out", join(folder, "trace.csv.gz"));
    expect(await readFile(join(folder, "trace.csv"), "utf8")).toBe(stdout);
    expect(gunzipSync(await readFile(join(folder, "trace.csv.gz"))).toString()).toBe(stdout);
    expect((await readdir(folder)).sort()).toEqual(["trace.csv", "trace.csv.gz"]);
  });

  test("tells in JSON what it wrote", async () => {
    const file = join(await temporaryFolder(), "trace.csv");
    const args = ["--workload", "azure", "--rate", "50", "--arrivals", "gamma", "--cv", "3", "--n", "1000"];
    const { stdout } = await generate(...args, "--out", file, "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      file,
      rows: 1000,
      workload: "azure",
      rate_rps: 50,
      arrivals: { type: "gamma", cv: 3 },
      seed: 42,
    });
  });

  test("makes what inspect finds in the workload itself", async () => {
    const file = join(await temporaryFolder(), "trace.csv.gz");
    await generate("--workload", "azure-conv", "--n", "100000", "--out", file);
    const inspected = async (input: string) => {
      const { stdout } = await runCommand(inspectCommand(), [input, "--json"]);
      return JSON.parse(stdout) as { input: unknown; output: unknown; total: unknown; span_s: number };
    };
    const drawn = await inspected("azure-conv");
    const read = await inspected(file);
    expect(read.input).toEqual(drawn.input);
    expect(read.output).toEqual(drawn.output);
    expect(read.total).toEqual(drawn.total);
    expect(read.span_s).toBeCloseTo(drawn.span_s, 5);
  });

  test.each([
    [["--workload", "azure"], "azure has no arrival rate of its own; --rate must give one"],
    [["--workload", "azure-conv", "--json"], "--json needs --out FILE"],
    [["--workload", "azure-conv", "--rate", "0"], "--rate <rps>' argument '0'"],
    [["--workload", "azure-conv", "--n", "0"], "--n <rows>' argument '0'"],
    [["--workload", "azure-conv", "--arrivals", "gamma"], "--arrivals gamma needs --cv"],
    [["--workload", "azure-conv", "--out", "/nowhere/at/all.csv"], "cannot write /nowhere/at/all.csv"],
    [["--workload", "azure-conv", "--n", "1e12"], "longer than 1000000000 s"],
    [["--n", "5"], "no workload"],
  ])("refuses %j", async (args, message) => {
    const { exitCode, stdout, stderr } = await generate(...args);
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
  });

  test("leaves a file that is there as it is when it fails", async () => {
    const folder = await temporaryFolder({ "trace.csv": "mine" });
    const { exitCode } = await generate("--workload", "azure-conv", "--n", "1e12", "--out", join(folder, "trace.csv"));
    expect(exitCode).toBe(2);
    expect(await readFile(join(folder, "trace.csv"), "utf8")).toBe("mine");
    expect((await stat(join(folder, "trace.csv"))).size).toBe(4);
    expect(await readdir(folder)).toEqual(["trace.csv"]);
  });
});
