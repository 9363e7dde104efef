import { NOT_APPLICABLE, RUN_EVENT_QUEUE, STATUS_COMPLETED, STATUS_QUEUE_FULL, STATUS_UNFINISHED } from "./contract";
import { LATEST_TICK, nearestTick, Tick, tickOf } from "./clock";
import { Engine } from "./engine";
import { EventQueue } from "./event-queue";
import { Pool, Replica } from "./fleet";
import { Ledger, Request } from "./ledger";
import { Results, Tables } from "./tables";
import { Users } from "./users";

/** The request-level engine: a request holds a slot and its KV blocks from start to end. Every rule is in docs/reference/slots-engine.md. */
export class SlotsEngine extends Engine {
  private readonly events: EventQueue;

  constructor(
    run: StaticArray<f64>,
    pools: StaticArray<Pool>,
    private readonly replicas: StaticArray<Replica>,
    ledger: Ledger,
    horizon: Tick,
    compressLatency: Tick,
    users: Users | null,
  ) {
    super(ledger, horizon, compressLatency, users);
    let slots = 0;
    for (let p = 0; p < pools.length; p++) slots += pools[p].capacity;
    this.events = new EventQueue(replicas.length, slots, run[RUN_EVENT_QUEUE] != 0);
  }

  @inline
  get firstDue(): Tick {
    return this.events.firstTick;
  }

  get firstTick(): Tick {
    return this.events.firstTick;
  }

  @inline
  happen(_limit: Tick): Tick {
    const tick = this.events.firstTick;
    this.complete(tick);
    return tick;
  }

  sync(_tick: Tick): void {}

  close(): void {}

  @inline
  tpot(request: Request): Tick {
    return nearestTick(<f64>request.decode / <f64>request.output);
  }

  @inline
  accepts(_tables: Tables, _i: i32): bool {
    return true;
  }

  @inline
  open(_tables: Tables, _i: i32, _ordinal: u32): void {}

  @inline
  retire(_ordinal: u32): void {}

  preemptions(_request: Request): i32 {
    return 0;
  }

  @inline
  price(request: Request, pool: Pool, input: u32, _priority: u8): void {
    const output = request.output;
    const total = input + output;
    const iteration = pool.W + pool.H * (<f64>total / pool.calibrationCtx) * <f64>pool.slots;
    const chunks = (input + pool.chunk - 1) / pool.chunk;
    request.prefill = tickOf(<f64>chunks * iteration);
    request.decode = tickOf(<f64>output * iteration);
    request.blocks = <i32>((total + pool.blockSize - 1) / pool.blockSize);
  }

  /** The request reaches its pool: it starts, waits, or finds the queue full. */
  @inline
  enter(ordinal: u32, request: Request, pool: Pool, tick: Tick): void {
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
      this.release(tick);
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
    this.release(tick);

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
      pool.e2eSum += <f64>(end - request.entry(this.compressLatency));
    } else {
      request.status = <u8>STATUS_UNFINISHED;
    }
  }

  @inline
  private tellOutstanding(replica: Replica): void {
    const own = replica.pool.sharedQueue == null ? replica.queue.length : 0;
    replica.pool.balancer!.setOutstanding(replica.index, replica.busy + own);
  }
  @inline
  handover(_request: Request): Tick {
    return NOT_APPLICABLE;
  }

  tell(_request: Request, _results: Results): void {}
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
