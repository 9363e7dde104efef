import { Tick } from "./clock";
import { Pool } from "./fleet";
import { Ledger, Request } from "./ledger";
import { Results, Tables } from "./tables";
import { Users } from "./users";

/**
 * What happens to requests inside the pools. The event loop brings requests to the engine, tells it how far time may go, and asks it for nothing but the
 * next event; a new engine is a new subclass. The loop is compiled once for each, so these calls are direct.
 */
export abstract class Engine {
  constructor(
    readonly ledger: Ledger,
    /** Nothing happens after it; NEVER_TICK: none. */
    readonly horizon: Tick,
    /** Time between arrival and reaching the pool, of compressed requests. */
    readonly compressLatency: Tick,
    /** Those who wait for answers; null: arrivals are those of the workload. */
    readonly users: Users | null,
  ) {}

  /** First tick such that everything that is due before the arrivals of that tick includes the engine's next event; NEVER_TICK if there is none. */
  abstract get firstDue(): Tick;

  /** Tick of the engine's next event, NEVER_TICK if there is none. */
  abstract get firstTick(): Tick;

  /**
   * Lets the next event happen; answers its tick. `limit`: nothing from outside comes before that tick, or at it if the event is earlier.
   */
  abstract happen(limit: Tick): Tick;

  /** Whether what row `i` of the window says for this engine alone is in order. */
  abstract accepts(tables: Tables, i: i32): bool;

  /** Request `ordinal` arrives, with row `i` of the window. */
  abstract open(tables: Tables, i: i32, ordinal: u32): void;

  /** Request `ordinal` leaves the ledger; all before it have. */
  abstract retire(ordinal: u32): void;

  /** Fills in what the request needs before it reaches its pool. `input` is after compression; `priority`: smaller goes first. */
  abstract price(request: Request, pool: Pool, input: u32, priority: u8): void;

  /** How often the request was preempted. */
  abstract preemptions(request: Request): i32;

  /** The request reaches its pool. */
  abstract enter(ordinal: u32, request: Request, pool: Pool, tick: Tick): void;

  /** Brings the figures of the pools up to date, before they are recorded at `tick`. */
  abstract sync(tick: Tick): void;

  /** Lets the last events happen that are due at the horizon itself. */
  abstract close(): void;

  /** Time per output token of a completed request, ticks; NOT_APPLICABLE if it has none. */
  abstract tpot(request: Request): Tick;

  /** Time from the end of the prompt to the first token of the decode side, ticks: NOT_APPLICABLE of a request that was not handed over. */
  abstract handover(request: Request): Tick;

  /** Writes what it alone knows of a request into the row of the result window that was added last. */
  abstract tell(request: Request, results: Results): void;

  /** A request is settled: whoever waits for it is free again. */
  @inline
  release(tick: Tick): void {
    const users = this.users;
    if (users != null) users.release(tick);
  }
}
