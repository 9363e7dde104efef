import type { Engine } from "../specs/fleet-spec.js";
import { fleetSpec } from "./replay-trace.js";
import { type CapacityOptions, checkCapacityOptions, DEFAULT_TOLERANCE } from "./capacity-options.js";
import { coldStart, findCapacity, type Found, type SearchStart } from "./capacity-find.js";
import type { LimitedBy, OperatingPoint, Trial } from "./capacity-point.js";
import { openRequestsOf, prepareTrial } from "./capacity-trial.js";
import type { TraceSummary } from "./trace-summary.js";

/** What a fleet bears. */
export interface CapacityFigures {
  /**
   * `found`: an answer between a load that is bearable and one that is not; `none`: not even a load at which hardly any request meets another; `no_limit_found`: every load that
   * was tried is bearable, the largest possible one included.
   */
  status: "found" | "none" | "no_limit_found";
  /** The highest arrival rate found bearable, requests/s; of a closed loop that at `concurrency`. */
  rate_rps: number | null;
  /** Closed loop: most users found bearable. */
  concurrency?: number | null;
  /** The lowest rate found to be too much, requests/s. */
  lowest_infeasible_rps: number | null;
  /** Closed loop: fewest users found to be too many. */
  lowest_infeasible_concurrency?: number | null;
  /** The highest rate tried up to which the 95 % intervals leave no doubt that it is bearable, and the lowest of which they leave none that it is too much. */
  surely_feasible_rps: number | null;
  surely_infeasible_rps: number | null;
  /** The rate divided by what serves it; the last is `null` where the fleet has no price. */
  rate_per_replica_rps: number | null;
  rate_per_gpu_rps: number | null;
  /** Requests/s for one US dollar an hour. */
  rate_per_dollar_hour: number | null;
  /** What is not right at the lowest load found to be too much. */
  limited_by: LimitedBy | null;
  /** The highest load found bearable. */
  at_capacity: OperatingPoint | null;
  /** The lowest load found to be too much. */
  beyond_capacity: OperatingPoint | null;
  /** What serves it. */
  fleet: { replicas: number; gpus: number; per_hr_usd: number };
  /** Loads that were tried, rising. */
  tried: TriedLoad[];
  /** Runs in all, each of `requests_per_run` requests, or fewer before it was known that so many are needed. */
  runs: number;
  requests_per_run: number;
  /** What a reader should know. */
  notes: string[];
}

/** A load that was tried, in short. */
export interface TriedLoad {
  rate_rps: number;
  concurrency?: number;
  is_feasible: boolean;
  cause: LimitedBy["cause"] | null;
  attainment: number;
  ttft_p99_ms: number | null;
  tpot_p99_ms: number | null;
  e2e_p99_ms: number | null;
  /** Engine `iterations`. */
  itl_p99_ms?: number | null;
}

/** What was asked, and with which figures. */
export interface CapacityQuestion {
  engine: Engine;
  searched: "rate" | "concurrency";
  objective: { attainment: number; ttft_ms?: number; tpot_ms?: number; e2e_ms?: number; itl_ms?: number };
  /** Whether one replica of each pool was taken in place of the fleet. */
  per_replica: boolean;
  tolerance: number;
  seed: number;
  warmup: number;
  replications: number;
}

/** The answer of {@link capacity}. */
export interface CapacityResult extends CapacityQuestion, CapacityFigures {
  /** Where the requests came from. */
  trace: TraceSummary;
}

/**
 * Searches the highest arrival rate that a fleet bears under an objective: no backlog grows, and so many of all arrivals, rejected ones included, keep within all limits of their
 * times. Every rate meets the very same requests, with gaps between them that differ in scale alone (common random numbers), so what is bearable at one rate is, but for chance, at all lower ones.
 *
 * @example
 * ```ts
 * const { rate_rps, limited_by } = await capacity({
 *   trace: "azure-conv",
 *   fleet: "examples/iterations.yaml",
 *   slo: { ttftMs: 1000, tpotMs: 50 },
 * });
 * ```
 * @throws InputError one sentence about what is wrong with the trace, the fleet or an option.
 */
export async function capacity(options: CapacityOptions): Promise<CapacityResult> {
  checkCapacityOptions(options);
  const spec = await fleetSpec(options.fleet);
  const requests = await openRequestsOf(options);
  const trial = await prepareTrial(spec, requests, options);
  const { figures, found } = await answer(trial, options, coldStart(trial, options.count));
  const rate = figures.rate_rps ?? figures.lowest_infeasible_rps;
  const trace = requests.summary(rate ?? undefined, found.count);
  return { ...questionOf(trial, options), ...figures, trace };
}

/** Searches from a start, and tells what was found. */
export async function answer(
  trial: Trial,
  { tolerance = DEFAULT_TOLERANCE, count }: CapacityOptions,
  start: SearchStart,
): Promise<{ figures: CapacityFigures; found: Found }> {
  const mayDrawMore = trial.requests.isDrawn && count === undefined;
  const found = await findCapacity(trial, start, { tolerance, mayDrawMore });
  return { figures: figuresOf(trial, found), found };
}

/** The question that a search answers. */
export function questionOf(trial: Trial, options: CapacityOptions): CapacityQuestion {
  const { ttft, tpot, e2e } = trial.objective.limits;
  const { itlMs, attainment } = trial.objective;
  return {
    engine: trial.engine,
    searched: trial.users ? "concurrency" : "rate",
    objective: {
      attainment,
      ...(ttft === undefined ? {} : { ttft_ms: ttft }),
      ...(tpot === undefined ? {} : { tpot_ms: tpot }),
      ...(e2e === undefined ? {} : { e2e_ms: e2e }),
      ...(itlMs === undefined ? {} : { itl_ms: itlMs }),
    },
    per_replica: options.perReplica ?? false,
    tolerance: options.tolerance ?? DEFAULT_TOLERANCE,
    seed: trial.seed,
    warmup: trial.warmup,
    replications: trial.replications,
  };
}

function figuresOf(trial: Trial, found: Found): CapacityFigures {
  const { feasible, infeasible } = found;
  const { replicas, gpus, costPerHr } = trial.fleet;
  const rate = feasible?.rate_rps ?? null;
  const per = (amount: number) => (rate === null || amount === 0 ? null : rate / amount);
  const isLoop = trial.users !== undefined;
  return {
    status: feasible === null ? "none" : infeasible === null ? "no_limit_found" : "found",
    rate_rps: rate,
    ...(isLoop ? { concurrency: feasible?.concurrency ?? null } : {}),
    lowest_infeasible_rps: infeasible?.rate_rps ?? null,
    ...(isLoop ? { lowest_infeasible_concurrency: infeasible?.concurrency ?? null } : {}),
    ...surely(trial, found.points),
    rate_per_replica_rps: per(replicas),
    rate_per_gpu_rps: per(gpus),
    rate_per_dollar_hour: per(costPerHr),
    limited_by: infeasible?.limited_by ?? null,
    at_capacity: feasible,
    beyond_capacity: infeasible,
    fleet: { replicas, gpus, per_hr_usd: costPerHr },
    tried: found.points.map(tried),
    runs: found.runs * trial.replications,
    requests_per_run: found.count,
    notes: notesOn(trial, found),
  };
}

function surely({ objective }: Trial, points: readonly OperatingPoint[]) {
  const share = objective.attainment;
  const doubtful = points.findIndex((point) => !point.is_feasible || point.attainment_ci95[0] < share);
  const surely = doubtful < 0 ? points.at(-1) : points[doubtful - 1];
  const tooMuch = points.find(({ limited_by: reason, attainment_ci95: [, high] }) => {
    return reason?.cause === "overloaded" || reason?.cause === "itl" || high < share;
  });
  return { surely_feasible_rps: surely?.rate_rps ?? null, surely_infeasible_rps: tooMuch?.rate_rps ?? null };
}

function tried(point: OperatingPoint): TriedLoad {
  return {
    rate_rps: point.rate_rps,
    ...(point.concurrency === undefined ? {} : { concurrency: point.concurrency }),
    is_feasible: point.is_feasible,
    cause: point.limited_by?.cause ?? null,
    attainment: point.attainment,
    ttft_p99_ms: point.ttft_ms.p99,
    tpot_p99_ms: point.tpot_ms.p99,
    e2e_p99_ms: point.e2e_ms.p99,
    ...(point.itl_ms ? { itl_p99_ms: point.itl_ms.p99 } : {}),
  };
}

/** Share by which the rate that was met may differ from the one that was tried without a word. */
const RATE_NOTE = 0.05;

function notesOn(trial: Trial, found: Found): string[] {
  return [...shortRunNotes(trial, found), ...offRateNotes(trial, found)];
}

/** A workload whose rate varies, played in part, is not the load that it is called by. */
function offRateNotes({ users }: Trial, { feasible }: Found): string[] {
  if (users || feasible === null) return [];
  const { rate_rps: tried, arrival_rate_rps: met } = feasible;
  if (Math.abs(met / tried - 1) <= RATE_NOTE) return [];
  return [
    `At ${Number(tried.toPrecision(3))} requests/s the runs met ${Number(met.toPrecision(3))} on average: they are too short to play the workload through, so the answer is that of a part of it.`,
  ];
}

function shortRunNotes({ requests }: Trial, { count, neededCount }: Found): string[] {
  if (neededCount <= count) return [];
  const more = requests.isDrawn ? `--n ${neededCount}` : `--repeat ${Math.ceil(neededCount / requests.count)}`;
  return [
    `A run of ${count} requests is short for so large a fleet: it may end before the fleet has filled, and so bear more than the fleet does for long. ${more} would do.`,
  ];
}
