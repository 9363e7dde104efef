import Papa from "papaparse";
import { openTrace } from "../../host/workloads/traces/open-trace.js";
import type { TraceOptions } from "../../host/workloads/traces/trace-source.js";
import { cpuMs } from "../cpu-time.js";
import { measure } from "../measure.js";
import { madeTraces, type MadeTrace } from "./made-traces.js";

/** How fast a reader reads a trace. */
export interface TraceBenchRow {
  /** Trace and reader. */
  name: string;
  /** Rows a second of CPU time, at best. */
  hz: number;
  /** Of the trace reader to this one: 1 for itself. */
  ratio: number;
}

const REPETITIONS = 8;
const PIECE_BYTES = 1 << 20;

/**
 * The trace reader next to PapaParse (CSV) and JSON.parse (JSONL), from bytes in memory to numbers: Azure's format, plain CSV, CSV
 * with labels, quoted CSV, JSONL.
 *
 * @param rows - Rows of each trace.
 */
export async function benchTraces(rows = 1_000_000): Promise<TraceBenchRow[]> {
  const found: TraceBenchRow[] = [];
  for (const trace of madeTraces(rows)) found.push(...(await benchTrace(trace, rows)));
  return found;
}

async function benchTrace(trace: MadeTrace, rows: number): Promise<TraceBenchRow[]> {
  const rival = trace.isJson ? "JSON.parse" : "PapaParse";
  const readAsRival = trace.isJson ? withJsonParse : withPapaParse;
  const expected = await withTraceReader(trace.bytes, trace.options);
  if (expected !== readAsRival(trace.bytes)) throw new Error(`${trace.name}: ${rival} read something else`);
  const timed = (read: () => unknown) => async () => {
    const begin = cpuMs();
    await read();
    return cpuMs() - begin;
  };
  const timings = await measure(
    [
      { name: "trace reader", run: timed(() => withTraceReader(trace.bytes, trace.options)) },
      { name: rival, run: timed(() => readAsRival(trace.bytes)) },
    ],
    rows,
    REPETITIONS,
  );
  const own = timings.get("trace reader")!.minNs;
  return [...timings].map(([reader, { minNs }]) => {
    return { name: `${trace.name}: ${reader}`, hz: 1e9 / minNs, ratio: minNs / own };
  });
}

/** Sum of all tokens, as proof that all was read. */
async function withTraceReader(bytes: Uint8Array, options: TraceOptions): Promise<number> {
  const source = await openTrace(inPieces(bytes), options);
  let tokens = 0;
  for await (const { count, inputTokens, outputTokens } of source.chunks()) {
    for (let i = 0; i < count; i++) tokens += inputTokens[i]! + outputTokens[i]!;
  }
  return tokens;
}

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) yield bytes.subarray(from, from + PIECE_BYTES);
}

/** Rows as arrays, the fastest that PapaParse offers; arrivals stay text, which is in its favour. */
function withPapaParse(bytes: Uint8Array): number {
  let tokens = 0;
  let isHeader = true;
  Papa.parse<string[]>(new TextDecoder().decode(bytes), {
    delimiter: ",",
    skipEmptyLines: true,
    step: ({ data }) => {
      if (!isHeader) tokens += Number(data[1]) + Number(data[2]);
      isHeader = false;
    },
  });
  return tokens;
}

function withJsonParse(bytes: Uint8Array): number {
  let tokens = 0;
  for (const line of new TextDecoder().decode(bytes).split("\n")) {
    if (line === "") continue;
    const row = JSON.parse(line) as { prompt_tokens: number; generated_tokens: number };
    tokens += row.prompt_tokens + row.generated_tokens;
  }
  return tokens;
}
