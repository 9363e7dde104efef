import {
  ERROR_ARRIVAL_ORDER,
  ERROR_LABEL,
  ERROR_NONE,
  ERROR_TIME_LIMIT,
  ERROR_TOKENS,
  MAX_SECONDS,
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
import { LATEST_TICK, NEVER_TICK, nearestTick, Tick, tickOf } from "./clock";
import { Fault } from "./check";
import { DelayLine } from "./delay-line";
import { EventQueue } from "./event-queue";
import { Pool, Replica } from "./fleet";
import { Ledger, Request } from "./ledger";
import { NO_POOL, Router } from "./router";
import { Samples } from "./samples";
import { Series } from "./series";
import { Results, Tables } from "./tables";

const LARGEST_TOTAL: u64 = 2147483647;
const LAST_CATEGORY: i32 = 63;

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

  /** Arrival of the latest request, s: the next one is not before it. */
  private arrivalBefore: f64 = 0;
  private readonly events: EventQueue;
  private readonly delayed: DelayLine;
  private readonly horizon: Tick;

  constructor(
    private readonly tables: Tables,
    private readonly pools: StaticArray<Pool>,
    private readonly replicas: StaticArray<Replica>,
    private readonly router: Router,
    private readonly fault: Fault,
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

  /** Plays the first `count` requests of the window. Answers an ERROR_ code: of the first request that is not valid. */
  play(count: i32): i32 {
    const tables = this.tables;
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
      const tick = tickOf(arrival);
      if (tick > this.horizon) {
        this.closed = true;
        break;
      }
      this.advance(tick);
      this.arrive(tick, input, output, label, category);
      this.retire();
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
      const request = ledger.at(ordinal);
      if (request.status == STATUS_WAITING) request.status = <u8>STATUS_UNFINISHED;
    }
    this.retire();
  }

  /** Lets everything happen that happens up to `tick`: completions first, then compressed requests that reach their pool. */
  @inline
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
        const request = this.ledger.at(ordinal);
        this.enter(ordinal, request, this.pools[request.pool], entry);
      }
    }
  }

  @inline
  private arrive(tick: Tick, input: u32, output: u32, label: i32, category: i32): void {
    const ledger = this.ledger;
    const ordinal = ledger.next;
    if (ordinal == 0) this.firstArrival = tick;
    if (ordinal == this.series.due) this.series.record(tick, ordinal, this.unrouted);
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

    if (named == NO_POOL || !this.router.holds(total)) {
      request.pool = <i16>NO_POOL;
      request.status = <u8>STATUS_TOO_LONG_FOR_EVERY_POOL;
      this.unrouted++;
      if (compressed) this.unroutedCompressed++;
      if (this.router.byDefault) this.unroutedByDefault++;
      return;
    }
    const pool = this.pools[named];
    pool.arrived++;
    if (compressed) pool.compressed++;
    if (this.router.byDefault) pool.byDefault++;
    if (total > pool.maxCtx) {
      request.status = <u8>STATUS_TOO_LONG_FOR_POOL;
      pool.tooLongForPool++;
      return;
    }
    price(request, pool, served, output);
    if (compressed) this.delayed.push(ordinal);
    else this.enter(ordinal, request, pool, tick);
  }

  /** The request reaches its pool: it starts, waits, or finds the queue full. */
  @inline
  private enter(ordinal: u32, request: Request, pool: Pool, tick: Tick): void {
    const ownQueues = pool.sharedQueue == null;
    const replica = this.replicas[pool.firstReplica + pool.balancer!.choose(ordinal)];
    const queue = replica.queue;
    pool.touch(tick);
    if (queue.length == 0 && fits(request, replica)) {
      this.begin(request, replica, tick);
      this.events.push(replica, endOf(request), payloadOf(request));
      this.tellOutstanding(replica);
      return;
    }
    if (ownQueues) request.replica = replica.index;
    if (pool.maxQueue >= 0 && queue.length >= pool.maxQueue) {
      request.status = <u8>STATUS_QUEUE_FULL;
      pool.queueFull++;
      return;
    }
    queue.push(this.ledger, ordinal);
    pool.waiting++;
    this.tellOutstanding(replica);
    if (ownQueues) pool.balancer!.setWaiting(replica.index, queue.length);
  }

  /** The earliest completion happens, and what waited for it starts. */
  @inline
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
      const request = this.beginHead(replica, tick);
      this.events.replaceFirst(replica, endOf(request), payloadOf(request));
    } else {
      this.events.removeFirst(replica);
    }
    while (queue.length > 0 && replica.busy < pool.slots && this.headFits(replica)) {
      const request = this.beginHead(replica, tick);
      this.events.push(replica, endOf(request), payloadOf(request));
    }
    this.tellOutstanding(replica);
    if (waited != queue.length && pool.sharedQueue == null) pool.balancer!.setWaiting(replica.index, queue.length);
  }

  @inline
  private headFits(replica: Replica): bool {
    return this.ledger.at(replica.queue.first).blocks <= replica.kvFree;
  }

  /** Takes the head of the queue into service. */
  @inline
  private beginHead(replica: Replica, tick: Tick): Request {
    const request = this.ledger.at(replica.queue.pop(this.ledger));
    replica.pool.waiting--;
    this.begin(request, replica, tick);
    return request;
  }

  /** From here on all figures of the request are known. The caller has touched the pool, and puts the completion into the event queue. */
  @inline
  private begin(request: Request, replica: Replica, tick: Tick): void {
    const pool = replica.pool;
    const blocks = request.blocks;
    pool.busy++;
    pool.kvUsed += blocks;
    replica.kvFree -= blocks;
    request.replica = replica.index;
    request.start = tick;
    const end = endOf(request);
    if (end <= this.horizon) {
      request.status = <u8>STATUS_COMPLETED;
      pool.e2eSum += <f64>(end - request.entry(this.delayed.latency));
    } else {
      request.status = <u8>STATUS_UNFINISHED;
    }
  }

  @inline
  private tellOutstanding(replica: Replica): void {
    const own = replica.pool.sharedQueue == null ? replica.queue.length : 0;
    replica.pool.balancer!.setOutstanding(replica.index, replica.busy + own);
  }

  /** Takes settled requests out of the ledger in the order of their arrival. */
  @inline
  private retire(): void {
    const ledger = this.ledger;
    while (ledger.retired != ledger.next) {
      const request = ledger.oldest;
      if (request.status == STATUS_WAITING) return;
      this.settle(ledger.retired, request);
      ledger.retire();
    }
  }

  @inline
  private settle(ordinal: u32, request: Request): void {
    let wait = NEVER_TICK;
    let ttft = NEVER_TICK;
    let tpot = NEVER_TICK;
    let e2e = NEVER_TICK;
    if (request.start != NEVER_TICK) {
      wait = request.start - request.entry(this.delayed.latency);
      const firstToken = request.firstToken;
      if (firstToken <= this.horizon) ttft = firstToken - request.arrival;
      if (request.status == STATUS_COMPLETED) {
        tpot = nearestTick(<f64>request.decode / <f64>request.output);
        e2e = firstToken + request.decode - request.arrival;
      }
    }
    this.samples.add(ordinal, request.pool, wait, ttft, tpot, e2e);
    if (this.keepsResults) this.results.add(request, wait, ttft, tpot, e2e);
  }
}

/** What serving the request takes: prefill, decode, KV blocks. */
function price(request: Request, pool: Pool, input: u32, output: u32): void {
  const total = input + output;
  const iteration = pool.W + pool.H * (<f64>total / pool.calibrationCtx) * <f64>pool.slots;
  const chunks = (input + pool.chunk - 1) / pool.chunk;
  request.prefill = tickOf(<f64>chunks * iteration);
  request.decode = tickOf(<f64>output * iteration);
  request.blocks = <i32>((total + pool.blockSize - 1) / pool.blockSize);
}

function fits(request: Request, replica: Replica): bool {
  return replica.busy < replica.pool.slots && request.blocks <= replica.kvFree;
}

/** End of service. Held at LATEST_TICK, so that no backlog, however absurd, can wrap the clock. */
function endOf(request: Request): Tick {
  return min(request.firstToken + request.decode, LATEST_TICK);
}

/** What the completion needs to know: KV blocks above, output tokens below. */
function payloadOf(request: Request): i64 {
  return ((<i64>request.blocks) << 32) | (<i64>request.output);
}
