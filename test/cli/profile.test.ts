import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { profileCommand } from "../../host/cli/profile.js";
import { replayCommand } from "../../host/cli/replay.js";
import { profile, type ProfileResult } from "../../host/planners/profile.js";
import { visibleLength } from "../../host/reports/visible-length.js";
import { recompute } from "../profiles/recompute.js";
import { traceText } from "../planners/small-fleet.js";
import { runCommand } from "./run-command.js";
import { temporaryFolder } from "./temporary-folder.js";

const BIG = ["--hardware", "h100", "--model", "llama-3.1-70b", "--tp", "8"];

afterEach(() => {
  process.exitCode = undefined;
});

/** The command, with the exit code that the program would have. */
async function run(...args: string[]) {
  const result = await runCommand(profileCommand(), args);
  return { ...result, exitCode: result.exitCode || Number(process.exitCode ?? 0) };
}

async function json<Result = ProfileResult>(...args: string[]): Promise<Result> {
  const { stdout, stderr } = await run(...args, "--json");
  if (stderr !== "") throw new Error(stderr);
  return JSON.parse(stdout) as Result;
}

function widest(text: string): number {
  return Math.max(...text.split("\n").map(visibleLength));
}

/** Shape of Llama-3.2-1B as huggingface.co has it. */
const CONFIG = {
  model_type: "llama",
  num_hidden_layers: 16,
  hidden_size: 2048,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  head_dim: 64,
  intermediate_size: 8192,
  vocab_size: 128256,
  max_position_embeddings: 131072,
  tie_word_embeddings: true,
  torch_dtype: "bfloat16",
};

describe("profile", () => {
  test("answers as the library does", async () => {
    const asked = await json(
      ...[...BIG, "--pp", "2", "--dtype", "fp8", "--kv-dtype", "fp8", "--chunk", "1024", "--block-size", "32"],
      ...["--max-num-seqs", "99", "--gpu-memory-utilization", "0.8", "--mean-ctx", "3000", "--max-ctx", "512,9000"],
      "--explain",
    );
    expect(asked).toEqual(
      profile({
        hardware: "h100",
        model: "llama-3.1-70b",
        tp: 8,
        pp: 2,
        dtype: "fp8",
        kvDtype: "fp8",
        chunk: 1024,
        blockSize: 32,
        maxNumSeqs: 99,
        gpuMemoryUtilization: 0.8,
        meanCtx: 3000,
        maxCtx: [512, 9000],
      }),
    );
  });

  test("has the keys that scripts read", async () => {
    const result = await json(...BIG, "--dtype", "fp16");
    expect(result).toMatchObject({
      name: "h100-sxm/llama-3.1-70b/TP8/bf16",
      calibration_ctx: 2048,
      gpus_per_replica: 8,
    });
    expect(Object.keys(result)).toEqual(
      expect.arrayContaining(["W_s", "H_s", "total_kv_blks", "n_slots", "cost_per_hr"]),
    );
  });

  test("shows a page of 100 columns", async () => {
    const { stdout, exitCode } = await run(...BIG);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("h100-sxm/llama-3.1-70b/TP8/bf16");
    expect(stdout).toMatch(/W 9\.\d+ ms/);
    expect(stdout).toMatch(/8 GPUs a replica, \$32\.16 an hour/);
    expect(widest(stdout)).toBeLessThanOrEqual(100);
  });

  test("derives every figure with --explain, in 100 columns", async () => {
    const { stdout } = await run(...BIG, "--explain");
    for (const words of ["weight_bytes =", "total_kv_blks =", "W_s =", "H_s =", "memory_bandwidth", "data sheet"])
      expect(stdout).toContain(words);
    expect(widest(stdout)).toBeLessThanOrEqual(100);
  });

  test.each([
    ["deepseek-v3", "h200", "8"],
    ["gpt-oss-120b", "a100-pcie-40gb", "4"],
    ["gemma-3-27b", "mi300x", "1"],
  ])("derives those of %s on %s in 100 columns", async (model, hardware, tp) => {
    const { stdout, stderr } = await run("--model", model, "--hardware", hardware, "--tp", tp, "--explain");
    expect(stderr).toBe("");
    expect(widest(stdout)).toBeLessThanOrEqual(100);
  });

  test("lists the steps in JSON with --explain alone", async () => {
    expect(await json(...BIG)).not.toHaveProperty("steps");
    const { steps } = await json(...BIG, "--explain");
    expect(steps.length).toBeGreaterThan(30);
    for (const step of steps) expect(recompute(step) / step.value, step.key).toBeCloseTo(1, 9);
  });

  test("writes the result to a file", async () => {
    const folder = await temporaryFolder({});
    const out = join(folder, "p.json");
    await run(...BIG, "--out", out);
    expect(JSON.parse(await readFile(out, "utf8"))).toEqual(await json(...BIG));
  });
});

describe("the fleet file of a profile", () => {
  test("is what replay plays", async () => {
    const folder = await temporaryFolder({ "t.csv": traceText(Array.from({ length: 50 }, (_, i) => [i, 200, 20])) });
    const pool = join(folder, "fleet.json");
    await run(...BIG, "--max-ctx", "8192", "--pool-out", pool);
    const { stdout, stderr } = await runCommand(replayCommand(), [join(folder, "t.csv"), "--fleet", pool, "--json"]);
    expect(stderr).toBe("");
    const result = JSON.parse(stdout) as { requests: { completed: number }; engine: string };
    expect([result.requests.completed, result.engine]).toEqual([50, "iterations"]);
  });

  test("has the constants of a GPU", async () => {
    const folder = await temporaryFolder({});
    const pool = join(folder, "fleet.json");
    await run("--gpu", "A100", "--pool-out", pool);
    expect(JSON.parse(await readFile(pool, "utf8"))).toMatchObject({ pools: [{ gpu: "a100", n_replicas: 1 }] });
  });

  test("does not overwrite what is read", async () => {
    const folder = await temporaryFolder({ "p.json": JSON.stringify({ W: 0.01, H: 0.001 }) });
    const file = join(folder, "p.json");
    const { exitCode, stderr } = await run("--profile", file, "--pool-out", file);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("would overwrite what the command reads");
  });

  test("is not written where the model does not fit", async () => {
    const folder = await temporaryFolder({});
    const pool = join(folder, "fleet.json");
    const { exitCode } = await run("--hardware", "h100", "--model", "llama-3.1-70b", "--pool-out", pool);
    expect(exitCode).toBe(1);
    await expect(readFile(pool)).rejects.toThrow("ENOENT");
  });
});

describe("a model of a file", () => {
  test("is profiled and put into the fleet file with its facts", async () => {
    const folder = await temporaryFolder({ "config.json": JSON.stringify(CONFIG) });
    const result = await json("--hardware", "l4", "--model", join(folder, "config.json"));
    const known = await json("--hardware", "l4", "--model", "llama-3.2-1b");
    expect([result.W_s, result.total_kv_blks]).toEqual([known.W_s, known.total_kv_blks]);
    expect(result.pool.iteration_model).toMatchObject({ model: { layers: 16, hidden: 2048 } });
  });

  test("is refused by its path where it is none", async () => {
    const folder = await temporaryFolder({ "x.json": JSON.stringify({ ...CONFIG, hidden_size: "wide" }) });
    const { exitCode, stderr } = await run("--hardware", "l4", "--model", join(folder, "x.json"));
    expect(exitCode).toBe(2);
    expect(stderr).toContain("hidden_size");
  });
});

describe("constants in place of hardware and model", () => {
  test("are those of a GPU", async () => {
    expect(await json("--gpu", "a100")).toMatchObject({ kind: "manual", name: "A100-80GB", W_s: 0.008 });
  });

  test.each([{ W: 0.02, H: 0.001 }, { profile: { W: 0.02, H: 0.001 } }])("are those of a file: %o", async (content) => {
    const folder = await temporaryFolder({ "p.json": JSON.stringify(content) });
    expect(await json("--profile", join(folder, "p.json"))).toMatchObject({ kind: "manual", W_s: 0.02 });
  });

  test("are shown and explained in 100 columns", async () => {
    const { stdout } = await run("--gpu", "h100", "--explain");
    expect(stdout).toContain("price and power those of one");
    expect(stdout).toContain("max_slots * calibration_ctx");
    expect(widest(stdout)).toBeLessThanOrEqual(100);
  });
});

describe("--compat python", () => {
  test("has the Python tool's figures", async () => {
    const result = await json(...BIG, "--compat", "python");
    expect(result).toMatchObject({ kind: "python", name: "H100-SXM/Llama-3.1-70B/TP8/fp16", total_kv_blks: 11_353 });
  });

  test("says what it is for", async () => {
    const { stdout } = await run(...BIG, "--compat", "python");
    expect(stdout).toContain("for comparison alone");
    expect(widest(stdout)).toBeLessThanOrEqual(100);
  });
});

describe("a model that does not fit", () => {
  test("is answered with what would, and exit code 1", async () => {
    const { exitCode, stdout } = await run("--hardware", "h100", "--model", "llama-3.1-70b");
    expect(exitCode).toBe(1);
    expect(stdout).toContain("--tp 2 --dtype bf16 would fit");
    expect(widest(stdout)).toBeLessThanOrEqual(100);
  });

  test("is told in JSON", async () => {
    const result = await json<object>("--hardware", "h100", "--model", "llama-3.1-70b");
    expect(result).toMatchObject({ status: "does_not_fit", nearest: { tp: 2, dtype: "bf16" } });
  });
});

describe("bad input", () => {
  test.each([
    [["--model", "llama-3.1-8b"], "--hardware is missing"],
    [["--hardware", "h100"], "--model is missing"],
    [["--hardware", "h1000", "--model", "llama-3.1-8b"], '--hardware is "h1000"'],
    [["--hardware", "h100", "--model", "llama-3.1-80b"], '--model is "llama-3.1-80b"'],
    [[...BIG.slice(0, 4), "--tp", "3"], "--tp is 3, but must divide the 64 heads of llama-3.1-70b"],
    [["--hardware", "a100", "--model", "llama-3.1-8b", "--dtype", "fp8"], "--dtype"],
    [[...BIG, "--dtype", "fp7"], '--dtype is "fp7"'],
    [[...BIG, "--kv-dtype", "int4"], '--kv-dtype is "int4"'],
    [["--gpu", "b200"], 'GPU is "b200"'],
    [["--gpu", "a100", "--tp", "8"], "--tp has no meaning with --gpu"],
    [["--gpu", "a100", "--profile", "x"], "--gpu and --profile are two profiles"],
    [["--gpu", "a100", "--compat", "python"], "--compat has no meaning with --gpu"],
    [["--profile", "/nowhere/p.yaml"], "there is no such file"],
    [[...BIG, "--compat", "python", "--pp", "2"], "pp has no meaning to the Python tool"],
    [[...BIG, "--compat", "python", "--pool-out", "x.json"], "--pool-out has no meaning with --compat python"],
    [["--hardware", "l4", "--model", "./nowhere/config.json"], "there is no such file"],
  ])("is refused in one sentence: %j", async (args, words) => {
    const { exitCode, stderr, stdout } = await run(...args);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(words);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  test.each([
    ["--tp", "0"],
    ["--tp", "two"],
    ["--pp", "65"],
    ["--chunk", "1.5"],
    ["--block-size", "1e9"],
    ["--max-num-seqs", "-1"],
    ["--gpu-memory-utilization", "1.1"],
    ["--mean-ctx", "NaN"],
    ["--max-ctx", "8192,x"],
    ["--compat", "ruby"],
  ])("of %s %s names what is allowed", async (flag, value) => {
    const { exitCode, stderr } = await run(...BIG, flag, value);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(flag);
    expect(stderr).toContain("Allowed is");
  });

  test("in a profile's file is told by its place", async () => {
    const folder = await temporaryFolder({ "p.yaml": "W: 0.01\nH: 0.001\nmax_slots: 0\n" });
    const { exitCode, stderr } = await run("--profile", join(folder, "p.yaml"));
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/p\.yaml:3:\d+: max_slots is 0/);
  });
});
