import type { SectionReport } from "../report.js";
import { benchTraces } from "./traces.js";

/** Rows a second of the trace reader on each shape of trace, next to PapaParse (CSV) and JSON.parse (JSONL). */
export async function formatsSection(): Promise<SectionReport> {
  const found = await benchTraces();
  const rivals = found.filter(({ name }) => name.endsWith("PapaParse"));
  return {
    name: "formats",
    about: "1,000,000 rows of each shape of trace, from bytes in memory to numbers.",
    columns: ["trace and reader", "rows/s", "of the trace reader"],
    rows: found.map(({ name, hz, ratio }) => [name, hz, `${ratio.toFixed(2)} x`]),
    targets: rivals.map(({ name, ratio }) => ({
      what: `trace reader over ${name}`,
      value: ratio,
      goal: { atLeast: 2 },
      unit: "x",
    })),
    skipped: [],
    raw: found,
  };
}
