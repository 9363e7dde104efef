import { readFile, writeFile } from "node:fs/promises";
import { loadCore } from "../../host/core/load.js";
import { dataFolder, hasMeasuredRuns } from "./data-folder.js";
import { LLAMA_3_1_8B, QWEN3_32B } from "./dense-models.js";
import { readSweep } from "./inference-perf-run.js";
import { inferencePerfSection } from "./inference-perf-section.js";
import { fitSetting, type Setting } from "./inference-perf-setup.js";
import { limitsSection } from "./limits-section.js";
import { llmServingSimSection } from "./llmservingsim-section.js";
import { page } from "./page.js";

if (!hasMeasuredRuns()) {
  console.error(`validation: no measured runs in ${dataFolder}; set VLLM_SR_SIM_DATA to the folder that holds engine/`);
  process.exit(2);
}

const core = await loadCore(await readFile(new URL("../../build/core.release.wasm", import.meta.url)));
const PLAIN: Setting = { folder: "vllm", cached: false };
const CACHED: Setting = { folder: "vllm+chunking_and_prefix_caching", cached: true };
const text = page({
  inferencePerf: [
    inferencePerfSection(core, PLAIN, "Without prefix caching and chunked prefill"),
    inferencePerfSection(core, CACHED, "With prefix caching and chunked prefill"),
  ],
  llmServingSim: [
    llmServingSimSection(core, { folder: "Llama-3.1-8B", model: LLAMA_3_1_8B }),
    llmServingSimSection(core, { folder: "Qwen3-32B", model: QWEN3_32B }),
  ],
  limits: limitsSection(core, fitSetting(readSweep(PLAIN.folder)[0]!, PLAIN).setup),
});
await writeFile(new URL("../../docs/validation.md", import.meta.url), text);
console.log("docs/validation.md written");
