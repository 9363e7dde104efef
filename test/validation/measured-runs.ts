import { describe } from "vitest";
import { dataFolder, hasMeasuredRuns } from "../../bench/validation/data-folder.js";

/** `describe` for tests that need the measured runs; skipped with a message where they are missing. */
export function describeWithRuns(name: string, tests: () => void): void {
  if (!hasMeasuredRuns()) console.warn(`${name}: skipped, no measured runs in ${dataFolder}; set VLLM_SR_SIM_DATA`);
  describe.skipIf(!hasMeasuredRuns())(name, tests);
}
