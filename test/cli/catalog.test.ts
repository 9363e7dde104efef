import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { hardwareCommand } from "../../host/cli/hardware.js";
import { modelsCommand } from "../../host/cli/models.js";
import { profileCommand } from "../../host/cli/profile.js";
import { visibleLength } from "../../host/reports/visible-length.js";
import { HARDWARE_NAMES } from "../../host/specs/hardware-catalog.js";
import { MODEL_NAMES } from "../../host/specs/model-catalog.js";
import { runCommand } from "./run-command.js";
import { temporaryFolder } from "./temporary-folder.js";

const hardware = (...args: string[]) => runCommand(hardwareCommand(), args);
const models = (...args: string[]) => runCommand(modelsCommand(), args);
const widest = (text: string) => Math.max(...text.split("\n").map(visibleLength));

const MINE =
  "hardware: [{ name: my-gpu, source: mine, peak_bf16_flops: 1e15, memory_bytes: 100e9, memory_bandwidth: 4e12 }]\n" +
  "models: [{ name: tiny, layers: 2, hidden: 512, heads: 8, intermediate: 1024, vocab: 1000 }]";
const CONFIG = {
  model_type: "llama",
  num_hidden_layers: 4,
  hidden_size: 512,
  num_attention_heads: 8,
  intermediate_size: 1024,
  vocab_size: 1000,
};

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

describe("hardware", () => {
  test("lists every GPU within 100 columns", async () => {
    const { exitCode, stdout } = await hardware();
    expect(exitCode).toBe(0);
    for (const name of HARDWARE_NAMES) expect(stdout).toContain(`\n${name} `);
    expect(widest(stdout)).toBeLessThanOrEqual(100);
  });

  test("shows every figure of one with its source, by any of its names", async () => {
    const { stdout } = await hardware("H100");
    expect(stdout).toMatch(/^h100-sxm\n/);
    expect(stdout).toMatch(/memory_bandwidth +3,350 GB\/s +NVIDIA H100 Tensor Core GPU data sheet/);
    expect(stdout).toMatch(/cost_per_hr +\$4\.02 an hour +assumption: /);
    expect(widest(stdout)).toBeLessThanOrEqual(100);
  });

  test("says whose kernels a GPU borrows", async () => {
    expect((await hardware("mi300x")).stdout).toContain("no kernel of it was measured: times are by those of h200-sxm");
    expect((await hardware("h100")).stdout).not.toContain("no kernel of it was measured");
  });

  test("writes a catalog file that it reads again", async () => {
    const folder = await temporaryFolder({});
    const file = join(folder, "mine.json");
    const { stdout } = await hardware("gb200", "--out", file, "--json");
    expect(await readFile(file, "utf8")).toBe(stdout);
    const mine = stdout.replace('"gb200"', '"gb201"').replace('"gb200-nvl72"', '"gb201-nvl72"');
    const changed = await temporaryFolder({ "mine.json": mine });
    const again = await hardware("gb201", "--catalog", join(changed, "mine.json"), "--json");
    expect(again.stdout).toBe(mine);
  });

  test("refuses names that it does not have, with the one that was meant", async () => {
    const { exitCode, stderr } = await hardware("h100-sxn");
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      'the name "h100-sxn" must be a name of the catalog of hardware (did you mean h100-sxm? `vllm-sr-sim hardware` lists them), or one of a file given by --catalog.\n',
    );
  });

  test("refuses catalogs that it cannot read", async () => {
    const folder = await temporaryFolder({ "bad.yaml": "hardware: 5" });
    expect(await hardware("--catalog", join(folder, "bad.yaml"))).toMatchObject({ exitCode: 2 });
    expect(await hardware("--catalog", join(folder, "none.yaml"))).toMatchObject({ exitCode: 2 });
  });

  test("refuses to overwrite the catalog that it reads", async () => {
    const folder = await temporaryFolder({ "mine.yaml": MINE });
    const file = join(folder, "mine.yaml");
    expect((await hardware("--catalog", file, "--out", file)).stderr).toContain(
      "would overwrite what the command reads",
    );
  });
});

describe("models", () => {
  test("lists every model within 100 columns", async () => {
    const { exitCode, stdout } = await models();
    expect(exitCode).toBe(0);
    for (const name of MODEL_NAMES) expect(stdout).toContain(`\n${name} `);
    expect(widest(stdout)).toBeLessThanOrEqual(100);
  });

  test("shows one with its parameters and what its tokens keep", async () => {
    const { stdout } = await models("deepseek-ai/DeepSeek-V3");
    expect(stdout).toMatch(/parameters +671 B, of which a token passes through 37\.6 B/);
    expect(stdout).toMatch(/keys and values +70,272 bytes a token in bf16/);
    expect(stdout).toMatch(/figures +config\.json of deepseek-ai\/DeepSeek-V3/);
    expect(widest(stdout)).toBeLessThanOrEqual(100);
  });

  test("says which layers have a window", async () => {
    expect((await models("gemma-3-27b")).stdout.replaceAll(/\s+/g, " ")).toContain(
      "52 of 62 layers keep the last 1,024 tokens alone",
    );
  });

  test("shows one of a configuration on disk, and which key each figure is from", async () => {
    const folder = await temporaryFolder({ "mine.json": JSON.stringify(CONFIG) });
    const { exitCode, stdout } = await models(join(folder, "mine.json"));
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^mine\n/);
    expect(stdout).toMatch(/layers +4 +num_hidden_layers/);
  });

  test("writes a catalog file of it", async () => {
    const folder = await temporaryFolder({ "mine.json": JSON.stringify(CONFIG) });
    const file = join(folder, "catalog.json");
    await models(join(folder, "mine.json"), "--out", file);
    const { stdout } = await models("mine", "--catalog", file, "--json");
    expect(JSON.parse(stdout)).toEqual(JSON.parse(await readFile(file, "utf8")));
  });

  test("shows one of a repository", async () => {
    vi.stubEnv("HF_ENDPOINT", "");
    const fetch = vi.fn(async () => new Response(JSON.stringify(CONFIG)));
    vi.stubGlobal("fetch", fetch);
    const { stdout } = await models("owner/some-model", "--json");
    expect(fetch).toHaveBeenCalledOnce();
    expect(JSON.parse(stdout)).toMatchObject({ models: [{ name: "some-model", layers: { value: 4 } }] });
  });

  test("asks no network for what the catalog has", async () => {
    const fetch = vi.fn();
    vi.stubGlobal("fetch", fetch);
    expect((await models("Qwen/Qwen3-32B")).exitCode).toBe(0);
    expect(fetch).not.toHaveBeenCalled();
  });

  test("has those of a catalog of one's own", async () => {
    const folder = await temporaryFolder({ "mine.yaml": MINE });
    expect((await models("tiny", "--catalog", join(folder, "mine.yaml"))).stdout).toMatch(/layers +2\n/);
    expect((await models("--catalog", join(folder, "mine.yaml"))).stdout).toMatch(/\ntiny +/);
  });

  test("refuses what is no model, in one sentence", async () => {
    const folder = await temporaryFolder({ "mamba.json": JSON.stringify({ ...CONFIG, model_type: "mamba" }) });
    for (const [name, message] of [
      ["llama-9", 'the name "llama-9" must be a name of the catalog of models'],
      ["no/such.json", "there is no such file"],
      [join(folder, "mamba.json"), 'model_type is "mamba", but must be one of'],
    ] as const) {
      const { exitCode, stderr } = await models(name);
      expect(exitCode).toBe(2);
      expect(stderr).toContain(message);
      expect(stderr.trim().split("\n")).toHaveLength(1);
    }
  });
});

describe("profile", () => {
  test("takes hardware and models of a catalog of one's own", async () => {
    const folder = await temporaryFolder({ "mine.yaml": MINE });
    const flags = ["--hardware", "my-gpu", "--model", "tiny", "--catalog", join(folder, "mine.yaml")];
    const { exitCode, stdout, stderr } = await runCommand(profileCommand(), flags);
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("my-gpu");
  });

  test("takes what is built in beside it, and refuses what neither has", async () => {
    const folder = await temporaryFolder({ "mine.yaml": MINE });
    const catalog = ["--catalog", join(folder, "mine.yaml")];
    const run = (hardwareName: string, model: string) =>
      runCommand(profileCommand(), ["--hardware", hardwareName, "--model", model, ...catalog]);
    expect((await run("h100", "tiny")).exitCode).toBe(0);
    expect((await run("h101", "tiny")).stderr).toContain('--hardware is "h101", but must be a name of the catalog');
  });
});
