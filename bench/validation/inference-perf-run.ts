import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { measured } from "./data-folder.js";

/** Percentiles of the reports, by their names there. */
const PERCENTILES: readonly [name: string, p: number][] = [
  ["min", 0],
  ["p0.1", 0.1],
  ["p1", 1],
  ["p5", 5],
  ["p10", 10],
  ["p25", 25],
  ["median", 50],
  ["p75", 75],
  ["p90", 90],
  ["p95", 95],
  ["p99", 99],
  ["p99.9", 99.9],
  ["max", 100],
];

/** A figure over the requests of a stage. */
export interface Distribution {
  mean: number;
  /** Value of each known percentile, both rising. */
  percentiles: readonly { p: number; value: number }[];
}

/** One stage of a load sweep, as inference-perf reports it. Times in s. */
export interface Stage {
  requests: number;
  requestedRps: number;
  sendS: number;
  /** Completed a second, from the first request sent to the last answered. */
  completedRps: number;
  ttft: Distribution;
  e2e: Distribution;
  /** As reported: see {@link trueTpotS}. */
  reportedTpotS: number;
  /** Gaps between lines of the stream. */
  lineGaps: Distribution;
  promptTokens: Distribution;
}

/** Stages of one sweep, in order. */
export function readSweep(folder: string): Stage[] {
  const path = measured("inference-perf", folder);
  return readdirSync(path)
    .filter((name) => /^stage_\d+_lifecycle_metrics\.json$/.test(name))
    .sort()
    .map((name) => readStage(JSON.parse(readFileSync(join(path, name), "utf8"))));
}

/** Reads one report. */
export function readStage(report: unknown): Stage {
  const load = (report as { load_summary: Record<string, number> }).load_summary;
  const successes = (report as { successes: Report }).successes;
  const { latency } = successes;
  return {
    requests: successes.count,
    requestedRps: load["requested_rate"]!,
    sendS: load["send_duration"]!,
    completedRps: successes.throughput["requests_per_sec"]!,
    ttft: distribution(latency["time_to_first_token"]!),
    e2e: distribution(latency["request_latency"]!),
    reportedTpotS: latency["time_per_output_token"]!["mean"]!,
    lineGaps: distribution(latency["inter_token_latency"]!),
    promptTokens: distribution(successes.prompt_len),
  };
}

interface Report {
  count: number;
  latency: Record<string, Record<string, number>>;
  throughput: Record<string, number>;
  prompt_len: Record<string, number>;
}

function distribution(row: Record<string, number>): Distribution {
  return { mean: row["mean"]!, percentiles: PERCENTILES.map(([name, p]) => ({ p, value: row[name]! })) };
}

/** The value of a percentile, linear between those that the report gives. */
export function valueAt({ percentiles }: Distribution, p: number): number {
  const after = percentiles.findIndex((known) => known.p >= p);
  const high = percentiles[after]!;
  if (high.p === p || after === 0) return high.value;
  const low = percentiles[after - 1]!;
  return low.value + (high.value - low.value) * ((p - low.p) / (high.p - low.p));
}

/**
 * Mean time per output token of a stage, s. The reports divide by the number of *lines* that the stream held: that version of inference-perf
 * stamped every line (`async for line in response.content`, inference_perf/apis/completion.py), and a server-sent event is a line and an empty one.
 * `output` tokens and the closing `[DONE]` make `2 * (output + 1)` lines, hence `2 * output + 1` gaps from the first token to the end.
 */
export function trueTpotS(stage: Stage, output: number): number {
  return (stage.reportedTpotS * (2 * output + 1)) / (output - 1);
}
