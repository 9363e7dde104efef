import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fleetSpec, replayTrace, type ReplayTraceOptions } from "../../host/planners/replay-trace.js";
import { resolveFleet } from "../../host/specs/fleet.js";
import { parseFleet } from "../../host/specs/fleet-spec.js";
import { InputError } from "../../host/specs/input-error.js";
import { cdfToModel } from "../../host/workloads/cdf.js";
import { temporaryFolder } from "../cli/temporary-folder.js";
import { inPieces, smallFleet, traceText } from "./small-fleet.js";

const ROWS = [
  [0, 512, 10],
  [0, 512, 10],
  [1, 512, 10],
];
const bytesOf = (rows: readonly (readonly (number | string)[])[]) => ({
  name: "t.csv",
  open: () => inPieces(traceText(rows)),
});

function replayed(options: Partial<ReplayTraceOptions> = {}) {
  return replayTrace({ trace: bytesOf(ROWS), fleet: smallFleet(), warmup: 0, ...options });
}

/** What a replay is refused with. */
async function refusal(options: Partial<ReplayTraceOptions>): Promise<string> {
  const error = await replayed(options).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).message;
}

describe("replayTrace", () => {
  test("gives figures that were worked out by hand", async () => {
    // Waits 0, 110 and 0 ms; first tokens after 10, 120 and 10 ms; 110, 220 and 110 ms in all.
    const result = await replayed();
    expect(result).toMatchObject({
      engine: "slots",
      seed: 42,
      replications: 1,
      requests: { arrived: 3, completed: 3, rejected: 0, unfinished: 0, warmup_excluded: 0 },
      ttft_ms: { p50: 10, p99: 120, max: 120 },
      queue_wait_ms: { p50: 0, p99: 110, p_wait: 1 / 3 },
      tpot_ms: { p50: 10, max: 10 },
      e2e_ms: { p50: 110, max: 220 },
      slo: { ttft_ms: 100, attainment: 2 / 3, attainment_completed: 2 / 3 },
      total_replicas: 2,
      trace: { name: "t.csv", format: "per-request", rows: 3, used: 3, unusable_by_reason: {}, span_s: 1, notes: [] },
      pools: { short: { requests: { arrived: 3 } }, long: { requests: { arrived: 0 } } },
    });
    expect(result.ttft_ms.mean).toBeCloseTo(140 / 3, 12);
    expect(result.cost.per_hr_usd).toBeCloseTo(7.2, 12);
  });

  test("gives the same bits however the bytes are cut", async () => {
    const rows = Array.from({ length: 300 }, (_, i) => [i * 0.05, 100 + ((i * 37) % 900), 1 + (i % 20)]);
    const whole = await replayed({ trace: bytesOf(rows) });
    for (const length of [1, 7, 4096]) {
      const open = () => inPieces(traceText(rows), length);
      expect(await replayed({ trace: { name: "t.csv", open } })).toEqual(whole);
    }
  });

  test("takes a fleet as path, text, object or spec", async () => {
    const object = smallFleet();
    const text = JSON.stringify(object);
    const folder = await temporaryFolder({ "fleet.json": text });
    const path = join(folder, "fleet.json");
    const expected = await replayed();
    for (const fleet of [path, text, parseFleet(text, "fleet.json")])
      expect(await replayed({ fleet })).toEqual(expected);
    expect(resolveFleet(await fleetSpec(path))).toEqual(resolveFleet(await fleetSpec(object)));
  });

  test("takes bytes that can be read once", async () => {
    const result = await replayed({ trace: inPieces(traceText(ROWS)) });
    expect(result.trace).toMatchObject({ name: "trace", rows: 3 });
    expect(await refusal({ trace: inPieces(traceText(ROWS)), replications: 2 })).toBe(
      "trace: can be read only once; 2 replications need a file.",
    );
    expect(await refusal({ trace: inPieces(traceText(ROWS)), repeat: 2 })).toContain("--repeat needs a file");
  });

  test("takes a model to draw from, at its own rate or another", async () => {
    const model = cdfToModel([[512, 1]], "mine");
    const result = await replayed({ trace: { ...model, nativeRateRps: 5 }, count: 1000 });
    expect(result.trace).toMatchObject({ name: "mine", format: "workload", rows: 1000, arrivals: { rate_rps: 5 } });
    const faster = await replayed({ trace: model, rateRps: 8, count: 1000, arrivals: { type: "deterministic" } });
    expect(faster.arrival_rate_rps).toBeCloseTo(8, 6);
  });

  test("takes the text of a CDF where bytes begin as one", async () => {
    const open = () => inPieces('{"source": "made up", "cdf": [[256, 0.5], [512, 1]]}', 5);
    const result = await replayed({ trace: { name: "cdf.json", open }, rateRps: 2, count: 500, inputShare: 0.5 });
    expect(result.trace).toMatchObject({ name: "cdf.json", format: "workload", rows: 500 });
    expect(result.trace.notes.join()).toContain("50 % of every request is taken for input");
  });

  test("measures all arrivals with a warm-up of 0, fewer with one", async () => {
    const rows = Array.from({ length: 100 }, (_, i) => [i, 512, 10]);
    const all = await replayed({ trace: bytesOf(rows) });
    expect([all.ttft_ms.count, all.requests.warmup_excluded]).toEqual([100, 0]);
    const later = await replayed({ trace: bytesOf(rows), warmup: 0.25 });
    expect([later.ttft_ms.count, later.requests.warmup_excluded]).toEqual([75, 25]);
    expect(later.requests.arrived).toBe(100);
  });

  test("accounts for every request: completed, rejected by reason, unfinished", async () => {
    const rows = [
      [0, 512, 10], // completed
      [0, 2048, 10], // long: in service until 0.14
      [0, 2048, 10], // long: waits
      [0, 2048, 10], // long: a full queue
      [0, 9000, 10], // too long for every pool
      [0.2, 512, 100], // in service at the horizon
      [2, 512, 10], // after the horizon
    ];
    const { requests } = await replayed({ trace: bytesOf(rows), horizonS: 1 });
    expect(requests).toMatchObject({
      arrived: 6,
      completed: 3,
      rejected: 2,
      rejected_by_reason: { queue_full: 1, too_long_for_every_pool: 1, too_long_for_pool: 0 },
      unfinished: 1,
    });
  });

  test("changes a trace in the order that is written down, and says so", async () => {
    const rows = Array.from({ length: 100 }, (_, i) => [i, 512, 10]);
    const result = await replayed({
      trace: bytesOf(rows),
      fromS: 10,
      toS: 30,
      repeat: 2,
      scale: 3,
      speed: 2,
      limit: 100,
    });
    expect(result.requests.arrived).toBe(100);
    expect(result.arrival_rate_rps).toBeGreaterThan(5);
    expect(result.trace.changes).toEqual({ from_s: 10, to_s: 30, repeat: 2, scale: 3, speed: 2, limit: 100 });
    expect(Object.keys(result.trace.changes!)).toEqual(["from_s", "to_s", "repeat", "scale", "speed", "limit"]);
  });

  test("repeats a trace from its first request to its last", async () => {
    const result = await replayed({ repeat: 4 });
    expect(result.requests.arrived).toBe(12);
    expect(result.trace).toMatchObject({ rows: 3, used: 3 });
  });

  test("draws new arrivals at a rate, for a trace with arrivals or without", async () => {
    const lengths = "num_prefill_tokens,num_decode_tokens\n" + "512,10\n".repeat(400);
    const without = { name: "lengths.csv", open: () => inPieces(lengths) };
    expect(await refusal({ trace: without })).toContain("lengths.csv: has lengths but no arrival times");
    const result = await replayed({ trace: without, rateRps: 4 });
    expect(result.arrival_rate_rps).toBeGreaterThan(3.5);
    expect(result.arrival_rate_rps).toBeLessThan(4.5);
    expect(result.trace).toMatchObject({ format: "vidur-lengths", arrivals: { type: "poisson", rate_rps: 4 } });

    const evenly = await replayed({ rateRps: 2, arrivals: { type: "deterministic" } });
    expect(evenly.arrival_rate_rps).toBe(2);
    expect(evenly.queue_wait_ms.p_wait).toBe(0);
  });

  test("draws the same arrivals for a trace as for a workload of the same seed", async () => {
    const model = cdfToModel([[512, 1]], "mine");
    const lengths = "num_prefill_tokens,num_decode_tokens\n" + "1,1\n".repeat(200);
    const arrivals = async (options: Partial<ReplayTraceOptions>) => {
      const times: number[] = [];
      await replayed({ ...options, rateRps: 3, seed: 7, onResults: ({ arrival }) => void times.push(...arrival) });
      return times;
    };
    const drawn = await arrivals({ trace: model, count: 200 });
    expect(await arrivals({ trace: { name: "l.csv", open: () => inPieces(lengths) } })).toEqual(drawn);
  });

  test("gives every replication draws of its own, and averages them", async () => {
    const options = { trace: "azure-conv", rateRps: 20, count: 2000, fleet: "examples/fleet.json" };
    const [first, other, both] = [
      await replayed({ ...options, seed: 1 }),
      await replayed({ ...options, seed: 2 }),
      await replayed({ ...options, seed: 1, replications: 3 }),
    ];
    expect(both.replications).toBe(3);
    expect(both.requests.arrived).toBe(6000);
    expect(first.ttft_ms.p99).not.toBe(other.ttft_ms.p99);
    const [low, high] = both.ttft_ms.p99_ci95!;
    expect(low).toBeLessThan(high);
  });

  test("reads a file anew for every replication, with other copies where it is scaled", async () => {
    const rows = Array.from({ length: 200 }, (_, i) => [i * 0.2, 512, 10]);
    const once = await replayed({ trace: bytesOf(rows) });
    const twice = await replayed({ trace: bytesOf(rows), replications: 2 });
    expect(twice.ttft_ms.p99).toBe(once.ttft_ms.p99);
    const arrivals: number[][] = [[], []];
    await replayed({
      trace: bytesOf(rows),
      replications: 2,
      scale: 1.5,
      onResults: ({ arrival }, replication) => void arrivals[replication]!.push(...arrival),
    });
    expect(arrivals[0]!.length).toBeGreaterThan(250);
    expect(arrivals[1]).not.toEqual(arrivals[0]);
  });

  test("is told how many were played, over all replications", async () => {
    const told: number[] = [];
    await replayed({ replications: 3, onProgress: (played) => void told.push(played) });
    expect(told).toEqual([3, 6, 9]);
  });

  test("routes by the function of the router semantic, given or named by the fleet", async () => {
    const router = { type: "semantic" as const, default_pool: "long" };
    const byLabel = await replayed({
      fleet: smallFleet({ router }),
      classify: ({ inputTokens }) => (inputTokens > 500 ? "short" : undefined),
    });
    expect(byLabel.pools.short!.requests.arrived).toBe(3);
    const folder = await temporaryFolder({
      "fleet.json": JSON.stringify(smallFleet({ router: { ...router, classify: "route.mjs" } })),
      "route.mjs": "export default ({ arrivalS }) => (arrivalS >= 1 ? 'short' : undefined);",
    });
    const byModule = await replayed({ fleet: join(folder, "fleet.json") });
    expect(byModule.pools.short!.requests.arrived).toBe(1);
    expect(byModule.requests.routed_by_default).toBe(2);
    expect(await refusal({ classify: () => "short" })).toContain("the router of this fleet is length");
  });

  test("routes by the labels of a trace, and counts those that name no pool", async () => {
    const trace = bytesOf([
      [0, 100, 1, "long"],
      [1, 100, 1, "short"],
      [2, 100, 1, "gpt-4"],
      [3, 100, 1],
    ]);
    const fleet = smallFleet({ router: { type: "model", default_pool: "long" } });
    const { pools, requests } = await replayed({ trace, fleet });
    expect([pools.short!.requests.arrived, pools.long!.requests.arrived]).toEqual([1, 3]);
    expect(requests.routed_by_default).toBe(2);
  });

  test("compresses the requests of safe categories alone", async () => {
    const router = { type: "compress_route" as const, b_short: 1000, gamma: 2, safe_categories: ["prose"] };
    const trace = bytesOf([
      [0, 1500, 10, "", "prose"],
      [1, 1500, 10, "", "code"],
      [2, 1500, 10],
      [3, 3000, 10, "", "prose"],
    ]);
    const { pools, requests } = await replayed({ trace, fleet: smallFleet({ router }) });
    expect(requests.compressed).toBe(1);
    expect([pools.short!.requests.arrived, pools.long!.requests.arrived]).toEqual([1, 3]);
  });

  test("reports what a classify function does wrong, with the request", async () => {
    const fleet = smallFleet({ router: "semantic" });
    const trace = bytesOf([
      [0, 512, 10, "chat"],
      [1, 300, 7, "chat", "code"],
    ]);
    const throwing = ({ arrivalS }: { arrivalS: number }) => {
      if (arrivalS === 1) throw new TypeError("no such model");
      return undefined;
    };
    expect(await refusal({ trace, fleet, classify: throwing })).toBe(
      'classify threw TypeError: no such model for request 2 (arrival 1 s, 300 input and 7 output tokens, label "chat", category "code").',
    );
    const answering = (answer: unknown) => refusal({ trace, fleet, classify: (() => answer) as () => string });
    expect(await answering(7)).toContain("classify answered 7 for request 1 (arrival 0 s");
    expect(await answering(Promise.resolve("short"))).toContain("it must not be async");
  });

  test("counts requests over chunks when it names one", async () => {
    let calls = 0;
    const classify = () => {
      if (++calls === 70_000) throw new Error("enough");
      return undefined;
    };
    const options = { trace: "azure-conv", count: 80_000, fleet: smallFleet({ router: "semantic" }), classify };
    expect(await refusal(options)).toContain("classify threw Error: enough for request 70000 (");
  });

  test.each([
    [{ seed: -1 }, "seed is -1"],
    [{ seed: 0.5 }, "seed is 0.5"],
    [{ warmup: 1 }, "warmup is 1"],
    [{ warmup: NaN }, "warmup is NaN"],
    [{ replications: 0 }, "replications is 0"],
    [{ replications: 1e9 }, "replications is 1000000000"],
    [{ sloMs: 0 }, "sloMs is 0"],
    [{ sloMs: Infinity }, "sloMs is Infinity"],
    [{ horizonS: -1 }, "horizonS is -1"],
    [{ limit: 0 }, "limit: is 0"],
    [{ repeat: 1.5 }, "repeat: is 1.5"],
    [{ scale: 0 }, "scale: is 0"],
    [{ speed: Infinity }, "speed: is Infinity"],
    [{ fromS: 5, toS: 5 }, "to: is 5"],
    [{ rateRps: 0 }, "the rate is 0"],
    [{ rateRps: 1, speed: 2 }, "--speed has no meaning"],
    [{ arrivals: { type: "poisson" } }, "--arrivals has no meaning"],
    [{ count: 5 }, "--n has no meaning"],
    [{ blockSize: 0 }, "blockSize: is 0"],
    [{ maxUnusableShare: 2 }, "maxUnusableShare: is 2"],
    [{ trace: "no-such-file.csv" }, "no-such-file.csv: no such file, folder or built-in workload"],
    [{ trace: "azure-konv" }, "did you mean azure-conv?"],
    [{ trace: "azure" }, "azure: has no arrival rate of its own; --rate must give one"],
    [{ trace: "azure-conv", limit: 5 }, "azure-conv: is a workload to draw from, not a trace; --limit has no meaning"],
    [{ trace: "azure-conv", rateRps: 1e-9 }, "may take longer than 1000000000 s"],
    [{ trace: "azure-conv", count: 0 }, "the number of requests is 0"],
    [{ fleet: "no-such-fleet.json" }, "no-such-fleet.json: cannot read the file"],
    [{ fleet: "pools: 3\n" }, "fleet:1:8: pools is 3"],
    [{ fromS: 100 }, "nothing to replay: none of its 3 requests is left after --from"],
    [{ trace: "azure-conv", rateRps: 1, count: 5, horizonS: 1e-9 }, "no request arrives within the horizon"],
  ] as [Partial<ReplayTraceOptions>, string][])("refuses %j", async (options, reason) => {
    expect(await refusal(options)).toContain(reason);
  });

  test.each([
    ["has too many tokens", [[0, 2 ** 31 - 1, 1]], "request 1 has 2147483648 tokens"],
    [
      "comes when the clock has ended",
      [
        [0, 1, 1],
        [2e9, 1, 1],
      ],
      "request 2 arrives at 2000000000 s",
    ],
  ])("refuses a request that %s", async (_, rows, reason) => {
    expect(await refusal({ trace: bytesOf(rows) })).toContain(reason);
  });
});
