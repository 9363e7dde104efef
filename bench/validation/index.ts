import { readFile, writeFile } from "node:fs/promises";
import { loadCore } from "../../host/core/load.js";
import { dataFolder, hasMeasuredRuns } from "./data-folder.js";
import { makePage } from "./make-page.js";

if (!hasMeasuredRuns()) {
  console.error(`validation: no measured runs in ${dataFolder}; set VLLM_SR_SIM_DATA to the folder that holds engine/`);
  process.exit(2);
}
const core = await loadCore(await readFile(new URL("../../build/core.release.wasm", import.meta.url)));
await writeFile(new URL("../../docs/validation.md", import.meta.url), makePage(core));
console.log("docs/validation.md written");
