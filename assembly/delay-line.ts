import { NEVER_TICK, Tick } from "./clock";
import { Fifo } from "./fifo";
import { Ledger } from "./ledger";

/**
 * Compressed requests on their way to their pool. The delay is the same for all, so they arrive in the order in which they left: a queue with a clock.
 */
export class DelayLine {
  private readonly queue: Fifo = new Fifo();

  constructor(
    private readonly ledger: Ledger,
    /** Time between arrival and reaching the pool. */
    readonly latency: Tick,
  ) {}

  /** Tick at which the next one reaches its pool, NEVER_TICK if none is on its way. */
  get firstTick(): Tick {
    if (this.queue.length == 0) return NEVER_TICK;
    return this.ledger.at(this.queue.first).arrival + this.latency;
  }

  push(ordinal: u32): void {
    this.queue.push(this.ledger, ordinal);
  }

  pop(): u32 {
    return this.queue.pop(this.ledger);
  }
}
