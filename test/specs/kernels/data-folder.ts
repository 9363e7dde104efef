import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The data folder: `VLLM_SR_SIM_DATA`, by default `../shared/data` beside the repository. */
export const dataFolder =
  process.env["VLLM_SR_SIM_DATA"] ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));

/** Whether the measured kernels are there. Says so if not. */
export const hasTables = existsSync(`${dataFolder}/engine/aiconfigurator`);
if (!hasTables)
  console.warn(`measured kernels: skipped, no engine/aiconfigurator/ in ${dataFolder}; set VLLM_SR_SIM_DATA`);
