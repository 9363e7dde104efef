import { Tick } from "./clock";
import { Fifo } from "./fifo";
import { Balancer } from "./balancer";
import { Serving } from "./serving";
import { Stage } from "./stage";

/** One replica of a pool. */
export class Replica {
  /** Requests in service. */
  busy: i32 = 0;
  kvFree: i32 = 0;

  constructor(
    /** Its pool. */
    readonly pool: Pool,
    /** Number in the fleet: pools in file order, replicas within them. */
    readonly number: i32,
    /** Number in its pool. */
    readonly index: i32,
    /** Where its slots begin, counted over the fleet. */
    readonly base: i32,
    /** Its own queue, or the pool's. */
    readonly queue: Fifo,
  ) {
    this.kvFree = pool.kvBlocks;
  }
}

/** One pool: what the fleet file says of it, what is in it now, and what has happened in it so far. */
export class Pool {
  index: i32 = 0;
  replicas: i32 = 0;
  firstReplica: i32 = 0;
  slots: i32 = 0;
  maxCtx: u32 = 0;
  kvBlocks: i32 = 0;
  blockSize: u32 = 0;
  W: f64 = 0;
  H: f64 = 0;
  calibrationCtx: f64 = 0;
  chunk: u32 = 0;
  maxQueue: i32 = 0;
  /** The one queue of a pool with `"queue": "shared"`; null where each replica has its own. */
  sharedQueue: Fifo | null = null;
  balancer: Balancer | null = null;
  /** How its replicas batch; null in the engine `slots`. */
  serving: Serving | null = null;
  /** Its place where prefill and decode are apart; null in a fleet that is not staged. */
  stage: Stage | null = null;

  busy: i32 = 0;
  waiting: i32 = 0;
  kvUsed: i64 = 0;

  private touched: Tick = 0;
  busyArea: f64 = 0;
  waitingArea: f64 = 0;
  kvArea: f64 = 0;

  arrived: f64 = 0;
  completed: f64 = 0;
  tooLongForPool: f64 = 0;
  queueFull: f64 = 0;
  compressed: f64 = 0;
  byDefault: f64 = 0;
  outputTokens: f64 = 0;
  e2eSum: f64 = 0;

  /** Requests in the pool. */
  get outstanding(): i32 {
    return this.busy + this.waiting;
  }

  /** Requests it can serve at once. */
  get capacity(): i32 {
    return this.replicas * this.slots;
  }

  /** Carries the time integrals on to `tick`: to be called before a count changes. */
  @inline
  touch(tick: Tick): void {
    const elapsed = <f64>(tick - this.touched);
    this.busyArea += <f64>this.busy * elapsed;
    this.waitingArea += <f64>this.waiting * elapsed;
    this.kvArea += <f64>this.kvUsed * elapsed;
    this.touched = tick;
  }
}
