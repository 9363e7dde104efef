import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Core } from "../../host/core/load.js";
import { readTraceFile } from "../../host/workloads/traces/bytes/file-bytes.js";
import { openTrace } from "../../host/workloads/traces/open-trace.js";
import { drawColumns, MIXED_LENGTHS, pool } from "../core/scenario.js";
import { cpuMs } from "../cpu-time.js";
import { measure, type Timing } from "../measure.js";
import { writeTrace } from "../replay/trace-file.js";
import { timingRow, type SectionReport } from "../report.js";
import { withTempFolder } from "../temp-folder.js";
import { readWithPapaParse } from "./papa-parse.js";
import { addRow, noRows, requireSameRows, type RowTotals } from "./row-totals.js";

const ROWS = 1_000_000;
const REPETITIONS = 8;

const OWN = "trace reader";
const PAPA = "PapaParse, streamed, rows as arrays";

/** Rows a second of the trace reader, from the file to columns, next to PapaParse. */
export async function readerSection(core: Core): Promise<SectionReport> {
  return withTempFolder(async (folder) => {
    const file = join(folder, "trace.csv");
    const draw = { process: { type: "poisson" } as const, rateRps: 100, lengths: MIXED_LENGTHS };
    await writeTrace(file, drawColumns(core, { pools: [pool(1, 128, 8192)], draw, requests: ROWS }));
    requireSameRows(PAPA, await readWithPapaParse(file), await readWithTraceReader(file));
    const timed = (read: (file: string) => Promise<RowTotals>) => async () => {
      const begin = cpuMs();
      await read(file);
      return cpuMs() - begin;
    };
    const contestants = [
      { name: OWN, run: timed(readWithTraceReader) },
      { name: PAPA, run: timed(readWithPapaParse) },
    ];
    return report(await measure(contestants, ROWS, REPETITIONS), (await stat(file)).size);
  });
}

async function readWithTraceReader(file: string): Promise<RowTotals> {
  const columns = { arrival: "arrival", input: "input", output: "output" };
  const source = await openTrace(readTraceFile(file), { name: file, columns });
  const totals = noRows();
  for await (const { count, arrivalS, inputTokens, outputTokens } of source.chunks()) {
    for (let i = 0; i < count; i++) addRow(totals, arrivalS[i]!, inputTokens[i]!, outputTokens[i]!);
  }
  return totals;
}

function report(timings: ReadonlyMap<string, Timing>, bytes: number): SectionReport {
  const own = timings.get(OWN)!.minNs;
  return {
    name: "reader",
    about:
      `${ROWS.toLocaleString("en-US")} rows of CSV (${(bytes / 1e6).toFixed(0)} MB), from the file to numbers. The trace reader also ` +
      "checks every field and puts rows in order.",
    columns: ["program", "rows/s", "ns a row, min", "median", "margin", "of the reader"],
    rows: [...timings].map(([name, timing]) => timingRow(name, timing, own)),
    targets: [
      { what: `${OWN} over PapaParse`, value: timings.get(PAPA)!.minNs / own, goal: { atLeast: 2 }, unit: "x" },
    ],
    skipped: [],
    raw: { rows: ROWS, bytes, timings: Object.fromEntries(timings) },
  };
}
