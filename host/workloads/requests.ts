/**
 * Requests as columns: what every workload, trace or generator, hands on.
 */

/** Most rows in one chunk; the core's window holds as many. */
export const CHUNK_ROWS = 65536;

/** Prompt blocks of a chunk's requests, as ragged columns: request `i` has `ids[offsets[i]] .. ids[offsets[i + 1] - 1]`. */
export interface BlockColumns {
  /** `count + 1` entries. */
  offsets: Uint32Array;
  ids: Uint32Array;
}

/**
 * One chunk of requests, in order of arrival. Arrays may be longer than `count`; what lies behind it means nothing.
 * A chunk is valid until the next one is asked for: whoever keeps it copies it.
 */
export interface RequestChunk {
  /** Requests in this chunk, 1 .. {@link CHUNK_ROWS}. */
  count: number;
  /** Arrival, seconds since the start of the workload; never decreasing, over chunks too. */
  arrivalS: Float64Array;
  /** Prompt tokens, at least 1. */
  inputTokens: Uint32Array;
  /** Generated tokens, at least 1. */
  outputTokens: Uint32Array;
  /** Index into {@link RequestSource.labels}; 0 = no label. */
  label: Uint16Array;
  /** Index into {@link RequestSource.categories}. */
  category: Uint8Array;
  /** 0 .. 255, smaller goes first. Absent where the trace has no priorities: the same as 0 for all. */
  priority?: Uint8Array;
  /** Prompt blocks, where the trace has them. */
  blocks?: BlockColumns;
}

/** A stream of requests that can be read once. */
export interface RequestSource {
  /** Labels (model or pool names) met so far; entry 0 is the empty string. Grows while chunks are read; at most 65,535. */
  readonly labels: readonly string[];
  /** Categories met so far (`prose`, `code`, ...); entry 0 is the empty string, "not said". At most 64; the rest count as entry 0. */
  readonly categories: readonly string[];
  /** The chunks, in order. To be called once. */
  chunks(): AsyncIterable<RequestChunk>;
}
