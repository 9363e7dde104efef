import * as C from "../../assembly/contract.js";
import type { Core } from "../../host/core/load.js";
import type { CoreRouter, RunSpec } from "../../host/core/run-spec.js";
import { type ResultRows, Simulation } from "../../host/core/simulation.js";
import type { RequestChunk } from "../../host/workloads/requests.js";
import type { Case, Request, Router } from "../reference/case.js";

/** One request as the core settled it. Ticks; `null` = not reached. */
export interface Settled {
  pool: number;
  replica: number;
  status: number;
  waitTicks: number | null;
  ttftTicks: number | null;
  tpotTicks: number | null;
  e2eTicks: number | null;
}

export interface PlayOptions {
  /** Sizes of the chunks in turn, the last one repeated. */
  chunks?: readonly number[];
  eventQueue?: "tree" | "heap";
}

/** Plays a case through the core, and answers the finished simulation with every request that it settled, in order. */
export function playCase(
  core: Core,
  { fleet, requests, options }: Case,
  { chunks = [65536], eventQueue = "tree" }: PlayOptions = {},
): { simulation: Simulation; settled: Settled[] } {
  const spec: RunSpec = {
    pools: fleet.pools.map((pool) => ({ ...pool, maxQueue: Number.isFinite(pool.maxQueue) ? pool.maxQueue : null })),
    router: coreRouter(fleet.router),
    seed: options.seed,
    replication: options.replication,
    horizonS: options.horizonS,
    labelPools: [-1, ...fleet.pools.keys()],
    keepsResults: true,
    eventQueue,
  };
  const simulation = new Simulation(core, spec);
  const settled: Settled[] = [];
  let from = 0;
  for (let turn = 0; from < requests.length; turn++) {
    const to = Math.min(requests.length, from + chunks[Math.min(turn, chunks.length - 1)]!);
    simulation.play(columns(requests.slice(from, to)));
    settled.push(...readRows(simulation.results()));
    from = to;
  }
  simulation.finish();
  settled.push(...readRows(simulation.results()));
  return { simulation, settled };
}

/** Requests as columns. A label is the pool's index + 1, 0 for none. */
export function columns(requests: readonly Request[]): RequestChunk {
  return {
    count: requests.length,
    arrivalS: Float64Array.from(requests, (request) => request.arrivalS),
    inputTokens: Uint32Array.from(requests, (request) => request.input),
    outputTokens: Uint32Array.from(requests, (request) => request.output),
    label: Uint16Array.from(requests, (request) => request.label + 1),
    category: Uint8Array.from(requests, (request) => request.category),
  };
}

function coreRouter(router: Router): CoreRouter {
  switch (router.type) {
    case "length":
      return { type: "length", by: router.by, ...(router.threshold === null ? {} : { threshold: router.threshold }) };
    case "model":
    case "semantic":
      return { type: "label", defaultPool: router.defaultPool };
    default:
      return router;
  }
}

function readRows(rows: ResultRows): Settled[] {
  const reached = (ticks: number) => (ticks === C.NEVER ? null : ticks);
  return Array.from({ length: rows.count }, (_, i) => ({
    pool: rows.pool[i]!,
    replica: rows.replica[i]!,
    status: rows.status[i]!,
    waitTicks: reached(rows.queueWait[i]!),
    ttftTicks: reached(rows.ttft[i]!),
    tpotTicks: reached(rows.tpot[i]!),
    e2eTicks: reached(rows.e2e[i]!),
  }));
}
