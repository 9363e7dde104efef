import type { ArrivalProcess } from "../workloads/models.js";
import type { TraceReport, UnusableReason } from "../workloads/traces/trace-source.js";
import type { TraceChangeOptions } from "./change-trace.js";
import type { DrawnArrivals, DrawnRequests } from "./feed.js";

/** Where the requests of a run came from, and what became of the rows. */
export interface TraceSummary {
  /** The input, as its user named it. */
  name: string;
  /** Format of the trace; `workload`: drawn from a workload or a CDF. */
  format: TraceReport["format"] | "workload";
  /** Rows read, or requests to draw; always `used` plus the sum of `unusable_by_reason`. */
  rows: number;
  used: number;
  unusable_by_reason: Partial<Record<UnusableReason, number>>;
  /** The first row that could not be used. */
  first_unusable?: { line: number; reason: UnusableReason; column?: string; value: string };
  /** Last arrival minus first in the trace's own time, s. */
  span_s?: number;
  /** First arrival in the trace's own clock, s; of date stamps since 1970-01-01 UTC. */
  origin_s?: number;
  input_tokens?: number;
  output_tokens?: number;
  /** Tokens in a prompt block. */
  block_size?: number;
  /** Arrivals that were drawn. */
  arrivals?: ArrivalProcess & { rate_rps: number };
  /** Mean rate of what the workload was derived from, requests/s. */
  native_rate_rps?: number;
  /** What was done to the trace before it was played, in this order; only what was asked for. */
  changes?: TraceChanges;
  /** What a user should know: what was assumed, changed or left out. */
  notes: string[];
}

/** Changes to a trace, in the order in which they are made. */
export interface TraceChanges {
  from_s?: number;
  to_s?: number;
  repeat?: number;
  scale?: number;
  speed?: number;
  limit?: number;
}

/** Tells of a trace that was read, of changes asked for, and of arrivals that were drawn in place of its own. */
export function summariseTrace(
  report: TraceReport,
  asked: TraceChangeOptions = {},
  arrivals?: DrawnArrivals,
): TraceSummary {
  const { firstUnusable, spanS, originS, blockSize } = report;
  const changes = summariseChanges(asked);
  return {
    name: report.name,
    format: report.format,
    rows: report.rows,
    used: report.used,
    unusable_by_reason: report.unusableByReason,
    ...(firstUnusable === undefined ? {} : { first_unusable: firstUnusable }),
    span_s: spanS,
    ...(originS === undefined ? {} : { origin_s: originS }),
    input_tokens: report.inputTokens,
    output_tokens: report.outputTokens,
    ...(blockSize === undefined ? {} : { block_size: blockSize }),
    ...(arrivals ? { arrivals: summariseArrivals(arrivals) } : {}),
    ...(Object.keys(changes).length > 0 ? { changes } : {}),
    notes: report.notes,
  };
}

function summariseChanges({ fromS, toS, repeat, scale, speed, limit }: TraceChangeOptions): TraceChanges {
  return {
    ...(fromS === undefined ? {} : { from_s: fromS }),
    ...(toS === undefined ? {} : { to_s: toS }),
    ...(repeat === undefined ? {} : { repeat }),
    ...(scale === undefined ? {} : { scale }),
    ...(speed === undefined ? {} : { speed }),
    ...(limit === undefined ? {} : { limit }),
  };
}

/** Tells of requests that were drawn. */
export function summariseDrawn(drawn: DrawnRequests, notes: string[]): TraceSummary {
  return {
    name: drawn.model.name,
    format: "workload",
    rows: drawn.count,
    used: drawn.count,
    unusable_by_reason: {},
    arrivals: summariseArrivals(drawn),
    ...(drawn.model.nativeRateRps === undefined ? {} : { native_rate_rps: drawn.model.nativeRateRps }),
    notes,
  };
}

function summariseArrivals({ process, rateRps }: DrawnArrivals): ArrivalProcess & { rate_rps: number } {
  return { ...process, rate_rps: rateRps };
}
