/** Section "What is measured": from jobs to figures. */
import { addIntegrals, type Integrals, noTime } from "./integrals.js";
import { nearest } from "./demand.js";
import type { Job, RejectReason } from "./job.js";
import { NO_POOL } from "./routing.js";

/** What became of one request. Ticks are `null` where they were not reached. */
export interface RequestResult {
  ordinal: number;
  /** Input tokens before any compression. */
  input: number;
  output: number;
  arrivalTick: number;
  /** Index in the fleet; -1: no pool took it. */
  pool: number;
  /** Index in the pool; -1: none. */
  replica: number;
  status: "completed" | "rejected" | "unfinished";
  /** `null` unless rejected. */
  reason: RejectReason | null;
  compressed: boolean;
  byDefault: boolean;
  /** KV blocks it holds while in service; `null` if no pool holds it. */
  blocks: number | null;
  reachTick: number | null;
  startTick: number | null;
  endTick: number | null;
  waitTicks: number | null;
  ttftTicks: number | null;
  /** Known once the last token is out. */
  tpotTicks: number | null;
  e2eTicks: number | null;
}

export type Metric = "waitTicks" | "ttftTicks" | "tpotTicks" | "e2eTicks";

export const METRICS: readonly Metric[] = ["waitTicks", "ttftTicks", "tpotTicks", "e2eTicks"];

/** The percentiles that results hold; {@link percentile} gives any other. */
export const PERCENTILES = [0.5, 0.9, 0.95, 0.99] as const;

/** By metric, values in the order of {@link PERCENTILES}, ticks. */
export type Percentiles = Record<Metric, (number | null)[]>;

/** Totals of a pool, of the fleet, or of the requests that no pool took. */
export interface Figures {
  /** Routed here, or rejected by name of this pool. */
  arrived: number;
  completed: number;
  rejected: Record<RejectReason, number>;
  unfinished: number;
  compressed: number;
  byDefault: number;
  /** Of completed requests. */
  outputTokens: number;
  /** Sum over completed requests of end - reaching the pool, ticks. */
  timeInSystem: number;
  /** From 0 to the last arrival. */
  toLastArrival: Integrals;
  /** From 0 to the end of the run. */
  toEnd: Integrals;
  /** Over the measured arrivals. */
  percentiles: Percentiles;
  /** Over those of them that completed. */
  percentilesOfCompleted: Percentiles;
}

export interface ReferenceResult {
  /** By ordinal; requests that would arrive after the horizon are not among them. */
  requests: RequestResult[];
  pools: Figures[];
  /** Requests that no pool took. */
  noPool: Figures;
  /** Everything. */
  fleet: Figures;
  /** Ordinal of the first measured request. */
  firstMeasured: number;
  /** `null` if nothing arrived. */
  firstArrivalTick: number | null;
  lastArrivalTick: number | null;
  /** The horizon, or the tick of the last event. */
  endTick: number;
}

interface Finished {
  jobs: readonly Job[];
  pools: number;
  endTick: number;
  warmup: number;
  toLastArrival: readonly Integrals[];
  toEnd: readonly Integrals[];
}

export function summarise({ jobs, pools, endTick, warmup, toLastArrival, toEnd }: Finished): ReferenceResult {
  const requests = jobs.map((job) => resultOf(job, endTick));
  const firstMeasured = Math.floor(warmup * requests.length);
  const figures = (
    members: readonly RequestResult[],
    before: readonly Integrals[],
    whole: readonly Integrals[],
  ): Figures => {
    const measured = members.filter((row) => row.ordinal >= firstMeasured);
    return {
      ...count(members),
      toLastArrival: before.reduce(addIntegrals, noTime()),
      toEnd: whole.reduce(addIntegrals, noTime()),
      percentiles: percentilesOf(measured),
      percentilesOfCompleted: percentilesOf(measured.filter((row) => row.status === "completed")),
    };
  };
  const routedTo = (pool: number) => requests.filter((row) => row.pool === pool);
  return {
    requests,
    pools: Array.from({ length: pools }, (_, pool) => figures(routedTo(pool), [toLastArrival[pool]!], [toEnd[pool]!])),
    noPool: figures(routedTo(NO_POOL), [], []),
    fleet: figures(requests, toLastArrival, toEnd),
    firstMeasured,
    firstArrivalTick: requests[0]?.arrivalTick ?? null,
    lastArrivalTick: requests.at(-1)?.arrivalTick ?? null,
    endTick,
  };
}

function statusOf(job: Job): RequestResult["status"] {
  if (job.rejected !== null) return "rejected";
  return job.endTick === null ? "unfinished" : "completed";
}

function resultOf(job: Job, now: number): RequestResult {
  const { demand, arrivalTick, reachTick, startTick, endTick } = job;
  const firstTokenTick = startTick === null ? null : startTick + demand!.prefillTicks;
  const ended = endTick !== null;
  return {
    ordinal: job.ordinal,
    input: job.request.input,
    output: job.request.output,
    arrivalTick,
    pool: job.pool,
    replica: job.replica,
    status: statusOf(job),
    reason: job.rejected,
    compressed: job.compressed,
    byDefault: job.byDefault,
    blocks: demand?.blocks ?? null,
    reachTick,
    startTick,
    endTick,
    waitTicks: startTick === null ? null : startTick - reachTick!,
    ttftTicks: firstTokenTick === null || firstTokenTick > now ? null : firstTokenTick - arrivalTick,
    tpotTicks: ended && job.request.output > 0 ? nearest(demand!.decodeTicks / job.request.output) : null,
    e2eTicks: ended ? endTick - arrivalTick : null,
  };
}

type Counts = Omit<Figures, "toLastArrival" | "toEnd" | "percentiles" | "percentilesOfCompleted">;

function count(rows: readonly RequestResult[]): Counts {
  const numberOf = (belongs: (row: RequestResult) => boolean) => rows.filter(belongs).length;
  const completed = rows.filter((row) => row.status === "completed");
  return {
    arrived: rows.length,
    completed: completed.length,
    rejected: {
      too_long_for_pool: numberOf((row) => row.reason === "too_long_for_pool"),
      too_long_for_every_pool: numberOf((row) => row.reason === "too_long_for_every_pool"),
      queue_full: numberOf((row) => row.reason === "queue_full"),
    },
    unfinished: numberOf((row) => row.status === "unfinished"),
    compressed: numberOf((row) => row.compressed),
    byDefault: numberOf((row) => row.byDefault),
    outputTokens: completed.reduce((total, row) => total + row.output, 0),
    timeInSystem: completed.reduce((total, row) => total + row.endTick! - row.reachTick!, 0),
  };
}

function percentilesOf(results: readonly RequestResult[]): Percentiles {
  const row = (metric: Metric) => {
    const sorted = inRankOrder(results, metric);
    return PERCENTILES.map((p) => atRank(sorted, p));
  };
  return {
    waitTicks: row("waitTicks"),
    ttftTicks: row("ttftTicks"),
    tpotTicks: row("tpotTicks"),
    e2eTicks: row("e2eTicks"),
  };
}

/** Those without the figure rank behind all others. */
function inRankOrder(results: readonly RequestResult[], metric: Metric): Float64Array {
  return Float64Array.from(results, (result) => result[metric] ?? Infinity).sort();
}

function atRank(sorted: Float64Array, p: number): number | null {
  const value = sorted[Math.ceil(p * sorted.length) - 1] ?? Infinity;
  return value === Infinity ? null : value;
}

/** Value of rank `ceil(p * n)`, 0 < p <= 1; `null` where the rank falls among those that have no such figure, or n is 0. */
export function percentile(results: readonly RequestResult[], metric: Metric, p: number): number | null {
  return atRank(inRankOrder(results, metric), p);
}
