import { BALANCE_PREFIX_AFFINITY, NOT_APPLICABLE, POOL_BALANCE, POOL_FIELDS, STATUS_QUEUE_FULL } from "./contract";
import { LATEST_TICK, NEVER_TICK, nearestTick, Tick } from "./clock";
import { Engine } from "./engine";
import { Pool } from "./fleet";
import { IDLE, Lane } from "./lane";
import { LaneGroup } from "./lane-group";
import { Ledger, Request } from "./ledger";
import { PromptUnits } from "./prompt-units";
import { Results, Tables } from "./tables";
import { Users } from "./users";
import { WinnerTree } from "./winner-tree";

/**
 * The iteration-level engine: replicas that batch continuously. Every rule is in docs/reference/iterations-engine.md.
 *
 * The next event of every lane, the end of a jump or a start, is in a tournament; keys are twice the tick, and one more for a start, so that at one tick ends come
 * before starts. Between its events a lane is not touched.
 */
export class IterationsEngine extends Engine {
  readonly lanes: StaticArray<Lane>;
  readonly groups: StaticArray<LaneGroup>;
  readonly events: WinnerTree;
  /** Per pool: whether it looks for cached prefixes. */
  private readonly prefersPrefix: StaticArray<bool>;

  constructor(
    tables: Tables,
    pools: StaticArray<Pool>,
    /** Where the block ids of requests are kept; null: they bear none. */
    private readonly units: PromptUnits | null,
    ledger: Ledger,
    horizon: Tick,
    compressLatency: Tick,
    users: Users | null,
  ) {
    super(ledger, horizon, compressLatency, users);
    let groupCount = 0;
    let laneCount = 0;
    for (let p = 0; p < pools.length; p++) {
      groupCount += pools[p].replicas;
      laneCount += pools[p].replicas * pools[p].serving!.pp;
    }
    this.groups = new StaticArray<LaneGroup>(groupCount);
    this.lanes = new StaticArray<Lane>(laneCount);
    this.events = new WinnerTree(laneCount);
    this.prefersPrefix = new StaticArray<bool>(pools.length);
    let number = 0;
    for (let p = 0; p < pools.length; p++) {
      const pool = pools[p];
      const serving = pool.serving!;
      const caches = units != null && serving.unitTokens > 0;
      // Without caches the balancer finds the same replica faster, and where that has one lane, the same lane.
      this.prefersPrefix[p] =
        (caches || serving.pp > 1) && tables.pools[p * POOL_FIELDS + POOL_BALANCE] == BALANCE_PREFIX_AFFINITY;
      for (let i = 0; i < pool.replicas; i++) {
        const group = new LaneGroup(pool, serving, i, compressLatency, users);
        this.groups[pool.firstReplica + i] = group;
        for (let l = 0; l < group.lanes.length; l++) {
          const lane = new Lane(ledger, group, serving, units, number);
          group.lanes[l] = lane;
          this.lanes[number++] = lane;
        }
      }
    }
  }

  @inline
  get firstDue(): Tick {
    const key = this.events.minKey;
    return key == NEVER_TICK ? NEVER_TICK : (key + 1) >> 1;
  }

  get firstTick(): Tick {
    const key = this.events.minKey;
    return key == NEVER_TICK ? NEVER_TICK : key >> 1;
  }

  @inline
  happen(limit: Tick): Tick {
    const key = this.events.minKey;
    const lane = this.lanes[this.events.minLeaf];
    const tick = key >> 1;
    const pool = lane.group.pool;
    pool.touch(tick);
    if (key & 1) {
      lane.start();
    } else {
      lane.end();
      if (pool.sharedQueue != null) this.dispatch(lane.group, tick);
      // Nothing comes between: the next iteration starts at once. (In a pipeline, lanes that start at one tick go in order.)
      if (tick < limit && lane.phase != IDLE && lane.serving.pp == 1) lane.start();
    }
    this.events.update(lane.number, lane.key);
    return tick;
  }

  @inline
  accepts(tables: Tables, i: i32): bool {
    const units = this.units;
    return units == null || units.isOrderly(tables, i);
  }

  @inline
  open(tables: Tables, i: i32, ordinal: u32): void {
    const units = this.units;
    if (units != null) units.keep(tables, i, ordinal);
  }

  @inline
  retire(ordinal: u32): void {
    const units = this.units;
    if (units != null) units.retire(ordinal);
  }

  preemptions(request: Request): i32 {
    return request.preemptions;
  }

  price(request: Request, _pool: Pool, _input: u32, priority: u8): void {
    request.priority = priority;
    request.preemptions = 0;
    request.prefill = LATEST_TICK;
    request.decode = 0;
    request.generated = 0;
  }

  @inline
  enter(ordinal: u32, request: Request, pool: Pool, tick: Tick): void {
    pool.touch(tick);
    const shared = pool.sharedQueue;
    if (shared == null) {
      this.join(this.choose(ordinal, request, pool, tick), ordinal, request, pool, tick);
      return;
    }
    const group = this.groups[pool.firstReplica + pool.balancer!.choose(ordinal)];
    if (shared.length == 0 && group.outstanding < group.seats) {
      this.join(group.leastLane, ordinal, request, pool, tick);
    } else if (pool.maxQueue >= 0 && shared.length >= pool.maxQueue) {
      this.refuse(request, pool, tick);
    } else {
      shared.push(this.ledger, ordinal);
      pool.waiting++;
    }
  }

  /** The lane for a request of a pool whose replicas have queues of their own. */
  @inline
  choose(ordinal: u32, request: Request, pool: Pool, tick: Tick): Lane {
    if (this.prefersPrefix[pool.index]) return this.laneWithPrefix(ordinal, request, pool, tick);
    return this.groups[pool.firstReplica + pool.balancer!.choose(ordinal)].leastLane;
  }

  /** The request joins the queue of a lane, if its replica takes it. */
  @inline
  join(lane: Lane, ordinal: u32, request: Request, pool: Pool, tick: Tick): void {
    const group = lane.group;
    if (
      pool.maxQueue >= 0 &&
      pool.sharedQueue == null &&
      <i64>group.outstanding >= <i64>group.seats + <i64>pool.maxQueue
    ) {
      request.replica = group.index;
      this.refuse(request, pool, tick);
      return;
    }
    group.enter(request);
    if (lane.push(ordinal, tick)) this.events.update(lane.number, lane.key);
  }

  private refuse(request: Request, pool: Pool, tick: Tick): void {
    request.status = <u8>STATUS_QUEUE_FULL;
    pool.queueFull++;
    this.release(tick);
  }

  /** Sends requests from the queue of the pool to a replica that has room. */
  dispatch(group: LaneGroup, tick: Tick): void {
    const shared = group.pool.sharedQueue!;
    while (shared.length > 0 && group.outstanding < group.seats) {
      const ordinal = shared.pop(this.ledger);
      group.pool.waiting--;
      this.join(group.leastLane, ordinal, this.ledger.at(ordinal), group.pool, tick);
    }
  }

  /** The lane that promises the most: a long cached prefix, weighed against load. */
  private laneWithPrefix(ordinal: u32, request: Request, pool: Pool, tick: Tick): Lane {
    const serving = pool.serving!;
    const input = serving.inputOf(request);
    const first = this.groups[pool.firstReplica].lanes[0].number;
    const count = pool.replicas * serving.pp;
    let best = this.lanes[first];
    let bestScore = -Infinity;
    for (let i = 0; i < count; i++) {
      const lane = this.lanes[first + i];
      // What the cache still holds depends on the blocks that decodes have taken.
      lane.sync(tick);
      const cache = lane.memory.cache;
      const cached = cache == null ? 0 : <f64>cache.lookup(ordinal, input, input) * <f64>serving.unitTokens;
      const score = serving.prefixWeight * (cached / <f64>input) - <f64>lane.load / <f64>serving.seats;
      if (score > bestScore) {
        bestScore = score;
        best = lane;
      }
    }
    return best;
  }

  sync(tick: Tick): void {
    for (let i = 0; i < this.lanes.length; i++) this.lanes[i].sync(tick);
  }

  close(): void {
    while (this.events.minKey <= 2 * this.horizon + 1) this.happen(0);
  }

  @inline
  tpot(request: Request): Tick {
    return request.output == 1 ? NOT_APPLICABLE : nearestTick(<f64>request.decode / <f64>(request.output - 1));
  }

  @inline
  handover(_request: Request): Tick {
    return NOT_APPLICABLE;
  }

  tell(_request: Request, _results: Results): void {}
}
