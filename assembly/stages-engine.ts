import { NOT_APPLICABLE, STATUS_TOO_LONG_FOR_EVERY_POOL, STATUS_TOO_LONG_FOR_POOL, STATUS_WAITING } from "./contract";
import { Granting } from "./granting";
import { NEVER_TICK, Tick } from "./clock";
import { Engine } from "./engine";
import { Pool } from "./fleet";
import { IterationsEngine } from "./iterations-engine";
import { Lane } from "./lane";
import { LaneGroup } from "./lane-group";
import { Request } from "./ledger";
import { Stage, STAGE_ALONE, STAGE_SPILLED } from "./stage";
import { Results, Tables } from "./tables";
import { NOBODY, Transfers } from "./transfers";

/**
 * The iteration-level engine where prefill and decode are apart: the lanes of the plain one, and between them requests that ask for memory, cross links and land. Every rule is
 * in docs/reference/disaggregation.md.
 *
 * Landings come after the ends and before the starts of their tick, as arrivals do. No lane starts within the event of its end here: what ends at the same tick at a
 * lane behind it may still take its blocks.
 */
export class StagesEngine extends Engine {
  private readonly transfers: Transfers;
  private readonly granting: Granting;

  constructor(
    private readonly inner: IterationsEngine,
    private readonly pools: StaticArray<Pool>,
  ) {
    super(inner.ledger, inner.horizon, inner.compressLatency, inner.users);
    const transfers = new Transfers();
    this.transfers = transfers;
    this.granting = new Granting(inner, pools, transfers);
  }

  get firstDue(): Tick {
    return min(this.inner.firstDue, this.transfers.firstTick);
  }

  get firstTick(): Tick {
    return min(this.inner.firstTick, this.transfers.firstTick);
  }

  happen(_limit: Tick): Tick {
    const events = this.inner.events;
    const landing = this.transfers.firstTick;
    const key = events.minKey;
    if (landing != NEVER_TICK && 2 * landing < key) {
      const ordinal = this.transfers.happen();
      if (ordinal != NOBODY) this.land(<u32>ordinal, landing);
      return landing;
    }
    const lane = this.inner.lanes[events.minLeaf];
    const tick = key >> 1;
    lane.group.pool.touch(tick);
    if (key & 1) this.start(lane, tick);
    else this.end(lane, tick);
    events.update(lane.number, lane.key);
    return tick;
  }

  private start(lane: Lane, tick: Tick): void {
    lane.start();
    const expelled = lane.batch.expelled;
    if (expelled == null) return;
    this.granting.starting = lane.number;
    for (let i = 0; i < expelled.length; i++) this.granting.giveUp(expelled.at(i), tick);
    expelled.length = 0;
    const admitted = lane.batch.admitted!;
    for (let i = 0; i < admitted.length; i++) this.granting.queueUp(admitted.at(i), lane, tick);
    admitted.length = 0;
    this.granting.starting = -1;
  }

  private end(lane: Lane, tick: Tick): void {
    lane.end();
    const prefillSide = lane.prefillSide;
    if (prefillSide != null) {
      const over = prefillSide.over;
      for (let i = 0; i < over.length; i++) this.granting.giveUp(over.at(i), tick);
      over.length = 0;
      const prompted = prefillSide.prompted;
      for (let i = 0; i < prompted.length; i++) this.granting.handOver(lane, prompted.at(i), tick);
      prompted.length = 0;
      lane.rest();
    }
    if (lane.decodeSide != null) this.granting.look(lane, tick);
    if (lane.group.pool.sharedQueue != null) this.inner.dispatch(lane.group, tick);
  }

  /** Keys and values are on the decode side: the other side is rid of them. */
  private land(ordinal: u32, tick: Tick): void {
    const inner = this.inner;
    const request = this.ledger.at(ordinal);
    const source = inner.lanes[request.source];
    const target = inner.lanes[request.target];
    request.landed = tick;
    this.account(request, source.group, target.group);

    source.sync(tick);
    source.memory.outside -= request.held;
    source.group.pool.stage!.shift(-request.held, tick);
    source.memory.release(ordinal, request.held);
    source.prefillSide!.held--;
    source.group.letGo();
    if (source.queue.length > 0 && source.wake(tick)) inner.events.update(source.number, source.key);

    target.decodeSide!.landed.push(this.ledger, ordinal);
    if (target.wake(tick)) inner.events.update(target.number, target.key);
  }

  private account(request: Request, source: LaneGroup, target: LaneGroup): void {
    const stage = source.pool.stage!;
    const input = source.serving.inputOf(request);
    const sums = target.pool.stage!;
    const whole = <f64>(request.landed - request.prompted);
    const granting = <f64>max<Tick>(0, request.granted - request.prompted);
    const delay = <f64>this.transfers.delay(request, input, stage, source, target);
    const bytes = stage.bytesOf(stage.tokensOver(input));
    stage.addTransfer(bytes, whole, granting, delay);
    sums.addTransfer(bytes, whole, granting, delay);
  }

  @inline
  accepts(tables: Tables, i: i32): bool {
    return this.inner.accepts(tables, i);
  }

  @inline
  open(tables: Tables, i: i32, ordinal: u32): void {
    this.inner.open(tables, i, ordinal);
  }

  @inline
  retire(ordinal: u32): void {
    this.inner.retire(ordinal);
  }

  preemptions(request: Request): i32 {
    return request.preemptions;
  }

  price(request: Request, pool: Pool, input: u32, priority: u8): void {
    this.inner.price(request, pool, input, priority);
    request.reached = NEVER_TICK;
    request.prompted = NEVER_TICK;
    request.admitted = NEVER_TICK;
    request.granted = NEVER_TICK;
    request.landed = NEVER_TICK;
    request.emitted = NEVER_TICK;
    request.source = -1;
    request.target = -1;
    request.held = 0;
    request.taken = 0;
    request.stage = STAGE_ALONE;
  }

  enter(ordinal: u32, request: Request, pool: Pool, tick: Tick): void {
    const stage = pool.stage!;
    if (!stage.prefills) {
      this.inner.enter(ordinal, request, pool, tick);
    } else if (stage.reserves) {
      pool.touch(tick);
      pool.waiting++;
      this.granting.ask(ordinal, request, this.pools[stage.decodePool], tick);
    } else if (stage.spill == Infinity) {
      this.inner.enter(ordinal, request, pool, tick);
    } else {
      this.enterOrSpill(ordinal, request, pool, tick);
    }
  }

  private enterOrSpill(ordinal: u32, request: Request, pool: Pool, tick: Tick): void {
    const stage = pool.stage!;
    const inner = this.inner;
    pool.touch(tick);
    const lane = inner.choose(ordinal, request, pool, tick);
    if (lane.group.pendingTokens >= stage.spill) {
      const target = inner.choose(ordinal, request, this.pools[stage.decodePool], tick);
      if (this.granting.wouldGrant(target, stage, request, tick)) {
        this.spill(ordinal, request, stage, target, tick);
        return;
      }
    }
    inner.join(lane, ordinal, request, pool, tick);
    if (request.status == STATUS_WAITING) lane.group.pendingTokens += <f64>lane.serving.inputOf(request);
  }

  private spill(ordinal: u32, request: Request, stage: Stage, target: Lane, tick: Tick): void {
    const pool = target.group.pool;
    stage.spilled++;
    pool.stage!.takenOver++;
    pool.touch(tick);
    request.reached = tick;
    request.stage = STAGE_SPILLED;
    request.target = target.number;
    this.inner.join(target, ordinal, request, pool, tick);
    // No replica of the pool at which it arrived serves it.
    request.replica = -1;
  }

  sync(tick: Tick): void {
    this.inner.sync(tick);
  }

  close(): void {
    const last = 2 * this.horizon + 1;
    while (this.inner.events.minKey <= last || this.transfers.firstTick <= this.horizon) this.happen(0);
  }

  @inline
  tpot(request: Request): Tick {
    return this.inner.tpot(request);
  }

  handover(request: Request): Tick {
    if (!this.isOver(request)) return NOT_APPLICABLE;
    return request.emitted == NEVER_TICK ? NEVER_TICK : request.emitted - request.prompted;
  }

  /** Whether the request was handed over, as far as it got. */
  private isOver(request: Request): bool {
    return request.source >= 0 && request.prompted != NEVER_TICK;
  }

  tell(request: Request, results: Results): void {
    // Who was never priced has none of this.
    const status = request.status;
    const priced = status != STATUS_TOO_LONG_FOR_POOL && status != STATUS_TOO_LONG_FOR_EVERY_POOL;
    if (!priced || request.reached == NEVER_TICK) {
      results.stage(-1, -1, NOT_APPLICABLE, NOT_APPLICABLE);
      return;
    }
    // Who is still to ask has no replica there.
    const replica = request.target < 0 ? -1 : this.inner.lanes[request.target].group.index;
    let transfer: Tick = NOT_APPLICABLE;
    if (this.isOver(request)) transfer = request.landed == NEVER_TICK ? NEVER_TICK : request.landed - request.prompted;
    results.stage(this.pools[request.pool].stage!.decodePool, replica, transfer, this.handover(request));
  }
}
