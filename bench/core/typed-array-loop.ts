import type { CorePool } from "../../host/core/run-spec.js";
import { BinaryHeap } from "./binary-heap.js";
import { LeastOutstanding } from "./least-outstanding.js";
import type { Columns } from "./scenario.js";
import type { PoolTotals } from "./totals.js";

const TICKS_PER_SECOND = 1e9;
const NONE = -1;

/** From 2^52 on every double is whole: adding it rounds to the nearest whole number, halves to even. */
const WHOLE = 2 ** 52;

/** The whole number nearest to `value`, which is not negative. */
function nearest(value: number): number {
  return value < WHOLE ? value + WHOLE - WHOLE : value;
}

/** A pool and its state; counters that are not whole numbers of 31 bits are in {@link TypedArrayLoop.areas}. */
class Pool {
  busy = 0;
  waiting = 0;
  kvUsed = 0;
  arrived = 0;
  completed = 0;
  readonly balancer: LeastOutstanding;

  constructor(
    readonly index: number,
    readonly firstReplica: number,
    readonly spec: CorePool,
  ) {
    this.balancer = new LeastOutstanding(spec.replicas);
  }
}

/** Fields of {@link TypedArrayLoop.areas}, a row a pool. */
const TOUCHED = 0;
const BUSY_AREA = 1;
const WAITING_AREA = 2;
const KV_AREA = 3;
const E2E_SUM = 4;
const OUTPUT_TOKENS = 5;
const AREA_FIELDS = 6;

/**
 * The event loop of the request-level engine as one would write it in TypeScript for speed: typed arrays, a textbook binary heap, a tournament
 * tree for balancing, queues chained through a column, nothing allocated on the way. Router `length`, balance `least_outstanding`, a queue a
 * replica, no queue limit, KV memory that never binds.
 */
export class TypedArrayLoop {
  private readonly pools: Pool[];
  private readonly areas: Float64Array;
  private readonly events: BinaryHeap;
  private readonly poolOf: Uint8Array;
  private readonly slots: Int32Array;
  private readonly busy: Int32Array;
  private readonly queued: Int32Array;
  private readonly head: Int32Array;
  private readonly tail: Int32Array;

  /** The figures of every request, ticks. */
  readonly wait: Float64Array;
  readonly ttft: Float64Array;
  readonly tpot: Float64Array;
  readonly e2e: Float64Array;
  readonly pool: Int8Array;
  private readonly replica: Int32Array;
  private readonly blocks: Int32Array;
  private readonly following: Int32Array;

  constructor(
    specs: readonly CorePool[],
    private readonly columns: Columns,
  ) {
    let replicas = 0;
    this.pools = specs.map((spec, index) => {
      replicas += spec.replicas;
      return new Pool(index, replicas - spec.replicas, spec);
    });
    this.areas = new Float64Array(specs.length * AREA_FIELDS);
    this.events = new BinaryHeap(specs.reduce((sum, spec) => sum + spec.replicas * spec.slots, 0));
    this.poolOf = Uint8Array.from(specs.flatMap((spec, index) => new Array<number>(spec.replicas).fill(index)));
    this.slots = Int32Array.from(this.poolOf, (index) => specs[index]!.slots);
    this.busy = new Int32Array(replicas);
    this.queued = new Int32Array(replicas);
    this.head = new Int32Array(replicas);
    this.tail = new Int32Array(replicas);
    this.wait = new Float64Array(columns.count);
    this.ttft = new Float64Array(columns.count);
    this.tpot = new Float64Array(columns.count);
    this.e2e = new Float64Array(columns.count);
    this.pool = new Int8Array(columns.count);
    this.replica = new Int32Array(columns.count);
    this.blocks = new Int32Array(columns.count);
    this.following = new Int32Array(columns.count);
  }

  /** Plays all requests until the last is served, from an idle fleet: a run leaves nothing but totals behind. */
  run(): void {
    const { events } = this;
    this.areas.fill(0);
    for (const pool of this.pools) pool.arrived = pool.completed = 0;
    const { count, arrivalS } = this.columns;
    for (let i = 0; i < count; i++) {
      const tick = nearest(arrivalS[i]! * TICKS_PER_SECOND);
      while (events.size > 0 && events.times[0]! <= tick) this.complete();
      this.arrive(i, tick);
    }
    while (events.size > 0) this.complete();
  }

  totals(): PoolTotals[] {
    return this.pools.map(({ index, arrived, completed }) => ({
      arrived,
      completed,
      ttftTicks: this.ttft.reduce((sum, ticks, i) => (this.pool[i] === index ? sum + ticks : sum), 0),
      e2eTicks: this.areas[index * AREA_FIELDS + E2E_SUM]!,
    }));
  }

  private arrive(i: number, tick: number): void {
    const input = this.columns.inputTokens[i]!;
    const output = this.columns.outputTokens[i]!;
    const pool = this.route(input + output);
    if (pool === null) {
      this.pool[i] = NONE;
      return;
    }
    pool.arrived++;
    this.pool[i] = pool.index;
    this.price(i, pool.spec, input, output);
    this.wait[i] = tick;
    const index = pool.balancer.least;
    const replica = pool.firstReplica + index;
    this.replica[i] = replica;
    this.touch(pool, tick);
    if (this.queued[replica] === 0 && this.busy[replica]! < this.slots[replica]!) {
      this.begin(i, pool, replica, tick);
    } else {
      if (this.queued[replica] === 0) this.head[replica] = i;
      else this.following[this.tail[replica]!] = i;
      this.tail[replica] = i;
      this.queued[replica]!++;
      pool.waiting++;
    }
    pool.balancer.set(index, this.busy[replica]! + this.queued[replica]!);
  }

  private route(total: number): Pool | null {
    const { pools } = this;
    for (let index = 0; index < pools.length; index++) {
      if (total <= pools[index]!.spec.maxCtx) return pools[index]!;
    }
    return null;
  }

  /** What the figures would be without a wait. */
  private price(
    i: number,
    { W, H, calibrationCtx, slots, chunk, blockSize }: CorePool,
    input: number,
    output: number,
  ): void {
    const total = input + output;
    const iteration = W + H * (total / calibrationCtx) * slots;
    const prefill = nearest(Math.ceil(input / chunk) * iteration * TICKS_PER_SECOND);
    const decode = nearest(output * iteration * TICKS_PER_SECOND);
    this.ttft[i] = prefill;
    this.tpot[i] = nearest(decode / output);
    this.e2e[i] = prefill + decode;
    this.blocks[i] = Math.ceil(total / blockSize);
  }

  private begin(i: number, pool: Pool, replica: number, tick: number): void {
    const service = this.e2e[i]!;
    const wait = tick - this.wait[i]!;
    this.wait[i] = wait;
    this.ttft[i]! += wait;
    this.e2e[i] = wait + service;
    this.areas[pool.index * AREA_FIELDS + E2E_SUM]! += wait + service;
    pool.busy++;
    pool.kvUsed += this.blocks[i]!;
    this.busy[replica]!++;
    this.events.push(tick + service, i);
  }

  private complete(): void {
    const tick = this.events.times[0]!;
    const i = this.events.payloads[0]!;
    this.events.pop();
    const replica = this.replica[i]!;
    const pool = this.pools[this.poolOf[replica]!]!;
    this.touch(pool, tick);
    pool.completed++;
    pool.busy--;
    pool.kvUsed -= this.blocks[i]!;
    this.areas[pool.index * AREA_FIELDS + OUTPUT_TOKENS]! += this.columns.outputTokens[i]!;
    this.busy[replica]!--;
    if (this.queued[replica]! > 0) {
      const next = this.head[replica]!;
      this.head[replica] = this.following[next]!;
      this.queued[replica]!--;
      pool.waiting--;
      this.begin(next, pool, replica, tick);
    }
    pool.balancer.set(replica - pool.firstReplica, this.busy[replica]! + this.queued[replica]!);
  }

  /** Carries the time integrals of a pool on to `tick`. */
  private touch(pool: Pool, tick: number): void {
    const { areas } = this;
    const row = pool.index * AREA_FIELDS;
    const elapsed = tick - areas[row + TOUCHED]!;
    areas[row + BUSY_AREA]! += pool.busy * elapsed;
    areas[row + WAITING_AREA]! += pool.waiting * elapsed;
    areas[row + KV_AREA]! += pool.kvUsed * elapsed;
    areas[row + TOUCHED] = tick;
  }
}
