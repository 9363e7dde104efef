/** A lane: a queue, a running list, memory and a clock. */
import { type ServingPool, seatsOf } from "./case.js";
import { clockAt } from "./clock.js";
import type { BatchLoad } from "./duration.js";
import { LaneMemory } from "./memory.js";
import { goesBefore, queueUp, type Sequence } from "./sequence.js";
import type { PoolTotals } from "./totals.js";

/** An iteration on its way. */
export interface Iteration {
  tokens: ReadonlyMap<Sequence, number>;
  load: BatchLoad;
  startTick: bigint;
  /** From start to end, in whole ticks. */
  durationTicks: bigint;
}

export interface Lane {
  pool: ServingPool;
  /** Indices: pool in the fleet, replica in the pool. */
  poolIndex: number;
  replica: number;
  seats: number;
  memory: LaneMemory;
  /** In order of admission. */
  running: Sequence[];
  /** Head first. */
  queue: Sequence[];
  /** Of a decode pool, in order: who asks for memory, who was granted it and has not landed, who landed and has no seat yet. */
  intake: Sequence[];
  granted: Sequence[];
  landed: Sequence[];
  /** `starting` and `computing`: an iteration starts, or ends, at the tick of the clock. `ending`: it ends just now. */
  state: "idle" | "starting" | "computing" | "ending";
  /** Grains. */
  clock: bigint;
  /** While `computing`. */
  iteration: Iteration | null;
  /** Requests for which the last iteration emitted a token. */
  lastEmitted: ReadonlySet<Sequence>;
  totals: PoolTotals;
}

export function idleLane(pool: ServingPool, poolIndex: number, replica: number, totals: PoolTotals): Lane {
  return {
    pool,
    poolIndex,
    replica,
    seats: seatsOf(pool),
    memory: new LaneMemory(pool),
    running: [],
    queue: [],
    intake: [],
    granted: [],
    landed: [],
    state: "idle",
    clock: 0n,
    iteration: null,
    lastEmitted: new Set(),
    totals,
  };
}

/** Requests of a lane that do not run; those that ask a decode lane are among them. */
export function waitingIn({ queue, intake, granted, landed }: Lane): number {
  return queue.length + intake.length + granted.length + landed.length;
}

export function outstandingIn(lane: Lane): number {
  return lane.running.length + waitingIn(lane);
}

/** Whether there is somebody to run or to admit. */
export function hasWork({ running, queue, landed }: Lane): boolean {
  return running.length + queue.length + landed.length > 0;
}

/** A request joins the queue; an idle lane starts at this tick. */
export function join(lane: Lane, sequence: Sequence, now: bigint): void {
  sequence.lane = lane;
  queueUp(sequence);
  if (lane.state === "ending" && !hasWork(lane)) lane.clock = clockAt(now);
  if (lane.pool.serving.policy === "priority") insertByPriority(lane.queue, sequence);
  else lane.queue.push(sequence);
  wake(lane, now);
}

/** An idle lane starts an iteration at this tick. */
export function wake(lane: Lane, now: bigint): void {
  if (lane.state !== "idle") return;
  lane.state = "starting";
  lane.clock = clockAt(now);
}

/** A preempted request returns to the queue: to its front, or to its place by priority. */
function putBack(lane: Lane, sequence: Sequence): void {
  queueUp(sequence);
  if (lane.pool.serving.policy === "priority") insertByPriority(lane.queue, sequence);
  else lane.queue.unshift(sequence);
}

function insertByPriority(queue: Sequence[], sequence: Sequence): void {
  const place = queue.findIndex((other) => goesBefore(sequence, other));
  queue.splice(place < 0 ? queue.length : place, 0, sequence);
}

/** Who is preempted next: the last admitted, or the last by (priority, ordinal). */
export function victimOf({ pool, running }: Lane): Sequence {
  if (pool.serving.policy === "fcfs") return running.at(-1)!;
  return running.reduce((last, sequence) => (goesBefore(last, sequence) ? sequence : last));
}

/** Takes a running request out of memory and back to the queue. */
export function preempt(lane: Lane, victim: Sequence): void {
  lane.totals.preemptions += 1;
  lane.totals.recomputedTokens += victim.computed;
  victim.preemptions += 1;
  lane.memory.release(victim);
  lane.running.splice(lane.running.indexOf(victim), 1);
  putBack(lane, victim);
}
