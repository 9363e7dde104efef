import { describe, expect, test } from "vitest";
import { fleetSpec, replayTrace, type ReplayTraceOptions } from "../../../host/planners/replay-trace.js";
import { htmlPage } from "../../../host/reports/html/html-page.js";
import type { Page, PlottedChart } from "../../../host/reports/html/page-spec.js";
import { replayPage } from "../../../host/reports/html/replay-page.js";
import { resolveFleet } from "../../../host/specs/fleet.js";
import { inPieces, smallFleet, traceText } from "../../planners/small-fleet.js";
import { carried } from "./small-page.js";

async function pageOf(options: ReplayTraceOptions): Promise<Page> {
  const result = await replayTrace({ curves: true, ...options });
  return replayPage(result, resolveFleet(await fleetSpec(options.fleet)), { fleetName: "fleet.json" });
}

const DRAWN: ReplayTraceOptions = { trace: "azure-conv", rateRps: 20, count: 5000, fleet: "examples/fleet.json" };

const every = (gapS: number, count: number) => Array.from({ length: count }, (_, i) => [i * gapS, 512, 10]);
const traced = (gapS: number, count: number) =>
  pageOf({
    trace: { name: "t.csv", open: () => inPieces(traceText(every(gapS, count))) },
    fleet: smallFleet(),
    warmup: 0,
  });

const titles = (page: Page) => (carried(htmlPage(page), "charts") as PlottedChart[]).map(({ title }) => title);

describe("replayPage", () => {
  test("charts TTFT, the queue, batches and KV memory of the engine iterations", async () => {
    expect(titles(await pageOf(DRAWN))).toEqual([
      "Time to first token",
      "Queue over time",
      "Batch over time",
      "KV memory in use",
    ]);
  });

  test("charts slots of the engine slots", async () => {
    const page = await pageOf({ ...DRAWN, engine: "slots" });
    expect(titles(page)).toEqual(["Time to first token", "Queue over time", "Slots in use", "KV memory in use"]);
  });

  test("shows each pool, and the fleet", async () => {
    const [ttft, queue] = carried(htmlPage(await pageOf(DRAWN)), "charts") as PlottedChart[];
    const labels = (chart: PlottedChart) => (chart.kind === "frontier" ? [] : chart.series.map(({ label }) => label));
    expect(labels(ttft!)).toEqual(["fleet", "short", "long"]);
    expect(labels(queue!)).toEqual(["short", "long"]);
  });

  test("shows the pools with the longest times of many", async () => {
    const [pool] = smallFleet().pools;
    const pools = Array.from({ length: 20 }, (_, i) => ({ ...pool!, id: `p${i}`, max_ctx: 1024 + i }));
    const trace = { name: "t.csv", open: () => inPieces(traceText(every(0.02, 500))) };
    const page = await pageOf({ trace, fleet: smallFleet({ pools, router: "round_robin" }) });
    const [ttft] = carried(htmlPage(page), "charts") as PlottedChart[];
    expect(ttft).toMatchObject({ series: { length: 9 }, note: expect.stringContaining("Of the 20 pools") as string });
  });

  test("says whether the objective is met, missed, or not to be told", async () => {
    expect((await traced(1, 400)).verdict).toMatchObject({
      tone: "good",
      text: expect.stringMatching(/^First token .* met/) as string,
    });
    expect((await traced(0.05, 2000)).verdict).toMatchObject({
      tone: "bad",
      text: expect.stringMatching(/^Overloaded: /) as string,
    });
    expect((await traced(1, 20)).verdict).toMatchObject({ tone: "unsure" });
  });

  test("keeps the report's lines, tables, warnings and notes", async () => {
    const html = htmlPage(await pageOf({ ...DRAWN, horizonS: 100 })).replaceAll(/\s+/g, " ");
    for (const words of [
      "arrived = ",
      "unfinished when the clock stopped",
      "95 % interval",
      "iteration ms",
      "One run:",
      "$6.63 an hour",
    ])
      expect(html).toContain(words);
  });

  test("is small, and has no colours of a terminal", async () => {
    const html = htmlPage(await pageOf(DRAWN));
    expect(html.length).toBeLessThan(200_000);
    expect(html).not.toContain("\u001b");
  });

  test.each([1, 2])("stands with %d requests", async (count) => {
    expect(htmlPage(await traced(1, count))).toContain("too few requests to tell");
  });
});

describe("curves of a replay", () => {
  test("pass through the percentiles of the report", async () => {
    const { quantiles, ttft_ms: ttft } = await replayTrace({ ...DRAWN, curves: true });
    const at = (share: number) => quantiles!.ttft_ms[quantiles!.p.indexOf(share)];
    expect([at(0.5), at(0.9), at(0.95), at(0.99), at(0.999)]).toEqual([
      ttft.p50,
      ttft.p90,
      ttft.p95,
      ttft.p99,
      ttft.p999,
    ]);
    expect(quantiles!.p.at(-1)).toBe(0.9997);
    expect(quantiles!.ttft_ms.toSorted((a, b) => a! - b!)).toEqual(quantiles!.ttft_ms);
  });

  test("end where requests never had a first token", async () => {
    const { quantiles, ttft_ms: ttft } = await replayTrace({
      ...DRAWN,
      horizonS: 100,
      warmup: 0,
      fleet: smallFleet(),
      curves: true,
    });
    expect(ttft.p99).toBeNull();
    expect(quantiles!.ttft_ms.at(-1)).toBeNull();
    expect(quantiles!.ttft_ms[0]).toBeGreaterThan(0);
  });

  test("average to the figures of the whole window", async () => {
    const { pools } = await replayTrace({ ...DRAWN, engine: "slots", curves: true });
    const { course, utilisation } = pools["short"]!;
    expect(course!.t_s).toHaveLength(64);
    // Parts are of equal numbers of arrivals, not of equal times.
    const spans = course!.t_s.map((t, i) => (i === 0 ? course!.t_s[1]! - t : t - course!.t_s[i - 1]!));
    const total = spans.reduce((sum, span) => sum + span, 0);
    const mean = course!.kv.reduce((sum, kv, i) => sum + kv * spans[i]!, 0) / total;
    expect(mean / utilisation.kv).toBeCloseTo(1, 1);
  });

  test("are means over replications", async () => {
    const both = await replayTrace({ ...DRAWN, replications: 2, curves: true });
    expect(both.quantiles!.ttft_ms[both.quantiles!.p.indexOf(0.99)]).toBeCloseTo(both.ttft_ms.p99!, 9);
  });

  test("are told where they are asked for alone", async () => {
    const plain = await replayTrace({ ...DRAWN, engine: "slots" });
    expect(plain).not.toHaveProperty("quantiles");
    expect(plain.pools["short"]).not.toHaveProperty("course");
  });
});
