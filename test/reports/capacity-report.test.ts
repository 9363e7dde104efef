import { describe, expect, test } from "vitest";
import { capacity } from "../../host/planners/capacity.js";
import type { CapacityOptions } from "../../host/planners/capacity-options.js";
import { capacitySweep, type CapacitySweepOptions } from "../../host/planners/capacity-sweep.js";
import { capacityReport, type CapacityReportOptions } from "../../host/reports/capacity-report.js";
import { capacitySweepReport } from "../../host/reports/capacity-sweep-report.js";
import { visibleLength } from "../../host/reports/visible-length.js";
import { fixedLengths, linearFleet } from "../planners/capacity-fixtures.js";
import { inPieces, smallFleet, traceText } from "../planners/small-fleet.js";

/** Four seats, 10 ms an iteration, 20 iterations a request: 20 requests/s. */
const fleet = linearFleet(4, { c0_ms: 10 });
const tenMs: CapacityOptions = {
  trace: fixedLengths(10, 20),
  fleet,
  slo: { ttftMs: 1000 },
  arrivals: { type: "deterministic" },
  count: 4000,
};

async function page(more: Partial<CapacityOptions> = {}, shown: Partial<CapacityReportOptions> = {}) {
  return capacityReport(await capacity({ ...tenMs, ...more }), { fleetName: "fleet.json", ...shown });
}

/** The page, line breaks and blanks as one blank. */
async function words(more: Partial<CapacityOptions> = {}) {
  return (await page(more)).replaceAll(/\s+/g, " ");
}

function widest(text: string): number {
  return Math.max(...text.split("\n").map(visibleLength));
}

describe("capacityReport", () => {
  test.each([72, 80, 100, 110])("fits a page of %d columns", async (width) => {
    const options = {
      fleet: "examples/three-pools.json",
      trace: "azure",
      slo: { ttftMs: 1000, tpotMs: 500, e2eMs: 1e5, itlMs: 400 },
    };
    const text = capacityReport(await capacity({ ...options, count: 4000 }), { fleetName: "fleet.json", width });
    expect(widest(text)).toBeLessThanOrEqual(width);
  });

  test("says what is borne, what is too much and what that is a replica, a GPU and a dollar", async () => {
    const text = await words();
    expect(text).toMatch(/^fixed through fleet\.json seed 42 capacity 20\.0 requests\/s; 20\.\d are too many/);
    expect(text).toContain("20.0 requests/s a replica (1), 20.0 a GPU (1), no price");
    expect(await words({ fleet: smallFleet(), engine: "slots" })).toMatch(
      /[\d.]+ a GPU \(2\), [\d.]+ for a dollar an hour/,
    );
  });

  test("says what was asked", async () => {
    expect(await words()).toContain("99 % of the arrivals with the first token within 1,000 ms; no backlog that grows");
    const slo = { ttftMs: 1000, tpotMs: 50, e2eMs: 9000, itlMs: 200 };
    expect(await words({ slo, attainment: 0.999 })).toContain(
      "99.9 % of the arrivals with the first token within 1,000 ms, 50.0 ms an output token and the last token within " +
        "9,000 ms; 99.9 % of the gaps between tokens within 200 ms",
    );
  });

  test("says what limits, with its value against the limit", async () => {
    expect(await words()).toMatch(
      /limited by TTFT: P99 is [\d,.]+ (ms|s) \(95 % interval .*\), and 1,000 ms is the limit/,
    );
    expect(await words({ slo: { e2eMs: 1e7 } })).toMatch(
      /limited by overloaded: the backlog grows by [\d.]+ requests\/s \(only\)/,
    );
    const prompts = {
      trace: fixedLengths(100, 100),
      fleet: linearFleet(64, { c0_ms: 1, c1_ms: 1 }),
      slo: { itlMs: 50 },
    };
    expect(await words(prompts)).toMatch(/limited by ITL: P99 is [\d.]+ ms, and 50\.0 ms is the limit/);
  });

  test("says for what reason arrivals are turned away", async () => {
    const rows = Array.from({ length: 100 }, (_, i) => [i, i % 10 === 0 ? 5000 : 10, 20]);
    const trace = { name: "t.csv", open: () => inPieces(traceText(rows)) };
    const text = capacityReport(await capacity({ trace, fleet }), { fleetName: "f" }).replaceAll(/\s+/g, " ");
    expect(text).toContain("none: even the lowest rate, at which hardly any request meets another, is too much");
    expect(text).toContain(
      "10.0 % of the arrivals are turned away (most are too long for the pools: the same at every load), and 1 % may be",
    );
  });

  test("does not round what is not in time up to the objective", async () => {
    const result = await capacity(tenMs);
    const almost = { ...result, tried: [{ ...result.tried[0]!, attainment: 0.98999 }] };
    expect(capacityReport(almost, { fleetName: "f" })).toContain("98.99 %");
  });

  test("shows every load that was tried, and the times that were limited", async () => {
    const result = await capacity({ ...tenMs, slo: { ttftMs: 1000, e2eMs: 2000, itlMs: 100 } });
    const text = capacityReport(result, { fleetName: "f" });
    const [table] = text
      .split("\n")
      .slice(text.split("\n").findIndex((line) => line.startsWith("tried")))
      .join("\n")
      .split("\n\n");
    expect(table!.split("\n").length).toBe(result.tried.length + 1);
    expect(table).toMatch(/TTFT P99 ms +TPOT P99 +E2E P99 +ITL P99/);
    expect(await page()).not.toContain("E2E P99  ITL");
  });

  test("names users and their rate in a closed loop", async () => {
    const loop = { trace: fixedLengths(10, 20), fleet, slo: { ttftMs: 30 }, count: 4000 };
    const result = await capacity({ ...loop, users: {} });
    const text = capacityReport(result, { fleetName: "f" }).replaceAll(/\s+/g, " ");
    expect(text).toMatch(/capacity 4 users, who send 20\.\d requests\/s; 5 are too many/);
    const all = capacityReport(await capacity({ ...loop, users: { most: 2 } }), {
      fleetName: "f",
    });
    expect(all).toContain("no limit found: every load that was tried is bearable, up to 2 users");
  });

  test("warns of runs that are short", async () => {
    expect(await words({ fleet: linearFleet(64, { c0_ms: 10 }, { n_replicas: 40 }) })).toContain(
      "is short for so large a fleet",
    );
  });

  test("breaks the first line if the names are long", async () => {
    const text = await page({}, { fleetName: "a-fleet".repeat(12) });
    expect(widest(text)).toBeLessThanOrEqual(100);
  });
});

describe("capacitySweepReport", () => {
  const sweep: CapacitySweepOptions = {
    ...tenMs,
    fleet: linearFleet(4, { c0_ms: 10 }, { serving: { max_num_batched_tokens: 2048 } }),
    sweep: { scheduler: ["vllm", "orca"], chunk: [16, 64], max_num_seqs: [1, 8] },
  };
  const text = async (width = 100) =>
    capacitySweepReport(await capacitySweep(sweep), { fleetName: "fleet.json", width });

  test.each([72, 100])("fits a page of %d columns", async (width) => {
    expect(widest(await text(width))).toBeLessThanOrEqual(width);
  });

  test("has a row for each combination, the most for a GPU first", async () => {
    const lines = (await text()).split("\n");
    expect(lines[2]).toMatch(/scheduler +chunk +max_num_seqs +requests\/s +a GPU +TTFT P99 ms/);
    expect(lines[3]).toMatch(/^\* +vllm +(16|64) +8 +40\.\d/);
    expect(lines[6]).toMatch(/vllm +(16|64) +1 +(4\.9\d|5\.0\d)/);
  });

  test("names combinations that make no fleet, and why", async () => {
    const words = (await text()).replaceAll(/\s+/g, " ");
    expect(words).toContain(
      "no fleet scheduler orca, chunk 16, max_num_seqs 1: pools[0].serving.chunk is 16, but has no meaning",
    );
    const left = capacitySweepReport(await capacitySweep({ ...sweep, sweep: { scheduler: ["vllm", "orca"] } }), {
      fleetName: "f",
    });
    expect(left).toContain("left out   max_num_batched_tokens of the fleet file, with scheduler orca");
  });

  test("says by what it is ordered", async () => {
    expect(await text()).toContain("by requests/s a GPU (not every fleet has a price)");
  });
});
