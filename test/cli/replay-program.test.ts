import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { ReplayTraceResult } from "../../host/planners/replay-trace.js";
import { traceText } from "../planners/small-fleet.js";
import { runProgram, startProgram } from "./program.js";
import { temporaryFolder } from "./temporary-folder.js";

const FLEET = ["--fleet", "examples/fleet.json"];
const TRACE = traceText(Array.from({ length: 500 }, (_, i) => [i / 4, 100 + i, 1 + (i % 50)]));

describe("vllm-sr-sim replay, as a program", () => {
  test("reads a trace from standard input as from a file, plain or gzip", async () => {
    const folder = await temporaryFolder({ "t.csv": TRACE });
    const json = async (trace: string, input?: string | Uint8Array) => {
      const { exitCode, stdout, stderr } = await runProgram(["replay", trace, ...FLEET, "--json"], input);
      expect([exitCode, stderr]).toEqual([0, ""]);
      const result = JSON.parse(stdout) as ReplayTraceResult;
      return { ...result, trace: { ...result.trace, name: "" } };
    };
    const fromFile = await json(join(folder, "t.csv"));
    expect(fromFile.requests.arrived).toBe(500);
    expect(await json("-", TRACE)).toEqual(fromFile);
    expect(await json("-", gzipSync(TRACE))).toEqual(fromFile);
  });

  test("cannot read standard input twice", async () => {
    for (const flags of [
      ["--replications", "2"],
      ["--repeat", "2"],
    ]) {
      const { exitCode, stderr } = await runProgram(["replay", "-", ...FLEET, ...flags], TRACE);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/^vllm-sr-sim: standard input: can be read only once.*\n$/);
    }
  });

  test("says what is wrong in one line, without a stack trace", async () => {
    expect(await runProgram(["replay", "-", ...FLEET], "")).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: "vllm-sr-sim: standard input: is empty; a trace has a header and rows, or lines of JSON.\n",
    });
    const { exitCode, stderr } = await runProgram(["replay", "azure-conv", ...FLEET, "--rate", "x"]);
    expect(exitCode).toBe(2);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  test("uses no colours where they are not read", async () => {
    const { stdout } = await runProgram(["replay", "azure-conv", ...FLEET, "--n", "1000"]);
    expect(stdout).not.toContain("\u001b");
  });

  test.skipIf(process.platform === "win32").each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("leaves nothing when %s ends it half-way", async (signal, exitCode) => {
    const folder = await temporaryFolder({ "before.csv": "before" });
    const file = join(folder, "before.csv");
    const args = [
      "replay",
      "azure-conv",
      ...FLEET,
      "--n",
      "1e9",
      "--per-request",
      file,
      "--out",
      join(folder, "r.json"),
    ];
    const { child, ended } = startProgram(args);
    while ((await readdir(folder)).length < 2) await sleep(20);
    await sleep(300);
    child.kill(signal);
    expect(await ended).toEqual({ exitCode, stdout: "", stderr: "" });
    expect(await readdir(folder)).toEqual(["before.csv"]);
    expect(await readFile(file, "utf8")).toBe("before");
  });

  test("replays through a pipe what it generated", async () => {
    const generated = await runProgram(["generate", "--workload", "azure-conv", "--rate", "20", "--n", "200000"]);
    const { exitCode, stdout } = await runProgram(["replay", "-", ...FLEET, "--json"], generated.stdout);
    expect(exitCode).toBe(0);
    expect((JSON.parse(stdout) as ReplayTraceResult).requests.arrived).toBe(200_000);
  });
});
