import { describe, expect, test } from "vitest";
import { disagg, type DisaggOptions } from "../../../host/planners/disagg.js";
import { designRows } from "../../../host/reports/disagg-report.js";
import { disaggPage } from "../../../host/reports/html/disagg-page.js";
import { htmlPage } from "../../../host/reports/html/html-page.js";
import type { Block, Chart, FrontierChart, Page, TableBlock } from "../../../host/reports/html/page-spec.js";
import { kinds, smallQuestion } from "../../planners/disagg/small-question.js";
import { carried } from "./small-page.js";

const isChart = (block: Block): block is Chart => !["text", "list", "facts", "figures", "table"].includes(block.kind);
const chartsOf = (page: Page) => page.sections.flatMap(({ blocks }) => blocks).filter(isChart);
const titles = (page: Page) => chartsOf(page).map(({ title }) => title);

function expectSound(page: Page): void {
  const text = htmlPage(page);
  expect(text).not.toContain("\u001b");
  expect(text).not.toMatch(/>(undefined|NaN|null)</);
  expect(carried(text, "result")).toEqual(JSON.parse(JSON.stringify(page.result)));
}

const GPUS = kinds("h100-sxm", "a100-sxm-80gb");
const designs = (more: Partial<DisaggOptions> = {}) =>
  smallQuestion(6, 40, { prefill: GPUS, decode: GPUS, comparesColocated: true, ...more });

describe("the page of disagg", () => {
  test("charts cost and power of all designs, with and without separate pools", async () => {
    const result = await disagg(designs());
    const page = disaggPage(result);
    expectSound(page);
    expect(page.verdict!.tone).toBe("good");
    expect(titles(page)).toEqual(["Cost against power", "Apart and together", "Shares in use"]);
    const { points } = chartsOf(page)[0] as FrontierChart;
    expect(points.map(({ label }) => label)).toEqual(
      expect.arrayContaining(["h100-sxm, apart", expect.stringMatching(/TP1, chunked (512|2,048|8,192)$/)]),
    );
    expect(points).toHaveLength(designRows(result).filter(({ point }) => point).length);
    expect(points.filter(({ isChosen }) => isChosen)).toHaveLength(1);
  });

  test("charts what each design bears within a budget", async () => {
    const page = disaggPage(await disagg(designs({ budget: { gpus: 4 } })));
    expectSound(page);
    expect(titles(page)).toEqual(["Throughput within the budget", "Apart and together", "Shares in use"]);
    expect(chartsOf(page)[0]).toMatchObject({ y: { label: "Goodput", unit: "requests/s" } });
  });

  test("says where no pair keeps the objective, and shows the nearest", async () => {
    const page = disaggPage(await disagg(smallQuestion(6, 40, { sloTpotMs: 1 })));
    expectSound(page);
    expect(page.verdict).toMatchObject({ tone: "bad" });
    expect(page.verdict!.text).toContain("No pair of pools keeps the objective");
    expect(titles(page)).toEqual([]);
  });

  test("has what formulas say, where that was asked for", async () => {
    const page = disaggPage(await disagg(designs({ explain: true, comparesColocated: false })));
    expectSound(page);
    const section = page.sections.find(({ title }) => title === "By formulas, one prompt at a time")!;
    expect(section.blocks.map(({ kind }) => kind)).toEqual(["table", "facts", "table", "facts"]);
    const [ways] = section.blocks as [TableBlock];
    expect(ways.rows.filter(({ isChosen }) => isChosen)).toHaveLength(1);
  });

  test("puts the best design first", async () => {
    const rows = designRows(await disagg(designs({ goal: "power" })));
    const powers = rows.filter(({ how }) => how === "apart").map(({ point }) => point?.power_w ?? Infinity);
    expect(powers).toEqual([...powers].sort((a, b) => a - b));
  });
});
