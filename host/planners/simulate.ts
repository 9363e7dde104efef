import type { Core } from "../core/load.js";
import { type Fleet, resolveFleet } from "../specs/fleet.js";
import { twoPoolFleet, type TwoPoolFlags } from "../specs/two-pool-fleet.js";
import { type FleetSummary, summariseFleet } from "./fleet-summary.js";
import { openPlanningRequests, plannedRun, type PlanningInput } from "./planning-requests.js";
import { DEFAULT_SLO_MS, replay, type ReplayOptions, type ReplayResult } from "./replay.js";

/** Requests of {@link simulate} unless the caller says otherwise. */
export const DEFAULT_SIMULATE_REQUESTS = 50_000;

/** How a planner simulates. */
export interface SimulationOptions extends Pick<
  ReplayOptions,
  "seed" | "warmup" | "replications" | "onResults" | "onProgress" | "engine" | "step" | "closedLoop"
> {
  /** How many requests to draw; a trace is played whole. */
  requests?: number;
  /** Tell curves beside the figures: see `curves` of a replay. Default: not. */
  curves?: boolean;
  /** An instance to run in; by default a new one. */
  core?: Core;
}

/** What {@link simulate} simulates. The fields of the fleet are named after the Python tool's flags. */
export type SimulateOptions = TwoPoolFlags & SimulationOptions & PlanningInput;

/** What a simulated fleet came to. */
export interface SimulateResult {
  /** In one flat object, with the keys of the Python tool. */
  summary: FleetSummary;
  /** In full. */
  replay: ReplayResult;
  fleet: Fleet;
}

/**
 * Simulates a fleet of two pools, "short" and "long", under a workload at a given rate: requests of up to `bShort` tokens go to the first, or, with
 * `gamma` above 1, up to `gamma * bShort` where they can be compressed.
 *
 * @throws InputError if a figure of the fleet or of the requests is out of range; messages name the fleet's figures by their flags.
 */
export async function simulate(options: SimulateOptions): Promise<SimulateResult> {
  const fleet = resolveFleet(twoPoolFleet({ sloMs: DEFAULT_SLO_MS, ...options }));
  const opened = await openPlanningRequests(options, options);
  const { requests, told } = plannedRun(opened, options.requests, DEFAULT_SIMULATE_REQUESTS);
  const result = await replay({ ...runOptions(options), fleet, requests });
  return { summary: summariseFleet(result, fleet, told), replay: result, fleet };
}

/** What of a planner's options is the replay's, without what is not set. */
export function runOptions(options: SimulationOptions): Partial<ReplayOptions> {
  const { seed, warmup, replications, onResults, onProgress, core, engine, step, closedLoop, curves } = options;
  return {
    ...(engine === undefined ? {} : { engine }),
    ...(step === undefined ? {} : { step }),
    ...(closedLoop === undefined ? {} : { closedLoop }),
    ...(seed === undefined ? {} : { seed }),
    ...(warmup === undefined ? {} : { warmup }),
    ...(replications === undefined ? {} : { replications }),
    ...(onResults === undefined ? {} : { onResults }),
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(core === undefined ? {} : { core }),
    ...(curves === undefined ? {} : { curves }),
  };
}
