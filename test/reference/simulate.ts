/**
 * A second program for `docs/reference/slots-engine.md`, written from that page alone: plain, slow, and meant to be read beside it.
 * The engine must agree with it on every request, to the tick.
 */
import type { Case, Fleet, Request, RunOptions } from "./case.js";
import { demandOf, tick } from "./demand.js";
import { type ReferenceResult, summarise } from "./figures.js";
import { addElapsed, type Integrals, noTime } from "./integrals.js";
import { dueTick, type Job } from "./job.js";
import { complete, idlePool, outstanding, type PoolState, reach } from "./pool-state.js";
import { NO_POOL, route, type RouterView } from "./routing.js";

type Event =
  | { kind: "completion"; tick: number; job: Job }
  | { kind: "reaching"; tick: number; job: Job }
  | { kind: "arrival"; tick: number; ordinal: number };

interface State {
  requests: readonly Request[];
  options: RunOptions;
  pools: PoolState[];
  view: RouterView;
  /** All that have arrived, by ordinal. */
  jobs: Job[];
  /** Compressed and not yet at their pool. */
  onTheWay: { job: Job; tick: number }[];
  now: number;
  integrals: Integrals[];
  integralsAtArrival: Integrals[];
}

/**
 * Plays `requests`, in order of arrival, through `fleet`.
 *
 * Integrals are exact while they stay below 2^53 ticks.
 * @throws RangeError where arrivals are not in order, or an integral outgrows exact integers.
 */
export function simulateReference(fleet: Fleet, requests: readonly Request[], options: RunOptions): ReferenceResult {
  requests.forEach((request, i) => {
    if (i > 0 && request.arrivalS < requests[i - 1]!.arrivalS) throw new RangeError(`request ${i} arrives too early`);
  });
  const state = begin(fleet, requests, options);
  const horizonTick = tick(options.horizonS);
  for (;;) {
    const event = nextEvent(state);
    if (event === null || event.tick > horizonTick) break;
    advance(state, event.tick);
    happen(state, event);
  }
  if (horizonTick !== Infinity) advance(state, horizonTick);
  return summarise({
    jobs: state.jobs,
    pools: fleet.pools.length,
    endTick: state.now,
    warmup: options.warmup,
    toLastArrival: state.integralsAtArrival,
    toEnd: state.integrals,
  });
}

/** {@link simulateReference} of a whole case. */
export function simulateCase({ fleet, requests, options }: Case): ReferenceResult {
  return simulateReference(fleet, requests, options);
}

function begin(fleet: Fleet, requests: readonly Request[], options: RunOptions): State {
  const pools = fleet.pools.map(idlePool);
  return {
    requests,
    options,
    pools,
    view: { fleet, run: options, lastTaken: NO_POOL, outstanding: (index) => outstanding(pools[index]!) },
    jobs: [],
    onTheWay: [],
    now: 0,
    integrals: pools.map(noTime),
    integralsAtArrival: pools.map(noTime),
  };
}

/** Section "Time": the earliest event; at one tick completions, then compressed requests, then arrivals. */
function nextEvent(state: State): Event | null {
  const inOrder = [nextCompletion(state), nextReaching(state), nextArrival(state)];
  let next: Event | null = null;
  for (const event of inOrder) {
    if (event !== null && (next === null || event.tick < next.tick)) next = event;
  }
  return next;
}

/** At one tick the lowest replica, pools in the order of the fleet. */
function nextCompletion(state: State): Event | null {
  let next: Job | null = null;
  for (const { replicas } of state.pools) {
    for (const { inService } of replicas) {
      for (const job of inService) {
        if (next === null || dueTick(job) < dueTick(next)) next = job;
      }
    }
  }
  return next === null ? null : { kind: "completion", tick: dueTick(next), job: next };
}

/** All are on their way equally long, so the first to leave is the first to reach its pool. */
function nextReaching(state: State): Event | null {
  const first = state.onTheWay[0];
  return first === undefined ? null : { kind: "reaching", ...first };
}

function nextArrival(state: State): Event | null {
  const ordinal = state.jobs.length;
  const request = state.requests[ordinal];
  return request === undefined ? null : { kind: "arrival", tick: tick(request.arrivalS), ordinal };
}

function advance(state: State, to: number): void {
  state.pools.forEach((pool, index) => addElapsed(state.integrals[index]!, pool, to - state.now));
  state.now = to;
}

function happen(state: State, event: Event): void {
  switch (event.kind) {
    case "completion":
      complete(state.pools[event.job.pool]!, event.job, event.tick);
      break;
    case "reaching":
      state.onTheWay.shift();
      reach(state.pools[event.job.pool]!, event.job, event.tick, state.options);
      break;
    case "arrival":
      state.integralsAtArrival = state.integrals.map((integrals) => ({ ...integrals }));
      arrive(state, event.ordinal, event.tick);
      break;
  }
}

/** Rules 1 to 3: route, reject what is too long, and send on to the pool. */
function arrive(state: State, ordinal: number, now: number): void {
  const { pools, router } = state.view.fleet;
  const request = state.requests[ordinal]!;
  const routed = route(state.view, request, ordinal);
  const job: Job = {
    ordinal,
    request,
    input: routed.input,
    compressed: routed.compressed,
    byDefault: routed.byDefault,
    arrivalTick: now,
    pool: routed.pool,
    replica: -1,
    demand: null,
    reachTick: null,
    startTick: null,
    endTick: null,
    rejected: null,
  };
  state.jobs.push(job);

  const length = routed.input + request.output;
  const pool = pools[routed.pool];
  if (pool === undefined || length > pool.maxCtx) {
    const heldElsewhere = pool !== undefined && pools.some((other) => length <= other.maxCtx);
    job.rejected = heldElsewhere ? "too_long_for_pool" : "too_long_for_every_pool";
    if (!heldElsewhere) job.pool = NO_POOL;
    return;
  }
  job.demand = demandOf(pool, routed.input, request.output);
  if (routed.compressed && router.type === "compress_route") {
    state.onTheWay.push({ job, tick: now + tick(router.compressLatencyS) });
  } else {
    reach(state.pools[routed.pool]!, job, now, state.options);
  }
}
