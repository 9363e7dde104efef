import type { Fleet } from "../specs/fleet.js";
import { cdfToModel } from "../workloads/cdf.js";
import { InputError } from "../specs/input-error.js";
import type { WorkloadModel } from "../workloads/models.js";
import { CHUNK_ROWS, type RequestSource } from "../workloads/requests.js";
import { mergeSources } from "../workloads/traces/transform/merge-sources.js";
import { checkDrawn, MAX_REQUESTS } from "./draw-limits.js";
import { drawnSource } from "./drawn-source.js";
import type { Classify } from "./classify.js";
import type { DrawnRequests } from "./feed.js";
import { summariseFleet } from "./fleet-summary.js";
import { DEFAULT_SEED, replay, type ReplayRequests } from "./replay.js";
import {
  DEFAULT_RATE_RPS,
  isPlanningInput,
  openPlanningRequests,
  plannedRun,
  type PlannedRun,
  type PlanningInput,
  type PlanningRate,
} from "./planning-requests.js";
import { runOptions, type SimulateResult, type SimulationOptions } from "./simulate.js";

/** Requests of {@link simulateFleet} unless the caller says otherwise. */
export const DEFAULT_SIMULATE_FLEET_REQUESTS = 30_000;

/** Most streams: each is drawn by an instance of the core of its own, which takes 1 to 4 MB. */
const MAX_STREAMS = 256;

/** A stream of requests that bear the id of a pool as their label: an entry of a fleet's `workloads`, with its model. */
export interface PoolStream {
  /** Id of the pool. */
  pool: string;
  workload: WorkloadModel;
  /** Of the rate, and of the number of requests, of the whole; above 0. */
  lamFrac: number;
}

/** What {@link simulateFleet} simulates: one stream for the whole fleet, if there is any; else `streams`. */
export type SimulateFleetOptions = SimulateFleetFields & (PlanningInput | PlanningRate);

interface SimulateFleetFields extends SimulationOptions {
  fleet: Fleet;
  /** A stream for each pool. Without these and a workload, lengths are uniform up to the first pool's window: {@link uniformLengths}. */
  streams?: readonly PoolStream[];
  /** Objective for the time to first token, ms. Default: the fleet's, else 500. */
  sloMs?: number;
  /** Function of the router `semantic`. */
  classify?: Classify;
}

/**
 * Simulates any fleet under one workload or trace, or under a stream of requests for each pool, all at a given total rate.
 *
 * @throws InputError if a figure of the requests is out of range.
 */
export async function simulateFleet(options: SimulateFleetOptions): Promise<SimulateResult> {
  const { fleet } = options;
  const { requests, told } = await requestsOf(options);
  const result = await replay({
    ...runOptions(options),
    fleet,
    requests,
    ...(options.sloMs === undefined ? {} : { sloMs: options.sloMs }),
    ...(options.classify === undefined ? {} : { classify: options.classify }),
  });
  return { summary: summariseFleet(result, fleet, told), replay: result, fleet };
}

/**
 * The workload where nothing is known: totals uniform on 1 to the window of the first pool. (What the Python tool falls back to; no
 * real service looks like this.)
 */
function uniformLengths(fleet: Fleet): WorkloadModel {
  const maxTokens = Math.min(fleet.pools[0]!.maxCtx, 2 ** 30);
  return cdfToModel([[maxTokens, 1]], "uniform");
}

/** What is played: one stream without labels but its own, or one for each pool that has one. */
async function requestsOf(options: SimulateFleetOptions): Promise<Omit<PlannedRun, "count">> {
  const { fleet, streams = [], seed = DEFAULT_SEED } = options;
  const hasInput = isPlanningInput(options);
  if (hasInput || streams.length === 0) {
    const input = hasInput ? options : { ...options, workload: uniformLengths(fleet) };
    return plannedRun(await openPlanningRequests(input, options), options.requests, DEFAULT_SIMULATE_FLEET_REQUESTS);
  }
  const labelled = labelledStreams(streams, options);
  const arrivals = labelled.map(({ drawn: { model, rateRps, count }, pool }) => {
    return { workload: model.name, rate_rps: rateRps, requests: count, pool };
  });
  return { requests: mergedRequests(labelled, seed), told: { arrivals } };
}

/** What is drawn for which pool. */
interface LabelledRequests {
  drawn: DrawnRequests;
  pool: string;
}

/** The streams of the pools, each with its share of the rate and of the requests. */
function labelledStreams(
  streams: readonly PoolStream[],
  { rateRps = DEFAULT_RATE_RPS, requests = DEFAULT_SIMULATE_FLEET_REQUESTS, arrivals }: SimulateFleetOptions,
): LabelledRequests[] {
  const process = arrivals ?? { type: "poisson" };
  checkDrawn({ model: streams[0]!.workload, rateRps, count: requests, process });
  return streams.map(({ pool, workload, lamFrac }) => {
    const count = Math.max(1, Math.trunc(requests * lamFrac));
    const drawn: DrawnRequests = { model: workload, rateRps: rateRps * lamFrac, count, process };
    return { drawn, pool };
  });
}

function mergedRequests(streams: readonly LabelledRequests[], seed: number): ReplayRequests {
  if (streams.length > MAX_STREAMS) {
    throw new InputError(`the fleet has ${streams.length} streams of requests; at most ${MAX_STREAMS} are allowed.`);
  }
  const total = streams.reduce((sum, { drawn }) => sum + drawn.count, 0);
  if (total > MAX_REQUESTS) {
    throw new InputError(`the streams of the fleet have ${total} requests; at most ${MAX_REQUESTS} are allowed.`);
  }
  return { open: async (replication) => mergedStreams(streams, seed, replication) };
}

function mergedStreams(streams: readonly LabelledRequests[], seed: number, replication: number): RequestSource {
  const chunkRows = Math.ceil(CHUNK_ROWS / streams.length);
  const sources = streams.map(({ drawn, pool }, index) => {
    // No two streams, of this replication or another, share a replication number: else their arrivals would be the same up to scale.
    const own = replication * streams.length + index;
    return drawnSource(drawn, { seed, replication: own, chunkRows, label: pool });
  });
  return mergeSources(sources);
}
