/**
 * Derives the kernels of GPUs from measured tables: `npx tsx host/specs/kernels/derive.ts`.
 *
 * Reads `engine/aiconfigurator/` in the folder named by `VLLM_SR_SIM_DATA` (default: `../shared/data` beside the repository) and writes `data/` and
 * `docs/reference/kernels.md`. The same tables give the same bytes; a test holds the committed files against this.
 */
import { hardwareFacts, type HardwareName } from "../hardware-catalog.js";
import { deriveKernels } from "./derive-kernels.js";
import { readTables } from "./kernel-tables.js";
import { renderModule } from "./render-module.js";
import { renderPage } from "./render-page.js";

const { writeFile } = await import("node:fs/promises");
const { fileURLToPath } = await import("node:url");

const folder = process.env["VLLM_SR_SIM_DATA"] ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const tables = await readTables(folder);
const kernels = deriveKernels(tables, (gpu) => hardwareFacts(gpu as HardwareName));
for (const figures of kernels) {
  const text = renderModule(figures);
  await writeFile(new URL(`./data/${figures.gpu}.ts`, import.meta.url), text);
  console.log(`${figures.gpu}: ${text.length} bytes`);
}
await writeFile(new URL("../../../docs/reference/kernels.md", import.meta.url), renderPage(kernels));
console.log("docs/reference/kernels.md written");
