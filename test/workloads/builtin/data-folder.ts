import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of real traces, or `undefined` where it is not. */
export function dataFolder(): string | undefined {
  const folder = process.env["VLLM_SR_SIM_DATA"] ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
  return existsSync(folder) ? folder : undefined;
}

/** Say why tests are skipped where there is no data; the answer is the argument of `describe.skipIf`. */
export function withoutData(tests: string): boolean {
  if (dataFolder() !== undefined) return false;
  console.warn(`${tests}: skipped, no traces; set VLLM_SR_SIM_DATA to their folder`);
  return true;
}
