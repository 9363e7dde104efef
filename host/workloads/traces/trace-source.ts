/**
 * What a trace reader takes and gives: its options, its report, its source of requests.
 */
import type { RequestSource } from "../requests.js";

/** Formats that {@link openTrace} tells apart by their columns. `columns` is any file whose columns the caller names. */
export type TraceFormat =
  | "azure-2023"
  | "azure-2024"
  | "azure-2025"
  | "mooncake"
  | "burstgpt"
  | "qwen-bailian"
  | "vidur"
  | "vidur-lengths"
  | "splitwise"
  | "sageserve"
  | "semantic-router"
  | "per-request"
  | "columns";

/** Unit of a numeric arrival column. */
export type ArrivalUnit = "s" | "ms" | "us" | "ns";

/** Columns (CSV) or keys (JSONL) that hold the requests of a file of no known format. */
export interface ColumnNames {
  /** May be left out only together with {@link TraceOptions.arrivalless}. */
  arrival?: string;
  input: string;
  output: string;
  label?: string;
  category?: string;
  /** Whole numbers 0 .. 255, smaller goes first. */
  priority?: string;
}

/**
 * Other names for the fields of a semantic-router trace. The keys are those of the Python tool; `complexity` is accepted and
 * not used.
 */
export interface FieldMap {
  timestamp?: string;
  l_in?: string;
  l_out?: string;
  model_id?: string;
  complexity?: string;
  category?: string;
}

export interface TraceOptions {
  /** How messages call the input, normally its path. Default `trace`. */
  name?: string;
  /** Overrides detection. */
  format?: TraceFormat;
  /** Names the columns of a file of no known format. */
  columns?: ColumnNames;
  /** Unit of the arrival column named by `columns`. Default `s`; a column of date stamps needs none. */
  arrivalUnit?: ArrivalUnit;
  /** Renames fields of a semantic-router trace. */
  fieldMap?: FieldMap;
  /** Tokens in a prompt block. Default: that of the format (Mooncake 512, Qwen-Bailian 16). */
  blockSize?: number;
  /** Spread requests that share a time stamp over the time to the next one, see {@link spreadTicks}. Default false. */
  spreadTicks?: boolean;
  /** Read a file without arrival times: every arrival is 0 s, for the caller to re-time. Default false. */
  arrivalless?: boolean;
  /** Largest share of rows that may be unusable, 0 .. 1. Default 0.01. */
  maxUnusableShare?: number;
}

/** The first row of a trace that could not be used. */
export interface UnusableRow {
  /** Line in the file, from 1. */
  line: number;
  reason: UnusableReason;
  /** The column at fault, where one is. */
  column?: string;
  /** What was found there, shortened to 80 characters. */
  value: string;
}

/** Why a row cannot be used. Stable names: they appear in reports. */
export type UnusableReason =
  /** A field that must be a number is none, or is empty, or is not finite. */
  | "not_a_number"
  /** A token count with a fraction. */
  | "not_an_integer"
  /** The arrival column holds date stamps, and this is none. */
  | "not_a_timestamp"
  | "negative_time"
  | "negative_tokens"
  | "zero_input"
  | "zero_output"
  /** A token count above 2^31 - 1. */
  | "too_many_tokens"
  /** The source says that this request failed (BurstGPT: no response tokens). */
  | "failed_request"
  /** Earlier than a row that has already been handed on: beyond the look-ahead of one chunk. */
  | "out_of_order"
  /** The row is shorter than the header, or the object lacks a key. */
  | "missing_column"
  /** The row is longer than the header. */
  | "extra_column"
  /** The line is no JSON. */
  | "not_json"
  /** The line is JSON, but no object. */
  | "not_an_object"
  /** `hash_ids` is not a list of integers 0 .. 2^32 - 1. */
  | "bad_block_ids"
  /** A priority that is no whole number 0 .. 255. */
  | "bad_priority"
  /** A label or category longer than 1,024 bytes. */
  | "name_too_long"
  /** The trace has more than 65,534 different labels. */
  | "too_many_labels"
  /** Quotes in a CSV record that do not pair up. */
  | "bad_quoting";

/** What became of the rows of a trace. Complete once all chunks have been read; until then it tells of the rows read so far. */
export interface TraceReport {
  /** The input, as messages call it. */
  name: string;
  format: TraceFormat | "servegen";
  /** Rows read; always `used` plus the sum of `unusableByReason`. */
  rows: number;
  /** Rows handed on, or about to be. */
  used: number;
  unusableByReason: Partial<Record<UnusableReason, number>>;
  firstUnusable?: UnusableRow;
  /** Sentences that a user should see: what was assumed, changed or left out. */
  notes: string[];
  /** Tokens in a prompt block, where the trace has blocks. */
  blockSize?: number;
  /** First arrival in the file's own clock, seconds; for date stamps, seconds since 1970-01-01 UTC. Absent before the first chunk. */
  originS?: number;
  /** Last arrival minus first, seconds, over the chunks read. */
  spanS: number;
  /** Sums over the chunks read. */
  inputTokens: number;
  outputTokens: number;
}

/** A trace that is being read. */
export interface TraceSource extends RequestSource {
  report(): TraceReport;
}
