import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { disaggCommand } from "../../host/cli/disagg.js";
import { replayCommand } from "../../host/cli/replay.js";
import { visibleLength } from "../../host/reports/visible-length.js";
import { runCommand } from "./run-command.js";
import { temporaryFolder } from "./temporary-folder.js";

/** A question that takes little time. */
const SMALL = ["--workload", "azure", "--lam", "20", "--n-sim-req", "1500", "--no-aggregated"];

const disagg = (...args: string[]) => runCommand(disaggCommand(), [...SMALL, ...args]);
const constant = (...args: string[]) =>
  runCommand(disaggCommand(), ["--workload", "azure", "--no-aggregated", "--method", "constant", ...args]);
const words = (text: string) => text.replaceAll(/\s+/g, " ");

afterEach(() => {
  process.exitCode = 0;
});

describe("disagg", () => {
  test("prints its answer as JSON, and writes the same", async () => {
    const out = join(await temporaryFolder(), "disagg.json");
    const { stdout } = await disagg("--json", "--out", out);
    expect(await readFile(out, "utf8")).toBe(stdout);
    expect(JSON.parse(stdout)).toMatchObject({
      best: { slo_met: true, method: "simulate" },
      pareto: [{ slo_met: true }],
      method: "simulate",
      goal: "cost",
      check: { holds: true },
      seed: 42,
    });
    expect(process.exitCode ?? 0).toBe(0);
  });

  test("prints a page of at most 100 columns otherwise, with what was assumed and how it was searched", async () => {
    const { stdout } = await runCommand(disaggCommand(), [...SMALL.slice(0, -1), "--explain"]);
    expect(Math.max(...stdout.split("\n").map(visibleLength))).toBeLessThanOrEqual(100);
    const text = words(stdout);
    expect(text).toContain("azure at 20.0 requests/s: the least cost with which 99 % of the requests keep 500 ms");
    expect(text).toContain("the objective holds");
    expect(text).toContain("breaks first");
    expect(text).toContain("replicas that do both, same engine and objective");
    expect(text).toMatch(/separating (pays|does not pay): [\d.]+ times the cost at the same rate/);
    expect(text).toContain("Keys and values are those of Llama-3.1-70B, 327,680 bytes a token");
    expect(text).toContain("8 ib-ndr a replica that prefills, 8 ib-hdr one that decodes");
    expect(text).toContain("know no price of a prompt token");
    expect(text).toContain("one prompt at a time, by formulas");
  });

  test("exits with 1 where no pair keeps the objective, tells the nearest, and keeps to 100 columns", async () => {
    const { stdout } = await disagg("--slo-tpot", "2", "--max-decode", "8", "--gpu-decode", "a100,h100");
    expect(words(stdout)).toContain("no pair of pools keeps the objective: not even 32 that prefill and 8 that decode");
    expect(words(stdout)).toContain("P99 of TPOT is missed");
    expect(words(stdout)).not.toContain("the answer confirmed");
    expect(Math.max(...stdout.split("\n").map(visibleLength))).toBeLessThanOrEqual(100);
    expect(process.exitCode).toBe(1);
  });

  test("claims no more than was asked where there is no answer, and says that no fleet was written", async () => {
    const fleet = join(await temporaryFolder(), "fleet.yaml");
    const { stdout, stderr } = await runCommand(disaggCommand(), [
      ...SMALL.slice(0, 2),
      ...["--max-prefill", "1", "--max-decode", "1", "--n-sim-req", "1500", "--fleet-out", fleet],
    ]);
    const text = words(stdout);
    expect(text).toContain("1 decode replica of A100-80GB cannot serve it");
    expect(text).toContain("not even 2 replicas that do both keep the objective");
    expect(text).not.toContain("confirmed");
    expect(stderr).toBe(`${fleet}: no fleet was written, for there is no answer\n`);
  });

  test("tells the latency that is taken of a transfer layer by layer, unless it is given", async () => {
    const assumed = async (...args: string[]) => words((await disagg("--transfer", "layerwise", ...args)).stdout);
    const usual = "Of a transfer layer by layer 5,000 us stay visible";
    expect(await assumed()).toContain(usual);
    expect(await assumed("--link-latency-us", "100")).not.toContain(usual);
  });

  test("writes a fleet that replay takes", async () => {
    const fleet = join(await temporaryFolder(), "fleet.yaml");
    const { stdout } = await disagg("--fleet-out", fleet, "--link", "nvlink4", "--transfer", "layerwise");
    expect(words(stdout)).toContain(`${fleet}, as replay takes it`);
    expect(await readFile(fleet, "utf8")).toContain("# vllm-sr-sim disagg: azure at 20.0 requests/s");
    const replayed = await runCommand(replayCommand(), ["azure", "--rate", "20", "--n", "1500", "--fleet", fleet]);
    expect(replayed.exitCode).toBe(0);
    expect(words(replayed.stdout)).toContain("prefill hands over to decode");
  });

  test("takes kinds of replica on each side, their sizes, stages and caps", async () => {
    const { stdout } = await disagg(
      ...["--json", "--model", "llama-3.1-8b", "--goal", "power"],
      ...["--gpu-prefill", "h100-sxm", "--tp-prefill", "1,2", "--pp-prefill", "1,2"],
      ...["--gpu-decode", "a100-sxm-80gb,h100-sxm", "--power-cap-decode", "none,350"],
    );
    const { search, designs, goal } = JSON.parse(stdout) as {
      search: { pairs: number };
      goal: string;
      designs: { design: string }[];
    };
    expect([search.pairs, goal]).toEqual([16, "power"]);
    expect(designs.map(({ design }) => design)).toEqual([
      "h100-sxm + a100-sxm-80gb",
      "h100-sxm + a100-sxm-80gb at 350 W",
      "h100-sxm",
      "h100-sxm + h100-sxm at 350 W",
    ]);
  });

  test("finds the highest rate within a budget", async () => {
    const { stdout } = await disagg("--json", "--budget-gpus", "4", "--attainment", "0.9");
    expect(JSON.parse(stdout)).toMatchObject({
      goal: "goodput",
      budget: { gpus: 4 },
      best: { total_gpus: 4 },
      objective: { attainment: 0.9 },
    });
  });

  test("compares with replicas that do both within the same budget", async () => {
    const { stdout } = await runCommand(disaggCommand(), [...SMALL.slice(0, -1), "--budget-power-w", "6000"]);
    expect(words(stdout)).toContain("the highest rate within 6.00 kW");
    expect(words(stdout)).toMatch(/same power \d+ x/);
    expect(words(stdout)).toMatch(/times the rate at the same budget/);
    const { stdout: json } = await disagg("--json", "--budget-cost-per-hr", "20");
    expect(JSON.parse(json)).toMatchObject({ budget: { cost_per_hr: 20 } });
  });

  test("holds requests against lone ones on a machine that is named", async () => {
    const { stdout } = await disagg("--json", "--slo-slowdown", "--slo-reference", "h100");
    expect(JSON.parse(stdout)).toMatchObject({ objective: { slowdown: { reference: "H100-80GB" }, ttft_ms: null } });
  });

  test("hands over as its flags say", async () => {
    const { stdout } = await disagg(
      ...["--json", "--link-gbps", "40", "--link-nics", "2", "--link-efficiency", "0.5", "--link-latency-us", "10"],
      ...["--link-sharing", "shared", "--handover", "push", "--first-token", "decode", "--kv-bytes-per-token", "1000"],
    );
    const { fleet, assumed } = JSON.parse(stdout) as { fleet: { pools: unknown[] }; assumed: string[] };
    const link = { bandwidth_GBps: 40, nics: 2, efficiency: 0.5 };
    expect(fleet.pools).toMatchObject([
      {
        role: "prefill",
        first_token: "decode",
        link: { ...link, latency_us: 10, sharing: "shared", handover: "push", kv_bytes_per_token: 1000 },
      },
      { role: "decode", link },
    ]);
    expect(assumed).toEqual([]);
  });

  test("is the same to the last byte each time", async () => {
    expect((await disagg("--json")).stdout).toBe((await disagg("--json")).stdout);
  });
});

describe("disagg --method constant", () => {
  test("prints best and pareto as JSON", async () => {
    const { stdout } = await constant("--json");
    expect(JSON.parse(stdout)).toMatchObject({
      best: { slo_met: true },
      pareto: [{ slo_met: true }],
      method: "constant",
    });
  });

  test("prints a page of at most 100 columns otherwise, which says by which method", async () => {
    const { stdout } = await runCommand(disaggCommand(), [
      ...["--workload", "azure", "--lam", "20", "--method", "constant"],
    ]);
    expect(Math.max(...stdout.split("\n").map(visibleLength))).toBeLessThanOrEqual(100);
    expect(words(stdout)).toContain("by the method constant, nothing was simulated");
    expect(words(stdout)).toContain("1.80 times the prefill, whatever link and load");
    expect(words(stdout)).toContain("one pool of");
    expect(words(stdout)).toContain("know no price of a prompt token");
    expect(words(stdout)).toContain("knows total tokens alone");
  });

  test("exits with 1 where no pair meets the limits, and says why", async () => {
    const { stdout } = await constant("--slo-tpot", "10");
    expect(stdout).toContain("no pair of pools meets the limits");
    expect(process.exitCode).toBe(1);
  });
});

test("disagg --compat python gives the figures of the Python tool", async () => {
  const compat = (...args: string[]) =>
    runCommand(disaggCommand(), ["--workload", "azure", "--compat", "python", "--json", ...args]);
  expect(JSON.parse((await compat()).stdout)).toMatchObject({ best: { n_prefill: 1, n_decode: 11 } });
  expect((await compat("--slo-tpot", "1")).stdout).toContain('"best": null');
  expect(process.exitCode).toBe(1);
});

describe("disagg refuses", () => {
  const AZURE = ["--workload", "azure"];
  const MODEL = ["--model", "llama-3.1-8b", "--gpu-prefill", "h100-sxm", "--gpu-decode", "h100-sxm"];

  test.each([
    [["--mean-isl", "-4"], "--mean-isl <tokens>' argument '-4'"],
    [["--max-decode", "0"], "--max-decode <n>' argument '0'"],
    [["--max-rho", "1"], "--max-rho <share>' argument '1'"],
    [["--max-rho", "0.9"], "--max-rho belongs to --method constant"],
    [["--gpu-decode", "h200"], '--gpu-decode names "h200"'],
    [["--gpu-prefill", "h100,h100"], 'two kinds of the name "H100-80GB"'],
    [["--gpu-prefill", "h100-sxm"], "--model must say which model it serves"],
    [["--tp-prefill", "2"], "--tp-prefill belongs to a model: --model must name one."],
    [["--pp-decode", "2"], "--pp-decode belongs to a model: --model must name one."],
    [[...MODEL, "--tp-decode", "3"], "cannot serve llama-3.1-8b at TP 3"],
    [[...MODEL, "--power-cap-decode", "9000"], "power_cap_w"],
    [["--power-cap-decode", "100"], "A100-80GB/100W: power_cap_w is 100, but must be above 175, the watts"],
    [["--power-cap-decode", "low"], "--power-cap-decode <W>' argument 'low'"],
    [["--gpu-prefill", "a10g"], "--kv-bytes-per-token must say how many bytes of a token cross"],
    [["--link", "infinibang"], '--link is "infinibang", but must be one of nvlink3'],
    [["--link", "ib-ndr", "--link-gbps", "3"], "--link-gbps is 3, but type is given too"],
    [["--link", "none", "--link-nics", "3"], "--link-nics is 3, but has no meaning where type is none"],
    [["--link-efficiency", "1.5"], "--link-efficiency <share>' argument '1.5'"],
    [
      ["--transfer", "layerwise", "--handover", "pull"],
      '--handover is "pull", but must be push or reserve with mode layerwise',
    ],
    [["--keep-decodes", "--handover", "push"], "--keep-decodes is true, but needs handover pull and mode serial"],
    [["--transfer", "sideways"], "--transfer <mode>' argument 'sideways'"],
    [["--attainment", "1"], "--attainment <share>' argument '1'"],
    [["--slo-slowdown", "--slo-ttft", "300"], "--slo-ttft has no meaning beside --slo-slowdown"],
    [["--slo-slowdown", "--attainment", "0.9"], "--attainment has no meaning beside --slo-slowdown"],
    [["--slo-reference", "a100"], "--slo-reference belongs to --slo-slowdown, which is not given."],
    [["--slo-slowdown", "--slo-reference", "abacus"], '--slo-reference names "abacus"'],
    [["--budget-gpus", "4", "--goal", "cost"], "--goal has no meaning beside --budget-gpus"],
    [["--budget-gpus", "4", "--budget-power-w", "9"], "a budget has one of --budget-cost-per-hr, --budget-power-w"],
    [["--n-sim-req", "10"], "--n-sim-req <n>' argument '10'"],
    [["--method", "guess"], "--method <name>' argument 'guess'"],
    [["--method", "constant", "--link", "25gbe"], "--link has no meaning with --method constant"],
    [["--method", "constant", "--gpu-prefill", "a100,h100"], "--gpu-prefill names 2 GPUs; --method constant takes one"],
    [["--compat", "python", "--model", "llama-3.1-70b"], "--model has no meaning under --compat python"],
    [["--compat", "python", "--handover", "pull"], "--handover has no meaning under --compat python"],
    [["--compat", "python", "--gpu-prefill", "b200"], '--gpu-prefill is "b200", but must be one of a100'],
    [["--max-ctx", "2147483648"], "Allowed is a whole number from 1 to 2147483647"],
    [["--slo-ttft", "0"], "--slo-ttft <ms>' argument '0'"],
    [["--mean-isl", "9000"], "--mean-isl is 9000, but must be less than --max-ctx, 8192"],
  ])("%j", async (args, message) => {
    const { exitCode, stderr } = await runCommand(disaggCommand(), [...AZURE, ...args]);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });

  test("a file of --replica that is not used", async () => {
    const folder = await temporaryFolder({ "own.yaml": "gpu: a100\nname: own\n" });
    const { stderr, exitCode } = await runCommand(disaggCommand(), [
      ...[...AZURE, "--replica", join(folder, "own.yaml"), "--gpu-prefill", "a100", "--gpu-decode", "h100"],
    ]);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining("is not used: --gpu-prefill or --gpu-decode must name it"),
    ]);
  });
});
