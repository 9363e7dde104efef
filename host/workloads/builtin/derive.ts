/**
 * Derives the joint built-in workloads from the traces: `npx tsx host/workloads/builtin/derive.ts`.
 *
 * Reads the folder named by `VLLM_SR_SIM_DATA` (default: `../shared/data` beside the repository) and writes `data/`. The same
 * traces give the same bytes; a test holds the committed files against this.
 */
import { deriveJoint, renderModule } from "./derive-joint.js";
import { derivations } from "./derive-traces.js";

const { readFile, writeFile } = await import("node:fs/promises");
const { fileURLToPath } = await import("node:url");

const folder = process.env["VLLM_SR_SIM_DATA"] ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
for (const derivation of derivations) {
  const trace = derivation.parse(await readFile(`${folder}/${derivation.file}`, "utf8"));
  const text = renderModule(deriveJoint(derivation, trace));
  await writeFile(new URL(`./data/${derivation.name}.ts`, import.meta.url), text);
  console.log(`${derivation.name}: ${trace.arrivalS.length} requests, ${text.length} bytes`);
}
