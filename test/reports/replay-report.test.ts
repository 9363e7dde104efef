import { describe, expect, test } from "vitest";
import { fleetSpec, replayTrace, type ReplayTraceOptions } from "../../host/planners/replay-trace.js";
import { replayReport, type ReportOptions } from "../../host/reports/replay-report.js";
import { visibleLength } from "../../host/reports/visible-length.js";
import { resolveFleet } from "../../host/specs/fleet.js";
import { inPieces, smallFleet, traceText } from "../planners/small-fleet.js";

async function page(options: ReplayTraceOptions, report: Partial<ReportOptions> = {}): Promise<string> {
  const result = await replayTrace(options);
  const fleet = resolveFleet(await fleetSpec(options.fleet));
  return replayReport(result, fleet, { fleetName: "fleet.json", ...report });
}

const DRAWN: ReplayTraceOptions = { trace: "azure-conv", rateRps: 20, count: 5000, fleet: "examples/fleet.json" };

/** The page of requests drawn for the example fleet, line breaks as blanks. */
async function drawnWords(options: Partial<ReplayTraceOptions> = {}): Promise<string> {
  return (await page({ ...DRAWN, ...options })).replaceAll(/\s+/g, " ");
}

/** The page of a trace of `[arrival, input, output]` in the small fleet, line breaks as blanks. */
async function traceWords(
  rows: readonly (readonly number[])[],
  options: Partial<ReplayTraceOptions> = {},
): Promise<string> {
  const trace = { name: "t.csv", open: () => inPieces(traceText(rows)) };
  return (await page({ trace, fleet: smallFleet(), warmup: 0, ...options })).replaceAll(/\s+/g, " ");
}

const every = (gapS: number, count: number, input = 512, output = 10) =>
  Array.from({ length: count }, (_, i) => [i * gapS, input, output]);

describe("replayReport", () => {
  test.each([72, 80, 100, 110])("fits a page of %d columns", async (width) => {
    const text = await page({ ...DRAWN, fleet: "examples/three-pools.json", replications: 2 }, { width });
    expect(Math.max(...text.split("\n").map(visibleLength))).toBeLessThanOrEqual(width);
    for (const figure of ["TTFT P50", "P99", "95 % interval", "in time", "verdict", "KV"])
      expect(text).toContain(figure);
  });

  test("names what was replayed through what, and the seed", async () => {
    expect(await drawnWords({ seed: 7 })).toMatch(/^azure-conv through fleet\.json seed 7 /);
  });

  test("accounts for every request", async () => {
    const text = await traceWords(
      [
        [0, 512, 10],
        [0, 9000, 1],
        [0, 2048, 10],
        [0, 2048, 10],
        [0, 2048, 10],
        [0.2, 512, 100],
      ],
      { horizonS: 1 },
    );
    expect(text).toContain("6 arrived = 3 completed + 2 rejected + 1 unfinished");
    expect(text).toContain("1 too long for every pool, 1 met a full queue, 1 were unfinished when the clock stopped");
    expect(text).toContain("missed, more than 1 % never had a first token");
  });

  test("calls the objective met, missed, or too close to call", async () => {
    expect(await traceWords(every(1, 400))).toContain(
      "first token within 100 ms for 99 % of the requests: met, P99 10.0 ms",
    );
    expect(await traceWords(every(1, 400), { sloMs: 5 })).toContain(
      "missed, P99 10.0 ms, 95 % interval 10.0 to 10.0 ms",
    );
    expect(await drawnWords({ count: 100_000, engine: "slots" })).toContain(
      "too close to call, P99 425 ms, 95 % interval 300 to 661 ms",
    );
    expect(await traceWords(every(1, 20))).toContain("too few requests to tell");
  });

  test("says which pool's backlog grew, and what that means", async () => {
    const text = await traceWords(every(0.05, 2000));
    expect(text).toMatch(/verdict overloaded: the backlog grew \(short by 1\d\.\d requests\/s\)/);
    expect(text).toContain("the longer such a run is, the larger its times");
    expect(await traceWords(every(1, 400))).toContain("verdict stable: no backlog grew");
  });

  test("says that replications differ, in what, or that they do not", async () => {
    expect(await drawnWords()).toContain("One run: its intervals come from batches of its requests.");
    expect(await drawnWords({ replications: 2 })).toContain(
      "Figures are means of 2 replications, intervals from their spread; each has draws of its own.",
    );
    const alike = "The replications are all the same run";
    expect(await traceWords(every(1, 30), { replications: 2 })).toContain(alike);
    const scaled = await traceWords(every(1, 30), { replications: 2, scale: 2 });
    expect(scaled).not.toContain(alike);
    expect(scaled).toContain("The trace is the same in each: only what router, balancing and --scale draw differs.");
    const random = await traceWords(every(1, 30), { replications: 2, fleet: smallFleet({ router: "random" }) });
    expect(random).not.toContain(alike);
  });

  test("tells what was done to a trace, with numbers as they were given", async () => {
    expect(
      await traceWords(every(1, 100), { fromS: 10, toS: 40.5, repeat: 3, scale: 1.5, speed: 2, limit: 50 }),
    ).toContain(
      "per-request, 100 requests over 1 min 39 s, 1.01 requests/s; played from 10 s, to 40.5 s, 3 times over, rate x 1.5, " +
        "speed x 2, at most 50 requests",
    );
    expect(await traceWords(every(1, 100), { rateRps: 0.25, arrivals: { type: "gamma", cv: 2 } })).toContain(
      "gamma (cv 2) arrivals at 0.25 requests/s in place of its own",
    );
  });

  test("says of a workload what rate it had at its source", async () => {
    expect(await drawnWords()).toContain(
      "5,000 requests to draw, Poisson arrivals at 20 requests/s (5.91 at its source)",
    );
  });

  test("tells how replicas batched, and of prefixes and peaks where there are any", async () => {
    const text = await page({ ...DRAWN, fleet: "examples/h100.yaml" });
    for (const title of ["batches", "iteration ms", "ITL P50 ms", "preempted", "MFU", "MBU", "sequences"]) {
      expect(text).toContain(title);
    }
    expect(text).not.toContain("prefix hits");
    expect(await drawnWords({ engine: "slots" })).not.toContain("ITL");
    const caching = { enable_prefix_caching: true };
    const iteration_model = { type: "linear", c0_ms: 10 } as const;
    const fleet = { pools: [{ id: "a", n_replicas: 1, max_ctx: 16384, iteration_model, serving: caching }] };
    const cached = await page({ ...DRAWN, rateRps: 2, fleet, prefixes: { groups: 2, tokens: 160 } });
    expect(cached).toContain("prefix hits");
    const bare = (await page({ ...DRAWN, rateRps: 2, fleet })).replaceAll(/\s+/g, " ");
    expect(bare).toContain("A prefix cache found nothing");
  });

  test("says what is not exact", async () => {
    expect(await drawnWords()).toContain("Iterations are timed by W and H of the profile");
    expect(await drawnWords({ engine: "slots" })).toContain("Every iteration is charged at the time of a full batch");
    expect(await drawnWords()).toContain("a 70B model on eight GPUs, at the price of one");
    expect(await traceWords(every(1, 30))).not.toContain("eight GPUs");
    expect(await drawnWords({ trace: "azure" })).toContain("80 % of every request is taken for input");
  });

  test("prices a million output tokens", async () => {
    // 10 tokens a second at $7.20 an hour.
    expect(await traceWords(every(1, 500))).toMatch(
      /\$7\.20 an hour, \$63,072 a year, \$200\.00 a million output tokens/,
    );
  });

  test("shows the pools with the longest times of many, and counts the others", async () => {
    const [pool] = smallFleet().pools;
    const pools = Array.from({ length: 20 }, (_, i) => ({ ...pool!, id: `p${i}`, max_ctx: 1024 + i }));
    const text = await traceWords(every(0.01, 500), { fleet: smallFleet({ pools, router: "round_robin" }) });
    expect(new Set(text.match(/\bp\d+\b/g)).size).toBe(16);
    expect(text).toContain("4 more pools have lower P99s of TTFT");
  });

  test("says where the requests were written", async () => {
    expect(await page(DRAWN, { perRequestFile: "out.csv" })).toContain("every request to out.csv");
  });

  test("has no row for a fleet of one pool that got all requests", async () => {
    const fleet = smallFleet({ pools: [smallFleet().pools[1]!] });
    expect(await traceWords([[0, 512, 10]], { fleet })).not.toContain("TTFT fleet");
    expect(await traceWords([...every(1, 3), [9, 9000, 10]], { fleet })).toContain("TTFT fleet");
  });
});
