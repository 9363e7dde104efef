/**
 * Measures formulas against the core, and writes the tables of docs/reference/queueing.md: `npm run queueing`, or `npm run queueing -- staged` for those of prefill and decode apart alone, which take seconds.
 */
import { readFile, writeFile } from "node:fs/promises";
import { loadCore } from "../../host/core/load.js";
import { detailTables, summaryTable } from "./error-tables.js";
import { compare, type Comparison } from "./errors.js";
import { lawOfCv2, lawOfWorkload } from "./laws.js";
import { linkTable, prefillTable } from "./staged.js";

const SERVERS = [1, 4, 16, 64, 256];
const LOADS = [0.5, 0.7, 0.8, 0.9, 0.95];
const RUNS = { requests: 1_000_000, replications: 5 };

/** The two parts of the page, and what stands before each of them in it; after each stands END. */
const BEGIN = {
  laws: "<!-- measured: npm run queueing -->",
  staged: "<!-- measured: npm run queueing -- staged -->",
} as const;
type Part = keyof typeof BEGIN;
const END = "<!-- end of measured -->";

const page = new URL("../../docs/reference/queueing.md", import.meta.url);
const core = await loadCore(await readFile(new URL("../../build/core.release.wasm", import.meta.url)));
for (const part of partsOf(process.argv.slice(2))) await write(part, part === "laws" ? lawTables() : stagedTables());

function partsOf(given: readonly string[]): Part[] {
  const parts = Object.keys(BEGIN) as Part[];
  const unknown = given.find((name) => !parts.some((part) => part === name));
  if (unknown !== undefined) throw new Error(`there is no part ${unknown}: it must be one of ${parts.join(", ")}`);
  return given.length === 0 ? parts : parts.filter((part) => given.includes(part));
}

function lawTables(): string {
  const laws = [
    ...[0, 0.25, 1, 2, 4, 9].map(lawOfCv2),
    lawOfWorkload("azure-conv", "a100"),
    lawOfWorkload("azure-code", "a100"),
    lawOfWorkload("mooncake-conversation", "h100"),
    lawOfWorkload("azure", "a100"),
    lawOfWorkload("agent_heavy", "h100"),
  ];
  const comparisons: Comparison[] = [];
  for (const law of laws) {
    for (const servers of SERVERS) for (const rho of LOADS) comparisons.push(compare(core, law, servers, rho, RUNS));
    console.log(`${law.name}: ${SERVERS.length * LOADS.length} queues played`);
  }
  return [
    summaryTable(comparisons),
    "Errors of the P99, and half the width of the 95 % interval of what was played, in per cent:",
    detailTables(comparisons),
  ].join("\n\n");
}

function stagedTables(): string {
  return [prefillTable(core), linkTable(core)].join("\n\n");
}

async function write(part: Part, tables: string): Promise<void> {
  const text = await readFile(page, "utf8");
  const begin = text.indexOf(BEGIN[part]);
  const end = text.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`${page.pathname}: no lines ${BEGIN[part]} and ${END}`);
  await writeFile(page, `${text.slice(0, begin + BEGIN[part].length)}\n\n${tables}\n\n${text.slice(end)}`);
  console.log(`${page.pathname}: part ${part} written`);
}
