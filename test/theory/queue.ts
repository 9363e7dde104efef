import type { Core } from "../../host/core/load.js";
import type { CoreDraw, CorePool, RunSpec } from "../../host/core/run-spec.js";
import { type Scope, Simulation } from "../../host/core/simulation.js";
import { rankOf } from "../../host/core/distribution.js";
import type { ArrivalProcess, LengthModel } from "../../host/workloads/models.js";
import { expectTotalsConserved } from "./conservation.js";
import { REPLICATIONS } from "./agreement.js";

/** Tokens of a service of one second: so many that rounding to whole tokens changes no figure by more than 1e-5 of it. */
export const TOKENS_PER_SECOND = 1e5;

const LARGEST = 2 ** 31 - 1;
const WINDOW = 65536;

/** Share of the requests before the measured ones. */
export const WARM_UP = 0.1;

/** A pool whose requests take `1 + output` iterations of 1 / TOKENS_PER_SECOND, whatever their length: a plain queue. */
export function plainPool(changes: Partial<CorePool> = {}): CorePool {
  return {
    replicas: 1,
    slots: 1,
    maxCtx: LARGEST,
    kvBlocks: LARGEST,
    blockSize: LARGEST,
    W: 1 / TOKENS_PER_SECOND,
    H: 0,
    calibrationCtx: 1,
    chunk: LARGEST,
    queue: "shared",
    maxQueue: null,
    balance: "least_outstanding",
    ...changes,
  };
}

/** Service times, s: drawn on the host by a generator for each replication, or lengths that the core draws. */
export type Services = { times: (replication: number) => () => number } | { lengths: LengthModel };

/** A queueing system: arrivals that the core draws, services, pools. */
export interface Queue {
  pools: readonly CorePool[];
  rateRps: number;
  process?: ArrivalProcess;
  services: Services;
  router?: RunSpec["router"];
}

/** Plays `count` requests through a queue, and answers the finished simulation. No request is lost. */
export function playQueue(core: Core, queue: Queue, count: number, seed: number, replication = 0): Simulation {
  const { services } = queue;
  const draw: CoreDraw = {
    process: queue.process ?? { type: "poisson" },
    rateRps: queue.rateRps,
    ...("lengths" in services ? { lengths: services.lengths } : {}),
  };
  const router = queue.router ?? { type: "length" };
  const simulation = new Simulation(core, { pools: queue.pools, router, seed, replication, draw });
  const next = "times" in services ? services.times(replication) : undefined;
  for (let played = 0; played < count; played += WINDOW) {
    const rows = Math.min(WINDOW, count - played);
    const { inputTokens, outputTokens } = simulation.draw(rows);
    if (next) {
      inputTokens.fill(1);
      // One iteration is the prefill's.
      for (let i = 0; i < rows; i++) outputTokens[i] = Math.max(1, Math.round(next() * TOKENS_PER_SECOND) - 1);
    }
    simulation.playWindow(rows);
  }
  simulation.finish();
  expectTotalsConserved(simulation, queue.pools.length, count);
  return simulation;
}

/** What the measured requests of a run waited, s. */
export interface Waits {
  meanS: number;
  /** Share that waited at all. */
  share: number;
  p99S: number;
}

/** Reads the waits after the warm-up. */
export function readWaits(simulation: Simulation, count: number, scope: Scope = "all"): Waits {
  const { reached, positive, sumTicks, ...gathered } = simulation.gather(
    "queueWait",
    scope,
    Math.floor(count * WARM_UP),
    false,
  );
  return {
    meanS: sumTicks / reached / 1e9,
    share: positive / reached,
    p99S: simulation.select(rankOf(0.99, gathered.count)) / 1e9,
  };
}

/** A figure of every replication of a run. */
export function replicate<T>(figure: (replication: number) => T): T[] {
  return Array.from({ length: REPLICATIONS }, (_, replication) => figure(replication));
}
