import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Command } from "commander";
import { afterEach, describe, expect, test } from "vitest";
import { disaggCommand } from "../../host/cli/disagg.js";
import { gridFlexCommand } from "../../host/cli/grid-flex.js";
import { optimizeCommand } from "../../host/cli/optimize.js";
import { paretoCommand } from "../../host/cli/pareto.js";
import { planCommand } from "../../host/cli/plan.js";
import { replayCommand } from "../../host/cli/replay.js";
import { tokPerWattCommand } from "../../host/cli/tok-per-watt.js";
import { whatifCommand } from "../../host/cli/whatif.js";
import { runCommand } from "./run-command.js";
import { temporaryFolder } from "./temporary-folder.js";

const CATALOG = `
hardware:
  - { name: my-board, aliases: [mine], peak_bf16_flops: 500e12, memory_bytes: 96e9, memory_bandwidth: 3e12, cost_per_hr: 1.2 }
  - { name: free-board, peak_bf16_flops: 500e12, memory_bytes: 96e9, memory_bandwidth: 3e12 }
models:
  - { name: my-model, layers: 32, hidden: 4096, heads: 32, kv_heads: 8, intermediate: 14336, vocab: 128256 }
`;
const CONFIG = JSON.stringify({
  model_type: "llama",
  num_hidden_layers: 32,
  hidden_size: 4096,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  intermediate_size: 14336,
  vocab_size: 128256,
  _name_or_path: "mymod",
});
const FAST = `
iteration_model: { type: linear, c0_ms: 6, c1_ms: 0.03, c2_ms: 0.0001 }
profile: { name: fast, W: 0.006, H: 0.0004, cost_per_hr: 2.5, power_idle_w: 100, power_nominal_w: 300 }
`;
const UNPRICED = "name: lab\niteration_model: { type: linear, c0_ms: 6, c1_ms: 0.03 }\n";

const SMALL = ["--workload", "azure-conv", "--lam", "10", "--n-sim-req", "2000"];

async function folderOf(extra: Record<string, string> = {}) {
  const folder = await temporaryFolder({
    "own.yaml": CATALOG,
    "config.json": CONFIG,
    "fast.yaml": FAST,
    "lab.yaml": UNPRICED,
    ...extra,
  });
  return (name: string) => join(folder, name);
}

afterEach(() => {
  process.exitCode = 0;
});

describe("hardware and models of one's own", () => {
  const commands: [string, () => Command, string[]][] = [
    ["plan", planCommand, [...SMALL, "--max-pools", "1", "--gpus", "mine"]],
    [
      "optimize",
      optimizeCommand,
      [
        ...SMALL,
        "--effort",
        "verify",
        "--slo",
        "5000",
        "--gamma-max",
        "1",
        "--gpu-short",
        "mine",
        "--gpu-long",
        "mine",
      ],
    ],
    [
      "whatif",
      whatifCommand,
      [...SMALL.slice(0, 2), "--n-sim-req", "2000", "--lam-range", "10", "--gamma-max", "1", "--gpu-compare", "mine"],
    ],
    ["pareto", paretoCommand, [...SMALL, "--b-short", "1024", "--gpus", "mine"]],
    ["tok-per-watt", tokPerWattCommand, [...SMALL, "--gpus", "mine"]],
    [
      "grid-flex",
      gridFlexCommand,
      [...SMALL.slice(0, 4), "--n-req", "2000", "--n-gpus", "8", "--flex-pcts", "0", "--gpu", "mine"],
    ],
    [
      "disagg",
      disaggCommand,
      [...SMALL.slice(0, 4), "--no-aggregated", "--gpu-prefill", "mine", "--gpu-decode", "mine", "--slo-ttft", "5000"],
    ],
  ];

  test.each(commands)("are known to %s", async (_, command, args) => {
    const path = await folderOf();
    const { stdout, stderr } = await runCommand(command(), [
      ...args,
      "--catalog",
      path("own.yaml"),
      "--model",
      "my-model",
    ]);
    expect(stderr).toBe("");
    expect(stdout).toContain("my-board/my-model/TP1");
  });

  test("are in the fleet file of the answer, which replay takes as it is", async () => {
    const path = await folderOf();
    const fleet = path("fleet.yaml");
    const question = [...SMALL, "--max-pools", "1", "--gpus", "mine", "--catalog", path("own.yaml")];
    await runCommand(planCommand(), [...question, "--model", path("config.json"), "--fleet-out", fleet]);
    expect(await readFile(fleet, "utf8")).toContain("name: mymod");
    const log = "arrival_s,input_tokens,output_tokens\n0,100,10\n1,100,10\n";
    const trace = join(await temporaryFolder({ "log.csv": log }), "log.csv");
    const { exitCode, stdout, stderr } = await runCommand(replayCommand(), [trace, "--fleet", fleet, "--json"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      requests: { completed: 2 },
      total_replicas: expect.any(Number) as number,
    });
  });

  test("without a price are named where all GPUs are considered, and refused where they are asked for", async () => {
    const path = await folderOf();
    const question = [...SMALL, "--max-pools", "1", "--catalog", path("own.yaml"), "--model", "my-model"];
    const { stdout } = await runCommand(planCommand(), question);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "free-board was not considered up to 14,155 tokens: it has no price",
    );
    const asked = await runCommand(planCommand(), [...question, "--gpus", "free-board"]);
    expect(asked).toMatchObject({ exitCode: 2 });
    expect(asked.stderr).toContain("free-board/my-model/TP1 has no price");
  });

  test.each([
    [
      ["--model", "my-modle"],
      '--model is "my-modle", but must be a name of the catalog of models (did you mean my-model?',
    ],
    [["--model", "my-model", "--gpus", "my-bord"], "did you mean my-board?"],
    [["--model", "no/such.json"], "no/such.json: cannot read the file"],
    [["--gpus", "my-board"], "for my-board, --model must say which model it serves"],
    [["--gpu-memory-utilization", "0.5"], "--gpu-memory-utilization belongs to a model: --model must name one."],
    [["--max-num-seqs", "8", "--engine", "slots"], "--max-num-seqs belongs to the engine iterations"],
    [["--max-num-seqs", "0"], "Allowed is a whole number from 1 to"],
    [["--gpu-memory-utilization", "1.5"], "Allowed is"],
    [["--enable-prefix-caching"], "--enable-prefix-caching needs a --trace with block ids"],
  ])("refuse %j", async (args, message) => {
    const path = await folderOf();
    const { exitCode, stderr } = await runCommand(planCommand(), [...SMALL, "--catalog", path("own.yaml"), ...args]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });

  test("cannot be read from a file that is not there", async () => {
    const { exitCode, stderr } = await runCommand(planCommand(), [...SMALL, "--catalog", "no-such.yaml"]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: "no-such.yaml: cannot read the file: there is no such file.\n",
    });
  });
});

describe("--replica", () => {
  test("is all that plan considers where nothing else is named", async () => {
    const path = await folderOf();
    const args = [...SMALL, "--max-pools", "1", "--replica", path("fast.yaml"), "--json"];
    const { stdout } = await runCommand(planCommand(), args);
    expect(JSON.parse(stdout)).toMatchObject({
      search: { replica_options: ["fast"] },
      fleet: { pools: [{ iteration_model: { type: "linear", c0_ms: 6 } }] },
    });
  });

  test("comes beside the GPUs that are named", async () => {
    const path = await folderOf();
    const args = [...SMALL, "--max-pools", "1", "--gpus", "a100", "--replica", path("fast.yaml"), "--json"];
    const { stdout } = await runCommand(planCommand(), args);
    expect(JSON.parse(stdout)).toMatchObject({ search: { replica_options: ["A100-80GB", "fast"] } });
  });

  test("stands for pools that name no GPU, and for those that name it", async () => {
    const path = await folderOf();
    const args = [...SMALL, "--effort", "verify", "--gamma-max", "1", "--replica", path("fast.yaml"), "--json"];
    const { stdout } = await runCommand(optimizeCommand(), [...args, "--gpu-short", "a100"]);
    const [row] = JSON.parse(stdout) as [{ pools: { replica: string }[] }];
    expect(row.pools.map(({ replica }) => replica)).toEqual(["A100-80GB", "fast"]);
  });

  test.each<[string, () => Command, string[], string]>([
    [
      "is not used",
      optimizeCommand,
      ["--gpu-short", "a100", "--gpu-long", "a100", "--replica", "fast.yaml"],
      "is not used: --gpu-short or --gpu-long must name it, fast.",
    ],
    [
      "is one of several",
      optimizeCommand,
      ["--replica", "fast.yaml", "--replica", "lab.yaml"],
      "--gpu-short is missing; of --replica there are several: fast, lab.",
    ],
    ["is called as another", planCommand, ["--replica", "fast.yaml", "--replica", "twin.yaml"], "are both called fast"],
    [
      "is called as a GPU",
      planCommand,
      ["--gpus", "a100", "--replica", "gpu.yaml"],
      "is called A100-80GB, as a GPU is",
    ],
    ["has no price", planCommand, ["--replica", "lab.yaml"], "lab has no price"],
    [
      "has no power",
      planCommand,
      ["--replica", "lab.yaml", "--objective", "watts"],
      "nothing is known of the power of lab",
    ],
    ["is not there", planCommand, ["--replica", "none.yaml"], "none.yaml: cannot read the file"],
    ["has a size", planCommand, ["--replica", "sized.yaml"], "sized.yaml:2:11: n_gpus must be left out"],
    [
      "is asked for under --compat",
      whatifCommand,
      ["--replica", "fast.yaml", "--compat", "python"],
      "--replica has no meaning under --compat python",
    ],
  ])("is refused where it %s", async (_, command, args, message) => {
    const path = await folderOf({
      "twin.yaml": "name: fast\ngpu: a100\n",
      "gpu.yaml": "name: A100-80GB\ngpu: h100\n",
      "sized.yaml": "gpu: a100\nn_gpus:   4\n",
    });
    const placed = args.map((arg) => (arg.endsWith(".yaml") ? path(arg) : arg));
    const sized = command === whatifCommand ? ["--workload", "azure"] : SMALL;
    const { exitCode, stderr } = await runCommand(command(), [...sized, ...placed]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe("disagg by a constant, which is analysis,", () => {
  test.each([
    [
      ["--replica", "fast.yaml"],
      "--gpu-prefill is fast, whose iteration model is linear: a worker must be a profile or a roofline.",
    ],
    [
      ["--max-num-seqs", "4"],
      "--gpu-prefill is H100-80GB with settings of the engine, which have no meaning for a profile here",
    ],
    [
      ["--replica", "caching.yaml"],
      "--gpu-prefill is caching with a prefix cache, but this analysis counts every prompt whole.",
    ],
  ])("refuses %j", async (args, message) => {
    const path = await folderOf({ "caching.yaml": "gpu: a100\nserving: { enable_prefix_caching: true }\n" });
    const placed = args.map((arg) => (arg.endsWith(".yaml") ? path(arg) : arg));
    const { exitCode, stderr } = await runCommand(disaggCommand(), [
      "--workload",
      "azure",
      "--method",
      "constant",
      ...placed,
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });
});

test("--enable-prefix-caching needs fewer GPUs where all prompts begin alike", async () => {
  const blocks = Array.from({ length: 16 }, (_, index) => index + 1);
  const line = (index: number) =>
    JSON.stringify({ timestamp: index * 25, input_length: 8192, output_length: 2, hash_ids: blocks });
  const trace = join(
    await temporaryFolder({ "alike.jsonl": Array.from({ length: 4000 }, (_, index) => line(index)).join("\n") }),
    "alike.jsonl",
  );
  const question = [
    "--trace",
    trace,
    "--model",
    "llama-3.1-8b",
    "--gpus",
    "h100",
    "--tp",
    "1",
    "--max-pools",
    "1",
    "--json",
  ];
  const replicasWith = async (...flags: string[]) => {
    const { stdout, stderr } = await runCommand(planCommand(), [...question, "--slo", "2000", ...flags]);
    expect(stderr).toBe("");
    return (JSON.parse(stdout) as { best: { total_replicas: number } }).best.total_replicas;
  };
  const [whole, cached] = [await replicasWith(), await replicasWith("--enable-prefix-caching")];
  expect(cached).toBeLessThan(whole / 2);
});
