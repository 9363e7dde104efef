import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { capacityCommand } from "../../host/cli/capacity.js";
import { capacity, type CapacityResult } from "../../host/planners/capacity.js";
import type { CapacitySweepResult } from "../../host/planners/capacity-sweep.js";
import { visibleLength } from "../../host/reports/visible-length.js";
import { linearFleet } from "../planners/capacity-fixtures.js";
import { traceText } from "../planners/small-fleet.js";
import { runCommand } from "./run-command.js";
import { temporaryFolder } from "./temporary-folder.js";

const FLEET = ["--fleet", "examples/iterations.yaml"];
const QUICK = ["azure-conv", ...FLEET, "--n", "2000", "--slo-ttft", "1000"];

afterEach(() => {
  process.exitCode = undefined;
});

/** The command, with the exit code that the program would have. */
async function run(...args: string[]) {
  const result = await runCommand(capacityCommand(), args);
  return { ...result, exitCode: result.exitCode || Number(process.exitCode ?? 0) };
}

async function result<Result = CapacityResult>(...args: string[]): Promise<Result> {
  const { exitCode, stdout, stderr } = await run(...args, "--json");
  if (exitCode !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Result;
}

/** A folder with a fleet of four seats, 10 ms an iteration, and a trace of 2000 requests of 20 iterations, one every second. */
function folder(): Promise<string> {
  return temporaryFolder({
    "fleet.json": JSON.stringify(linearFleet(4, { c0_ms: 10 })),
    "t.csv": traceText(Array.from({ length: 2000 }, (_, i) => [i, 10, 20])),
  });
}

describe("capacity", () => {
  test("answers as the library does", async () => {
    const asked = await result(
      ...QUICK,
      "--slo-tpot",
      "50",
      "--attainment",
      "0.95",
      "--tolerance",
      "0.05",
      "--seed",
      "7",
    );
    const answer = await capacity({
      trace: "azure-conv",
      fleet: "examples/iterations.yaml",
      count: 2000,
      slo: { ttftMs: 1000, tpotMs: 50 },
      attainment: 0.95,
      tolerance: 0.05,
      seed: 7,
    });
    expect(asked).toEqual(answer);
    expect(asked.objective).toEqual({ attainment: 0.95, ttft_ms: 1000, tpot_ms: 50 });
  });

  test("has these keys", async () => {
    expect(Object.keys(await result(...QUICK))).toEqual([
      "engine",
      "searched",
      "objective",
      "per_replica",
      "tolerance",
      "seed",
      "warmup",
      "replications",
      "status",
      "rate_rps",
      "lowest_infeasible_rps",
      "surely_feasible_rps",
      "surely_infeasible_rps",
      "rate_per_replica_rps",
      "rate_per_gpu_rps",
      "rate_per_dollar_hour",
      "limited_by",
      "at_capacity",
      "beyond_capacity",
      "fleet",
      "tried",
      "runs",
      "requests_per_run",
      "notes",
      "trace",
    ]);
  });

  test("understands every limit and option", async () => {
    const flags = ["--slo-e2e", "60000", "--slo-itl", "500", "--per-replica", "--replications", "2", "--warmup", "0.2"];
    expect(await result(...QUICK, ...flags)).toMatchObject({
      objective: { attainment: 0.99, ttft_ms: 1000, e2e_ms: 60_000, itl_ms: 500 },
      per_replica: true,
      replications: 2,
      warmup: 0.2,
      fleet: { replicas: 1 },
    });
  });

  test("plays a trace faster, or draws its arrivals", async () => {
    const at = await folder();
    const trace = [join(at, "t.csv"), "--fleet", join(at, "fleet.json"), "--slo-ttft", "1000"];
    const own = await result(...trace);
    expect(own.rate_rps! / 20).toBeCloseTo(1, 1);
    expect(own.trace.arrivals).toBeUndefined();
    expect((await result(...trace, "--arrivals", "poisson")).trace.arrivals).toMatchObject({ type: "poisson" });
    expect((await result(...trace, "--rate", "5")).trace.arrivals).toMatchObject({ type: "poisson" });
    expect((await result(...trace, "--limit", "500")).requests_per_run).toBe(500);
  });

  test("searches the number of users, up to a number", async () => {
    const at = await folder();
    const trace = [join(at, "t.csv"), "--fleet", join(at, "fleet.json"), "--slo-ttft", "30"];
    expect(await result(...trace, "--concurrency")).toMatchObject({ searched: "concurrency", concurrency: 4 });
    expect(await result(...trace, "--concurrency", "3")).toMatchObject({ status: "no_limit_found", concurrency: 3 });
    const thinking = await result(...trace, "--concurrency", "--think", "1", "--think-exponential", "--ramp", "5");
    expect(thinking.concurrency).toBeGreaterThan(4);
  });

  test("sweeps every combination of lists", async () => {
    const sweep = ["--sweep", "scheduler=vllm,sarathi", "--sweep", "max_num_batched_tokens=512,2048"];
    const swept = await result<CapacitySweepResult>(...QUICK, ...sweep);
    expect(swept.rows.length).toBe(4);
    expect(swept.sweep).toEqual({ scheduler: ["vllm", "sarathi"], max_num_batched_tokens: [512, 2048] });
    const flags = ["--sweep", "enable_chunked_prefill=true,false", "--sweep", "chunk=null"];
    const chunked = await result<CapacitySweepResult>(...QUICK, ...flags);
    expect(chunked.sweep).toEqual({ enable_chunked_prefill: [true, false], chunk: [null] });
  });

  test("goes to a file as well, to the byte", async () => {
    const out = join(await temporaryFolder(), "capacity.json");
    const { stdout } = await run(...QUICK, "--json", "--out", out);
    expect(await readFile(out, "utf8")).toBe(stdout);
  });

  test.each([
    ["a rate", []],
    ["users", ["--concurrency"]],
    ["a sweep", ["--sweep", "scheduler=vllm,sarathi,vllm-v0", "--sweep", "chunk=256,512"]],
  ])("prints %s on a page of at most 100 columns", async (_, flags) => {
    const { exitCode, stdout } = await run(...QUICK, ...flags);
    expect(exitCode).toBe(0);
    expect(Math.max(...stdout.split("\n").map(visibleLength))).toBeLessThanOrEqual(100);
    expect(stdout.split("\n").length).toBeLessThanOrEqual(50);
  });

  test("ends with 1 where no load is bearable, and says why", async () => {
    const { exitCode, stdout } = await run("azure-conv", ...FLEET, "--n", "2000", "--slo-ttft", "10");
    expect(exitCode).toBe(1);
    expect(stdout).toContain("none: even the lowest rate, at which hardly any request meets another, is too much");
    const swept = await run("azure-conv", ...FLEET, "--n", "2000", "--slo-ttft", "10", "--sweep", "max_num_seqs=8,16");
    expect(swept.exitCode).toBe(1);
  });

  test("shows its examples and what it exits with", async () => {
    const { exitCode, stdout } = await run("--help");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("vllm-sr-sim capacity azure-conv --fleet examples/iterations.yaml");
    expect(stdout).toContain("Exit codes: 0 answered, 1 no load is bearable, 2");
    expect(stdout).not.toContain("100000)");
  });

  test.each([
    [["--slo-ttft", "0"], "--slo-ttft <ms>' argument '0'"],
    [["--slo-tpot", "x"], "--slo-tpot <ms>' argument 'x'"],
    [["--attainment", "1.5"], "Allowed is a finite number above 0 and at most 1"],
    [["--tolerance", "0"], "Allowed is a finite number at least 0.0001 and at most 1"],
    [["--concurrency", "0"], "Allowed is a whole number from 1 to 1000000"],
    [["--think", "1"], "--think belongs to a closed loop: --concurrency searches the number of its users."],
    [["--concurrency", "--rate", "5"], "--rate has no meaning for the users of a closed loop"],
    [["--speed", "2"], "--speed is what this command finds"],
    [["--slo-itl", "50", "--attainment", "0.97"], "attainment is 0.97; with a limit for ITL allowed is one of"],
    [["--slo-itl", "50", "--engine", "slots"], "the engine slots"],
    [["--sweep", "chunk"], "Allowed is KEY=VALUE,VALUE,..."],
    [["--sweep", "chunck=1"], "Did you mean chunk?"],
    [["--sweep", "chunk=1,,2"], "chunk has an empty value"],
    [["--sweep", "chunk=1", "--sweep", "chunk=2"], "chunk is swept already"],
    [["--sweep", "scheduler=vlm"], "did you mean vllm?"],
    [["--sweep", "tp=2"], "tp is that of a roofline model"],
    [["--fleet", "nowhere.yaml"], "nowhere.yaml: cannot read the file: there is no such file"],
    [["--out", "nowhere/x.json"], "nowhere/x.json"],
  ])("refuses %j in one sentence", async (flags, message) => {
    const { exitCode, stdout, stderr } = await run(...QUICK.slice(0, 5), ...flags);
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split("\n").length).toBe(1);
  });

  test("needs something to play and a fleet", async () => {
    expect((await run(...FLEET)).stderr).toContain("nothing to replay: give a trace file");
    expect((await run("azure-conv")).stderr).toContain("--fleet <file>");
  });
});
