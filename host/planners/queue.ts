import type { Core } from "../core/load.js";
import { exactWait } from "../queueing/exact-wait.js";
import { mgcWait } from "../queueing/mgc.js";
import { minServers, MOST_SERVERS } from "../queueing/min-servers.js";
import { InputError } from "../specs/input-error.js";
import { MOST_DRAWN_CV2 } from "./queue-services.js";
import { simulateQueue, type SimulatedQueue } from "./queue-simulation.js";

/** A queue with one waiting line: Poisson arrivals, `servers` servers, first come first served. */
export interface QueueOptions {
  /** 1 to 1e9. */
  servers: number;
  /** Arrivals, requests/s, above 0. */
  rateRps: number;
  /** Mean service, seconds, above 0. */
  serviceS: number;
  /** Squared coefficient of variation of service. Default 1: exponential. 0: constant. */
  cv2?: number;
  /** The percentile to be told beside the P99, above 0 and below 1. Default 0.99. */
  percentile?: number;
  /** Seconds that the wait must not exceed at that percentile: adds the fewest servers that keep it. */
  sloWaitS?: number;
  /** Also play the queue. Default: formulas alone. */
  simulate?: QueueSimulationOptions;
}

/** How a queue is played beside the formulas. */
export interface QueueSimulationOptions {
  /** Of each run. Default: 200,000, and at least 500 a server. */
  requests?: number;
  /** Independent runs, 2 to 1000. Default 10. */
  replications?: number;
  /** Default 42. */
  seed?: number;
  /** An instance to run in; by default a new one. */
  core?: Core;
  /** Told how many requests have been played, over all runs. */
  onProgress?: (played: number) => void | Promise<void>;
}

/** What a queue comes to in its steady state. Seconds; `null` where there is no such figure: a queue that is not stable has none. */
export interface QueueResult {
  /** In Kendall's notation: `M/M/16`, `M/D/4`, `M/G/64`. */
  queue: string;
  status: "stable" | "unstable";
  servers: number;
  arrival_rps: number;
  mean_service_s: number;
  cv2: number;
  /** Load of one server: arrivals * service / servers. 1 or more: unstable. */
  rho: number;
  /** Probability that a request waits at all. */
  p_wait: number;
  mean_wait_s: number | null;
  p99_wait_s: number | null;
  /** The exact P99, s, where it is known (M/M/c, M/D/c): then `p99_wait_s` is the same number. Else `null`. */
  p99_wait_exact: number | null;
  /** What the approximation for M/G/c makes of the P99, where the exact one is known too: how far to trust it. */
  p99_wait_approximate: number | null;
  /** Whether all figures here are exact. */
  exact: boolean;
  p50_wait_s: number | null;
  p90_wait_s: number | null;
  p95_wait_s: number | null;
  p999_wait_s: number | null;
  percentile: number;
  percentile_wait_s: number | null;
  /** Requests that wait, on average: arrivals * mean wait (Little). */
  mean_waiting: number | null;
  /** Mean time from arrival to the end of service. */
  mean_sojourn_s: number | null;
  /** Fewest servers for which the queue is stable. */
  least_servers: number;
  slo_wait_s: number | null;
  /** Fewest servers with which the wait keeps within `slo_wait_s` at `percentile`; `null` without such an objective. */
  min_servers: number | null;
  /** The same queue played through the core; `null` unless asked for. */
  simulated: SimulatedQueue | null;
}

/** Requests of a run of {@link queue} unless the caller says otherwise. */
export function defaultQueueRequests(servers: number): number {
  return Math.max(200_000, 500 * servers);
}

/** Independent runs of {@link queue} unless the caller says otherwise. */
export const DEFAULT_QUEUE_REPLICATIONS = 10;

/** Most requests of one run. */
const MOST_REQUESTS = 1e8;

/**
 * How long requests wait in M/G/c: exactly for exponential and constant services, else by {@link mgcWait}.
 *
 * @throws InputError if a figure is out of range.
 */
export async function queue(options: QueueOptions): Promise<QueueResult> {
  check(options);
  const { servers, rateRps, serviceS, cv2 = 1, percentile = 0.99, sloWaitS } = options;
  const general = { servers, arrivalRps: rateRps, meanServiceS: serviceS, cv2 };
  const rho = (rateRps * serviceS) / servers;
  const isStable = rateRps * serviceS < servers;
  const exact = isStable ? exactWait(general) : undefined;
  const approximation = mgcWait(general);
  const law = exact?.law ?? approximation;
  const finite = (seconds: number) => (isStable ? seconds : null);
  const at = (p: number) => finite(isStable ? law.percentileS(p) : 0);
  const wanted = sloWaitS === undefined ? undefined : minServers({ ...general, waitS: sloWaitS, p: percentile });
  return {
    queue: `M/${cv2 === 1 ? "M" : cv2 === 0 ? "D" : "G"}/${servers}`,
    status: isStable ? "stable" : "unstable",
    servers,
    arrival_rps: rateRps,
    mean_service_s: serviceS,
    cv2,
    rho,
    p_wait: law.tail(0),
    mean_wait_s: finite(law.meanS),
    p99_wait_s: at(0.99),
    p99_wait_exact: exact ? at(0.99) : null,
    p99_wait_approximate: exact ? finite(approximation.percentileS(0.99)) : null,
    exact: exact !== undefined,
    p50_wait_s: at(0.5),
    p90_wait_s: at(0.9),
    p95_wait_s: at(0.95),
    p999_wait_s: at(0.999),
    percentile,
    percentile_wait_s: at(percentile),
    mean_waiting: finite(rateRps * law.meanS),
    mean_sojourn_s: finite(law.meanS + serviceS),
    least_servers: Math.floor(rateRps * serviceS) + 1,
    slo_wait_s: sloWaitS ?? null,
    min_servers: wanted ?? null,
    simulated: options.simulate && isStable ? await play(options, options.simulate, rho) : null,
  };
}

function play(
  { servers, serviceS, cv2 = 1, percentile = 0.99 }: QueueOptions,
  { requests, replications, seed, core, onProgress }: QueueSimulationOptions,
  rho: number,
): Promise<SimulatedQueue> {
  return simulateQueue({
    servers,
    rho,
    meanServiceS: serviceS,
    cv2,
    percentile,
    requests: requests ?? defaultQueueRequests(servers),
    replications: replications ?? DEFAULT_QUEUE_REPLICATIONS,
    seed: seed ?? 42,
    core,
    onProgress,
  });
}

function check({ servers, rateRps, serviceS, cv2, percentile, sloWaitS, simulate }: QueueOptions): void {
  const refuse = (name: string, value: number, allowed: string) => {
    throw new InputError(`queue: ${name} is ${value}; ${allowed} is allowed.`);
  };
  const isWhole = (value: number, low: number, high: number) =>
    Number.isSafeInteger(value) && value >= low && value <= high;
  if (!isWhole(servers, 1, MOST_SERVERS)) refuse("servers", servers, `a whole number from 1 to ${MOST_SERVERS}`);
  if (!(rateRps > 0 && rateRps < Infinity)) refuse("rateRps", rateRps, "a finite number above 0");
  if (!(serviceS > 0 && serviceS < Infinity)) refuse("serviceS", serviceS, "a finite number above 0");
  const load = rateRps * serviceS;
  if (!(load > 0 && load <= MOST_SERVERS)) {
    refuse("rateRps * serviceS", load, `a load above 0 and of at most ${MOST_SERVERS} servers`);
  }
  if (cv2 !== undefined && !(cv2 >= 0 && cv2 <= MOST_CV2)) refuse("cv2", cv2, `a number from 0 to ${MOST_CV2}`);
  if (percentile !== undefined && !(percentile > 0 && percentile < 1)) {
    refuse("percentile", percentile, "a number above 0 and below 1");
  }
  if (sloWaitS !== undefined && !(sloWaitS >= 0 && sloWaitS < Infinity)) {
    refuse("sloWaitS", sloWaitS, "a finite number of at least 0");
  }
  if (!simulate) return;
  const { requests, replications } = simulate;
  if (cv2 !== undefined && cv2 > MOST_DRAWN_CV2) {
    refuse("cv2", cv2, `with simulate a number from 0 to ${MOST_DRAWN_CV2}`);
  }
  if (requests !== undefined && !isWhole(requests, 1000, MOST_REQUESTS)) {
    refuse("requests", requests, `a whole number from 1000 to ${MOST_REQUESTS}`);
  }
  if (requests === undefined && servers > MOST_SIMULATED_SERVERS) {
    refuse("servers", servers, `with simulate a whole number from 1 to ${MOST_SIMULATED_SERVERS}`);
  }
  if (replications !== undefined && !isWhole(replications, 2, 1000)) {
    refuse("replications", replications, "a whole number from 2 to 1000");
  }
}

/** Largest squared coefficient of variation. */
export const MOST_CV2 = 1e6;

/** Most servers of a queue that is played: with as many, a run takes half a minute. */
export const MOST_SIMULATED_SERVERS = 100_000;
