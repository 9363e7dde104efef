import { describe, expect, test } from "vitest";
import { capacity } from "../../../host/planners/capacity.js";
import { capacitySweep } from "../../../host/planners/capacity-sweep.js";
import { compareRouters, type CompareRoutersOptions } from "../../../host/planners/compare-routers.js";
import { disaggConstant } from "../../../host/planners/disagg/constant-method.js";
import { gridFlex } from "../../../host/planners/grid-flex.js";
import { pareto } from "../../../host/planners/pareto.js";
import { simulate } from "../../../host/planners/simulate.js";
import { replicaOptions } from "../../../host/planners/sizing/replica-options.js";
import { tokensPerWatt, twoPoolTokensPerWatt } from "../../../host/planners/tok-per-watt.js";
import { whatif, whatifGpus } from "../../../host/planners/whatif.js";
import { capacityPage } from "../../../host/reports/html/capacity-page.js";
import { capacitySweepPage } from "../../../host/reports/html/capacity-sweep-page.js";
import { disaggConstantPage } from "../../../host/reports/html/disagg-constant-page.js";
import { gridFlexPage } from "../../../host/reports/html/grid-flex-page.js";
import { htmlPage } from "../../../host/reports/html/html-page.js";
import type { Block, Chart, FrontierChart, Page } from "../../../host/reports/html/page-spec.js";
import { paretoPage } from "../../../host/reports/html/pareto-page.js";
import { routersPage } from "../../../host/reports/html/routers-page.js";
import { simulateJson, simulatePage } from "../../../host/reports/html/simulate-page.js";
import { fleetWattsPage, wattsPage } from "../../../host/reports/html/watts-page.js";
import { whatifGpusPage, whatifPage } from "../../../host/reports/html/whatif-page.js";
import { carried } from "./small-page.js";

const CHARTS = ["lines", "distribution", "frontier", "bars", "intervals"];
const isChart = (block: Block): block is Chart => CHARTS.includes(block.kind);
const chartsOf = (page: Page) => page.sections.flatMap(({ blocks }) => blocks).filter(isChart);
const titles = (page: Page) => chartsOf(page).map(({ title }) => title);

/** What holds for every page: it is small, free of colours, and carries its result. */
function expectSound(page: Page): void {
  const text = htmlPage(page);
  expect(text.length).toBeLessThan(300_000);
  expect(text).not.toContain("\u001b");
  expect(text).not.toMatch(/>(undefined|NaN|null)</);
  expect(carried(text, "result")).toEqual(JSON.parse(JSON.stringify(page.result)));
  expect(htmlPage(page)).toBe(text);
}

const FEW = { workload: "azure", requests: 3000 };
const [A100, H100] = replicaOptions({ gpus: ["a100", "h100"] });

describe("the page of whatif", () => {
  const RATES = { ...FEW, ratesRps: [50, 100], gammaMax: 1 };

  test("charts cost and GPUs over the rate, beside what analysis expects", async () => {
    const page = whatifPage(await whatif(RATES));
    expectSound(page);
    expect(titles(page)).toEqual(["Cost", "GPUs", "Cost of a million requests"]);
    expect(chartsOf(page)[1]).toMatchObject({
      series: [{ label: "cheapest fleet" }, { label: "expected by analysis" }],
    });
    expect(page.verdict!.text).toMatch(/^\$[\d.]+ an hour at 50 requests\/s, \$[\d.]+ at 100\.$/);
  });

  test("has a curve for each GPU, and names the cheapest", async () => {
    const result = await whatifGpus({ ...RATES, gpuCompare: ["a100", "h100"] });
    const page = whatifGpusPage(result);
    expectSound(page);
    for (const chart of chartsOf(page)) expect(chart).toMatchObject({ series: [{ label: "a100" }, { label: "h100" }] });
    expect(page.verdict!.text).toMatch(/^(a100|h100) is the cheapest|^The cheapest are /i);
  });

  test("says where no rate has a fleet", async () => {
    const page = whatifPage(await whatif({ ...RATES, sloMs: 1 }));
    expectSound(page);
    expect(page.verdict).toMatchObject({ tone: "bad" });
  });
});

describe("the page of pareto", () => {
  test("charts all thresholds, those on the front as efficient, and the replay of the recommended", async () => {
    const result = await pareto({ ...FEW, rateRps: 100, bShort: [1024, 4096], curves: true });
    const page = paretoPage(result);
    expectSound(page);
    expect(titles(page).slice(0, 3)).toEqual(["Cost against latency", "Cost by threshold", "Time to first token"]);
    const { points } = chartsOf(page)[0] as FrontierChart;
    expect(points.map(({ isEfficient }) => isEfficient)).toEqual(result.rows.map((row) => row.pareto));
  });

  test("draws one line for each objective", async () => {
    const page = paretoPage(await pareto({ ...FEW, rateRps: 100, bShort: [1024, 4096], sloRangeMs: [200] }));
    expectSound(page);
    expect(chartsOf(page)[1]).toMatchObject({ series: [{ label: "sized for 200 ms" }, { label: "sized for 500 ms" }] });
  });
});

describe("the page of tok-per-watt", () => {
  test("charts tokens a watt, energy against cost, and energy against latency", async () => {
    const page = wattsPage(await tokensPerWatt({ ...FEW, rateRps: 50, rhoSweep: [0.4] }));
    expectSound(page);
    expect(titles(page)).toEqual(["Tokens a watt", "Energy against cost", "Energy against latency"]);
    expect(chartsOf(page)[0]).toMatchObject({
      bars: expect.arrayContaining([expect.objectContaining({ isChosen: true })]) as unknown,
    });
  });

  test("puts two pools beside one", async () => {
    const fleets = { bShort: 4096, short: [A100!], long: [H100!] };
    const page = fleetWattsPage(await twoPoolTokensPerWatt({ ...FEW, rateRps: 50, ...fleets }));
    expectSound(page);
    expect(titles(page)).toEqual(["Tokens a watt", "Cost of output", "Power"]);
  });
});

describe("the page of grid-flex", () => {
  const LEVELS = { ...FEW, rateRps: 50, replica: H100!, flexPcts: [0, 20, 40] };

  test("charts P99, with its interval, and power over the cut", async () => {
    const page = gridFlexPage(await gridFlex({ ...LEVELS, gpus: 16 }));
    expectSound(page);
    expect(titles(page)).toEqual(["P99 of TTFT", "Power of the fleet"]);
    expect(chartsOf(page)[0]).toMatchObject({ series: { length: 4 }, limit: { value: 500 } });
  });

  test("has what analysis expects alone where nothing was simulated", async () => {
    const page = gridFlexPage(await gridFlex({ ...LEVELS, gpus: 16, requests: 0 }));
    expectSound(page);
    expect(chartsOf(page)[0]).toMatchObject({ series: [{ label: "expected by analysis" }] });
  });

  test("charts no P99 where every level is overloaded", async () => {
    const page = gridFlexPage(await gridFlex({ ...LEVELS, gpus: 1, rateRps: 1000 }));
    expectSound(page);
    expect(titles(page)).toEqual(["Power of the fleet"]);
    expect(page.verdict).toMatchObject({ tone: "bad" });
  });
});

describe("the page of disagg by a constant", () => {
  test("is never sure, and draws pairs as expectations", async () => {
    const page = disaggConstantPage(
      await disaggConstant({ workload: "azure", rateRps: 200, prefill: A100!, decode: H100! }),
    );
    expectSound(page);
    expect(page.verdict).toMatchObject({ tone: "unsure" });
    for (const chart of chartsOf(page)) {
      expect((chart as FrontierChart).points.every(({ isEstimate }) => isEstimate)).toBe(true);
    }
  });

  test("puts one pool beside the pair", async () => {
    const question = { workload: "azure", rateRps: 20, prefill: H100!, decode: H100!, comparesAggregated: true };
    expect(titles(disaggConstantPage(await disaggConstant(question)))).toContain("Cost");
  });

  test("says why there is none", async () => {
    const page = disaggConstantPage(
      await disaggConstant({ workload: "azure", rateRps: 200, prefill: A100!, decode: A100!, sloTpotMs: 1 }),
    );
    expectSound(page);
    expect(page.verdict).toMatchObject({ tone: "bad" });
  });
});

describe("the page of compare-routers", () => {
  const FLEET: CompareRoutersOptions = { ...FEW, rateRps: 100, nShort: 8, nLong: 8 };
  const played = { arrivals: [{ workload: "azure", rate_rps: 100, requests: 3000 }] };

  test("charts P99 with intervals, distributions, and differences from the baseline", async () => {
    const rows = await compareRouters({ ...FLEET, curves: true });
    const page = routersPage(rows, played);
    expectSound(page);
    expect(chartsOf(page).map(({ kind }) => kind)).toEqual([
      "intervals",
      "distribution",
      "intervals",
      "intervals",
      "intervals",
    ]);
    expect(chartsOf(page)[2]).toMatchObject({ items: { length: rows.length - 1 }, limit: { value: 0 } });
  });

  test("stands without curves, and with one router", async () => {
    const page = routersPage(await compareRouters({ ...FLEET, routers: ["length"] }), played);
    expectSound(page);
    expect(titles(page)).toEqual(["P99 of TTFT"]);
    expect(page.verdict).toMatchObject({ tone: "unsure" });
  });
});

describe("the page of capacity", () => {
  const SEARCH = { trace: "azure-conv", fleet: "examples/iterations.yaml", count: 1000, tolerance: 0.1 };

  test("charts the share in time, and every limited time, over the load", async () => {
    const page = capacityPage(await capacity({ ...SEARCH, slo: { ttftMs: 1000, tpotMs: 50 } }), { fleetName: "f" });
    expectSound(page);
    expect(titles(page)).toEqual(["Requests in time", "Rate and P99 of TTFT", "Rate and P99 of TPOT"]);
    const { points } = chartsOf(page)[1] as FrontierChart;
    expect(points.filter(({ isChosen }) => isChosen)).toHaveLength(1);
  });

  test("is over users in a closed loop", async () => {
    const page = capacityPage(await capacity({ ...SEARCH, slo: { ttftMs: 1000 }, users: { most: 16 } }), {
      fleetName: "f",
    });
    expectSound(page);
    expect(titles(page)[1]).toBe("Users and P99 of TTFT");
  });

  test("puts the combinations of a sweep beside each other", async () => {
    const sweep = { max_num_seqs: [16, 64] };
    const page = capacitySweepPage(await capacitySweep({ ...SEARCH, slo: { ttftMs: 1000 }, sweep }), {
      fleetName: "f",
    });
    expectSound(page);
    expect(titles(page)).toEqual(["Capacity", "Cost of capacity against latency"]);
  });
});

describe("the page of simulate", () => {
  test("charts the run as that of a replay", async () => {
    const result = await simulate({ ...FEW, rateRps: 100, nShort: 8, nLong: 8, curves: true });
    const page = simulatePage(result, { fleetName: "two pools" });
    expectSound(page);
    expect(titles(page)).toEqual(["Time to first token", "Queue over time", "Batch over time", "KV memory in use"]);
    expect(page.title).toBe("azure at 100 requests/s through two pools");
  });

  test("adds the run to the summary", async () => {
    const result = await simulate({ ...FEW, rateRps: 100, nShort: 8, nLong: 8, curves: true });
    expect(simulateJson(result)).toEqual({ ...result.summary, run: result.replay });
  });
});
