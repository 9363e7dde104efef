import { NEVER_TICK, Tick } from "./clock";
import { Pool } from "./fleet";
import { IterationsEngine } from "./iterations-engine";
import { Lane } from "./lane";
import { LaneGroup } from "./lane-group";
import { Ledger, Request } from "./ledger";
import { OrdinalList } from "./ordinal-list";
import { Stage, STAGE_ALONE, STAGE_GRANTED, STAGE_INTAKE, STAGE_OUTBOX } from "./stage";
import { Transfers } from "./transfers";

/**
 * Who asks for memory of a decode lane, and who gets it: docs/reference/disaggregation.md, sections The end of a prompt, and Asking and granting. What a grant brings
 * about comes before anything else is looked at: lanes that are to be looked at are a stack, so that a long chain of grants needs no deep calls.
 */
export class Granting {
  private readonly ledger: Ledger;
  /** Numbers of the decode lanes to be looked at, the next one last. */
  private readonly toLook: OrdinalList = new OrdinalList();
  /** Number of the lane whose start this is all about; -1: no start. */
  starting: i32 = -1;

  constructor(
    private readonly inner: IterationsEngine,
    private readonly pools: StaticArray<Pool>,
    private readonly transfers: Transfers,
  ) {
    this.ledger = inner.ledger;
  }

  /** The prompt of the request in `seat` is computed at `tick`: it leaves to the decode pool, or is kept. */
  handOver(lane: Lane, seat: i32, tick: Tick): void {
    const ordinal = lane.ordinalAt(seat);
    const request = this.ledger.at(ordinal);
    const pool = lane.group.pool;
    const stage = pool.stage!;
    const decodePool = this.pools[stage.decodePool];
    decodePool.touch(tick);
    let target: Lane | null = null;
    if (stage.keeps) {
      target = this.inner.choose(ordinal, request, decodePool, tick);
      if (!this.wouldGrant(target, stage, request, tick)) {
        stage.kept++;
        lane.keep(seat);
        return;
      }
    }
    request.held = lane.handOver(seat);
    stage.shift(request.held, tick);
    request.source = lane.number;
    request.generated = stage.firstTokenAtDecode ? 0 : 1;
    request.reached = tick;
    lane.group.handOver(request, tick);
    decodePool.waiting++;
    decodePool.stage!.takenOver++;
    if (target != null) this.join(target, ordinal, request, tick);
    else if (stage.pulls) this.ask(ordinal, request, decodePool, tick);
    else if (request.stage == STAGE_GRANTED) this.setOut(ordinal, request, tick);
    else if (!stage.asksAtAdmission && stage.pushes) this.queueUp(ordinal, lane, tick);
  }

  /** Request `ordinal` of a pool that pushes is to ask as soon as nobody else of its replica does. */
  queueUp(ordinal: u32, lane: Lane, tick: Tick): void {
    this.ledger.at(ordinal).stage = STAGE_OUTBOX;
    lane.group.outbox!.push(this.ledger, ordinal);
    // Where it is prefilled: where it is, or will be, handed over from.
    this.ledger.at(ordinal).source = lane.number;
    this.askNext(lane.group, tick);
    this.lookOn(tick);
  }

  /** The request asks a lane of the decode pool for memory. */
  ask(ordinal: u32, request: Request, decodePool: Pool, tick: Tick): void {
    this.join(this.inner.choose(ordinal, request, decodePool, tick), ordinal, request, tick);
  }

  /** Grants what `lane` can. */
  look(lane: Lane, tick: Tick): void {
    if (lane.decodeSide!.intake.length == 0) return;
    this.toLook.push(<u32>lane.number);
    this.lookOn(tick);
  }

  /** A request that is complete, or was preempted before its prompt was computed, wants nothing of the decode side now. */
  giveUp(ordinal: u32, tick: Tick): void {
    const ledger = this.ledger;
    const request = ledger.at(ordinal);
    const stage = request.stage;
    let source: LaneGroup | null = null;
    if (request.source >= 0) source = this.inner.lanes[request.source].group;
    request.stage = STAGE_ALONE;
    request.source = -1;
    if (stage == STAGE_OUTBOX) {
      source!.outbox!.remove(ledger, ordinal);
      return;
    }
    if (stage != STAGE_INTAKE && stage != STAGE_GRANTED) return;
    const lane = this.inner.lanes[request.target];
    request.target = -1;
    lane.outstanding--;
    lane.group.expectNoMore();
    if (stage == STAGE_GRANTED) {
      this.takeBack(request, lane, tick);
      this.look(lane, tick);
      return;
    }
    lane.decodeSide!.intake.remove(ledger, ordinal);
    this.look(lane, tick);
    if (source == null) return;
    source.asks = false;
    this.askNext(source, tick);
    this.lookOn(tick);
  }

  private takeBack(request: Request, lane: Lane, tick: Tick): void {
    this.sync(lane, tick);
    lane.memory.release(0, request.taken);
    lane.memory.outside -= request.taken;
    lane.group.pool.stage!.shift(-request.taken, tick);
    lane.decodeSide!.promised--;
    request.granted = NEVER_TICK;
    request.taken = 0;
    this.freed(lane, tick);
  }

  /** Blocks of a decode lane are free at `tick`: who waits in its queue may find them. */
  private freed(lane: Lane, tick: Tick): void {
    if (lane.queue.length > 0 && lane.wake(tick)) this.inner.events.update(lane.number, lane.key);
  }

  private join(lane: Lane, ordinal: u32, request: Request, tick: Tick): void {
    this.joinIntake(lane, ordinal, request);
    this.look(lane, tick);
  }

  private joinIntake(lane: Lane, ordinal: u32, request: Request): void {
    lane.group.expect();
    lane.outstanding++;
    request.target = lane.number;
    request.stage = STAGE_INTAKE;
    lane.decodeSide!.intake.push(this.ledger, ordinal);
  }

  /** The head of the replica's outbox asks, if nobody of the replica does. Its lane is to be looked at. */
  private askNext(group: LaneGroup, tick: Tick): void {
    const outbox = group.outbox!;
    if (group.asks || outbox.length == 0) return;
    const ordinal = outbox.pop(this.ledger);
    const request = this.ledger.at(ordinal);
    const decodePool = this.pools[group.pool.stage!.decodePool];
    const lane = this.inner.choose(ordinal, request, decodePool, tick);
    group.asks = true;
    this.joinIntake(lane, ordinal, request);
    this.toLook.push(<u32>lane.number);
  }

  private lookOn(tick: Tick): void {
    const toLook = this.toLook;
    while (toLook.length > 0) {
      const lane = this.inner.lanes[toLook.at(toLook.length - 1)];
      if (!this.grantFirst(lane, tick)) toLook.length--;
    }
  }

  /** Grants the head of the lane's intake what it asks for, if there is one and the lane can. */
  private grantFirst(lane: Lane, tick: Tick): bool {
    const intake = lane.decodeSide!.intake;
    if (intake.length == 0) return false;
    const ordinal = intake.first;
    const request = this.ledger.at(ordinal);
    const source = this.pools[request.pool];
    const stage = source.stage!;
    if (!this.can(lane, stage, request, tick)) return false;
    intake.pop(this.ledger);
    this.take(lane, stage, request, tick);
    // One whose prompt the present end computed may still be on its way out of its lane.
    if (request.reached != NEVER_TICK) {
      this.setOut(ordinal, request, tick);
    } else if (stage.reserves) {
      source.touch(tick);
      source.waiting--;
      this.inner.enter(ordinal, request, source, tick);
    }
    if (stage.pushes) {
      const group = this.inner.lanes[request.source].group;
      group.asks = false;
      this.askNext(group, tick);
    }
    return true;
  }

  /** Whether the lane would grant the request at once. */
  wouldGrant(lane: Lane, stage: Stage, request: Request, tick: Tick): bool {
    return lane.decodeSide!.intake.length == 0 && this.can(lane, stage, request, tick);
  }

  private can(lane: Lane, stage: Stage, request: Request, tick: Tick): bool {
    if (lane.queue.length > 0) return false;
    const serving = lane.serving;
    if (stage.pulls && lane.running + lane.decodeSide!.promised >= serving.seats) return false;
    this.sync(lane, tick);
    const memory = lane.memory;
    const watermark = memory.used == 0 ? 0 : serving.watermark;
    return this.blocksFor(lane, stage, request) + watermark <= memory.free;
  }

  /** Brings the blocks of a lane up to date. Lanes start in order: one in front of a lane that starts at this tick has taken what its own start at it takes. */
  private sync(lane: Lane, tick: Tick): void {
    lane.sync(lane.number < this.starting ? tick + 1 : tick);
  }

  private blocksFor(lane: Lane, stage: Stage, request: Request): i32 {
    return lane.serving.blocksOf(stage.tokensOver(lane.serving.inputOf(request)));
  }

  private take(lane: Lane, stage: Stage, request: Request, tick: Tick): void {
    const blocks = this.blocksFor(lane, stage, request);
    lane.memory.take(blocks);
    lane.memory.outside += blocks;
    lane.group.pool.stage!.shift(blocks, tick);
    lane.decodeSide!.promised++;
    request.taken = blocks;
    request.granted = tick;
    request.stage = STAGE_GRANTED;
    if (lane.cut(tick)) this.inner.events.update(lane.number, lane.key);
  }

  /** The prompt of the request is computed and memory granted: it crosses. */
  private setOut(ordinal: u32, request: Request, tick: Tick): void {
    const source = this.inner.lanes[request.source];
    const target = this.inner.lanes[request.target];
    const input = source.serving.inputOf(request);
    this.transfers.begin(ordinal, request, input, source.group.pool.stage!, source.group, target.group, tick);
  }
}
