import * as C from "../../assembly/contract.js";
import type { Pool } from "../specs/fleet.js";
import { type Batching, readBatching, readInterTokenLatency } from "./batching-figures.js";
import type { Course, Moment } from "./course.js";
import { type Distribution, readDistribution } from "./distribution.js";
import type { InterTokenLatency } from "./gap-sketch.js";
import { type PoolCourse, readPoolCourse } from "./pool-course.js";
import { type Quantiles, readQuantiles } from "./quantiles.js";
import type { Scope, Simulation } from "./simulation.js";
import { judgeStability, type Stability, STRETCHES } from "./stability.js";

/** Why requests were turned away. */
export interface RejectedByReason {
  too_long_for_pool: number;
  too_long_for_every_pool: number;
  queue_full: number;
}

/** Where every request of the run went: `arrived = completed + rejected + unfinished`. */
export interface RequestCounts {
  arrived: number;
  completed: number;
  rejected: number;
  rejected_by_reason: RejectedByReason;
  /** Waiting or in service when the clock stopped. */
  unfinished: number;
  /** Simulated and counted here, but not in percentiles, attainment and rates. */
  warmup_excluded: number;
  /** Shortened by the router on their way here. */
  compressed: number;
  /** Sent to the default pool because no label named one. */
  routed_by_default: number;
}

/** The distributions of a set of requests, ms. */
export interface Latencies {
  /** Time to first token: arrival to the end of the prefill. */
  ttft_ms: Distribution;
  /** Reaching the pool to the start of service; `p_wait`: share that waited at all. */
  queue_wait_ms: Distribution & { p_wait: number | null };
  /** Time per output token. */
  tpot_ms: Distribution;
  /** Arrival to the last token. */
  e2e_ms: Distribution;
}

/** What a request is to keep within. */
export interface Objective {
  /** Time to first token, ms. */
  ttftMs: number;
  /** Time per output token, ms. */
  tpotMs?: number;
  /** Arrival to last token, ms. */
  e2eMs?: number;
}

/** The figures of a pool, or of the whole fleet. */
export interface Figures extends Latencies {
  requests: RequestCounts;
  /** The measured window: from the first measured arrival to the last arrival, or to the horizon. */
  duration_s: number;
  /** Arrivals in the window after the first, per second of it. */
  arrival_rate_rps: number;
  stability: Stability & {
    /** Of an overloaded pool, a longer run would give larger percentiles. */
    percentiles_depend_on_horizon: boolean;
  };
  /** The same distributions over completed requests alone. */
  completed_only: Latencies;
  slo: {
    /** The objective; a limit that is not there was not set. */
    ttft_ms: number;
    tpot_ms?: number;
    e2e_ms?: number;
    /** Share of all measured arrivals that kept within all of its limits; `null` if there were none. */
    attainment: number | null;
    /** Share of those that were completed. */
    attainment_completed: number | null;
  };
  throughput: {
    /** Completions in the window. */
    requests_per_s: number;
    /** Output tokens of those. */
    output_tokens_per_s: number;
    /** Arrivals that met the objective. */
    goodput_rps: number;
  };
  /** Time averages over the window, as shares of what is there. */
  utilisation: { slots: number; kv: number };
  /** Engine `iterations`: gaps between tokens. */
  itl_ms?: InterTokenLatency;
  /** Engine `iterations`, of a pool: how its replicas batched. */
  batching?: Batching;
  /** TTFT as a curve, where curves were asked for. */
  quantiles?: Quantiles;
  /** Engine `slots`, of a pool: how it went, where curves were asked for (engine `iterations`: {@link Batching.course}). */
  course?: PoolCourse;
  total_replicas: number;
  total_gpus: number;
  cost: { per_hr_usd: number; annualised_kusd: number };
}

const TICKS_PER_SECOND = 1e9;
const HOURS_PER_YEAR = 8760;
/** Longer than any time that the clock holds, and not infinite. */
const FINITE_MS = 8e12;

/** What the figures of a run are read with. */
export interface Reading {
  simulation: Simulation;
  course: Course;
  /** Ordinal of the first measured request. */
  first: number;
  poolCount: number;
  slo: Objective;
  engine: "slots" | "iterations";
  /** Whether curves are told: of TTFT, and of the load. */
  curves: boolean;
}

/** Reads the figures of one pool. */
export function readPoolFigures(reading: Reading, pool: Pool, index: number): Figures {
  const counts = readCounts(reading, index);
  const moments = reading.course.stretches(index, STRETCHES);
  return composeFigures(reading, {
    scope: index,
    requests: counts,
    pools: [pool],
    windows: [reading.course.window(index)],
    stability: judgeStability(moments),
    ...(reading.engine === "iterations"
      ? { batching: readBatching(reading.simulation, reading.course, pool, index), indices: [index] }
      : {}),
    ...(reading.engine === "slots" && reading.curves
      ? { course: readPoolCourse(reading.course, index, pool.replicas * pool.kvBlocks) }
      : {}),
  });
}

/** Reads the figures of the whole fleet. */
export function readFleetFigures(reading: Reading, pools: readonly Pool[], byPool: readonly Figures[]): Figures {
  const counts = sumCounts([...byPool.map((figures) => figures.requests), readCounts(reading, "none")]);
  counts.warmup_excluded = Math.min(reading.first, counts.arrived);
  return composeFigures(reading, {
    scope: "all",
    requests: counts,
    pools,
    windows: pools.map((_, index) => reading.course.window(index)),
    unrouted: reading.course.window(pools.length),
    stability: judgeFleet(byPool),
    ...(reading.engine === "iterations" ? { indices: [...pools.keys()] } : {}),
  });
}

/** A fleet keeps up if every pool does; its backlog grows as fast as theirs together. */
function judgeFleet(byPool: readonly Figures[]): Stability {
  const overloaded = byPool.some((figures) => figures.stability.verdict === "overloaded");
  const growth = byPool.reduce((sum, figures) => sum + figures.stability.backlog_growth_rps, 0);
  return { verdict: overloaded ? "overloaded" : "stable", backlog_growth_rps: growth };
}

/** A pool, or the fleet, whose figures are put together. */
interface Part {
  scope: Scope;
  requests: RequestCounts;
  pools: readonly Pool[];
  /** The measured window, as each of the pools saw it. */
  windows: readonly Window[];
  /** As those requests saw it that no pool took. */
  unrouted?: Window;
  stability: Stability;
  batching?: Batching;
  course?: PoolCourse;
  /** Of the pools, where their gaps are told. */
  indices?: readonly number[];
}

interface Window {
  begin: Moment;
  end: Moment;
}

function composeFigures(reading: Reading, part: Part): Figures {
  const { scope, requests, pools, windows, unrouted, stability } = part;
  const { latencies, attainment, quantiles } = readLatencies(reading, scope, false);
  const allCompleted = requests.completed === requests.arrived;
  const completed = allCompleted ? { latencies, attainment } : readLatencies(reading, scope, true);

  const { begin, end } = windows[0]!;
  const ticks = end.tick - begin.tick;
  const seconds = ticks / TICKS_PER_SECOND;
  const grown = (field: keyof Moment) =>
    windows.reduce((sum, window) => sum + window.end[field] - window.begin[field], 0);
  const perSecond = (amount: number) => (seconds > 0 ? amount / seconds : 0);
  const share = (area: number, capacity: number) => (ticks > 0 ? area / (capacity * ticks) : 0);
  const arrivals = grown("arrived") + (unrouted ? unrouted.end.arrived - unrouted.begin.arrived : 0);
  // The first arrival of the window opens it: it is no arrival per second of it.
  const arrivalRateRps = perSecond(Math.max(0, arrivals - (scope === "all" ? 1 : 0)));
  const costPerHr = pools.reduce((sum, pool) => sum + pool.costPerHr, 0);

  return {
    requests,
    duration_s: seconds,
    arrival_rate_rps: arrivalRateRps,
    stability: { ...stability, percentiles_depend_on_horizon: stability.verdict === "overloaded" },
    ...latencies,
    completed_only: completed.latencies,
    slo: { ...sloFields(reading.slo), attainment, attainment_completed: completed.attainment },
    throughput: {
      requests_per_s: perSecond(grown("completed")),
      output_tokens_per_s: perSecond(grown("outputTokens")),
      goodput_rps: arrivalRateRps * (attainment ?? 0),
    },
    utilisation: {
      slots: share(
        grown("busyArea"),
        pools.reduce((sum, pool) => sum + pool.replicas * seatsOf(pool, reading.engine), 0),
      ),
      kv: share(
        grown("kvArea"),
        pools.reduce((sum, pool) => sum + pool.replicas * blocksOf(pool, reading.engine), 0),
      ),
    },
    ...(part.indices ? { itl_ms: readInterTokenLatency(reading.simulation, part.indices) } : {}),
    ...(part.batching ? { batching: part.batching } : {}),
    ...(quantiles ? { quantiles } : {}),
    ...(part.course ? { course: part.course } : {}),
    total_replicas: pools.reduce((sum, pool) => sum + pool.replicas, 0),
    total_gpus: pools.reduce((sum, pool) => sum + pool.gpus, 0),
    cost: { per_hr_usd: costPerHr, annualised_kusd: (costPerHr * HOURS_PER_YEAR) / 1000 },
  };
}

function sloFields({ ttftMs, tpotMs, e2eMs }: Objective) {
  return {
    ttft_ms: ttftMs,
    ...(tpotMs === undefined ? {} : { tpot_ms: tpotMs }),
    ...(e2eMs === undefined ? {} : { e2e_ms: e2eMs }),
  };
}

/** Requests that a replica serves at once. */
function seatsOf(pool: Pool, engine: Reading["engine"]): number {
  return engine === "slots" ? pool.slots : pool.serving.maxNumSeqs;
}

function blocksOf(pool: Pool, engine: Reading["engine"]): number {
  return engine === "slots" ? pool.kvBlocks : pool.serving.numBlocks;
}

function readLatencies(
  { simulation, first, slo, curves }: Reading,
  scope: Scope,
  completedOnly: boolean,
): { latencies: Latencies; attainment: number | null; quantiles?: Quantiles } {
  const read = (metric: Parameters<typeof readDistribution>[1]) =>
    readDistribution(simulation, metric, scope, first, completedOnly);
  const ttft = read("ttft").distribution;
  const quantiles = curves && !completedOnly ? readQuantiles(simulation, ttft.count) : undefined;
  // Of completed requests alone: those whose E2E is finite.
  const limits = completedOnly ? { ...slo, e2eMs: slo.e2eMs ?? FINITE_MS } : slo;
  const within = simulation.countWithin(limits, scope, first);
  const queueWait = read("queueWait");
  return {
    latencies: {
      ttft_ms: ttft,
      queue_wait_ms: { ...queueWait.distribution, p_wait: queueWait.positiveShare },
      tpot_ms: read("tpot").distribution,
      e2e_ms: read("e2e").distribution,
    },
    attainment: ttft.count > 0 ? within / ttft.count : null,
    ...(quantiles ? { quantiles } : {}),
  };
}

function readCounts({ simulation, course, first, poolCount }: Reading, scope: number | "none"): RequestCounts {
  const row = simulation.figures(scope);
  const rejectedByReason: RejectedByReason = {
    too_long_for_pool: row[C.FIGURE_REJECTED_TOO_LONG_FOR_POOL]!,
    too_long_for_every_pool: row[C.FIGURE_REJECTED_TOO_LONG_FOR_EVERY_POOL]!,
    queue_full: row[C.FIGURE_REJECTED_QUEUE_FULL]!,
  };
  const arrived = row[C.FIGURE_ARRIVED]!;
  const measured =
    simulation.sampleStride === 1
      ? simulation.gather("ttft", scope, first, false).count
      : arrived - Math.round(course.window(scope === "none" ? poolCount : scope).begin.arrived);
  return {
    arrived,
    completed: row[C.FIGURE_COMPLETED]!,
    rejected:
      rejectedByReason.too_long_for_pool + rejectedByReason.too_long_for_every_pool + rejectedByReason.queue_full,
    rejected_by_reason: rejectedByReason,
    unfinished: row[C.FIGURE_UNFINISHED]!,
    warmup_excluded: arrived - measured,
    compressed: row[C.FIGURE_COMPRESSED]!,
    routed_by_default: row[C.FIGURE_BY_DEFAULT]!,
  };
}

/** Adds counts up, reason by reason. */
export function sumCounts(counts: readonly RequestCounts[]): RequestCounts {
  const sum = (of: (count: RequestCounts) => number) => counts.reduce((total, count) => total + of(count), 0);
  return {
    arrived: sum((count) => count.arrived),
    completed: sum((count) => count.completed),
    rejected: sum((count) => count.rejected),
    rejected_by_reason: {
      too_long_for_pool: sum((count) => count.rejected_by_reason.too_long_for_pool),
      too_long_for_every_pool: sum((count) => count.rejected_by_reason.too_long_for_every_pool),
      queue_full: sum((count) => count.rejected_by_reason.queue_full),
    },
    unfinished: sum((count) => count.unfinished),
    warmup_excluded: sum((count) => count.warmup_excluded),
    compressed: sum((count) => count.compressed),
    routed_by_default: sum((count) => count.routed_by_default),
  };
}
