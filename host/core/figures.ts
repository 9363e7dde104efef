import type { Pool } from "../specs/fleet.js";
import { type Batching, readBatching, readInterTokenLatency } from "./batching-figures.js";
import type { Moment, Window } from "./course.js";
import { type Energy, readEnergy } from "./energy-figures.js";
import type { InterTokenLatency } from "./gap-sketch.js";
import { type PoolCourse, readPoolCourse } from "./pool-course.js";
import { type AttainmentByLimit, type Latencies, readLatencies } from "./latencies.js";
import type { Quantiles } from "./quantiles.js";
import type { Objective, Reading } from "./reading.js";
import { readCounts, type RequestCounts, sumCounts } from "./request-counts.js";
import type { Scope } from "./simulation.js";
import type { Stability } from "./stability.js";
import {
  readStagedFigures,
  readStagedUtilisation,
  type StagedFigures,
  type StagedUtilisation,
} from "./staged-figures.js";

export type { Latencies } from "./latencies.js";
export type { Objective } from "./reading.js";
export type { RejectedByReason, RequestCounts } from "./request-counts.js";

/** The figures of a pool, or of the whole fleet. */
export interface Figures extends Latencies, StagedFigures {
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
    /** Where there is more than one limit: the share that kept within each by itself. */
    attainment_by_limit?: AttainmentByLimit;
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
  utilisation: { slots: number; kv: number } & Partial<StagedUtilisation>;
  /** Engine `iterations`: gaps between tokens. */
  itl_ms?: InterTokenLatency;
  /** Engine `iterations`, of a pool: how its replicas batched. */
  batching?: Batching;
  /** TTFT as a curve, where curves were asked for. */
  quantiles?: Quantiles;
  /** Engine `slots`, of a pool: how it went, where curves were asked for (engine `iterations`: {@link Batching.course}). */
  course?: PoolCourse;
  /** Engine `iterations`: what the GPUs draw, where that is known of all of them. */
  energy?: Energy;
  /** Engine `iterations`: why it is not told. */
  energy_unknown?: string;
  total_replicas: number;
  total_gpus: number;
  cost: { per_hr_usd: number; annualised_kusd: number };
}

const TICKS_PER_SECOND = 1e9;
const HOURS_PER_YEAR = 8760;

/** Reads the figures of one pool. */
export function readPoolFigures(reading: Reading, pool: Pool, index: number, stability: Stability): Figures {
  const counts = readCounts(reading, index);
  return composeFigures(reading, {
    scope: index,
    requests: counts,
    pools: [pool],
    windows: [reading.course.window(index)],
    stability,
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

function composeFigures(reading: Reading, part: Part): Figures {
  const { scope, requests, pools, windows, unrouted, stability } = part;
  const { latencies, attainment, byLimit, quantiles } = readLatencies(reading, scope, false);
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
    ...readStagedFigures(reading, scope),
    slo: {
      ...sloFields(reading.slo),
      attainment,
      ...(byLimit ? { attainment_by_limit: byLimit } : {}),
      attainment_completed: completed.attainment,
    },
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
      ...readStagedUtilisation(reading, scope, pools, windows),
    },
    ...(part.indices ? { itl_ms: readInterTokenLatency(reading.simulation, part.indices) } : {}),
    ...(part.batching ? { batching: part.batching } : {}),
    ...(part.indices ? readEnergy(pools, windows) : {}),
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
