import { beforeAll, describe, expect, test } from "vitest";
import { optimize, type OptimizeResult } from "../../../host/planners/optimize.js";
import { plan, type PlanOptions, type PlanResult } from "../../../host/planners/plan.js";
import { htmlPage } from "../../../host/reports/html/html-page.js";
import { optimizePage } from "../../../host/reports/html/optimize-page.js";
import type { FrontierChart, Page, PlottedChart } from "../../../host/reports/html/page-spec.js";
import { planPage } from "../../../host/reports/html/plan-page.js";
import { carried } from "./small-page.js";

const QUESTION: PlanOptions = { workload: "azure", rateRps: 200, requests: 6000, curves: true };

const charts = (page: Page) => carried(htmlPage(page), "charts") as PlottedChart[];
const titles = (page: Page) => charts(page).map(({ title }) => title);
const frontierOf = (page: Page) => charts(page).find(({ kind }) => kind === "frontier") as FrontierChart;

const CURVES = ["Time to first token", "Queue over time", "Batch over time", "KV memory in use"];

describe("the page of plan", () => {
  let result: PlanResult;
  let page: Page;
  beforeAll(async () => {
    result = await plan(QUESTION);
    page = planPage(result);
  });

  test("charts the frontier, and the replay of the answer", () => {
    expect(titles(page)).toEqual(["Cost against latency", ...CURVES]);
  });

  test("draws what analysis expects as expectations, which are never efficient", () => {
    const { points } = frontierOf(page);
    const expected = points.filter(({ isEstimate }) => isEstimate);
    expect(expected).toHaveLength(result.rows.filter(({ source }) => source === "analytical").length);
    expect(expected.length).toBeGreaterThan(0);
    for (const point of expected) expect(point).toMatchObject({ isEfficient: false, isChosen: false });
  });

  test("chooses the recommended fleet alone, with the interval of its slowest pool", () => {
    const chosen = frontierOf(page).points.filter(({ isChosen }) => isChosen);
    const worst = result
      .best!.pools.map(({ simulated }) => simulated!)
      .toSorted((a, b) => b.p99_ttft_ms! - a.p99_ttft_ms!);
    expect(chosen).toHaveLength(1);
    expect(chosen[0]).toMatchObject({ x: result.best!.cost_per_hr, interval: worst[0]!.p99_ttft_ms_ci95 });
  });

  test("draws every other number of replicas of its pools that was tried, at what the fleet then costs", () => {
    const { pools, cost_per_hr: cost } = result.best!;
    const tried = pools.flatMap((pool) =>
      pool.tried
        .filter(({ replicas }) => replicas !== pool.replicas_needed)
        .map((run) => ({ x: cost - pool.cost_per_hr + run.cost_per_hr, isFeasible: run.is_feasible })),
    );
    expect(tried.length).toBeGreaterThan(0);
    expect(tried.some(({ isFeasible }) => !isFeasible)).toBe(true);
    expect(frontierOf(page).points.slice(-tried.length)).toMatchObject(tried);
  });

  test("carries the result whole, with the replay", () => {
    expect(carried(htmlPage(page), "result")).toEqual(JSON.parse(JSON.stringify(result)));
    expect(result.check_run!.quantiles!.p.length).toBeGreaterThan(10);
  });

  test("says the same every time, and stays small", async () => {
    const text = htmlPage(page);
    expect(htmlPage(planPage(await plan(QUESTION)))).toBe(text);
    expect(text.length).toBeLessThan(200_000);
    expect(text).not.toContain("\u001b");
  });

  test("takes names for text", () => {
    const hostile = "</script><script>alert(1)</script>";
    const text = htmlPage(planPage({ ...result, requests: { ...result.requests, name: hostile } }));
    expect(text).not.toContain("<script>alert");
  });

  test("says that nothing meets the objective, and what comes nearest", async () => {
    const none = planPage(await plan({ ...QUESTION, sloMs: 1 }));
    expect(none.verdict).toMatchObject({ tone: "bad" });
    expect(titles(none)).toEqual(["Cost against latency"]);
    expect(htmlPage(none)).toContain("have a P99 of TTFT of");
  });
});

describe("curves of plan", () => {
  test("are told where they are asked for alone, and change no answer", async () => {
    const [plain, curved] = [await plan({ ...QUESTION, curves: false }), await plan(QUESTION)];
    expect(plain).not.toHaveProperty("check_run");
    expect(plain.fleet).toEqual(curved.fleet);
    expect(plain.check).toEqual(curved.check);
  });

  test("give the figures of runs that were broken off", async () => {
    const { best } = await plan(QUESTION);
    const runs = best!.pools.flatMap(({ tried }) => tried);
    expect(runs.every(({ was_broken_off }) => !was_broken_off)).toBe(true);
    for (const { replicas, p99_ttft_ms } of runs) expect([replicas, p99_ttft_ms]).not.toContain(null);
  });
});

describe("the page of optimize", () => {
  let result: OptimizeResult;
  beforeAll(async () => {
    result = await optimize({ ...QUESTION, gammaMax: 1.2 });
  });

  test("charts the P99 by pool, the frontier, and the replay of the answer", () => {
    const page = optimizePage(result);
    expect(titles(page)).toEqual(["Cost against latency", ...CURVES]);
    expect(htmlPage(page)).toContain("P99 of TTFT by pool");
  });

  test("carries the rows, as --out writes them", () => {
    expect(carried(htmlPage(optimizePage(result)), "result")).toEqual(JSON.parse(JSON.stringify(result.rows)));
  });

  test("has no replay where nothing was simulated, and an expectation for its answer", async () => {
    const page = optimizePage(await optimize({ ...QUESTION, verifyTop: 0 }));
    expect(titles(page)).toEqual(["Cost against latency"]);
    expect(frontierOf(page).points.every(({ isEstimate }) => isEstimate)).toBe(true);
  });
});
