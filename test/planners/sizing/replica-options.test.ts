import { describe, expect, test } from "vitest";
import { hardwareKeys } from "../../../host/specs/hardware/hardware-keys.js";
import { everyGpu } from "../../../host/planners/sizing/every-gpu.js";
import { parseReplica } from "../../../host/planners/sizing/replica-file.js";
import { fleetOf, poolInput } from "../../../host/planners/sizing/replica-option.js";
import { type ReplicaChoice, replicaOptions } from "../../../host/planners/sizing/replica-options.js";
import { parseCatalog } from "../../../host/specs/catalog.js";
import { hardwareFacts } from "../../../host/specs/hardware-catalog.js";
import { modelFacts } from "../../../host/specs/model-catalog.js";

const BOARD = { name: "my-board", peak_bf16_flops: 500e12, memory_bytes: 96e9, memory_bandwidth: 3e12 };
const CATALOG = parseCatalog(
  JSON.stringify({
    hardware: [
      { ...BOARD, aliases: ["mine"], cost_per_hr: 1.2 },
      { ...BOARD, name: "free-board" },
      { ...BOARD, name: "tiny-board", memory_bytes: 1e9, cost_per_hr: 0.1 },
    ],
    models: [
      { name: "my-model", layers: 32, hidden: 4096, heads: 32, kv_heads: 8, intermediate: 14336, vocab: 128256 },
    ],
  }),
  "own.json",
);

function poolOf(choice: ReplicaChoice) {
  const option = replicaOptions(choice)[0]!;
  // Through text, as a fleet file holds it.
  const input = JSON.parse(JSON.stringify(poolInput(option, { id: "all", replicas: 2, maxCtx: 4096 }))) as never;
  return { name: option.name, pool: fleetOf([input]).pools[0]! };
}

describe("kinds of replica", () => {
  test("are written by names that the package has, and by facts that it does not have", () => {
    const [named, own] = [
      replicaOptions({ gpus: ["h100"], model: "llama-3.1-8b", catalog: CATALOG })[0]!,
      replicaOptions({ gpus: ["mine"], model: "my-model", catalog: CATALOG })[0]!,
    ];
    expect(named.replica.iteration_model).toMatchObject({ hardware: "h100", model: "llama-3.1-8b", tp: 1 });
    expect(own.name).toBe("my-board/my-model/TP1");
    expect(own.replica.iteration_model).toMatchObject({
      hardware: { name: "my-board", cost_per_hr: 1.2 },
      model: { name: "my-model", kv_heads: 8 },
    });
  });

  test("are the same whether facts come as code has them, by name, or in the keys of a file", () => {
    const byName = poolOf({ gpus: ["h100-sxm"], model: "deepseek-v3", tps: [16] });
    const byFacts = poolOf({ gpus: [hardwareFacts("h100-sxm")], model: modelFacts("deepseek-v3"), tps: [16] });
    const byKeys = poolOf({ gpus: [hardwareKeys(hardwareFacts("h100-sxm"))], model: "deepseek-v3", tps: [16] });
    expect(byFacts).toEqual(byName);
    expect(byKeys).toEqual(byName);
  });

  test("bear the settings of the engine", () => {
    const serving = { max_num_seqs: 32, max_num_batched_tokens: 2048, enable_prefix_caching: true };
    const { pool } = poolOf({ gpus: ["h100"], model: "llama-3.1-8b", gpuMemoryUtilization: 0.5, serving });
    expect(pool.serving).toMatchObject({ maxNumSeqs: 32, maxNumBatchedTokens: 2048, enablePrefixCaching: true });
    expect(pool.roofline!.gpuMemoryUtilization).toBe(0.5);
    expect(poolOf({ gpus: ["a100"], serving }).pool.serving.maxNumSeqs).toBe(32);
  });

  test.each<[string, ReplicaChoice, string]>([
    ["an unknown GPU", { gpus: ["my-bord"], model: "my-model", catalog: CATALOG }, "did you mean my-board?"],
    ["an unknown model", { gpus: ["h100"], model: "my-modle", catalog: CATALOG }, "did you mean my-model?"],
    [
      "facts that cannot be",
      { gpus: [{ ...BOARD, memory_bytes: -1 }], model: "llama-3.1-8b" },
      "memory_bytes of gpus is -1",
    ],
    ["facts without a model", { gpus: [BOARD] }, "gpus has the facts of my-board, but model must say"],
    ["a board twice", { gpus: ["mine", "my-board"], model: "my-model", catalog: CATALOG }, "gpus names my-board twice"],
    ["a setting that cannot be", { gpus: ["a100"], serving: { max_num_seqs: 0 } }, "serving.max_num_seqs is 0"],
    [
      "memory without a model",
      { gpus: ["a100"], gpuMemoryUtilization: 0.5 },
      "gpuMemoryUtilization belongs to a model",
    ],
    [
      "more memory than there is",
      { gpus: ["h100"], model: "llama-3.1-8b", tps: [1], gpuMemoryUtilization: 2 },
      "at TP 1: gpu_memory_utilization is 2",
    ],
    [
      "a board that is too small",
      { gpus: ["tiny-board"], model: "my-model", catalog: CATALOG },
      "tiny-board cannot serve my-model at TP 1, 2, 4 or 8; at 8: ",
    ],
  ])("are refused for %s", (_, choice, message) => {
    expect(() => replicaOptions(choice)).toThrow(message);
  });
});

describe("every GPU", () => {
  const choice = { gpus: "all", model: "my-model", catalog: CATALOG } as const;

  test("is one that holds the model and has a price; one's own that are not are named", () => {
    const { options, refused } = everyGpu(choice, "cost");
    expect(options.map(({ name }) => name)).toContain("my-board/my-model/TP1");
    expect(options.some(({ name }) => name.startsWith("free-board"))).toBe(false);
    expect(refused.map(({ replica }) => replica)).toEqual(expect.arrayContaining(["free-board", "tiny-board"]));
    expect(refused.find(({ replica }) => replica === "free-board")!.why).toContain("has no price");
  });

  test("needs no price where the goal is another", () => {
    const { options, refused } = everyGpu(choice, "watts");
    expect(options.some(({ name }) => name.startsWith("free-board"))).toBe(true);
    expect(refused.map(({ replica }) => replica)).toEqual(["tiny-board"]);
  });

  test("is none for an unknown model", () => {
    expect(() => everyGpu({ gpus: "all", model: "gpt-17" }, "cost")).toThrow('model is "gpt-17"');
  });
});

describe("a kind of replica of a file", () => {
  const LINEAR = "iteration_model: { type: linear, c0_ms: 6, c1_ms: 0.03 }\n";

  test("bears its name, or else that of the file, and no comments", () => {
    expect(parseReplica(`_note: measured\n${LINEAR}`, "runs/fast.yaml")).toEqual({
      name: "fast",
      replica: { iteration_model: { type: "linear", c0_ms: 6, c1_ms: 0.03 } },
    });
    expect(parseReplica(`name: lab\n${LINEAR}`, "fast.yaml").name).toBe("lab");
  });

  test.each([
    [`max_ctx: 5\n${LINEAR}`, "r.yaml:1:10: max_ctx must be left out: planners choose it."],
    [`id: a\n${LINEAR}`, "r.yaml:1:5: id must be left out: planners choose it."],
    [`name: a,b\n${LINEAR}`, "r.yaml:1:7: name must be text of 1 to 64 characters without a comma."],
    ["- 1\n", "r.yaml:1:1: the file must be an object"],
    ["", "r.yaml:1:1: the file must be an object"],
    ["iteration_model: { type: linear, c0_ms: -6 }\n", "r.yaml:1:41: iteration_model.c0_ms is -6"],
    ["serving: { max_num_seqs: 4 }\n", "r.yaml:1:1: gpu is missing"],
    ["gpu: [\n", "r.yaml:"],
  ])("is refused: %j", (text, message) => {
    expect(() => parseReplica(text, "r.yaml")).toThrow(message);
  });
});
