/** Measures the formula for waits in M/G/c against the core, and writes the tables of docs/reference/queueing.md: `npm run queueing`. */
import { readFile, writeFile } from "node:fs/promises";
import { loadCore } from "../../host/core/load.js";
import { detailTables, summaryTable } from "./error-tables.js";
import { compare, type Comparison } from "./errors.js";
import { lawOfCv2, lawOfWorkload } from "./laws.js";

const SERVERS = [1, 4, 16, 64, 256];
const LOADS = [0.5, 0.7, 0.8, 0.9, 0.95];
const RUNS = { requests: 1_000_000, replications: 5 };

const page = new URL("../../docs/reference/queueing.md", import.meta.url);
const BEGIN = "<!-- measured: npm run queueing -->";
const END = "<!-- end of measured -->";

const laws = [
  ...[0, 0.25, 1, 2, 4, 9].map(lawOfCv2),
  lawOfWorkload("azure-conv", "a100"),
  lawOfWorkload("azure-code", "a100"),
  lawOfWorkload("mooncake-conversation", "h100"),
  lawOfWorkload("azure", "a100"),
  lawOfWorkload("agent_heavy", "h100"),
];
const core = await loadCore(await readFile(new URL("../../build/core.release.wasm", import.meta.url)));
const comparisons: Comparison[] = [];
for (const law of laws) {
  for (const servers of SERVERS) for (const rho of LOADS) comparisons.push(compare(core, law, servers, rho, RUNS));
  console.log(`${law.name}: ${SERVERS.length * LOADS.length} queues played`);
}
const text = await readFile(page, "utf8");
const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
if (begin < 0 || end < begin) throw new Error(`${page.pathname}: no lines ${BEGIN} and ${END}`);
const tables = [
  summaryTable(comparisons),
  "Errors of the P99, and half the width of the 95 % interval of what was played, in per cent:",
  detailTables(comparisons),
].join("\n\n");
await writeFile(page, `${text.slice(0, begin + BEGIN.length)}\n\n${tables}\n\n${text.slice(end)}`);
console.log("docs/reference/queueing.md written");
