import type { Core } from "../../host/core/load.js";
import { casesSection } from "./cases-section.js";
import { LLAMA_3_1_8B, QWEN3_32B } from "./dense-models.js";
import { readSweep } from "./inference-perf-run.js";
import { inferencePerfSection } from "./inference-perf-section.js";
import { fitSetting, type Setting } from "./inference-perf-setup.js";
import { limitsSection } from "./limits-section.js";
import { llmServingSimSection } from "./llmservingsim-section.js";
import { page } from "./page.js";

const PLAIN: Setting = { folder: "vllm", cached: false };
const CACHED: Setting = { folder: "vllm+chunking_and_prefix_caching", cached: true };

/** Plays all measured runs and writes the text of docs/validation.md. */
export function makePage(core: Core): string {
  return page({
    inferencePerf: [
      inferencePerfSection(core, PLAIN, "Without prefix caching and chunked prefill"),
      inferencePerfSection(core, CACHED, "With prefix caching and chunked prefill"),
    ],
    llmServingSim: [
      llmServingSimSection(core, { folder: "Llama-3.1-8B", model: LLAMA_3_1_8B }),
      llmServingSimSection(core, { folder: "Qwen3-32B", model: QWEN3_32B }),
    ],
    cases: casesSection(core),
    limits: limitsSection(core, fitSetting(readSweep(PLAIN.folder)[0]!, PLAIN).setup),
  });
}
