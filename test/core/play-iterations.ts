import * as C from "../../assembly/contract.js";
import type { Core } from "../../host/core/load.js";
import type { RunSpec } from "../../host/core/run-spec.js";
import { type ResultRows, Simulation, type StagedRows } from "../../host/core/simulation.js";
import type { RequestChunk } from "../../host/workloads/requests.js";
import type { IterationsCase } from "../iterations-reference/case.js";

/** A request as both programs tell of it. Times in ticks, Infinity where not reached. */
export interface PlayedRequest {
  arrivalTick: number;
  status: string;
  pool: number;
  replica: number;
  waitTick: number;
  ttft: number;
  /** `null`: a request of one token has none. */
  tpot: number | null;
  e2e: number;
  preemptions: number;
  /** In runs of staged fleets. */
  crossing?: PlayedCrossing;
}

/** What a staged fleet tells of a request beside; `null`: a request that was not handed over has none. */
export interface PlayedCrossing {
  decodePool: number;
  decodeReplica: number;
  transfer: number | null;
  handover: number | null;
}

/** What hand-overs came to in a pool of a staged fleet, and its links. */
export interface PlayedStage {
  handedOver: number;
  takenOver: number;
  spilled: number;
  kept: number;
  completed: number;
  transfers: number;
  linkBytes: number;
  transferSum: number;
  grantSum: number;
  linkWaitSum: number;
}

/** What a pool came to. */
export interface PlayedPool {
  iterations: number;
  prefillTokens: number;
  decodeTokens: number;
  contextTokens: number;
  prefillWork: number;
  preemptions: number;
  recomputedTokens: number;
  cachedTokens: number;
  busyTicks: number;
  /** Tokens by the bucket of the gap before them, without empty buckets. */
  gaps: Map<number, number>;
  /** All zero but for `completed` where no pool has a role. */
  stage: PlayedStage;
}

const STATUSES: Record<number, string> = {
  [C.STATUS_COMPLETED]: "completed",
  [C.STATUS_UNFINISHED]: "unfinished",
  [C.STATUS_TOO_LONG_FOR_POOL]: "too_long_for_pool",
  [C.STATUS_TOO_LONG_FOR_EVERY_POOL]: "too_long_for_every_pool",
  [C.STATUS_QUEUE_FULL]: "queue_full",
};

/** Plays a case through the core, in one chunk, or in chunks of `rows` requests. */
export function playIterations(
  core: Core,
  given: IterationsCase,
  { step = false, rows = given.requests.length }: { step?: boolean; rows?: number } = {},
): { requests: PlayedRequest[]; pools: PlayedPool[] } {
  const simulation = new Simulation(core, specOf(given, step));
  const requests: PlayedRequest[] = [];
  const take = () => requests.push(...playedRows(simulation.results()));
  for (let from = 0; from < given.requests.length; from += rows) {
    simulation.play(chunkOf(given.requests.slice(from, from + rows)));
    take();
  }
  simulation.finish();
  take();
  const gaps = simulation.gaps();
  const pools = given.pools.map((_, index) => playedPool(simulation.figures(index), gaps, index));
  return { requests, pools };
}

function specOf(given: IterationsCase, step: boolean): RunSpec {
  const { pools, router, seed, replication, horizonS, labelPools, closedLoop } = given;
  return {
    engine: "iterations",
    step,
    pools,
    router,
    seed,
    replication,
    ...(horizonS === Infinity ? {} : { horizonS }),
    ...(labelPools ? { labelPools } : {}),
    ...(closedLoop ? { closedLoop } : {}),
    blockIds: 1 << 16,
    keepsResults: true,
  };
}

function chunkOf(requests: IterationsCase["requests"]): RequestChunk {
  const offsets = [0];
  for (const { blockIds } of requests) offsets.push(offsets.at(-1)! + blockIds.length);
  return {
    count: requests.length,
    arrivalS: Float64Array.from(requests, ({ arrivalS }) => arrivalS),
    inputTokens: Uint32Array.from(requests, ({ input }) => input),
    outputTokens: Uint32Array.from(requests, ({ output }) => output),
    label: Uint16Array.from(requests, ({ label }) => label),
    category: Uint8Array.from(requests, ({ category }) => category),
    priority: Uint8Array.from(requests, ({ priority }) => priority),
    blocks: { offsets: Uint32Array.from(offsets), ids: Uint32Array.from(requests.flatMap(({ blockIds }) => blockIds)) },
  };
}

function applicable(ticks: number): number | null {
  return ticks === C.NOT_APPLICABLE ? null : ticks;
}

function playedCrossing({ decodePool, decodeReplica, transfer, handover }: StagedRows, i: number): PlayedCrossing {
  return {
    decodePool: decodePool[i]!,
    decodeReplica: decodeReplica[i]!,
    transfer: applicable(transfer[i]!),
    handover: applicable(handover[i]!),
  };
}

function playedRows(rows: ResultRows): PlayedRequest[] {
  return Array.from({ length: rows.count }, (_, i) => ({
    arrivalTick: rows.arrival[i]!,
    status: STATUSES[rows.status[i]!]!,
    pool: rows.pool[i]!,
    replica: rows.replica[i]!,
    waitTick: rows.queueWait[i]!,
    ttft: rows.ttft[i]!,
    tpot: applicable(rows.tpot[i]!),
    e2e: rows.e2e[i]!,
    preemptions: rows.preemptions[i]!,
    ...(rows.staged ? { crossing: playedCrossing(rows.staged, i) } : {}),
  }));
}

function playedPool(figures: Float64Array, gaps: Float64Array, index: number): PlayedPool {
  const counts = gaps.subarray(index * C.ITL_BUCKETS, (index + 1) * C.ITL_BUCKETS);
  return {
    iterations: figures[C.FIGURE_ITERATIONS]!,
    prefillTokens: figures[C.FIGURE_PREFILL_TOKENS]!,
    decodeTokens: figures[C.FIGURE_DECODE_TOKENS]!,
    contextTokens: figures[C.FIGURE_CONTEXT_TOKENS]!,
    prefillWork: figures[C.FIGURE_PREFILL_WORK]!,
    preemptions: figures[C.FIGURE_PREEMPTIONS]!,
    recomputedTokens: figures[C.FIGURE_RECOMPUTED]!,
    cachedTokens: figures[C.FIGURE_CACHED]!,
    busyTicks: figures[C.FIGURE_BUSY]!,
    gaps: new Map([...counts.entries()].filter(([, tokens]) => tokens > 0)),
    stage: playedStage(figures),
  };
}

function playedStage(figures: Float64Array): PlayedStage {
  return {
    handedOver: figures[C.FIGURE_HANDED_OVER]!,
    takenOver: figures[C.FIGURE_TAKEN_OVER]!,
    spilled: figures[C.FIGURE_SPILLED]!,
    kept: figures[C.FIGURE_KEPT]!,
    completed: figures[C.FIGURE_COMPLETED]!,
    transfers: figures[C.FIGURE_TRANSFERS]!,
    linkBytes: figures[C.FIGURE_LINK_BYTES]!,
    transferSum: figures[C.FIGURE_TRANSFER_SUM]!,
    grantSum: figures[C.FIGURE_GRANT_SUM]!,
    linkWaitSum: figures[C.FIGURE_LINK_WAIT_SUM]!,
  };
}
