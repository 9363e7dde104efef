import {
  ERROR_ARRIVAL_ORDER,
  ERROR_BLOCKS,
  ERROR_LABEL,
  ERROR_NONE,
  ERROR_TIME_LIMIT,
  ERROR_TOKENS,
  MAX_SECONDS,
  NOT_APPLICABLE,
  STATUS_COMPLETED,
  STATUS_TOO_LONG_FOR_EVERY_POOL,
  STATUS_TOO_LONG_FOR_POOL,
  STATUS_UNFINISHED,
  STATUS_WAITING,
} from "./contract";
import { NEVER_TICK, Tick, tickOf } from "./clock";
import { Fault } from "./fault";
import { DelayLine } from "./delay-line";
import { Engine } from "./engine";
import { Pool } from "./fleet";
import { Ledger, Request } from "./ledger";
import { NO_POOL, Router } from "./router";
import { Samples } from "./samples";
import { Series } from "./series";
import { Results, Tables } from "./tables";
import { Users } from "./users";

const LARGEST_TOTAL: u64 = 2147483647;
const LAST_CATEGORY: i32 = 63;

/** A run as the exports of the core see it, whatever the engine. */
export abstract class Run {
  readonly results: Results;
  /** Arrivals that no pool took. */
  unrouted: f64 = 0;
  unroutedCompressed: f64 = 0;
  unroutedByDefault: f64 = 0;
  firstArrival: Tick = 0;
  lastArrival: Tick = 0;
  /** Tick of the latest event. */
  now: Tick = 0;
  /** An arrival after the horizon has been seen: the run takes no more. */
  closed: bool = false;

  constructor(
    readonly series: Series,
    readonly samples: Samples,
    staged: bool,
  ) {
    this.results = new Results(staged);
  }

  /** Plays the first `count` requests of the window. Answers an ERROR_ code: of the first request that is not valid. */
  abstract play(count: i32): i32;

  /** Serves what is left, to the horizon, and settles what is not served by then. */
  abstract finish(): void;
}

/**
 * The event loop: takes requests from the window, routes them, lets the engine `E` serve them, and settles them in the order of their arrival.
 * The rules are in docs/reference/slots-engine.md and docs/reference/iterations-engine.md.
 */
export class EventLoop<E extends Engine> extends Run {
  private readonly ledger: Ledger;
  /** Arrival of the latest request, s: the next one is not before it. */
  private arrivalBefore: f64 = 0;
  private readonly delayed: DelayLine;
  private readonly horizon: Tick;
  private readonly users: Users | null;

  constructor(
    private readonly tables: Tables,
    private readonly pools: StaticArray<Pool>,
    private readonly engine: E,
    private readonly router: Router,
    private readonly fault: Fault,
    private readonly keepsResults: bool,
    /** Of a staged fleet, by pool: whether the decode side emits the first token; null: not staged. */
    firstTokenAtDecode: StaticArray<bool> | null,
  ) {
    super(new Series(pools), new Samples(firstTokenAtDecode), firstTokenAtDecode != null);
    this.ledger = engine.ledger;
    this.delayed = new DelayLine(engine.ledger, engine.compressLatency);
    this.horizon = engine.horizon;
    this.users = engine.users;
  }

  play(count: i32): i32 {
    const tables = this.tables;
    const users = this.users;
    // Held here, so that what is inlined below need not look it up again and again.
    const engine = this.engine;
    if (this.keepsResults) this.results.reserve(this.ledger.length + count);
    this.results.count = 0;
    for (let i = 0; i < count; i++) {
      const arrival = tables.arrival[i];
      const input = tables.input[i];
      const output = tables.output[i];
      const label = <i32>tables.label[i];
      const category = <i32>tables.category[i];
      const error = this.check(i, arrival, input, output, label, category);
      if (error != ERROR_NONE) return error;
      if (!engine.accepts(tables, i)) return this.fault.of(ERROR_BLOCKS, i, tables.blockOffset[i + 1]);
      const tick = users == null ? tickOf(arrival) : this.nextSending(users);
      if (tick > this.horizon) {
        this.closed = true;
        break;
      }
      if (users == null) this.advance(engine, tick);
      else users.send();
      this.arrive(engine, tick, i, input, output, label, category);
      this.retire(engine);
    }
    return ERROR_NONE;
  }

  @inline
  private check(i: i32, arrival: f64, input: u32, output: u32, label: i32, category: i32): i32 {
    // Written so that NaN fails.
    if (!(arrival >= this.arrivalBefore)) return this.fault.of(ERROR_ARRIVAL_ORDER, i, arrival);
    if (arrival > MAX_SECONDS) return this.fault.of(ERROR_TIME_LIMIT, i, arrival);
    this.arrivalBefore = arrival;
    const total = <u64>input + <u64>output;
    if (input == 0 || output == 0 || total > LARGEST_TOTAL) return this.fault.of(ERROR_TOKENS, i, <f64>total);
    if (label > 0 && label >= this.tables.labelPool.length) return this.fault.of(ERROR_LABEL, i, label);
    return category > LAST_CATEGORY ? this.fault.of(ERROR_LABEL, i, category) : ERROR_NONE;
  }

  finish(): void {
    const ledger = this.ledger;
    this.results.count = 0;
    if (this.horizon == NEVER_TICK) {
      this.engine.sync(this.lastArrival);
      this.series.record(this.lastArrival, ledger.next, this.unrouted);
      this.advance(this.engine, NEVER_TICK - 1);
    } else {
      this.advance(this.engine, this.horizon);
      this.engine.close();
      this.now = this.horizon;
      this.engine.sync(this.horizon + 1);
      this.series.record(this.horizon, ledger.next, this.unrouted);
    }
    for (let p = 0; p < this.pools.length; p++) this.pools[p].touch(this.now);
    for (let ordinal = ledger.retired; ordinal != ledger.next; ordinal++) {
      const request = ledger.at(ordinal);
      if (request.status == STATUS_WAITING) request.status = <u8>STATUS_UNFINISHED;
    }
    this.retire(this.engine);
  }

  /** Lets everything happen that is due before the arrivals of `tick`: the engine's events first, then compressed requests that reach their pool. */
  @inline
  private advance(engine: E, tick: Tick): void {
    for (;;) {
      const due = engine.firstDue;
      const entry = this.delayed.firstTick;
      if (due <= entry) {
        if (due > tick) return;
        this.now = engine.happen(min(tick, entry));
      } else {
        if (entry > tick) return;
        this.enterDelayed(entry);
      }
    }
  }

  private enterDelayed(tick: Tick): void {
    this.now = tick;
    const ordinal = this.delayed.pop();
    const request = this.ledger.at(ordinal);
    this.engine.enter(ordinal, request, this.pools[request.pool], tick);
  }

  /** Closed loop: lets everything happen that is due before the next request is sent; answers when that is. */
  private nextSending(users: Users): Tick {
    let ready = users.firstTick;
    let due = this.engine.firstDue;
    let entry = this.delayed.firstTick;
    while (min(due, entry) <= ready) {
      // Beyond the horizon nothing happens, so nobody is free again.
      if (min(this.engine.firstTick, entry) > this.horizon) return NEVER_TICK;
      if (due <= entry) this.now = this.engine.happen(0);
      else this.enterDelayed(entry);
      ready = users.firstTick;
      due = this.engine.firstDue;
      entry = this.delayed.firstTick;
    }
    return ready;
  }

  @inline
  private arrive(engine: E, tick: Tick, row: i32, input: u32, output: u32, label: i32, category: i32): void {
    const ledger = this.ledger;
    const ordinal = ledger.next;
    if (ordinal == 0) this.firstArrival = tick;
    if (ordinal == this.series.due) {
      engine.sync(tick);
      this.series.record(tick, ordinal, this.unrouted);
    }
    this.now = tick;
    this.lastArrival = tick;

    const named = this.router.route(ordinal, input, output, label, category);
    const compressedInput = this.router.compressedInput;
    const compressed = compressedInput > 0;
    const served = compressed ? compressedInput : input;
    const total = served + output;

    const request = ledger.open();
    request.arrival = tick;
    request.start = NEVER_TICK;
    request.input = input;
    request.output = output;
    request.replica = -1;
    request.pool = <i16>named;
    request.status = <u8>STATUS_WAITING;
    request.compressed = compressed;
    engine.open(this.tables, row, ordinal);

    if (named == NO_POOL || !this.router.holds(total)) {
      request.pool = <i16>NO_POOL;
      request.status = <u8>STATUS_TOO_LONG_FOR_EVERY_POOL;
      this.unrouted++;
      if (compressed) this.unroutedCompressed++;
      if (this.router.byDefault) this.unroutedByDefault++;
      engine.release(tick);
      return;
    }
    const pool = this.pools[named];
    pool.arrived++;
    if (compressed) pool.compressed++;
    if (this.router.byDefault) pool.byDefault++;
    if (total > pool.maxCtx) {
      request.status = <u8>STATUS_TOO_LONG_FOR_POOL;
      pool.tooLongForPool++;
      engine.release(tick);
      return;
    }
    engine.price(request, pool, served, this.tables.priority[row]);
    if (compressed) this.delayed.push(ordinal);
    else engine.enter(ordinal, request, pool, tick);
  }

  /** Takes settled requests out of the ledger in the order of their arrival. */
  @inline
  private retire(engine: E): void {
    const ledger = this.ledger;
    while (ledger.retired != ledger.next) {
      const request = ledger.oldest;
      if (request.status == STATUS_WAITING) return;
      this.settle(engine, ledger.retired, request);
      engine.retire(ledger.retired);
      ledger.retire();
    }
  }

  @inline
  private settle(engine: E, ordinal: u32, request: Request): void {
    let wait = NEVER_TICK;
    let ttft = NEVER_TICK;
    let tpot = NEVER_TICK;
    let e2e = NEVER_TICK;
    if (request.start != NEVER_TICK) {
      wait = request.start - request.entry(this.delayed.latency);
      const firstToken = request.firstToken;
      if (firstToken <= this.horizon) ttft = firstToken - request.arrival;
      if (request.status == STATUS_COMPLETED) {
        tpot = engine.tpot(request);
        e2e = firstToken + request.decode - request.arrival;
      }
    }
    // Who reached no pool was never priced.
    const priced = request.start != NEVER_TICK;
    const handover = priced ? engine.handover(request) : NOT_APPLICABLE;
    this.samples.add(ordinal, request.pool, wait, ttft, tpot, e2e, handover);
    if (!this.keepsResults) return;
    this.results.add(request, wait, ttft, tpot, e2e, priced ? engine.preemptions(request) : 0);
    engine.tell(request, this.results);
  }
}
