import { corePools, coreRouter, iterationPools } from "../../core/core-fleet.js";
import { type PoolReading, readPool } from "../../core/pool-reading.js";
import { Simulation } from "../../core/simulation.js";
import { requireEngine } from "../../specs/fleet.js";
import { InputError } from "../../specs/input-error.js";
import { BLOCK_IDS_AT_ONCE, planPrefixes } from "../prefix-plan.js";
import { BEYOND, type SizingObjective } from "./pool-estimate.js";
import type { ReplicaOption } from "./replica-option.js";
import type { PoolRequests } from "./request-supply.js";
import { reachOf, type Segment } from "./segment.js";
import { MAX_POOL_REQUESTS } from "./sizing-limits.js";
import type { SizingProblem } from "./sizing-problem.js";
import { trialFleet } from "./trial-fleet.js";

/** What simulation makes of a pool with so many replicas. */
export interface PoolPoint {
  replicas: number;
  /** Requests that reached the pool, those of the warm-up included. */
  requests: number;
  p99TtftMs: number | null;
  /** 95 % confidence interval. */
  p99TtftCi95: [number, number] | null;
  p99TpotMs: number | null;
  p99TpotCi95: [number, number] | null;
  attainment: number | null;
  verdict: "stable" | "overloaded";
  /** Requests in service at a time, in all replicas. */
  running: number;
  meanE2eMs: number | null;
  /** Whether the run was broken off, since more requests had missed the objective than may: then there are no figures of it. */
  isBroken: boolean;
  /** Whether the intervals of all P99 that have a limit lie within it, and the pool keeps up. */
  isFeasible: boolean;
}

/**
 * Share of a run that is not measured. More than a replay's, since a run here is only as long as it must be: requests hold their place for some time, and an empty fleet is
 * faster than the one that is sized.
 */
export const SIZING_WARMUP = 0.25;

/** A run of a pool. */
export interface PoolTrial {
  segment: Segment;
  option: ReplicaOption;
  requests: PoolRequests;
  replicas: number;
  /** Default: that of the problem. */
  seed?: number;
  /** Whether the run may be broken off as soon as its P99 certainly misses the objective. */
  mayBreak: boolean;
}

/** Plays the requests of a segment through a pool of so many replicas. */
export async function tryPool(problem: SizingProblem, trial: PoolTrial): Promise<PoolPoint> {
  const { segment, option, requests, replicas } = trial;
  const { engine, objective, core } = problem;
  const { fleet, index } = trialFleet(segment, option, replicas);
  requireEngine(fleet, engine);
  const isIterations = engine === "iterations";
  const prefixes = isIterations ? planPrefixes(fleet, problem.blockTokens) : undefined;
  const simulation = new Simulation(core, {
    engine,
    seed: trial.seed ?? problem.seed,
    pools: isIterations ? iterationPools(fleet, prefixes?.prefixBlock) : corePools(fleet),
    router: coreRouter(fleet),
    ...(requests.draw ? { draw: requests.draw } : {}),
    ...(prefixes ? { blockIds: BLOCK_IDS_AT_ONCE } : {}),
  });
  const hasMissed = () => missesFor(simulation, index, requests.count, objective);
  await requests.feed(simulation, fleet, trial.mayBreak ? askedSeldom(hasMissed) : undefined);
  problem.runs++;
  await problem.onRun?.(problem.runs);
  if (trial.mayBreak && hasMissed()) return brokenPoint(trial);
  simulation.finish();
  const reading = readPool(simulation, fleet.pools, index, { warmup: SIZING_WARMUP, slo: objective });
  const { ttft, tpot, arrived, attainment, verdict, running, meanE2eMs } = reading;
  return {
    replicas,
    requests: arrived,
    p99TtftMs: ttft.p99,
    p99TtftCi95: ttft.p99_ci95,
    p99TpotMs: tpot.p99,
    p99TpotCi95: tpot.p99_ci95,
    attainment,
    verdict,
    running,
    meanE2eMs,
    isBroken: false,
    isFeasible: verdict === "stable" && keeps(problem, ttft, tpot),
  };
}

/**
 * Whether a run that is under way can no longer keep its objective: of the measured requests more have missed it than the P99 leaves. All that is to come would have to be counted as kept, and it would be
 * missed all the same, so that a run that is broken off and one that is not have the same answer.
 */
function missesFor(simulation: Simulation, index: number, count: number, { ttftMs, tpotMs }: SizingObjective): boolean {
  const first = Math.floor(SIZING_WARMUP * count);
  const allowed = BEYOND * (count - first);
  const settled = simulation.countWithin({}, index, first);
  if (settled <= allowed) return false;
  const missed = (limits: { ttftMs?: number; tpotMs?: number }) =>
    settled - simulation.countWithin(limits, index, first) > allowed;
  return missed({ ttftMs }) || (tpotMs !== undefined && missed({ tpotMs }));
}

/** How much longer a run is each time that it is asked whether it has missed: the answer takes time in proportion to its length. */
const LONGER = 1.5;

/** The same question, which goes unasked but at times that are ever farther apart. */
function askedSeldom(question: () => boolean): () => boolean {
  let [calls, next] = [0, 1];
  return () => {
    if (++calls < next) return false;
    next = Math.ceil(LONGER * calls);
    return question();
  };
}

function brokenPoint({ replicas, requests }: PoolTrial): PoolPoint {
  return {
    replicas,
    requests: requests.count,
    p99TtftMs: null,
    p99TtftCi95: null,
    p99TpotMs: null,
    p99TpotCi95: null,
    attainment: null,
    verdict: "stable",
    running: 0,
    meanE2eMs: null,
    isBroken: true,
    isFeasible: false,
  };
}

type Tail = PoolReading["ttft"];

function keeps({ objective: { ttftMs, tpotMs }, sizeBy }: SizingProblem, ttft: Tail, tpot: Tail): boolean {
  const isWithin = ({ p99, p99_ci95: ci95 }: Tail, limitMs: number) => {
    const decides = sizeBy === "interval" ? (ci95?.[1] ?? null) : p99;
    return decides !== null && decides <= limitMs;
  };
  return isWithin(ttft, ttftMs) && (tpotMs === undefined || isWithin(tpot, tpotMs));
}

/** Requests in a pool at a time, over which a run must turn around so often that it tells of a fleet that has filled. */
const TURNOVERS = 20;
/** Requests of a pool that are simulated at least, where their number is left open. */
const LEAST_REQUESTS = 30_000;

/** The requests that runs of a pool play; the same for any number of replicas. */
export async function requestsFor(
  { supply, requests }: SizingProblem,
  segment: Segment,
  meanInPool: number,
): Promise<PoolRequests> {
  const count = requests ?? Math.max(LEAST_REQUESTS, Math.ceil(TURNOVERS * meanInPool));
  const part = await supply.part(reachOf(segment), Math.min(count, MAX_POOL_REQUESTS), requests !== undefined);
  if (part.count > 0) return part;
  throw new InputError(
    `no request has more than ${segment.above} and at most ${segment.upTo} tokens: nothing to size a pool for.`,
  );
}
