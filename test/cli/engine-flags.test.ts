/** Flags that choose the engine, close the loop and share prefixes. */
import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { capacityCommand } from "../../host/cli/capacity.js";
import { compareRoutersCommand } from "../../host/cli/compare-routers.js";
import { replayCommand } from "../../host/cli/replay.js";
import { simulateFleetCommand } from "../../host/cli/simulate-fleet.js";
import { simulateCommand } from "../../host/cli/simulate.js";
import type { ReplayTraceResult } from "../../host/planners/replay-trace.js";
import { runCommand } from "./run-command.js";
import { temporaryFolder } from "./temporary-folder.js";

const DRAWN = ["azure-conv", "--fleet", "examples/fleet.json", "--n", "500"];

async function result(...flags: string[]): Promise<ReplayTraceResult> {
  const { stdout } = await runCommand(replayCommand(), [...DRAWN, ...flags, "--json"]);
  return JSON.parse(stdout) as ReplayTraceResult;
}

async function mistake(...flags: string[]): Promise<string> {
  const { exitCode, stderr } = await runCommand(replayCommand(), [...DRAWN, ...flags]);
  expect(exitCode).toBe(2);
  return stderr;
}

describe("--engine", () => {
  test("chooses the engine; iterations is the default", async () => {
    expect((await result()).engine).toBe("iterations");
    expect((await result("--engine", "slots")).engine).toBe("slots");
  });

  test("is a flag of every command that simulates", async () => {
    const workload = ["--workload", "azure", "--n-req", "200", "--lam", "20", "--engine", "slots", "--json"];
    const pools = ["--n-s", "2", "--n-l", "2"];
    for (const [command, args] of [
      [simulateCommand(), [...workload, ...pools]],
      [compareRoutersCommand(), [...workload, ...pools]],
      [simulateFleetCommand(), ["examples/fleet.json", ...workload]],
    ] as const) {
      const { stdout } = await runCommand(command, [...args]);
      expect(stdout).toContain('"engine": "slots"');
    }
  });

  test("names those that there are", async () => {
    expect(await mistake("--engine", "iteration")).toContain("Did you mean iterations?");
  });
});

test("--step gives every request the same times", async () => {
  const [jumps, steps] = [await result(), await result("--step")];
  for (const metric of ["ttft_ms", "tpot_ms", "e2e_ms", "queue_wait_ms"] as const) {
    expect(steps[metric]).toEqual(jumps[metric]);
  }
});

describe("--concurrency", () => {
  test("closes the loop", async () => {
    const flags = ["--concurrency", "8", "--think", "0.5", "--think-exponential", "--ramp", "2"];
    const { closed_loop: loop } = await result(...flags);
    expect(loop).toEqual({ concurrency: 8, think_s: 0.5, think: "exponential", ramp_s: 2 });
    const { stdout } = await runCommand(replayCommand(), [...DRAWN, ...flags]);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "closed loop of 8 users, thinking 0.5 s on average in between, starting over 2 s",
    );
  });

  test.each([
    ["--rate", "3"],
    ["--arrivals", "deterministic"],
  ])("leaves nothing for %s to say", async (...flags) => {
    expect(await mistake("--concurrency", "4", ...flags)).toContain(
      "the users of a closed loop send when they are answered",
    );
  });

  test.each(["--think", "--ramp"])("is needed by %s", async (flag) => {
    expect(await mistake(flag, "1")).toContain(`${flag} belongs to a closed loop`);
  });

  test("is a whole number of users", async () => {
    expect(await mistake("--concurrency", "1.5")).toContain("Allowed is a whole number from 1 to 1000000.");
  });
});

test.each([
  ["--prefix-groups", "--prefix-tokens"],
  ["--prefix-tokens", "--prefix-groups"],
])("%s needs %s", async (given, missing) => {
  expect(await mistake(given, "4")).toContain(`${given} needs ${missing}`);
});

test("--slo-ttft is another name of --slo, in replay and capacity", async () => {
  expect((await result("--slo-ttft", "77")).slo.ttft_ms).toBe(77);
  expect(await mistake("--slo-ttft", "77", "--slo", "78")).toContain("--slo 78 and --slo-ttft 77 are the same limit");
  const args = ["azure-conv", "--fleet", "examples/fleet.json", "--slo", "300", "--n", "500", "--json"];
  const { stdout } = await runCommand(capacityCommand(), args);
  expect(JSON.parse(stdout)).toMatchObject({ objective: { ttft_ms: 300 } });
});

test("--slo-tpot and --slo-e2e join the objective", async () => {
  const { slo } = await result("--slo-tpot", "30", "--slo-e2e", "20000");
  expect(slo).toMatchObject({ ttft_ms: 500, tpot_ms: 30, e2e_ms: 20_000 });
  const { stdout } = await runCommand(replayCommand(), [...DRAWN, "--slo-tpot", "30", "--slo-e2e", "20000"]);
  expect(stdout.replaceAll(/\s+/g, " ")).toMatch(
    /with 30\.0 ms an output token and 20\.0 s in all: met, [\d.]+ % keep within all/,
  );
});

describe("what a command reads", () => {
  test.each(["--out", "--per-request"])("is not overwritten by %s", async (flag) => {
    const rows = "arrival_s,input_tokens,output_tokens\n0,10,10\n";
    const fleetText = await readFile("examples/fleet.json", "utf8");
    const folder = await temporaryFolder({ "t.csv": rows, "fleet.json": fleetText });
    const [trace, fleet] = [join(folder, "t.csv"), join(folder, "fleet.json")];
    await symlink(fleet, join(folder, "link.json"));
    for (const output of [trace, fleet, join(folder, "link.json")]) {
      const { exitCode, stderr } = await runCommand(replayCommand(), [trace, "--fleet", fleet, flag, output]);
      expect(exitCode).toBe(2);
      expect(stderr).toContain(`${flag} ${output} would overwrite what the command reads`);
    }
    expect(await readFile(trace, "utf8")).toBe(rows);
    expect(await readFile(fleet, "utf8")).toBe(fleetText);
  });
});
