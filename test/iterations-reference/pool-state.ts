/** Section "From arrival to lane": a pool, its replicas and their lanes. */
import { type RunSeed, STREAM, uniform } from "../reference/random.js";
import type { ServingPool } from "./case.js";
import { idleLane, join, type Lane, outstandingIn, waitingIn as waitingInLane } from "./lane.js";
import type { Sequence } from "./sequence.js";
import { idleLink, type Link } from "./stages/links.js";
import { noTotals, type PoolTotals } from "./totals.js";

/** Tick at which the last iteration left, or will leave, each pipeline stage of a replica. */
export type Stages = bigint[];

export interface Replica {
  lanes: Lane[];
  stages: Stages;
  /** Number of the choice that last fell on this replica; 0: never chosen. */
  lastChoice: number;
  /** `null` in a pool that is neither a prefill nor a decode pool. */
  link: Link | null;
  /** Of a prefill pool with handover `push`: who is to ask, and who asks. */
  outbox: Sequence[];
  asking: Sequence | null;
  /** Of a prefill pool: handed over and not landed yet. */
  held: Set<Sequence>;
}

export interface PoolState {
  pool: ServingPool;
  replicas: Replica[];
  /** Stays empty in a pool with a queue a replica. */
  sharedQueue: Sequence[];
  /** Of a prefill pool with handover `reserve`: reached it, and ask for memory of the decode side first. */
  reserving: Set<Sequence>;
  /** Of a decode pool: handed over to it, and without a seat yet. */
  arriving: Set<Sequence>;
  /** Choices of a replica so far. */
  choices: number;
  totals: PoolTotals;
}

export function idlePool(pool: ServingPool, poolIndex: number): PoolState {
  const { pp } = pool.serving;
  const totals = noTotals();
  const replicas = Array.from({ length: pool.replicas }, (_, replica) => ({
    lanes: Array.from({ length: pp }, () => idleLane(pool, poolIndex, replica, totals)),
    stages: Array.from({ length: pp }, () => 0n),
    lastChoice: 0,
    link: pool.stage === undefined ? null : idleLink(pool.stage.linkBytesPerS),
    outbox: [],
    asking: null,
    held: new Set<Sequence>(),
  }));
  return { pool, replicas, sharedQueue: [], reserving: new Set(), arriving: new Set(), choices: 0, totals };
}

function sum<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

export function lanesOf({ replicas }: PoolState): Lane[] {
  return replicas.flatMap(({ lanes }) => lanes);
}

export function runningIn(state: PoolState): number {
  return sum(lanesOf(state), (lane) => lane.running.length);
}

export function waitingIn(state: PoolState): number {
  const { sharedQueue, reserving, arriving } = state;
  return sharedQueue.length + reserving.size + arriving.size + sum(lanesOf(state), (lane) => lane.queue.length);
}

export function blocksInUse(state: PoolState): number {
  return sum(lanesOf(state), (lane) => lane.memory.inUse);
}

function outstandingAt({ lanes }: Replica): number {
  return sum(lanes, outstandingIn);
}

/** What `least_outstanding` and `two_choices` compare. */
function loadOf(replica: Replica): number {
  return outstandingAt(replica) + replica.held.size;
}

/** Requests that a replica can run at once: `pp * seats`. */
function seatsAt({ lanes }: Replica): number {
  return sum(lanes, (lane) => lane.seats);
}

/** Index of the smallest key; the lowest index among equal ones. */
function indexOfLeast(keys: readonly number[]): number {
  return keys.indexOf(Math.min(...keys));
}

function twoChoices(replicas: readonly Replica[], run: RunSeed, ordinal: number): number {
  const n = replicas.length;
  if (n === 1) return 0;
  const first = Math.floor(uniform(run, STREAM.balancing, 2 * ordinal) * n);
  const among = Math.floor(uniform(run, STREAM.balancing, 2 * ordinal + 1) * (n - 1));
  const second = among >= first ? among + 1 : among;
  return loadOf(replicas[second]!) < loadOf(replicas[first]!) ? second : first;
}

function leastQueue(replicas: readonly Replica[]): number {
  const queues = replicas.map(({ lanes }) => sum(lanes, waitingInLane));
  const shortest = Math.min(...queues);
  return indexOfLeast(replicas.map(({ lastChoice }, i) => (queues[i] === shortest ? lastChoice : Infinity)));
}

function leastLoadedLane({ lanes }: Replica): Lane {
  return lanes[indexOfLeast(lanes.map(outstandingIn))]!;
}

/** The lane that best weighs a cached prefix against load. */
function laneByAffinity(state: PoolState, sequence: Sequence): Lane {
  const heldIn = (lane: Lane) =>
    [...state.replicas[lane.replica]!.held].filter(({ crossing }) => crossing.heldIn === lane).length;
  const weight = state.pool.prefixWeight ?? 1;
  const lanes = lanesOf(state);
  const scores = lanes.map((lane) => {
    const cached = lane.memory.tokensIn(lane.memory.lookup(sequence, sequence.input));
    return weight * (cached / sequence.input) - (outstandingIn(lane) + heldIn(lane)) / lane.seats;
  });
  return lanes[scores.indexOf(Math.max(...scores))]!;
}

function chooseLane(state: PoolState, sequence: Sequence, run: RunSeed): Lane {
  const { pool, replicas, choices } = state;
  switch (pool.balance) {
    case "least_outstanding":
      return leastLoadedLane(replicas[indexOfLeast(replicas.map(loadOf))]!);
    case "least_queue":
      return leastLoadedLane(replicas[leastQueue(replicas)]!);
    case "round_robin":
      return leastLoadedLane(replicas[choices % replicas.length]!);
    case "two_choices":
      return leastLoadedLane(replicas[twoChoices(replicas, run, sequence.ordinal)]!);
    case "prefix_affinity":
      return laneByAffinity(state, sequence);
  }
}

/** Step 3: a lane is chosen. The choice counts whatever becomes of the request. */
export function takeLane(state: PoolState, sequence: Sequence, run: RunSeed): Lane {
  const lane = chooseLane(state, sequence, run);
  state.choices += 1;
  state.replicas[lane.replica]!.lastChoice = state.choices;
  return lane;
}

/** Steps 3 and 4: a request that has reached the pool joins a lane, waits in the pool, or is rejected. */
export function enterPool(state: PoolState, sequence: Sequence, now: bigint, run: RunSeed): void {
  if (state.pool.queue === "shared") enterShared(state, sequence, now);
  else enterReplica(state, takeLane(state, sequence, run), sequence, now);
}

/** Step 4. */
export function enterReplica(state: PoolState, lane: Lane, sequence: Sequence, now: bigint): void {
  const replica = state.replicas[lane.replica]!;
  sequence.replica = lane.replica;
  const full = outstandingAt(replica) >= seatsAt(replica) + (state.pool.maxQueue ?? Infinity);
  if (full) sequence.rejected = "queue_full";
  else join(lane, sequence, now);
}

function enterShared(state: PoolState, sequence: Sequence, now: bigint): void {
  const { replicas, sharedQueue, pool } = state;
  const replica = replicas[indexOfLeast(replicas.map(outstandingAt))]!;
  if (sharedQueue.length === 0 && outstandingAt(replica) < seatsAt(replica)) {
    joinLeastLoaded(replica, sequence, now);
  } else if (sharedQueue.length < (pool.maxQueue ?? Infinity)) {
    sharedQueue.push(sequence);
  } else {
    sequence.rejected = "queue_full";
  }
}

/** After an end of an iteration of a replica: it fills up from the pool's queue. */
export function refill({ replicas, sharedQueue }: PoolState, replicaIndex: number, now: bigint): void {
  const replica = replicas[replicaIndex]!;
  while (sharedQueue.length > 0 && outstandingAt(replica) < seatsAt(replica)) {
    joinLeastLoaded(replica, sharedQueue.shift()!, now);
  }
}

function joinLeastLoaded(replica: Replica, sequence: Sequence, now: bigint): void {
  const lane = leastLoadedLane(replica);
  sequence.replica = lane.replica;
  join(lane, sequence, now);
}
