import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { replayCommand } from "../../host/cli/replay.js";
import type { ReplayTraceResult } from "../../host/planners/replay-trace.js";
import { smallFleet, traceText } from "../planners/small-fleet.js";
import { stagedFleet } from "../planners/staged-fleet.js";
import { runCommand } from "./run-command.js";
import { temporaryFolder } from "./temporary-folder.js";

const data = process.env["VLLM_SR_SIM_DATA"] ?? "../shared/data";
const FLEET = "examples/fleet.json";
const DRAWN = ["azure-conv", "--fleet", FLEET, "--rate", "20", "--n", "5000"];

const replay = (...args: string[]) => runCommand(replayCommand(), args);

async function result(...args: string[]): Promise<ReplayTraceResult> {
  const { exitCode, stdout, stderr } = await replay(...args, "--json");
  if (exitCode !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as ReplayTraceResult;
}

/** A folder with the small fleet and a trace of three requests: waits of 0, 110 and 0 ms. */
function smallFolder(files: Record<string, string> = {}): Promise<string> {
  const trace = traceText([
    [0, 512, 10],
    [0, 512, 10],
    [1, 512, 10],
  ]);
  return temporaryFolder({ "fleet.json": JSON.stringify(smallFleet()), "t.csv": trace, ...files });
}

/** Keys of an object, those of its objects in brackets, as far as `depth`. */
function keysOf(value: object, depth: number): string {
  return Object.entries(value as Record<string, unknown>)
    .map(([key, inner]) => {
      const isObject = typeof inner === "object" && inner !== null && !Array.isArray(inner);
      return isObject && depth > 1 ? `${key} {${keysOf(inner, depth - 1)}}` : key;
    })
    .join(" ");
}

describe("replay --json", () => {
  test("has these keys in this order", async () => {
    const latency = "{count mean p50 p90 p95 p99 p999 max p99_ci95}";
    const wait = latency.replace("}", " p_wait}");
    const latencies = `ttft_ms ${latency} queue_wait_ms ${wait} tpot_ms ${latency} e2e_ms ${latency}`;
    const figures = (more = "") =>
      "requests {arrived completed rejected rejected_by_reason unfinished warmup_excluded compressed routed_by_default} " +
      "duration_s arrival_rate_rps stability {verdict backlog_growth_rps percentiles_depend_on_horizon} " +
      `${latencies} completed_only {ttft_ms queue_wait_ms tpot_ms e2e_ms} ` +
      "slo {ttft_ms attainment attainment_completed} " +
      "throughput {requests_per_s output_tokens_per_s goodput_rps} utilisation {slots kv} " +
      `itl_ms {tokens mean p50 p90 p95 p99 p999 max relative_error} ${more}` +
      "energy {mean_power_w provisioned_power_w energy_j energy_per_request_j energy_per_output_token_j prefill_share " +
      "decode_share idle_share quality provenance} total_replicas total_gpus " +
      "cost {per_hr_usd annualised_kusd}";
    const batching =
      "batching {mean_batch largest_batch busy iterations mean_iteration_ms prefill_tokens decode_tokens preemptions " +
      "recomputed_tokens prefix_cache mfu mbu course} ";
    const drawn = await result(...DRAWN);
    expect(keysOf(drawn, 2)).toBe(
      `engine seed replications ${figures()} percentiles {exact sampled_one_in} ` +
        "trace {name format rows used unusable_by_reason arrivals native_rate_rps notes} pools {short long}",
    );
    expect(keysOf(drawn.pools["short"]!, 2)).toBe(figures(batching));
    expect(Object.keys(drawn.requests.rejected_by_reason)).toEqual([
      "too_long_for_pool",
      "too_long_for_every_pool",
      "queue_full",
    ]);
  });

  test("tells of a drawn workload as of a trace", async () => {
    expect((await result(...DRAWN)).trace).toMatchObject({
      name: "azure-conv",
      format: "workload",
      rows: 5000,
      used: 5000,
      unusable_by_reason: {},
      arrivals: { type: "poisson", rate_rps: 20 },
    });
  });

  test("goes to a file as well, to the byte, and gives the same again with the same seed", async () => {
    const folder = await temporaryFolder();
    const out = join(folder, "r.json");
    const { stdout } = await replay(...DRAWN, "--json", "--out", out);
    expect(await readFile(out, "utf8")).toBe(stdout);
    expect((await replay(...DRAWN, "--json")).stdout).toBe(stdout);
    expect((await replay(...DRAWN, "--json", "--seed", "43")).stdout).not.toBe(stdout);
    expect(await readdir(folder)).toEqual(["r.json"]);
  });

  test("holds no NaN and no infinity, even where nothing was measured", async () => {
    const folder = await smallFolder();
    const args = [join(folder, "t.csv"), "--fleet", join(folder, "fleet.json"), "--json"];
    for (const more of [[], ["--limit", "1"], ["--horizon", "0.001"], ["--warmup", "0.99"]]) {
      const { stdout } = await replay(...args, ...more);
      expect(stdout).not.toMatch(/NaN|Infinity/);
      const numbers = JSON.stringify(JSON.parse(stdout)).match(/:null/g) ?? [];
      expect(numbers.length).toBeGreaterThan(0); // The pool without a request has no percentiles.
    }
  });

  test("keeps to the conservation of requests in fleet and pools", async () => {
    const { requests, pools } = await result(
      "agent_heavy",
      "--fleet",
      "examples/three-pools.json",
      "--rate",
      "40",
      "--n",
      "3000",
      "--horizon",
      "40",
    );
    for (const { arrived, completed, rejected, unfinished } of [
      requests,
      ...Object.values(pools).map((pool) => pool.requests),
    ]) {
      expect(completed + rejected + unfinished).toBe(arrived);
    }
    expect(requests.unfinished).toBeGreaterThan(0);
    const routed = Object.values(pools).reduce((sum, pool) => sum + pool.requests.arrived, 0);
    expect(requests.arrived - routed).toBe(requests.rejected_by_reason.too_long_for_every_pool);
  });
});

describe("replay", () => {
  test("tells the story on a page of at most 100 columns", async () => {
    const { stdout, stderr, exitCode } = await replay(...DRAWN);
    expect(exitCode).toBe(0);
    expect(stderr).toBe("");
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(stdout).toContain("5,000 arrived = 5,000 completed + 0 rejected + 0 unfinished");
  });

  test("draws at the workload's own rate unless told otherwise", async () => {
    const { trace } = await result("azure-conv", "--fleet", FLEET, "--n", "100");
    expect(trace.arrivals!.rate_rps).toBe(trace.native_rate_rps);
  });

  test("draws gamma arrivals of a coefficient of variation", async () => {
    const poisson = await result(...DRAWN);
    const bursty = await result(...DRAWN, "--arrivals", "gamma", "--cv", "4");
    expect(bursty.trace.arrivals).toEqual({ type: "gamma", cv: 4, rate_rps: 20 });
    expect(bursty.queue_wait_ms.p99!).toBeGreaterThan(poisson.queue_wait_ms.p99!);
    expect((await result(...DRAWN, "--cv", "4")).trace.arrivals).toEqual(bursty.trace.arrivals);
  });

  test("takes a CDF as trace or by --cdf alike", async () => {
    const folder = await temporaryFolder({ "cdf.json": "[[512, 0.4], [1024, 1]]" });
    const rest = ["--fleet", FLEET, "--rate", "10", "--n", "500"];
    const asTrace = await result(join(folder, "cdf.json"), ...rest);
    expect(await result("--cdf", join(folder, "cdf.json"), ...rest)).toEqual(asTrace);
    expect(asTrace.trace).toMatchObject({ format: "workload", rows: 500 });
  });

  test("takes a workload before a file of its name, and says so", async () => {
    const folder = await smallFolder({ lmsys: "no trace" });
    const before = process.cwd();
    try {
      process.chdir(folder);
      const { trace } = await result("lmsys", "--fleet", "fleet.json", "--rate", "1", "--n", "10");
      expect(trace.format).toBe("workload");
      expect(trace.notes).toContain("This is the built-in workload; the file of the same name is ./lmsys.");
      expect((await replay("./lmsys", "--fleet", "fleet.json")).stderr).toContain("./lmsys");
    } finally {
      process.chdir(before);
    }
  });

  test("reads columns of any names and units, plain or gzip", async () => {
    const rows = "when;prompt size;gen;who\n1000;512;10;a\n1000;512;10;b\n2000;512;10;a\n";
    const folder = await smallFolder();
    await writeFile(join(folder, "log.csv"), rows);
    await writeFile(join(folder, "log.gz"), gzipSync(rows));
    const flags = ["--columns", "arrival=when,input=prompt size,output=gen,label=who", "--arrival-unit", "ms"];
    const fleet = ["--fleet", join(folder, "fleet.json"), "--warmup", "0"];
    const plain = await result(join(folder, "log.csv"), ...flags, ...fleet);
    expect(plain).toMatchObject({ trace: { format: "columns", rows: 3, span_s: 1 }, ttft_ms: { max: 120 } });
    const packed = await result(join(folder, "log.gz"), ...flags, ...fleet);
    expect({ ...packed, trace: { ...packed.trace, name: "" } }).toEqual({
      ...plain,
      trace: { ...plain.trace, name: "" },
    });
  });

  test("counts unusable rows and stops when there are too many", async () => {
    const folder = await smallFolder({ "bad.csv": `${traceText([[0, 512, 10]])}\n1,abc,10,,\n2,512,10,,\n` });
    const args = [join(folder, "bad.csv"), "--fleet", join(folder, "fleet.json")];
    const refused = await replay(...args);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(/1 of 3 rows cannot be used.*\n$/);
    const { trace, requests } = await result(...args, "--max-unusable", "0.5");
    expect(requests.arrived).toBe(2);
    expect(trace).toMatchObject({
      rows: 3,
      used: 2,
      unusable_by_reason: { not_a_number: 1 },
      first_unusable: { line: 3 },
    });
    const page = (await replay(...args, "--max-unusable", "0.5")).stdout;
    expect(page.replaceAll(/\s+/g, " ")).toContain(
      "1 of 3 rows could not be used: 1 not_a_number; the first is line 3",
    );
  });

  test.skipIf(!existsSync(data))("replays the Azure trace whole", async () => {
    const file = join(data, "azure-llm-2023", "AzureLLMInferenceTrace_code.csv");
    const { trace, requests } = await result(file, "--fleet", FLEET);
    expect(requests.arrived).toBe(8819);
    expect(trace).toMatchObject({ format: "azure-2023", rows: 8819, input_tokens: 18_059_974, output_tokens: 245_896 });
  });

  test.skipIf(!existsSync(data))("draws from a ServeGen folder", async () => {
    const folder = join(data, "servegen", "reason", "deepseek-r1");
    const args = [folder, "--fleet", "examples/three-pools.json", "--to", "600"];
    const { trace, requests } = await result(...args);
    expect(trace).toMatchObject({ format: "servegen", changes: { to_s: 600 } });
    expect(requests.arrived).toBeGreaterThan(1000);
    const doubled = await result(...args, "--scale", "2");
    expect(doubled.requests.arrived / requests.arrived).toBeCloseTo(2, 1);
  });
});

describe("replay --per-request", () => {
  test("writes every request in order of arrival", async () => {
    const folder = await smallFolder();
    const file = join(folder, "out.csv");
    await result(join(folder, "t.csv"), "--fleet", join(folder, "fleet.json"), "--per-request", file);
    expect(await readFile(file, "utf8")).toBe(
      [
        "arrival_s,input_tokens,output_tokens,pool,replica,status,queue_wait_s,ttft_s,tpot_s,e2e_s,preemptions",
        "0,512,10,short,0,completed,0,0.01,0.01,0.11,0",
        "0,512,10,short,0,completed,0.11,0.12,0.01,0.22,0",
        "1,512,10,short,0,completed,0,0.01,0.01,0.11,0",
        "",
      ].join("\n"),
    );
  });

  test("agrees with the JSON: counts, sums, percentiles", async () => {
    const folder = await temporaryFolder();
    const file = join(folder, "out.csv");
    const json = await result(...DRAWN, "--n", "20000", "--warmup", "0", "--per-request", file);
    const rows = (await readFile(file, "utf8"))
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split(","));
    expect(rows).toHaveLength(20_000);
    const of = (id: string) => rows.filter(([, , , pool]) => pool === id);
    for (const [id, { requests, ttft_ms, e2e_ms }] of Object.entries(json.pools)) {
      const mine = of(id);
      expect(mine).toHaveLength(requests.arrived);
      expect(mine.filter((row) => row[5] === "completed")).toHaveLength(requests.completed);
      const mean = mine.reduce((sum, row) => sum + Number(row[7]), 0) / mine.length;
      expect(1000 * mean).toBeCloseTo(ttft_ms.mean!, 6);
      const sorted = mine.map((row) => Number(row[9])).sort((a, b) => a - b);
      expect(1000 * sorted[Math.ceil(0.99 * sorted.length) - 1]!).toBeCloseTo(e2e_ms.p99!, 6);
    }
    const arrivals = rows.map(([arrival]) => Number(arrival));
    expect(arrivals.every((arrival, i) => i === 0 || arrival >= arrivals[i - 1]!)).toBe(true);
  });

  test("gives the same replay when it is replayed", async () => {
    const folder = await temporaryFolder();
    const file = join(folder, "out.csv");
    const drawn = await result(...DRAWN, "--per-request", file);
    const again = await result(file, "--fleet", FLEET);
    expect(again.trace).toMatchObject({ format: "per-request", rows: 5000 });
    expect(again.e2e_ms.p50).toBeCloseTo(drawn.e2e_ms.p50!, 5);
    expect(again.requests).toEqual(drawn.requests);
  });

  test("tells who decoded a request where prefill and decode are apart, and can be replayed too", async () => {
    const folder = await temporaryFolder({
      "fleet.json": JSON.stringify(stagedFleet()),
      "t.csv": traceText([
        [0, 100, 3],
        [1, 100, 1],
      ]),
    });
    const file = join(folder, "out.csv");
    const fleet = join(folder, "fleet.json");
    const json = await result(join(folder, "t.csv"), "--fleet", fleet, "--warmup", "0", "--per-request", file);
    const [header, first, second] = (await readFile(file, "utf8")).split("\n").map((line) => line.split(","));
    const columns = header!.slice(10);
    expect(columns).toEqual(["preemptions", "decode_pool", "decode_replica", "transfer_s", "handover_s"]);
    expect(first!.slice(10, 13)).toEqual(["0", "outputs", "0"]);
    expect(Number(first![13])).toBeCloseTo(0.011, 6);
    expect(1000 * Number(first![14])).toBeCloseTo(json.handover_ms!.max!, 6);
    expect(second!.slice(10)).toEqual(["0", "", "", "", ""]);
    const again = await result(file, "--fleet", fleet, "--warmup", "0");
    expect(again.requests).toEqual(json.requests);
  });

  test("names the reason of a rejection and leaves empty what was not reached", async () => {
    const folder = await smallFolder();
    const trace = traceText([
      [0, 9000, 1],
      [0, 2048, 10],
      [0, 2048, 10],
      [0, 2048, 10],
    ]);
    await writeFile(join(folder, "t.csv"), trace);
    const file = join(folder, "out.csv");
    await result(
      join(folder, "t.csv"),
      "--fleet",
      join(folder, "fleet.json"),
      "--horizon",
      "0.1",
      "--per-request",
      file,
    );
    expect((await readFile(file, "utf8")).split("\n").slice(1)).toEqual([
      "0,9000,1,,,too_long_for_every_pool,,,,,0",
      "0,2048,10,long,0,unfinished,0,0.04,,,0",
      "0,2048,10,long,0,unfinished,,,,,0",
      "0,2048,10,long,0,queue_full,,,,,0",
      "",
    ]);
  });

  test("is compressed where its name ends in .gz", async () => {
    const folder = await temporaryFolder();
    await result(...DRAWN, "--per-request", join(folder, "out.csv"));
    await result(...DRAWN, "--per-request", join(folder, "out.csv.gz"));
    const [plain, packed] = [await readFile(join(folder, "out.csv")), await readFile(join(folder, "out.csv.gz"))];
    expect(packed.length).toBeLessThan(plain.length / 2);
    expect(gunzipSync(packed)).toEqual(plain);
  });

  test("holds the first replication alone, and the page says so", async () => {
    const folder = await temporaryFolder();
    const [one, three] = [join(folder, "one.csv"), join(folder, "three.csv")];
    await replay(...DRAWN, "--per-request", one);
    const { stdout } = await replay(...DRAWN, "--replications", "3", "--per-request", three);
    expect(await readFile(three, "utf8")).toBe(await readFile(one, "utf8"));
    expect(stdout).toContain("every request of the first replication to");
  });

  test("leaves nothing when the run fails", async () => {
    const folder = await smallFolder({ "bad.csv": `${traceText([[0, 512, 10]])}\nx,x,x,,\n` });
    const args = [join(folder, "bad.csv"), "--fleet", join(folder, "fleet.json")];
    expect((await replay(...args, "--per-request", join(folder, "out.csv"))).exitCode).toBe(2);
    expect((await readdir(folder)).sort()).toEqual(["bad.csv", "fleet.json", "t.csv"]);
  });

  test("may not be the file of --out", async () => {
    const folder = await temporaryFolder();
    const same = join(folder, "x");
    const { exitCode, stderr } = await replay(...DRAWN, "--per-request", same, "--out", same);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("--out and --per-request name the same file");
  });
});

describe("replay refuses", () => {
  test.each([
    [["--rate", "0"], "--rate"],
    [["--rate", "abc"], "--rate"],
    [["--n", "0"], "--n"],
    [["--n", "1.5"], "--n"],
    [["--arrivals", "burst"], "--arrivals"],
    [["--arrivals", "gamma"], "needs --cv"],
    [["--arrivals", "poisson", "--cv", "2"], "--cv belongs to"],
    [["--cv", "-1"], "--cv"],
    [["--input-share", "0"], "--input-share"],
    [["--input-share", "0.5"], "--input-share has no meaning"],
    [["--slo", "0"], "--slo"],
    [["--engine", "quick"], "--engine"],
    [["--replications", "0"], "--replications"],
    [["--warmup", "1"], "--warmup"],
    [["--seed", "-1"], "--seed"],
    [["--seed", "9007199254740992"], "--seed"],
    [["--horizon", "0"], "--horizon"],
    [["--format", "csv"], "--format"],
    [["--columns", "input=a"], "output is missing"],
    [["--columns", "input=a,output=b", "--format", "mooncake"], "--columns describes"],
    [["--arrival-unit", "ms"], "--arrival-unit belongs to --columns"],
    [["--arrival-unit", "h"], "--arrival-unit"],
    [["--field-map", "x=y"], "--field-map"],
    [["--block-size", "0"], "--block-size"],
    [["--max-unusable", "2"], "--max-unusable"],
    [["--from", "-1"], "--from"],
    [["--to", "0"], "--to"],
    [["--repeat", "0"], "--repeat"],
    [["--scale", "0"], "--scale"],
    [["--speed", "0"], "--speed"],
    [["--limit", "0"], "--limit"],
    [["--limit", "5"], "--limit has no meaning"],
    [["--spread-ticks"], "--spread-ticks has no meaning"],
    [["--classify", "x.mjs"], "the router of this fleet is length"],
    [["--cdf", "x.json"], "give one of them"],
    [["--out", "/no/such/folder/x.json"], "its folder does not exist"],
    [["--per-request", "/no/such/folder/x.csv"], "its folder does not exist"],
    [["--fleet", "no-such.json"], "no-such.json"],
    [["--bogus"], "--bogus"],
    [["too many"], "too many arguments"],
  ])("%j", async (flags, reason) => {
    const { exitCode, stderr, stdout } = await replay(...DRAWN, ...flags);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(reason);
    expect(stderr.trimEnd()).not.toContain("\n");
    expect(stdout).toBe("");
  });

  test.each([
    ["an empty file", "", "is empty"],
    ["a header alone", "arrival_s,input_tokens,output_tokens\n", "has a header but no rows"],
    ["binary data", "\u0000\u0001\u0002", "binary data"],
    ["a file of no known columns", "a,b,c\n1,2,3\n", "no known trace format"],
    ["a list of JSON", '[\n{"timestamp": 1}\n]', "JSON array"],
    ["a CDF that is none", "[[10, 0.5], [5, 1]]", "point[1]"],
  ])("%s", async (_, content, reason) => {
    const folder = await smallFolder({ input: content });
    const { exitCode, stderr } = await replay(
      join(folder, "input"),
      "--fleet",
      join(folder, "fleet.json"),
      "--rate",
      "1",
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain(reason);
  });

  test("a folder that is none of ServeGen", async () => {
    const folder = await smallFolder();
    const { exitCode, stderr } = await replay(folder, "--fleet", join(folder, "fleet.json"));
    expect([exitCode, stderr]).toEqual([2, `${folder}: is no ServeGen folder; it holds no chunk-N-trace.csv.\n`]);
  });

  test("nothing to replay, and no fleet", async () => {
    expect((await replay("--fleet", FLEET)).stderr).toContain("nothing to replay: give");
    expect((await replay("azure-conv")).stderr).toContain("--fleet");
  });

  test("a module of --classify that is none", async () => {
    const folder = await smallFolder({
      "fleet.json": JSON.stringify(smallFleet({ router: "semantic" })),
      "number.mjs": "export default 5;",
      "broken.mjs": "export default (;",
    });
    const refusal = async (module: string) =>
      (await replay(join(folder, "t.csv"), "--fleet", join(folder, "fleet.json"), "--classify", join(folder, module)))
        .stderr;
    expect(await refusal("number.mjs")).toContain("its default export is 5");
    expect(await refusal("broken.mjs")).toContain("cannot be loaded as an ES module");
    expect(await refusal("absent.mjs")).toContain("there is no such file");
  });
});
