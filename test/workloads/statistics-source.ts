import { CHUNK_ROWS, type RequestChunk, type RequestSource } from "../../host/workloads/requests.js";

/** Requests written out in a test. */
export interface Rows {
  arrivalS: readonly number[];
  input: readonly number[];
  output: readonly number[];
  /** Index into `labels`. */
  label?: readonly number[];
  labels?: readonly string[];
  category?: readonly number[];
  categories?: readonly string[];
  priority?: readonly number[];
  /** Prompt blocks of each request. */
  blocks?: readonly (readonly number[])[];
}

/** The rows as a source, in chunks of at most `chunkRows`. */
export function sourceOf(rows: Rows, chunkRows = CHUNK_ROWS): RequestSource {
  return {
    labels: rows.labels ?? [""],
    categories: rows.categories ?? [""],
    async *chunks() {
      for (let from = 0; from < rows.arrivalS.length; from += chunkRows) {
        yield chunkOf(rows, from, Math.min(from + chunkRows, rows.arrivalS.length));
      }
    },
  };
}

function chunkOf(rows: Rows, from: number, to: number): RequestChunk {
  const count = to - from;
  const blocks = rows.blocks?.slice(from, to);
  const offsets = [0];
  for (const ids of blocks ?? []) offsets.push(offsets.at(-1)! + ids.length);
  return {
    count,
    arrivalS: Float64Array.from(rows.arrivalS.slice(from, to)),
    inputTokens: Uint32Array.from(rows.input.slice(from, to)),
    outputTokens: Uint32Array.from(rows.output.slice(from, to)),
    label: rows.label ? Uint16Array.from(rows.label.slice(from, to)) : new Uint16Array(count),
    category: rows.category ? Uint8Array.from(rows.category.slice(from, to)) : new Uint8Array(count),
    ...(rows.priority && { priority: Uint8Array.from(rows.priority.slice(from, to)) }),
    ...(blocks && { blocks: { offsets: Uint32Array.from(offsets), ids: Uint32Array.from(blocks.flat()) } }),
  };
}
