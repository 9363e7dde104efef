import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { optimize } from "../../host/planners/optimize.js";
import { htmlPage } from "../../host/reports/html/html-page.js";
import { optimizePage } from "../../host/reports/html/optimize-page.js";
import type { FrontierChart } from "../../host/reports/html/page-spec.js";

const CHROMIUM = process.env["VLLM_SR_SIM_CHROMIUM"] ?? "/usr/bin/chromium";

describe("the page of a sized fleet, opened from a file without a network", () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  let frontier: FrontierChart;
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "vllm-sr-sim-"));
    const made = optimizePage(await optimize({ workload: "azure", rateRps: 200, requests: 6000, curves: true }));
    const blocks = made.sections.flatMap((section) => section.blocks);
    frontier = blocks.find(({ kind }) => kind === "frontier") as FrontierChart;
    await writeFile(join(folder, "page.html"), htmlPage(made));
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
    const context = await browser.newContext({ offline: true, viewport: { width: 1280, height: 900 } });
    page = await context.newPage();
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(pathToFileURL(join(folder, "page.html")).href);
    await page.waitForSelector("canvas");
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("draws the frontier and the curves of the replay, and has nothing to complain of", async () => {
    const colours = await page.evaluate(() =>
      [...document.querySelectorAll("canvas")].map((canvas) => {
        const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
        return new Set(new Uint32Array(data.buffer)).size;
      }),
    );
    expect(colours).toHaveLength(5);
    for (const count of colours) expect(count).toBeGreaterThan(20);
    expect(complaints).toEqual([]);
  });

  it("draws the P99 of each pool with its interval", async () => {
    const rows = page.locator(".intervals .bar");
    expect(await rows.count()).toBe(2);
    const [line, limit] = [rows.first().locator("line.interval"), rows.first().locator("line.limit")];
    const [interval, objective] = [(await line.boundingBox())!, (await limit.boundingBox())!];
    expect(interval.width).toBeGreaterThan(3);
    // The objective is met: the interval ends before it.
    expect(interval.x + interval.width).toBeLessThan(objective.x);
  });

  it("reads candidates by keys, and says which are only expected, chosen, or missed", async () => {
    await page.locator("figure[data-chart] .plot").first().focus();
    const spoken = page.locator("figure[data-chart] .spoken").first();
    const heard = new Set<string>();
    await page.keyboard.press("Home");
    for (let at = 0; at < frontier.points.length; at++) {
      heard.add((await spoken.textContent())!);
      await page.keyboard.press("ArrowRight");
    }
    const said = [...heard].join("\n");
    expect(said).toMatch(/, chosen/);
    expect(said).toMatch(/, expected to meet the objective/);
    expect(said).toMatch(/, does not meet the objective/);
    expect(said).toMatch(/ms \([\d.,]+ ms to [\d.,]+ (ms|s)\)/);
  });

  it("tells marks apart in the legend", async () => {
    const entries = await page.locator("figure[data-chart] .legend").first().locator("li").allTextContents();
    expect(entries.map((text) => text.trim())).toEqual(
      expect.arrayContaining(["chosen", "does not", "expected by analysis", "objective"]),
    );
  });

  it.each([1280, 390])("fits %d pixels", async (width) => {
    await page.setViewportSize({ width, height: 800 });
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
});
