import { join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { simulateFleetCommand } from "../../host/cli/simulate-fleet.js";
import { visibleLength } from "../../host/reports/visible-length.js";
import { runCommand } from "./run-command.js";
import { temporaryFolder } from "./temporary-folder.js";

const pools = [
  { id: "chat", gpu: "a100", n_gpus: 20, max_ctx: 8192 },
  { id: "code", gpu: "h100", n_gpus: 20, max_ctx: 65536 },
];
const short = "[[256, 1]]";
const long = "[[255, 0.000001], [4096, 1]]";

const simulateFleet = (...args: string[]) => runCommand(simulateFleetCommand(), ["--n-req", "2000", ...args]);

async function summaryOf(...args: string[]): Promise<Record<string, unknown>> {
  const { stdout, stderr, exitCode } = await simulateFleet(...args, "--json");
  if (exitCode !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe("simulate-fleet", () => {
  test("prints the summary of the Python tool, its keys beginning with the ids of the pools", async () => {
    const folder = await temporaryFolder({ "fleet.json": JSON.stringify({ pools, slo_ms: 700 }) });
    expect(await summaryOf(join(folder, "fleet.json"), "--workload", "azure")).toMatchObject({
      total_gpus: 40,
      chat_n_gpus: 20,
      code_n_gpus: 20,
      slo_ms: 700,
      requests: { arrived: 2000 },
    });
  });

  test("prints a page of at most 100 columns otherwise", async () => {
    const { stdout } = await simulateFleet("examples/models.json", "--lam", "20");
    expect(Math.max(...stdout.split("\n").map(visibleLength))).toBeLessThanOrEqual(100);
    expect(stdout).toContain("lmsys at 5.00 requests/s for llama-8b");
  });

  test("draws a stream for each pool where the file has workloads", async () => {
    const workloads = { chat: { cdf: "short.json", lam_frac: 0.75 }, code: { cdf: "long.json", lam_frac: 0.25 } };
    const folder = await temporaryFolder({
      "fleet.json": JSON.stringify({ pools, router: "model", workloads }),
      "short.json": short,
      "long.json": long,
    });
    expect(await summaryOf(join(folder, "fleet.json"), "--lam", "100")).toMatchObject({
      pools: { chat: { requests: { arrived: 1500 } }, code: { requests: { arrived: 500 } } },
      arrivals: [
        { pool: "chat", workload: join(folder, "short.json"), rate_rps: 75, requests: 1500 },
        { pool: "code", workload: join(folder, "long.json"), rate_rps: 25, requests: 500 },
      ],
    });
  });

  test("--cdf goes before the workloads of the file", async () => {
    const workloads = { chat: { workload: "lmsys" } };
    const folder = await temporaryFolder({
      "fleet.json": JSON.stringify({ pools, router: "model", workloads }),
      "short.json": short,
    });
    const cdf = join(folder, "short.json");
    expect(await summaryOf(join(folder, "fleet.json"), "--cdf", cdf)).toMatchObject({ arrivals: [{ workload: cdf }] });
  });

  test("with nothing to draw from warns, and draws lengths uniform up to the first pool's window", async () => {
    const folder = await temporaryFolder({ "fleet.json": JSON.stringify({ pools }) });
    const { exitCode, stdout, stderr } = await simulateFleet(join(folder, "fleet.json"), "--json");
    expect(exitCode).toBe(0);
    expect(stderr).toContain("warning: neither --cdf, --workload nor --trace is given");
    expect(stderr).toContain("1 to 8192 tokens");
    expect(JSON.parse(stdout)).toMatchObject({ arrivals: [{ workload: "uniform" }] });
  });

  test("sends the requests of a trace where their labels say", async () => {
    const rows = Array.from({ length: 100 }, (_, i) => `${i},10,10,${i % 4 === 0 ? "code" : "chat"}`);
    const folder = await temporaryFolder({
      "fleet.json": JSON.stringify({ pools, router: "model" }),
      "t.csv": `arrival_s,input_tokens,output_tokens,label\n${rows.join("\n")}\n`,
    });
    const args = [join(folder, "fleet.json"), "--trace", join(folder, "t.csv"), "--json"];
    const { stdout } = await runCommand(simulateFleetCommand(), args);
    expect(JSON.parse(stdout)).toMatchObject({
      pools: { chat: { requests: { arrived: 75 } }, code: { requests: { arrived: 25 } } },
      arrivals: [{ rate_rps: 1, requests: 100 }],
    });
  });

  test("loads the function of the router semantic", async () => {
    const folder = await temporaryFolder({
      "fleet.json": JSON.stringify({ pools, router: { type: "semantic", classify: "classify.mjs" } }),
      "classify.mjs": "export default (request) => (request.inputTokens > 512 ? 'code' : 'chat');",
    });
    const summary = await summaryOf(join(folder, "fleet.json"), "--workload", "azure");
    expect(summary).toMatchObject({ requests: { routed_by_default: 0 } });
    expect((summary.pools as Record<string, { requests: { arrived: number } }>).code!.requests.arrived).toBeGreaterThan(
      500,
    );
  });
});

describe("the path of a CDF in a fleet file", () => {
  const fleetWith = (cdf: string) => JSON.stringify({ pools, router: "model", workloads: { chat: { cdf } } });

  test("starts from the folder of the file", async () => {
    const folder = await temporaryFolder({ "fleet.json": fleetWith("cdf.json"), "cdf.json": short });
    const { exitCode, stderr } = await simulateFleet(join(folder, "fleet.json"));
    expect(exitCode).toBe(0);
    expect(stderr).toBe("");
  });

  test("starts from the working directory where that leads nowhere, and says so", async () => {
    const other = await temporaryFolder({ "cdf.json": short }, "build");
    const fromHere = relative(process.cwd(), join(other, "cdf.json"));
    const folder = await temporaryFolder({ "fleet.json": fleetWith(fromHere) });
    const { exitCode, stderr } = await simulateFleet(join(folder, "fleet.json"));
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`workloads.chat.cdf: ${fromHere} of the working directory is used`);
  });

  test("is refused with both places where it leads nowhere from either", async () => {
    const folder = await temporaryFolder({ "fleet.json": fleetWith("no/such.json") });
    const { exitCode, stderr } = await simulateFleet(join(folder, "fleet.json"));
    expect(exitCode).toBe(2);
    expect(stderr).toContain('fleet.json: workloads.chat.cdf is "no/such.json", but there is neither');
    expect(stderr).toContain(join(folder, "no/such.json"));
    expect(stderr).toContain(resolve("no/such.json"));
  });
});

describe("mistakes give one sentence and exit code 2", () => {
  test.each([
    ["{", "not valid JSON"],
    ['{"pools": []}', "pools"],
    ['{"pools": [{"id": "a", "gpu": "h200", "n_gpus": 1, "max_ctx": 8192}]}', "must be one of a100, h100, a10g"],
    [
      '{"pools": [{"id": "a", "gpu": "a100", "n_gpus": 1, "max_ctx": 8192}], "router": "lenght"}',
      "did you mean length?",
    ],
    [
      '{"pools": [{"id": "a", "gpu": "a100", "n_gpus": 1, "max_ctx": 8192}], "workloads": {"a": {"workload": "azur"}}}',
      'workloads.a: workload "azur": no such built-in',
    ],
  ])("%s", async (text, message) => {
    const folder = await temporaryFolder({ "fleet.json": text });
    const { exitCode, stdout, stderr } = await simulateFleet(join(folder, "fleet.json"));
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain("fleet.json");
    expect(stderr).toContain(message);
  });
});
