/**
 * A second program for `docs/reference/iterations-engine.md` and `docs/reference/disaggregation.md`, written from these pages alone: plain, slow, and
 * meant to be read beside them.
 * The engine must agree with it on every request, to the tick.
 */
import { NO_POOL, route, type RouterView } from "../reference/routing.js";
import { type Arrivals, arrivalsOf } from "./arrivals.js";
import { type IterationsCase, routedFleet, routedPools, routedRequest, servingPools } from "./case.js";
import { holdTick, tickAt, ticksOf } from "./clock.js";
import { endIteration, startIteration } from "./iterate.js";
import type { Lane } from "./lane.js";
import { outcomeOf, type RequestOutcome } from "./outcome.js";
import { blocksInUse, idlePool, lanesOf, type PoolState, runningIn, waitingIn } from "./pool-state.js";
import type { Sequence } from "./sequence.js";
import { noCrossing } from "./stages/crossing.js";
import type { StagedFleet } from "./stages/fleet.js";
import { reach } from "./stages/reaching.js";
import { goOn, nextTickOf } from "./stages/transfer.js";
import type { PoolTotals } from "./totals.js";

export interface IterationsResult {
  /** Those that arrived, in order of arrival. */
  requests: RequestOutcome[];
  pools: PoolTotals[];
  /** Of the last event, or the horizon. */
  endTick: number;
}

/** Is called after every event. */
export type Watch = (pools: readonly PoolState[], now: bigint) => void;

interface State extends StagedFleet {
  one: IterationsCase;
  /** In the order of the fleet file. */
  lanes: Lane[];
  arrivals: Arrivals;
  view: RouterView;
  /** Indices in the fleet of the pools that the router sees. */
  routed: number[];
  /** All that have arrived, by ordinal. */
  sequences: Sequence[];
  /** Compressed and not yet at their pool, in order of arrival. */
  onTheWay: { sequence: Sequence; tick: bigint }[];
}

interface Event {
  tick: bigint;
  happen(): void;
}

/** Plays a case to its end, or to its horizon. */
export function simulateIterations(one: IterationsCase, watch: Watch = () => {}): IterationsResult {
  const state = begin(one);
  const horizonTick = one.horizonS === Infinity ? null : tickAt(one.horizonS);
  for (;;) {
    const event = nextEvent(state);
    if (event === null || (horizonTick !== null && event.tick > horizonTick)) break;
    advance(state, event.tick);
    event.happen();
    watch(state.pools, state.now);
  }
  if (horizonTick !== null) advance(state, horizonTick);
  return {
    requests: state.sequences.map(outcomeOf),
    pools: state.pools.map(({ totals }) => totals),
    endTick: Number(state.now),
  };
}

function begin(one: IterationsCase): State {
  const pools = servingPools(one).map(idlePool);
  const routed = routedPools(one);
  const outstanding = (index: number) => runningIn(pools[routed[index]!]!) + waitingIn(pools[routed[index]!]!);
  return {
    one,
    pools,
    lanes: pools.flatMap(lanesOf),
    arrivals: arrivalsOf(one),
    routed,
    view: { fleet: routedFleet(one), run: one, lastTaken: NO_POOL, outstanding },
    sequences: [],
    onTheWay: [],
    transfers: [],
    now: 0n,
  };
}

/** The earliest event; at one tick ends, then landings, then compressed requests, then arrivals, then starts, the lowest lane first. */
function nextEvent(state: State): Event | null {
  const events = [
    ...laneEvents(state, "computing", (lane) => end(state, lane)),
    ...transferEvents(state),
    ...reachingEvents(state),
    ...arrivalEvents(state),
    ...laneEvents(state, "starting", (lane) => start(state, lane)),
  ];
  return events.reduce<Event | null>(
    (first, event) => (first === null || event.tick < first.tick ? event : first),
    null,
  );
}

function laneEvents({ lanes }: State, due: Lane["state"], happen: (lane: Lane) => void): Event[] {
  return lanes
    .filter((lane) => lane.state === due)
    .map((lane) => ({ tick: ticksOf(lane.clock), happen: () => happen(lane) }));
}

/** Ends and landings of transfers, smallest ordinal first. */
function transferEvents(state: State): Event[] {
  return [...state.transfers]
    .sort((a, b) => a.sequence.ordinal - b.sequence.ordinal)
    .map((transfer) => ({ tick: nextTickOf(transfer), happen: () => goOn(state, transfer) }));
}

/** All are on their way equally long, so the first to leave is the first to reach its pool. */
function reachingEvents(state: State): Event[] {
  const first = state.onTheWay[0];
  if (first === undefined) return [];
  const happen = () => {
    state.onTheWay.shift();
    arriveAtPool(state, first.sequence);
  };
  return [{ tick: first.tick, happen }];
}

function arrivalEvents(state: State): Event[] {
  const tick = state.arrivals.nextTick();
  return tick === null ? [] : [{ tick, happen: () => arrive(state) }];
}

function advance(state: State, to: bigint): void {
  const elapsed = to - state.now;
  for (const pool of state.pools) {
    pool.totals.kvArea += BigInt(blocksInUse(pool)) * elapsed;
    pool.totals.runningArea += BigInt(runningIn(pool)) * elapsed;
    pool.totals.waitingArea += BigInt(waitingIn(pool)) * elapsed;
  }
  state.now = to;
}

function start(state: State, lane: Lane): void {
  startIteration(state, lane);
}

function end(state: State, lane: Lane): void {
  const complete = endIteration(state, lane);
  for (let i = 0; i < complete; i++) state.arrivals.settled(state.now);
}

/** Steps 1 and 2: route, reject what is too long, and send on to the pool. */
function arrive(state: State): void {
  const { pools, router } = state.view.fleet;
  const { ordinal, request } = state.arrivals.take();
  const routed = route(state.view, routedRequest(state.one, request), ordinal);
  const length = routed.input + request.output;
  const pool = pools[routed.pool];
  const tooLong = pool === undefined || length > pool.maxCtx;
  const heldElsewhere = pool !== undefined && pools.some((other) => length <= other.maxCtx);
  const sequence: Sequence = {
    ordinal,
    request,
    input: routed.input,
    output: request.output,
    arrivalTick: state.now,
    pool: tooLong && !heldElsewhere ? NO_POOL : state.routed[routed.pool]!,
    replica: -1,
    lane: null,
    rejected: tooLong ? (heldElsewhere ? "too_long_for_pool" : "too_long_for_every_pool") : null,
    reachTick: null,
    startTick: null,
    firstTokenTick: null,
    lastTokenTick: null,
    endTick: null,
    preemptions: 0,
    generated: 0,
    prompt: routed.input,
    computed: 0,
    ownBlocks: 0,
    units: [],
    admissionTick: null,
    crossing: noCrossing(),
  };
  state.sequences.push(sequence);
  if (sequence.rejected !== null) {
    state.arrivals.settled(state.now);
  } else if (routed.compressed && router.type === "compress_route") {
    state.onTheWay.push({ sequence, tick: holdTick(state.now + tickAt(router.compressLatencyS)) });
  } else {
    arriveAtPool(state, sequence);
  }
}

function arriveAtPool(state: State, sequence: Sequence): void {
  reach(state, sequence);
  if (sequence.rejected !== null) state.arrivals.settled(state.now);
}
