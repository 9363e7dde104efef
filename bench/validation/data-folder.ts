import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the measured runs lie: `VLLM_SR_SIM_DATA`, by default `../shared/data` beside the repository. They are not part of it. */
export const dataFolder =
  process.env["VLLM_SR_SIM_DATA"] ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));

/** Path of a file of measured runs, below `engine/`. */
export function measured(...path: string[]): string {
  return join(dataFolder, "engine", ...path);
}

/** Whether the measured runs are there at all. */
export function hasMeasuredRuns(): boolean {
  return existsSync(measured("inference-perf")) && existsSync(measured("aiconfigurator"));
}
