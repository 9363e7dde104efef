import {
  RUN_COMPRESS_LATENCY,
  RUN_EVENT_QUEUE,
  RUN_HORIZON,
  STATUS_COMPLETED,
  STATUS_QUEUE_FULL,
  STATUS_TOO_LONG_FOR_EVERY_POOL,
  STATUS_TOO_LONG_FOR_POOL,
  STATUS_UNFINISHED,
  STATUS_WAITING,
} from "./contract";
import { LATEST_TICK, NEVER_TICK, nearestTick, Tick, tickOf, ticksOut } from "./clock";
import { DelayLine } from "./delay-line";
import { EventQueue } from "./event-queue";
import { Pool, Replica } from "./fleet";
import { Ledger } from "./ledger";
import { NO_POOL, Router } from "./router";
import { Samples } from "./samples";
import { Series } from "./series";
import { Results, Tables } from "./tables";

/** Requests that the ledger makes room for at a time: few, so that a ring with no backlog stays in the first-level cache. */
const STRIDE: i32 = 256;

/** The event loop of the request-level engine. Every rule is in docs/reference/slots-engine.md. */
export class SlotsEngine {
  readonly ledger: Ledger;
  readonly samples: Samples = new Samples();
  readonly series: Series;
  readonly results: Results = new Results();
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

  private readonly events: EventQueue;
  private readonly delayed: DelayLine;
  private readonly horizon: Tick;

  constructor(
    private readonly tables: Tables,
    private readonly pools: StaticArray<Pool>,
    private readonly replicas: StaticArray<Replica>,
    private readonly router: Router,
    private readonly keepsResults: bool,
  ) {
    const run = tables.run;
    let slots = 0;
    for (let p = 0; p < pools.length; p++) slots += pools[p].capacity;
    const ledger = new Ledger();
    this.ledger = ledger;
    this.delayed = new DelayLine(ledger, tickOf(run[RUN_COMPRESS_LATENCY]));
    this.events = new EventQueue(replicas.length, slots, run[RUN_EVENT_QUEUE] != 0);
    this.horizon = run[RUN_HORIZON] == Infinity ? NEVER_TICK : tickOf(run[RUN_HORIZON]);
    this.series = new Series(pools);
  }

  /** Plays the first `count` requests of the window, which are valid and in order. */
  play(count: i32): void {
    const tables = this.tables;
    if (this.keepsResults) this.results.reserve(this.ledger.length + count);
    this.results.count = 0;
    for (let i = 0; i < count; i++) {
      if ((i & (STRIDE - 1)) == 0) this.ledger.reserve(STRIDE);
      const tick = tickOf(tables.arrival[i]);
      if (tick > this.horizon) {
        this.closed = true;
        break;
      }
      this.advance(tick);
      this.arrive(tick, tables.input[i], tables.output[i], <i32>tables.label[i], <i32>tables.category[i]);
      this.retire();
    }
  }

  /** Serves what is left, to the horizon, and settles what is not served by then. */
  finish(): void {
    const ledger = this.ledger;
    this.results.count = 0;
    if (this.horizon == NEVER_TICK) {
      this.series.record(this.lastArrival, ledger.next, this.unrouted);
      this.advance(NEVER_TICK - 1);
    } else {
      this.advance(this.horizon);
      this.now = this.horizon;
      this.series.record(this.horizon, ledger.next, this.unrouted);
    }
    for (let p = 0; p < this.pools.length; p++) this.pools[p].touch(this.now);
    for (let ordinal = ledger.retired; ordinal != ledger.next; ordinal++) {
      const place = ledger.at(ordinal);
      if (ledger.status[place] == STATUS_WAITING) ledger.status[place] = STATUS_UNFINISHED;
    }
    this.retire();
  }

  /** Lets everything happen that happens up to `tick`: completions first, then compressed requests that reach their pool. */
  private advance(tick: Tick): void {
    for (;;) {
      const completion = this.events.firstTick;
      const entry = this.delayed.firstTick;
      if (completion <= entry) {
        if (completion > tick) return;
        this.now = completion;
        this.complete(completion);
      } else {
        if (entry > tick) return;
        this.now = entry;
        const ordinal = this.delayed.pop();
        this.enter(ordinal, this.pools[<i32>this.ledger.pool[this.ledger.at(ordinal)]], entry);
      }
    }
  }

  private arrive(tick: Tick, input: u32, output: u32, label: i32, category: i32): void {
    const ledger = this.ledger;
    const ordinal = ledger.next;
    if (ordinal == 0) this.firstArrival = tick;
    if (ordinal == this.series.due) this.series.record(tick, ordinal, this.unrouted);
    this.now = tick;
    this.lastArrival = tick;

    const place = ledger.at(ordinal);
    ledger.next = ordinal + 1;
    ledger.arrival[place] = tick;
    ledger.start[place] = NEVER_TICK;
    ledger.input[place] = input;
    ledger.output[place] = output;
    ledger.replica[place] = -1;
    ledger.status[place] = STATUS_WAITING;
    ledger.compressed[place] = 0;

    const named = this.router.route(ordinal, input, output, label, category);
    const compressedInput = this.router.compressedInput;
    const served = compressedInput > 0 ? compressedInput : input;
    const total = served + output;
    if (named == NO_POOL || !this.router.holds(total)) {
      ledger.pool[place] = <i16>NO_POOL;
      ledger.status[place] = STATUS_TOO_LONG_FOR_EVERY_POOL;
      this.unrouted++;
      this.unroutedCompressed += f64(compressedInput > 0);
      this.unroutedByDefault += f64(this.router.byDefault);
      return;
    }
    const pool = this.pools[named];
    pool.arrived++;
    pool.compressed += f64(compressedInput > 0);
    pool.byDefault += f64(this.router.byDefault);
    ledger.pool[place] = <i16>named;
    if (total > pool.maxCtx) {
      ledger.status[place] = STATUS_TOO_LONG_FOR_POOL;
      pool.tooLongForPool++;
      return;
    }
    this.price(place, pool, served, output);
    if (compressedInput > 0) {
      ledger.compressed[place] = 1;
      this.delayed.push(ordinal);
    } else {
      this.enter(ordinal, pool, tick);
    }
  }

  /** What serving the request takes: prefill, decode, KV blocks. */
  private price(place: i32, pool: Pool, input: u32, output: u32): void {
    const ledger = this.ledger;
    const total = input + output;
    const iteration = pool.W + pool.H * (<f64>total / pool.calibrationCtx) * <f64>pool.slots;
    const chunks = (input + pool.chunk - 1) / pool.chunk;
    ledger.prefill[place] = tickOf(<f64>chunks * iteration);
    ledger.decode[place] = tickOf(<f64>output * iteration);
    ledger.blocks[place] = <i32>((total + pool.blockSize - 1) / pool.blockSize);
  }

  /** The request reaches its pool: it starts, waits, or finds the queue full. */
  private enter(ordinal: u32, pool: Pool, tick: Tick): void {
    const ledger = this.ledger;
    const place = ledger.at(ordinal);
    const shared = pool.sharedQueue;
    const replica = this.replicas[pool.firstReplica + pool.balancer!.choose(ordinal)];
    const queue = replica.queue;
    pool.touch(tick);
    if (queue.length == 0 && this.fits(replica, place)) {
      this.begin(ordinal, replica, tick);
      this.events.push(replica, this.endOf(place), this.payload(place));
      this.tellOutstanding(replica);
      return;
    }
    if (shared == null) ledger.replica[place] = replica.index;
    if (pool.maxQueue >= 0 && queue.length >= pool.maxQueue) {
      ledger.status[place] = STATUS_QUEUE_FULL;
      pool.queueFull++;
      return;
    }
    queue.push(ledger, ordinal);
    pool.waiting++;
    this.tellOutstanding(replica);
    if (shared == null) pool.balancer!.setWaiting(replica.index, queue.length);
  }

  /** The earliest completion happens, and what waited for it starts. */
  private complete(tick: Tick): void {
    const replica = this.replicas[this.events.firstReplica];
    const payload = this.events.firstPayload(replica);
    const blocks = <i32>(payload >> 32);
    const pool = replica.pool;
    pool.touch(tick);
    pool.completed++;
    pool.outputTokens += <f64>(<u32>payload);
    pool.busy--;
    pool.kvUsed -= blocks;
    replica.kvFree += blocks;

    const queue = replica.queue;
    const waited = queue.length;
    if (waited > 0 && this.headFits(replica)) {
      const place = this.beginHead(replica, tick);
      this.events.replaceFirst(replica, this.endOf(place), this.payload(place));
    } else {
      this.events.removeFirst(replica);
    }
    while (queue.length > 0 && replica.busy < pool.slots && this.headFits(replica)) {
      const place = this.beginHead(replica, tick);
      this.events.push(replica, this.endOf(place), this.payload(place));
    }
    this.tellOutstanding(replica);
    if (waited != queue.length && pool.sharedQueue == null) pool.balancer!.setWaiting(replica.index, queue.length);
  }

  private headFits(replica: Replica): bool {
    return this.ledger.blocks[this.ledger.at(replica.queue.first)] <= replica.kvFree;
  }

  private fits(replica: Replica, place: i32): bool {
    return replica.busy < replica.pool.slots && this.ledger.blocks[place] <= replica.kvFree;
  }

  /** Takes the head of the queue into service; answers its place in the ledger. */
  private beginHead(replica: Replica, tick: Tick): i32 {
    const ordinal = replica.queue.pop(this.ledger);
    replica.pool.waiting--;
    this.begin(ordinal, replica, tick);
    return this.ledger.at(ordinal);
  }

  /** From here on all figures of the request are known. The caller has touched the pool, and puts the completion into the event queue. */
  private begin(ordinal: u32, replica: Replica, tick: Tick): void {
    const ledger = this.ledger;
    const place = ledger.at(ordinal);
    const pool = replica.pool;
    const blocks = ledger.blocks[place];
    pool.busy++;
    pool.kvUsed += blocks;
    replica.kvFree -= blocks;
    ledger.replica[place] = replica.index;
    ledger.start[place] = tick;
    const end = tick + ledger.prefill[place] + ledger.decode[place];
    if (end <= this.horizon) {
      ledger.status[place] = STATUS_COMPLETED;
      pool.e2eSum += <f64>(end - ledger.entry(place, this.delayed.latency));
    } else {
      ledger.status[place] = STATUS_UNFINISHED;
    }
  }

  /** End of service. Held at LATEST_TICK, so that no backlog, however absurd, can wrap the clock. */
  private endOf(place: i32): Tick {
    return min(this.ledger.start[place] + this.ledger.prefill[place] + this.ledger.decode[place], LATEST_TICK);
  }

  /** What the completion needs to know: KV blocks above, output tokens below. */
  private payload(place: i32): i64 {
    return ((<i64>this.ledger.blocks[place]) << 32) | (<i64>this.ledger.output[place]);
  }

  private tellOutstanding(replica: Replica): void {
    const own = replica.pool.sharedQueue == null ? replica.queue.length : 0;
    replica.pool.balancer!.setOutstanding(replica.index, replica.busy + own);
  }

  /** Takes settled requests out of the ledger in the order of their arrival. */
  private retire(): void {
    const ledger = this.ledger;
    while (ledger.retired != ledger.next) {
      const ordinal = ledger.retired;
      const place = ledger.at(ordinal);
      const status = ledger.status[place];
      if (status == STATUS_WAITING) return;
      this.settle(ordinal, place, status);
      ledger.retired = ordinal + 1;
    }
  }

  private settle(ordinal: u32, place: i32, status: i32): void {
    const ledger = this.ledger;
    const arrival = ledger.arrival[place];
    const start = ledger.start[place];
    let wait = NEVER_TICK;
    let ttft = NEVER_TICK;
    let tpot = NEVER_TICK;
    let e2e = NEVER_TICK;
    if (start != NEVER_TICK) {
      wait = start - ledger.entry(place, this.delayed.latency);
      const firstToken = start + ledger.prefill[place];
      if (firstToken <= this.horizon) ttft = firstToken - arrival;
      if (status == STATUS_COMPLETED) {
        tpot = nearestTick(<f64>ledger.decode[place] / <f64>ledger.output[place]);
        e2e = firstToken + ledger.decode[place] - arrival;
      }
    }
    const pool = <i32>ledger.pool[place];
    this.samples.add(ordinal, pool, wait, ttft, tpot, e2e);
    if (!this.keepsResults) return;
    const results = this.results;
    const row = results.count++;
    results.arrival[row] = <f64>arrival;
    results.input[row] = ledger.input[place];
    results.output[row] = ledger.output[place];
    results.pool[row] = pool;
    results.replica[row] = ledger.replica[place];
    results.status[row] = <u8>status;
    results.wait[row] = ticksOut(wait);
    results.ttft[row] = ticksOut(ttft);
    results.tpot[row] = ticksOut(tpot);
    results.e2e[row] = ticksOut(e2e);
  }
}
