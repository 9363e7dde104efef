/** Rules 4 and 5: a pool at work. */
import type { Pool } from "./case.js";
import type { Job } from "./job.js";
import { type RunSeed, STREAM, uniform } from "./random.js";

export interface ReplicaState {
  inService: Job[];
  /** Stays empty in a pool with a shared queue. */
  queue: Job[];
  /** Number of the choice that last fell on this replica; 0: never chosen. */
  lastChoice: number;
}

export interface PoolState {
  pool: Pool;
  replicas: ReplicaState[];
  /** Stays empty in a pool with a queue a replica. */
  sharedQueue: Job[];
  /** Choices of a replica so far. */
  choices: number;
}

export function idlePool(pool: Pool): PoolState {
  const replicas = Array.from({ length: pool.replicas }, () => ({ inService: [], queue: [], lastChoice: 0 }));
  return { pool, replicas, sharedQueue: [], choices: 0 };
}

function sum<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

export function busySlots(state: PoolState): number {
  return sum(state.replicas, (replica) => replica.inService.length);
}

export function waiting(state: PoolState): number {
  return state.sharedQueue.length + sum(state.replicas, (replica) => replica.queue.length);
}

export function blocksInUse(state: PoolState): number {
  return sum(state.replicas, blocksOf);
}

export function outstanding(state: PoolState): number {
  return busySlots(state) + waiting(state);
}

function blocksOf(replica: ReplicaState): number {
  return sum(replica.inService, (job) => job.demand!.blocks);
}

function outstandingAt(replica: ReplicaState): number {
  return replica.inService.length + replica.queue.length;
}

function canStart(pool: Pool, replica: ReplicaState, job: Job): boolean {
  return replica.inService.length < pool.slots && blocksOf(replica) + job.demand!.blocks <= pool.kvBlocks;
}

function start(state: PoolState, index: number, job: Job, now: number): void {
  job.replica = index;
  job.startTick = now;
  state.replicas[index]!.inService.push(job);
}

/** Index of the smallest key; the lowest index among equal ones. */
function indexOfLeast(keys: readonly number[]): number {
  return keys.indexOf(Math.min(...keys));
}

function twoChoices(replicas: readonly ReplicaState[], run: RunSeed, ordinal: number): number {
  const n = replicas.length;
  if (n === 1) return 0;
  const first = Math.floor(uniform(run, STREAM.balancing, 2 * ordinal) * n);
  const among = Math.floor(uniform(run, STREAM.balancing, 2 * ordinal + 1) * (n - 1));
  const second = among >= first ? among + 1 : among;
  return outstandingAt(replicas[second]!) < outstandingAt(replicas[first]!) ? second : first;
}

function choose({ pool, replicas, choices }: PoolState, run: RunSeed, ordinal: number): number {
  switch (pool.balance) {
    case "least_outstanding":
      return indexOfLeast(replicas.map(outstandingAt));
    case "least_queue": {
      const shortest = Math.min(...replicas.map((replica) => replica.queue.length));
      return indexOfLeast(replicas.map((r) => (r.queue.length === shortest ? r.lastChoice : Infinity)));
    }
    case "round_robin":
      return choices % replicas.length;
    case "two_choices":
      return twoChoices(replicas, run, ordinal);
  }
}

/** Rule 4: a request reaches the pool, and starts, waits or is rejected. */
export function reach(state: PoolState, job: Job, now: number, run: RunSeed): void {
  job.reachTick = now;
  if (state.pool.queue === "shared") {
    const index = indexOfLeast(state.replicas.map((replica) => replica.inService.length));
    startOrWait(state, index, state.sharedQueue, job, now);
    return;
  }
  const index = choose(state, run, job.ordinal);
  const replica = state.replicas[index]!;
  state.choices += 1;
  replica.lastChoice = state.choices;
  job.replica = index;
  startOrWait(state, index, replica.queue, job, now);
}

function startOrWait(state: PoolState, index: number, queue: Job[], job: Job, now: number): void {
  if (queue.length === 0 && canStart(state.pool, state.replicas[index]!, job)) start(state, index, job, now);
  else if (queue.length < state.pool.maxQueue) queue.push(job);
  else job.rejected = "queue_full";
}

/** Rule 5: a request in service ends, and those at the head of the queue start as long as they fit. */
export function complete(state: PoolState, job: Job, now: number): void {
  const replica = state.replicas[job.replica]!;
  replica.inService.splice(replica.inService.indexOf(job), 1);
  job.endTick = now;
  const queue = state.pool.queue === "shared" ? state.sharedQueue : replica.queue;
  while (queue.length > 0 && canStart(state.pool, replica, queue[0]!)) start(state, job.replica, queue.shift()!, now);
}
