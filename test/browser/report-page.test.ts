import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fleetSpec, replayTrace, type ReplayTraceResult } from "../../host/planners/replay-trace.js";
import { latencyFrontier } from "../../host/reports/html/blocks.js";
import { htmlPage } from "../../host/reports/html/html-page.js";
import { replayPage } from "../../host/reports/html/replay-page.js";
import { resolveFleet } from "../../host/specs/fleet.js";

const CHROMIUM = process.env["VLLM_SR_SIM_CHROMIUM"] ?? "/usr/bin/chromium";
const FLEET = "examples/fleet.json";
const HOSTILE = "</script><script>document.title='owned'</script>";

/** A replay's page with a frontier of made-up candidates as its last chart. */
async function makePage(): Promise<{ result: ReplayTraceResult; text: string }> {
  const result = await replayTrace({ trace: "azure-conv", rateRps: 20, count: 20_000, fleet: FLEET, curves: true });
  const page = replayPage(result, resolveFleet(await fleetSpec(FLEET)), { fleetName: HOSTILE });
  const points = [1, 2, 3, 4].map((x) => ({
    label: `${x} GPUs`,
    x,
    y: 1000 / x,
    isFeasible: x > 2,
    isChosen: x === 3,
  }));
  const frontier = latencyFrontier({ cost: { label: "GPUs", format: "count" }, points, objectiveMs: 400 });
  return {
    result,
    text: htmlPage({ ...page, sections: [...page.sections, { title: "Frontier", blocks: [frontier] }] }),
  };
}

/** How many colours each canvas shows. */
function coloursDrawn(page: Page): Promise<number[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("canvas")].map((canvas) => {
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    }),
  );
}

describe("a report page, opened from a file without a network", () => {
  let browser: Browser;
  let page: Page;
  let folder: string;
  let result: ReplayTraceResult;
  const complaints: string[] = [];
  const asked: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "vllm-sr-sim-"));
    const made = await makePage();
    result = made.result;
    await writeFile(join(folder, "page.html"), made.text);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
    const context = await browser.newContext({
      offline: true,
      viewport: { width: 1280, height: 900 },
      colorScheme: "light",
    });
    page = await context.newPage();
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(join(folder, "page.html")).href);
    await page.waitForSelector("canvas");
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("draws every chart", async () => {
    const colours = await coloursDrawn(page);
    expect(colours).toHaveLength(5);
    for (const count of colours) expect(count).toBeGreaterThan(20);
  });

  it("asks for nothing but itself, and has nothing to complain of", () => {
    expect(asked.filter((url) => !url.startsWith("data:"))).toEqual([pathToFileURL(join(folder, "page.html")).href]);
    expect(complaints).toEqual([]);
  });

  it("takes names for text", async () => {
    expect(await page.title()).toBe(`azure-conv through ${HOSTILE}`);
    expect(await page.locator("h1").textContent()).toBe(`azure-conv through ${HOSTILE}`);
  });

  it("runs no other script", async () => {
    const ran = await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(script);
      return "ran" in window;
    });
    expect(ran).toBe(false);
    expect(complaints.splice(0)).toHaveLength(1);
  });

  it("saves the JSON that --out writes", async () => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save")]);
    expect(download.suggestedFilename()).toBe("replay.json");
    expect(await readFile(await download.path(), "utf8")).toBe(`${JSON.stringify(result, null, 2)}\n`);
  });

  it("is read by keys, value by value", async () => {
    const plot = page.locator(".plot").first();
    const tooltip = plot.locator(".tooltip");
    await plot.focus();
    await page.keyboard.press("End");
    await page.keyboard.press("Home");
    const spoken = await page.locator(".spoken").first().textContent();
    expect(spoken).toMatch(/^1 % of requests within, fleet [\d.]+ ms, short [\d.]+ ms, long [\d.]+ ms$/);
    await tooltip.waitFor({ state: "visible" });
    await page.keyboard.press("Escape");
    await tooltip.waitFor({ state: "hidden" });
  });

  it("tells of the candidate below the pointer", async () => {
    const area = page.locator(".plot").last().locator(".u-over");
    await area.scrollIntoViewIfNeeded();
    const { x, y, width } = (await area.boundingBox())!;
    // The objective is missed by the cheapest, which stands at the top left.
    for (let step = 0; step < 40; step++) await page.mouse.move(x + width * 0.054, y + 3 * step);
    await page.mouse.move(x + width * 0.054, y + 22);
    await page.waitForTimeout(100);
    expect(await page.locator(".plot").last().locator(".tooltip").textContent()).toContain(
      "1 GPUs, does not meet the objective",
    );
  });

  it("hides a series and shows it again", async () => {
    const button = page.locator("figure").first().getByRole("button", { name: "long" });
    const before = (await coloursDrawn(page))[0]!;
    await button.click();
    expect(await button.getAttribute("aria-pressed")).toBe("false");
    await expect.poll(async () => (await coloursDrawn(page))[0]!).toBeLessThan(before);
    await button.click();
    await expect.poll(async () => (await coloursDrawn(page))[0]!).toBe(before);
  });

  it("has a dark theme", async () => {
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.click("#theme");
    expect(await background()).not.toBe(light);
    await page.click("#theme");
    expect(await background()).toBe(light);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await background()).toBe(light);
  });

  it.each([1280, 390])("fits %d pixels", async (width) => {
    await page.setViewportSize({ width, height: 800 });
    const widest = () =>
      page.evaluate(() =>
        Math.max(
          document.documentElement.scrollWidth,
          ...[...document.querySelectorAll(".uplot")].map((plot) => plot.scrollWidth),
        ),
      );
    await expect.poll(widest).toBeLessThanOrEqual(width);
  });
});
