import { readFile } from "node:fs/promises";
import type { Server } from "node:http";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as Library from "../../host/index.js";
import { servePages } from "./page-server.js";

/** The package to try: as installed, or the working tree. */
const PACKAGE = process.env["VLLM_SR_SIM_PACKAGE"] ?? fileURLToPath(new URL("../../", import.meta.url));
const CHROMIUM = process.env["VLLM_SR_SIM_CHROMIUM"] ?? "/usr/bin/chromium";

const PAGE = `<!doctype html><meta charset="utf-8"><title>vllm-sr-sim</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'">
<script type="module">
  import * as library from "/package/ENTRY";
  import { goldenHash } from "/golden.js";
  window.library = library;
  window.goldenHash = goldenHash;
  document.title = "ready";
</script>`;

declare global {
  interface Window {
    library: typeof Library;
    goldenHash: (core: Library.Core) => Promise<string>;
  }
}

/** A replay of a built-in workload and of a trace given as bytes, and a plan: what a page would do. */
async function answers(library: typeof Library): Promise<string> {
  const fleet = {
    pools: [
      { id: "short", gpu: "a100", n_gpus: 2, max_ctx: 2048, slots: 32 },
      { id: "long", gpu: "a100", n_gpus: 1, max_ctx: 16384 },
    ],
    router: "length" as const,
  };
  const drawn = await library.replayTrace({ trace: "azure-conv", rateRps: 20, count: 20_000, fleet });
  const csv = "arrival,input,output\n0,100,20\n0.5,3000,10\n1,700,50\n";
  const bytes = new Blob([csv]).stream() as unknown as AsyncIterable<Uint8Array>;
  const columns = { arrival: "arrival", input: "input", output: "output" };
  const read = await library.replayTrace({
    trace: { name: "three.csv", open: () => bytes },
    columns,
    fleet,
    warmup: 0,
  });
  const { fleet: planned, best } = await library.plan({ workload: "azure", rateRps: 20, requests: 2000, maxPools: 1 });
  return JSON.stringify({ drawn, read, planned, simulated: best?.pools[0]?.simulated });
}

describe("the package in a browser", () => {
  let browser: Browser;
  let page: Page;
  let server: Server;
  let entry: string;
  const asked: string[] = [];

  beforeAll(async () => {
    const manifest = JSON.parse(await readFile(`${PACKAGE}/package.json`, "utf8")) as {
      exports: { ".": { default: string } };
    };
    entry = manifest.exports["."].default.replace("./", "");
    const golden = await build({
      entryPoints: [fileURLToPath(new URL("../core/golden-run.ts", import.meta.url))],
      bundle: true,
      format: "esm",
      write: false,
    });
    const served = await servePages(PACKAGE, {
      "/": PAGE.replace("ENTRY", entry),
      "/golden.js": golden.outputFiles[0]!.text,
    });
    server = served.server;
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
    });
    page = await browser.newPage();
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(served.origin);
    await page.waitForFunction(() => document.title === "ready");
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  it("is imported by the same rule as in Node, and answers the same to the last bit", async () => {
    const inNode = await answers((await import(pathToFileURL(`${PACKAGE}/${entry}`).href)) as typeof Library);
    const inPage = await page.evaluate(`(${answers.toString()})(window.library)`);
    expect(inPage).toBe(inNode);
  });

  it("comes to the hash of the golden runs", async () => {
    const { GOLDEN_SHA256 } = await import("../core/golden-run.js");
    const inPage = await page.evaluate(async () => window.goldenHash(await window.library.loadCore()));
    expect(inPage).toBe(GOLDEN_SHA256);
  });

  it("asks for no file but its own module", () => {
    const paths = asked.map((url) => new URL(url).pathname);
    expect(paths.filter((path) => path !== "/favicon.ico").sort()).toEqual(["/", "/golden.js", `/package/${entry}`]);
  });
});
