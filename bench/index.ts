import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { loadCore } from "../host/core/load.js";
import { coreSection } from "./core/core-section.js";
import { memorySection } from "./core/memory-section.js";
import { replicasSection } from "./core/replicas-section.js";
import { iterationsSection } from "./iterations/iterations-section.js";
import { describeMachine } from "./machine.js";
import { queueingSection } from "./queueing/queueing-section.js";
import { readerSection } from "./reader/reader-section.js";
import { replaySection } from "./replay/replay-section.js";
import { print, type SectionReport } from "./report.js";
import { sizingSection } from "./sizing/sizing-section.js";
import { stagesSection } from "./stages/stages-section.js";
import { formatsSection } from "./workloads/formats-section.js";

/** What can be asked for by name; all of them by default, in this order. */
const SECTIONS: Record<string, () => Promise<SectionReport>> = {
  core: async () => coreSection(await releaseCore()),
  replicas: async () => replicasSection(await releaseCore()),
  iterations: () => iterationsSection(releaseCore),
  stages: async () => stagesSection(await releaseCore()),
  memory: () => memorySection(releaseCore),
  queueing: queueingSection,
  sizing: async () => sizingSection(await releaseCore()),
  replay: async () => replaySection(await releaseCore()),
  reader: async () => readerSection(await releaseCore()),
  formats: formatsSection,
};

async function releaseCore() {
  return loadCore(await readFile(new URL("../build/core.release.wasm", import.meta.url)));
}

const { values, positionals } = parseArgs({ options: { json: { type: "string" } }, allowPositionals: true });
const unknown = positionals.find((name) => !(name in SECTIONS));
if (unknown !== undefined) {
  console.error(`bench: no section "${unknown}"; there are: ${Object.keys(SECTIONS).join(", ")}`);
  process.exit(2);
}

const machine = describeMachine();
console.log(
  `vllm-sr-sim ${machine.packageVersion}, Node ${machine.node}, ${machine.cpu} (${machine.cores} cores), ${machine.platform}, ` +
    `load ${machine.loadAverage.toFixed(1)}, ${machine.date}`,
);
const reports: SectionReport[] = [];
for (const name of positionals.length > 0 ? positionals : Object.keys(SECTIONS)) {
  const report = await SECTIONS[name]!();
  print(report);
  reports.push(report);
}
if (values.json !== undefined) {
  await writeFile(values.json, `${JSON.stringify({ machine, sections: reports }, null, 2)}\n`);
}
