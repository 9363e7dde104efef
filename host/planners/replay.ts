import { corePools, coreRouter } from "../core/core-fleet.js";
import { type Core, loadCore } from "../core/load.js";
import { type Outcome, readOutcome } from "../core/outcome.js";
import { combineOutcomes } from "../core/replications.js";
import type { RunSpec } from "../core/run-spec.js";
import { type ResultRows, Simulation } from "../core/simulation.js";
import type { Fleet } from "../specs/fleet.js";
import type { RequestSource } from "../workloads/requests.js";
import type { Classify } from "./classify.js";
import { coreDraw, type DrawnArrivals, type DrawnRequests, feedDrawn, feedSource, MAX_LABELS } from "./feed.js";
import { checkReplayOptions } from "./replay-limits.js";

/**
 * What is replayed: requests drawn from a workload, or read from a source that `open` opens anew for every replication; with
 * `arrivals` these are drawn in place of the source's own.
 */
export type ReplayRequests =
  { drawn: DrawnRequests } | { open: (replication: number) => Promise<RequestSource>; arrivals?: DrawnArrivals };

/** How a replay is run; see {@link replay}. */
export interface ReplayOptions {
  fleet: Fleet;
  requests: ReplayRequests;
  /** Objective for the time to first token, ms. Default: the fleet's, else 500. */
  sloMs?: number;
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
  /** Takes every settled request, in order of arrival, in every replication. */
  onResults?: (rows: ResultRows, replication: number) => void | Promise<void>;
  /** Told how many requests have been played, over all replications. Waited for, so that it can let other work have its turn. */
  onProgress?: (played: number) => void | Promise<void>;
  /** An instance to run in; by default a new one. */
  core?: Core;
  /** The event queue: `tree`, or its textbook twin `heap`, which gives the same results more slowly. */
  eventQueue?: "tree" | "heap";
}

/** What a replay came to. */
export interface ReplayResult extends Outcome {
  engine: "slots";
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
 * Replays requests through a fleet: every request is routed, waits, is served or turned away, and is accounted for. Rules: docs/reference/slots-engine.md.
 *
 * @throws InputError if an option is out of range; from the source, if it is a trace that cannot be used.
 */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const { fleet, requests, seed = DEFAULT_SEED, replications = 1, warmup = DEFAULT_WARMUP } = options;
  checkReplayOptions(options);
  const sloMs = options.sloMs ?? fleet.sloMs ?? DEFAULT_SLO_MS;
  const core = options.core ?? (await loadCore());
  const outcomes: Outcome[] = [];
  let playedBefore = 0;
  for (let replication = 0; replication < replications; replication++) {
    const simulation = new Simulation(core, runSpec(options, seed, replication));
    const feed = {
      fleet,
      ...(options.classify ? { classify: options.classify } : {}),
      ...(options.onResults ? { onResults: (rows: ResultRows) => options.onResults!(rows, replication) } : {}),
      onProgress: (played: number) => options.onProgress?.(playedBefore + played),
    };
    if ("drawn" in requests) await feedDrawn(simulation, requests.drawn, feed);
    else await feedSource(simulation, await requests.open(replication), feed, requests.arrivals);
    simulation.finish();
    await options.onResults?.(simulation.results(), replication);
    const outcome = readOutcome(simulation, fleet, warmup, sloMs);
    playedBefore += outcome.requests.arrived;
    outcomes.push(outcome);
  }
  return { engine: "slots", seed, replications, ...combineOutcomes(outcomes) };
}

function runSpec(options: ReplayOptions, seed: number, replication: number): RunSpec {
  const { fleet, requests } = options;
  const drawn = "drawn" in requests ? requests.drawn : requests.arrivals;
  const usesLabels = fleet.router.type === "model" || fleet.router.type === "semantic";
  return {
    pools: corePools(fleet),
    router: coreRouter(fleet),
    seed,
    replication,
    ...(options.horizonS === undefined ? {} : { horizonS: options.horizonS }),
    ...(drawn ? { draw: coreDraw(drawn) } : {}),
    ...(usesLabels ? { labelPools: new Array<number>(MAX_LABELS).fill(-1) } : {}),
    keepsResults: options.onResults !== undefined,
    ...(options.eventQueue ? { eventQueue: options.eventQueue } : {}),
  };
}
