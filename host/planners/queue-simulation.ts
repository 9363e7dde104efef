import { rankOf } from "../core/distribution.js";
import { meanInterval } from "../core/intervals.js";
import { type Core, loadCore } from "../core/load.js";
import type { CorePool } from "../core/run-spec.js";
import { Simulation } from "../core/simulation.js";
import { CHUNK_ROWS } from "../workloads/requests.js";
import { type DrawnServices, drawnServices } from "./queue-services.js";

/** A figure of independent runs: their mean, and its 95 % confidence interval. */
export interface Measured {
  value: number;
  ci95: [number, number] | null;
}

/** What a queue came to when it was played. */
export interface SimulatedQueue {
  p_wait: Measured;
  mean_wait_s: Measured;
  p99_wait_s: Measured;
  percentile_wait_s: Measured;
  /** Requests of each run, and how many of them came before those that count. */
  requests: number;
  warmup: number;
  replications: number;
  seed: number;
}

/** How a queue is played. */
export interface QueueRun {
  servers: number;
  /** Load of one server. */
  rho: number;
  meanServiceS: number;
  cv2: number;
  percentile: number;
  requests: number;
  replications: number;
  seed: number;
  core?: Core | undefined;
  onProgress?: ((played: number) => void | Promise<void>) | undefined;
}

/** Share of the requests before those that count. */
const WARM_UP = 0.1;
const TICKS_PER_SECOND = 1e9;
const LARGEST = 2 ** 31 - 1;

/** Plays M/G/c through the engine `slots`, with services as {@link drawnServices} has them. */
export async function simulateQueue(run: QueueRun): Promise<SimulatedQueue> {
  const core = run.core ?? (await loadCore());
  const services = drawnServices(run.cv2);
  const runs: number[][] = [];
  for (let replication = 0; replication < run.replications; replication++) {
    runs.push(await playOnce(core, run, services, replication));
  }
  const figure = (index: number, scale: number): Measured => {
    const { mean, halfWidth } = meanInterval(runs.map((figures) => figures[index]! * scale));
    return { value: mean, ci95: halfWidth === null ? null : [Math.max(0, mean - halfWidth), mean + halfWidth] };
  };
  return {
    p_wait: figure(0, 1),
    mean_wait_s: figure(1, run.meanServiceS),
    p99_wait_s: figure(2, run.meanServiceS),
    percentile_wait_s: figure(3, run.meanServiceS),
    requests: run.requests,
    warmup: Math.floor(run.requests * WARM_UP),
    replications: run.replications,
    seed: run.seed,
  };
}

/** Share that waits, then mean, P99 and the percentile asked for of the wait, in mean services: played at one second a service, whose ticks are fine enough. */
async function playOnce(
  core: Core,
  { servers, rho, percentile, requests, seed, onProgress }: QueueRun,
  services: DrawnServices,
  replication: number,
): Promise<number[]> {
  const simulation = new Simulation(core, {
    pools: [serverPool(servers, services.tokens)],
    router: { type: "length" },
    seed,
    replication,
    draw: { process: { type: "poisson" }, rateRps: servers * rho, lengths: services.lengths },
  });
  for (let played = 0; played < requests;) {
    const rows = Math.min(CHUNK_ROWS, requests - played);
    simulation.draw(rows);
    simulation.playWindow(rows);
    played += rows;
    await onProgress?.(replication * requests + played);
  }
  simulation.finish();
  const { count, reached, positive, sumTicks } = simulation.gather(
    "queueWait",
    "all",
    Math.floor(requests * WARM_UP),
    false,
  );
  const at = (p: number) => simulation.select(rankOf(p, count)) / TICKS_PER_SECOND;
  return [positive / reached, sumTicks / reached / TICKS_PER_SECOND, at(0.99), at(percentile)];
}

/** One queue in front of so many slots; every request takes `1 + output` iterations. */
function serverPool(servers: number, tokens: number): CorePool {
  return {
    replicas: 1,
    slots: servers,
    maxCtx: LARGEST,
    kvBlocks: LARGEST,
    blockSize: LARGEST,
    W: 1 / tokens,
    H: 0,
    calibrationCtx: 1,
    chunk: LARGEST,
    queue: "shared",
    maxQueue: null,
    balance: "least_outstanding",
  };
}
