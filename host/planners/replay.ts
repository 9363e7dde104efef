import { corePools, coreRouter, iterationPools } from "../core/core-fleet.js";
import type { Objective } from "../core/figures.js";
import { type Core, loadCore } from "../core/load.js";
import { type Outcome, readOutcome } from "../core/outcome.js";
import { combineOutcomes } from "../core/replications.js";
import type { ClosedLoop, RunSpec } from "../core/run-spec.js";
import { type ResultRows, Simulation } from "../core/simulation.js";
import { type Fleet, requireEngine } from "../specs/fleet.js";
import type { Engine } from "../specs/fleet-spec.js";
import { InputError } from "../specs/input-error.js";
import type { RequestSource } from "../workloads/requests.js";
import type { Classify } from "./classify.js";
import { coreDraw, type DrawnArrivals, type DrawnRequests, feedDrawn, feedSource, MAX_LABELS } from "./feed.js";
import { BLOCK_IDS_AT_ONCE, planPrefixes, type PrefixPlan } from "./prefix-plan.js";
import { checkReplayOptions } from "./replay-limits.js";

/**
 * What is replayed: requests drawn from a workload, or read from a source that `open` opens anew for every replication; with
 * `arrivals` these are drawn in place of the source's own.
 */
export type ReplayRequests =
  | { drawn: DrawnRequests }
  | {
      open: (replication: number) => Promise<RequestSource>;
      arrivals?: DrawnArrivals;
      /** Tokens that a prompt block of the source stands for; absent: it has none. */
      blockTokens?: number;
    };

/** How a replay is run; see {@link replay}. */
export interface ReplayOptions {
  fleet: Fleet;
  requests: ReplayRequests;
  /** How requests are served inside a replica. Default: the fleet's, else {@link DEFAULT_ENGINE}. */
  engine?: Engine;
  /** Engine `iterations`: run one iteration at a time, request by request. The same result, more slowly. */
  step?: boolean;
  /** Users who each wait for their answer before they send the next request; arrivals of the requests are ignored. Default: none, requests arrive when they say. */
  closedLoop?: ClosedLoop;
  /** Objective for the time to first token, ms. Default: the fleet's, else 500. */
  sloMs?: number;
  /** Objective for the time per output token, ms. Default: none. */
  sloTpotMs?: number;
  /** Objective for the time from arrival to the last token, ms. Default: none. */
  sloE2eMs?: number;
  /** Whole number; the same seed gives the same result to the last bit. Default 42. */
  seed?: number;
  /** Share of the requests, from the first on, that are simulated and not measured. Default {@link DEFAULT_WARMUP}. */
  warmup?: number;
  /** Independent runs; with more than one, figures are their means and intervals come from their spread. Default 1. */
  replications?: number;
  /** The clock stops here, s. Default: when all is served. */
  horizonS?: number;
  /** Function of the router `semantic`. */
  classify?: Classify;
  /** Tell curves beside the figures: TTFT at many percentiles, and the load over time with engine `slots` too. Default: not. */
  curves?: boolean;
  /** Takes every settled request, in order of arrival, in every replication. */
  onResults?: (rows: ResultRows, replication: number) => void | Promise<void>;
  /** Takes what each replication came to, in their order. */
  onOutcome?: (outcome: Outcome, replication: number) => void;
  /** Told how many requests have been played, over all replications. Waited for, so that it can let other work have its turn. */
  onProgress?: (played: number) => void | Promise<void>;
  /** An instance to run in; by default a new one. */
  core?: Core;
  /** The event queue: `tree`, or its textbook twin `heap`, which gives the same results more slowly. */
  eventQueue?: "tree" | "heap";
}

/** The engine where neither caller nor fleet names one. */
export const DEFAULT_ENGINE: Engine = "iterations";

/** What a replay came to. */
export interface ReplayResult extends Outcome {
  engine: Engine;
  /** Present if requests came from a closed loop. */
  closed_loop?: { concurrency: number; think_s: number; think: "fixed" | "exponential"; ramp_s: number };
  seed: number;
  replications: number;
}

/** Share of the requests that is not measured unless the caller says otherwise. */
export const DEFAULT_WARMUP = 0.1;

/** Objective for the time to first token, ms, where neither caller nor fleet names one: the reference's default. */
export const DEFAULT_SLO_MS = 500;

/** Seed where the caller names none: the reference's default. */
export const DEFAULT_SEED = 42;

/**
 * Replays requests through a fleet: every request is routed, waits, is served or turned away, and is accounted for. Rules: docs/reference/slots-engine.md and
 * docs/reference/iterations-engine.md.
 *
 * @throws InputError if an option is out of range; from the source, if it is a trace that cannot be used.
 */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const { fleet, requests, seed = DEFAULT_SEED, replications = 1, warmup = DEFAULT_WARMUP } = options;
  checkReplayOptions(options);
  const engine = options.engine ?? fleet.engine ?? DEFAULT_ENGINE;
  requireEngine(fleet, engine);
  if (options.step && engine === "slots") {
    throw new InputError("step belongs to the engine iterations; the engine is slots.");
  }
  const prefixes = engine === "iterations" ? prefixPlan(options) : undefined;
  const reading = { engine, warmup, slo: objective(options), curves: options.curves ?? false };
  const core = options.core ?? (await loadCore());
  const outcomes: Outcome[] = [];
  let playedBefore = 0;
  for (let replication = 0; replication < replications; replication++) {
    const simulation = new Simulation(core, runSpec(options, { engine, seed, replication }, prefixes));
    const feed = {
      fleet,
      ...(options.classify ? { classify: options.classify } : {}),
      ...(options.onResults ? { onResults: (rows: ResultRows) => options.onResults!(rows, replication) } : {}),
      onProgress: (played: number) => options.onProgress?.(playedBefore + played),
    };
    if ("drawn" in requests) await feedDrawn(simulation, requests.drawn, feed, prefixes?.prefixes?.units);
    else await feedSource(simulation, await requests.open(replication), feed, requests.arrivals);
    simulation.finish();
    await options.onResults?.(simulation.results(), replication);
    const outcome = readOutcome(simulation, fleet, reading);
    playedBefore += outcome.requests.arrived;
    options.onOutcome?.(outcome, replication);
    outcomes.push(outcome);
  }
  const { closedLoop } = options;
  const loop = closedLoop ? { closed_loop: closedLoopFields(closedLoop) } : {};
  return { engine, ...loop, seed, replications, ...combineOutcomes(outcomes) };
}

function prefixPlan({ fleet, requests }: ReplayOptions): PrefixPlan | undefined {
  return "drawn" in requests
    ? planPrefixes(fleet, undefined, requests.drawn.prefixes)
    : planPrefixes(fleet, requests.blockTokens);
}

function objective({ fleet, sloMs, sloTpotMs, sloE2eMs }: ReplayOptions): Objective {
  return {
    ttftMs: sloMs ?? fleet.sloMs ?? DEFAULT_SLO_MS,
    ...(sloTpotMs === undefined ? {} : { tpotMs: sloTpotMs }),
    ...(sloE2eMs === undefined ? {} : { e2eMs: sloE2eMs }),
  };
}

function closedLoopFields({ concurrency, thinkS = 0, think = "fixed", rampS = 0 }: ClosedLoop) {
  return { concurrency, think_s: thinkS, think, ramp_s: rampS };
}

function runSpec(
  options: ReplayOptions,
  run: Pick<RunSpec, "seed" | "replication"> & { engine: Engine },
  plan: PrefixPlan | undefined,
): RunSpec {
  const { fleet, requests } = options;
  const drawn = "drawn" in requests ? requests.drawn : requests.arrivals;
  const usesLabels = fleet.router.type === "model" || fleet.router.type === "semantic";
  return {
    ...run,
    pools: run.engine === "iterations" ? iterationPools(fleet, plan?.prefixBlock) : corePools(fleet),
    router: coreRouter(fleet),
    ...(options.step === undefined ? {} : { step: options.step }),
    ...(options.closedLoop === undefined ? {} : { closedLoop: options.closedLoop }),
    ...(options.horizonS === undefined ? {} : { horizonS: options.horizonS }),
    ...(drawn ? { draw: { ...coreDraw(drawn), ...(plan?.prefixes ? { prefixes: plan.prefixes } : {}) } } : {}),
    ...(plan ? { blockIds: BLOCK_IDS_AT_ONCE } : {}),
    ...(usesLabels ? { labelPools: new Array<number>(MAX_LABELS).fill(-1) } : {}),
    keepsResults: options.onResults !== undefined,
    ...(options.eventQueue ? { eventQueue: options.eventQueue } : {}),
  };
}
