import { openTrace } from "../../../host/workloads/traces/open-trace.js";
import type { TraceOptions, TraceReport } from "../../../host/workloads/traces/trace-source.js";
import type { RequestChunk, RequestSource } from "../../../host/workloads/requests.js";

/** A request as tests compare it: arrival, input, output, label, category. */
export type RequestRow = [number, number, number, string, string];

export interface Collected {
  rows: RequestRow[];
  /** Block ids of each request, if the source has blocks. */
  blocks: number[][] | undefined;
  /** Priority of each request, if some chunk has priorities. */
  priorities: number[] | undefined;
  chunkSizes: number[];
}

/** Reads a source to its end, copying what chunks lend. */
export async function collect(source: RequestSource): Promise<Collected> {
  const collected: Collected = { rows: [], blocks: undefined, priorities: undefined, chunkSizes: [] };
  for await (const chunk of source.chunks()) {
    if (chunk.priority) collected.priorities ??= collected.rows.map(() => 0);
    collected.chunkSizes.push(chunk.count);
    for (let i = 0; i < chunk.count; i++) {
      collected.rows.push([
        chunk.arrivalS[i]!,
        chunk.inputTokens[i]!,
        chunk.outputTokens[i]!,
        source.labels[chunk.label[i]!]!,
        source.categories[chunk.category[i]!]!,
      ]);
      collected.priorities?.push(chunk.priority?.[i] ?? 0);
      if (!chunk.blocks) continue;
      const { ids, offsets } = chunk.blocks;
      (collected.blocks ??= []).push([...ids.subarray(offsets[i], offsets[i + 1])]);
    }
  }
  return collected;
}

/** Bytes in pieces of at most `size`. */
export async function* pieces(bytes: Uint8Array, size = 1 << 16): AsyncGenerator<Uint8Array, void, undefined> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

/** Bytes cut at the given places. */
export async function* cutAt(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array, void, undefined> {
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    yield bytes.subarray(from, cut);
    from = cut;
  }
  yield bytes.subarray(from);
}

export function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Reads a trace given as text or bytes. */
export async function readTrace(
  content: string | Uint8Array,
  options: TraceOptions = {},
  size?: number,
): Promise<Collected & { report: TraceReport }> {
  const bytes = typeof content === "string" ? encode(content) : content;
  const source = await openTrace(pieces(bytes, size), { name: "t", ...options });
  const collected = await collect(source);
  return { ...collected, report: source.report() };
}

/** A source of the given requests, in chunks of at most `size`. */
export function sourceOf(
  rows: readonly RequestRow[],
  size = 1000,
  blocks?: readonly (readonly number[])[],
  priorities?: readonly number[],
): RequestSource {
  const labels = ["", ...new Set(rows.map((row) => row[3]).filter((label) => label !== ""))];
  const categories = ["", ...new Set(rows.map((row) => row[4]).filter((category) => category !== ""))];
  async function* chunks(): AsyncGenerator<RequestChunk, void, undefined> {
    for (let from = 0; from < rows.length; from += size) {
      const part = rows.slice(from, from + size);
      const chunk: RequestChunk = {
        count: part.length,
        arrivalS: Float64Array.from(part, (row) => row[0]),
        inputTokens: Uint32Array.from(part, (row) => row[1]),
        outputTokens: Uint32Array.from(part, (row) => row[2]),
        label: Uint16Array.from(part, (row) => labels.indexOf(row[3])),
        category: Uint8Array.from(part, (row) => categories.indexOf(row[4])),
      };
      if (priorities) chunk.priority = Uint8Array.from(priorities.slice(from, from + size));
      if (blocks) {
        const ids = blocks.slice(from, from + size);
        const offsets = [0];
        for (const list of ids) offsets.push(offsets.at(-1)! + list.length);
        chunk.blocks = { offsets: Uint32Array.from(offsets), ids: Uint32Array.from(ids.flat()) };
      }
      yield chunk;
    }
  }
  return { labels, categories, chunks };
}

/** `requests` requests, one each 0.1 s, with lengths that tell them apart. */
export function steadyRows(requests: number, label = ""): RequestRow[] {
  return Array.from({ length: requests }, (_, i): RequestRow => [i / 10, i + 1, (i % 7) + 1, label, ""]);
}

export const HEADER = "arrival,input,output\n";
export const COLUMNS = { arrival: "arrival", input: "input", output: "output" };

/** Deterministic numbers in [0, 1) for tests. */
export function testRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
