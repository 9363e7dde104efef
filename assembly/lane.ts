import { STATUS_COMPLETED } from "./contract";
import { LATEST_TICK, NEVER_TICK, Tick } from "./clock";
import { DecodeSet } from "./decode-set";
import { Batch } from "./batch";
import { DecodeSide } from "./decode-side";
import { GRAIN_BITS } from "./grains";
import { Jump } from "./jump";
import { LaneGaps } from "./lane-gaps";
import { LaneGroup } from "./lane-group";
import { LaneMemory } from "./lane-memory";
import { LaneQueue } from "./lane-queue";
import { Ledger } from "./ledger";
import { PrefillSide } from "./prefill-side";
import { PrefixCache } from "./prefix-cache";
import { PromptUnits } from "./prompt-units";
import { NO_SEAT, Seat, SeatList, Seats } from "./seats";
import { ALLOCATE_LONGEST, Serving } from "./serving";
import { STAGE_KEPT, STAGE_SEATED } from "./stage";

/** Nothing runs or waits. */
export const IDLE: i32 = 0;
/** An iteration is to start at the lane's tick. */
export const READY: i32 = 1;
/** Iterations are under way. */
export const RUNNING: i32 = 2;

/** Lanes stop their clocks here, so that twice a tick is still a number. */
const LAST_TICK: Tick = LATEST_TICK >> 1;

const FRACTION: i64 = (1 << GRAIN_BITS) - 1;

/**
 * One scheduler with its queue, running requests and KV blocks. It computes in jumps: `start` chooses a batch and finds how many iterations leave its
 * composition alone; `end` carries everything on to the end of the last of them. In between `shorten` and `sync` may cut the jump at any iteration,
 * which changes nothing but where it is cut. The rules are those of docs/reference/iterations-engine.md.
 */
export class Lane {
  phase: i32 = IDLE;
  /** Tick and grains beyond it at which the jump under way began, or the next iteration is to start. */
  tick: Tick = 0;
  /** Tick at which the jump ends. */
  endTick: Tick = 0;
  /** Requests waiting and running. */
  outstanding: i32 = 0;

  readonly queue: LaneQueue;
  readonly memory: LaneMemory;
  readonly batch: Batch;
  /** Its part where prefill and decode are apart; null in other lanes. */
  readonly prefillSide: PrefillSide | null;
  readonly decodeSide: DecodeSide | null;
  private readonly seats: Seats;
  private readonly decodes: DecodeSet;
  private readonly jump: Jump;
  private readonly gaps: LaneGaps;
  /** Requests that the present end completes. */
  private readonly leaving: SeatList = new SeatList();
  private fraction: i64 = 0;
  /** Iterations that have ended; and the number of the latest decode iteration among them. */
  private ended: i64 = 0;
  private lastDecodeIn: i64 = 0;
  /** Iterations of the jump whose blocks are taken. */
  private allocated: i64 = 0;

  constructor(
    private readonly ledger: Ledger,
    readonly group: LaneGroup,
    readonly serving: Serving,
    units: PromptUnits | null,
    /** Number in the fleet: pools in file order, replicas within them, lanes within these. */
    readonly number: i32,
  ) {
    const cache = units != null && serving.unitTokens > 0 ? new PrefixCache(units, serving.unitTokens) : null;
    const blockSize = serving.allocation == ALLOCATE_LONGEST ? 0 : <i32>serving.blockSize;
    const seats = new Seats();
    const queue = new LaneQueue(ledger, serving.byPriority);
    const lanesMemory = new LaneMemory(serving.blocks, cache, serving.unitBlocks);
    const decodes = new DecodeSet(seats, blockSize, serving.steps);
    this.seats = seats;
    this.queue = queue;
    this.memory = lanesMemory;
    this.decodes = decodes;
    const batch = new Batch(ledger, group, serving, queue, seats, lanesMemory, decodes);
    const jump = new Jump();
    let prefillSide: PrefillSide | null = null;
    let decodeSide: DecodeSide | null = null;
    if (serving.prefills) prefillSide = new PrefillSide(serving.stage!, group, seats, lanesMemory, batch);
    if (serving.decodes) decodeSide = new DecodeSide(ledger, group, serving, seats, lanesMemory, decodes);
    this.batch = batch;
    this.jump = jump;
    this.prefillSide = prefillSide;
    this.decodeSide = decodeSide;
    this.gaps = new LaneGaps(serving, seats, jump, decodeSide);
  }

  /** The lane's place in the order of events: the tick of the next one, twice, and one more if it is a start. */
  @inline
  get key(): i64 {
    if (this.phase == IDLE) return NEVER_TICK;
    return this.phase == READY ? 2 * this.tick + 1 : 2 * this.endTick;
  }

  /** The request waits here from now on. Answers whether that changes when the lane's next event is. */
  push(ordinal: u32, tick: Tick): bool {
    this.queue.push(ordinal);
    this.outstanding++;
    // Whoever is not at the head, or finds no seat, cannot be admitted before the jump ends.
    if (this.phase == RUNNING && (this.queue.first != ordinal || this.seats.count >= this.serving.seats)) return false;
    return this.wake(tick);
  }

  /** Blocks or a landed request came at `tick`: who waits may go on. Answers whether that changes when the lane's next event is. */
  wake(tick: Tick): bool {
    if (this.phase == IDLE) {
      this.phase = READY;
      this.tick = tick;
      this.fraction = 0;
      return true;
    }
    return this.cut(tick);
  }

  /** Blocks were taken at `tick`, to which the lane is in sync: the jump under way may not find its own. Answers whether that changes when it ends. */
  cut(tick: Tick): bool {
    return this.phase == RUNNING && this.shorten(tick);
  }

  /** Requests that it has to do with: outstanding ones, and those whose keys and values are on their way from here. */
  get load(): i32 {
    const prefillSide = this.prefillSide;
    return prefillSide == null ? this.outstanding : this.outstanding + prefillSide.held;
  }

  /** Requests that run. */
  get running(): i32 {
    return this.seats.count;
  }

  /** Cuts the jump at the first end of an iteration that is not before `tick`. */
  private shorten(tick: Tick): bool {
    const jump = this.jump;
    if (jump.count <= 1) return false;
    const iterations = jump.iterationsTo(this.grainsTo(tick));
    if (iterations >= jump.count) return false;
    jump.count = iterations;
    this.endTick = this.tickAfter(iterations);
    return true;
  }

  /**
   * Carries the jump on over the iterations that end before `tick`. One that ends at it is not over yet: who arrives at that tick may still be seen by the
   * next one.
   */
  sync(tick: Tick): void {
    const jump = this.jump;
    if (this.phase != RUNNING || jump.count <= 1) return;
    const over = min(jump.iterationsTo(this.grainsTo(tick)), jump.count) - 1;
    if (over > 0) this.pass(over);
  }

  /** Grains from the begin of the jump to a tick within it. */
  @inline
  private grainsTo(tick: Tick): i64 {
    return ((min(tick, this.endTick) - this.tick) << GRAIN_BITS) - this.fraction;
  }

  @inline
  private tickAfter(iterations: i64): Tick {
    return min(this.tick + ((this.fraction + this.jump.sum(iterations)) >> GRAIN_BITS), LAST_TICK);
  }

  // Starts ----------------------------------------------------------------------------------------------------------------

  /** Puts a batch together and sets out. */
  @inline
  start(): void {
    const decodeSide = this.decodeSide;
    if (decodeSide != null) decodeSide.seatLanded(this.tick);
    this.batch.form(this.tick);
    if (!this.batch.decoding && this.batch.chunks == 0) {
      // Nobody decodes now: who was to emit for the first time so was preempted.
      this.gaps.joined.length = 0;
      // Who was preempted may have left a seat to somebody who landed, or tokens to somebody whose turn was before.
      this.phase = this.seats.count > 0 || (decodeSide != null && decodeSide.landed.length > 0) ? READY : IDLE;
      return;
    }
    this.plan();
    this.phase = RUNNING;
    this.allocated = 1;
    const serving = this.serving;
    if (serving.pp == 1) {
      this.endTick = this.tickAfter(this.jump.count);
      if (this.jump.shortest <= FRACTION) this.endAtFirstOfTick();
    } else {
      const stage = max<Tick>(1, (this.jump.first / <i64>serving.pp) >> GRAIN_BITS);
      this.endTick = min(this.group.pipe(this.tick, stage), LAST_TICK);
    }
  }

  /**
   * Of iterations shorter than a tick, several may end at one tick. All but the first of them start at it too, after its arrivals: the jump stops at the
   * first.
   */
  private endAtFirstOfTick(): void {
    const jump = this.jump;
    if (jump.count > 1) jump.count = min(jump.count, jump.iterationsTo(this.grainsTo(this.endTick)));
  }

  /** Finds how long the batch stays as it is, and what its iterations take. */
  @inline
  private plan(): void {
    const serving = this.serving;
    const model = serving.model;
    const batch = this.batch;
    const decodes = this.decodes;
    const n = batch.decoding ? <i64>decodes.count : 0;
    const chunks = this.batch.chunks;
    serving.largestBatch = max(serving.largestBatch, <i32>n + chunks);
    if (chunks > 0) {
      this.jump.set(1, batch.mixedDuration(n), 0);
      return;
    }
    model.decode(n, decodes.context);
    let count: i64 = 1;
    // With a pipeline other lanes come in between, and after a preemption somebody who waits may fit.
    if (!serving.steps && serving.pp == 1 && !batch.preempted) {
      count = min(model.lasts, decodes.nextEnd - decodes.iteration);
      const blocks = batch.mayShrink ? this.memory.plain : this.memory.free;
      if (count > 1) count = 1 + decodes.iterationsWithin(blocks, count - 1);
    }
    this.jump.set(count, model.first, model.slope * n);
  }

  // The jump --------------------------------------------------------------------------------------------------------------

  /** Carries everything on over the next `iterations` of the jump. */
  private pass(iterations: i64): void {
    const jump = this.jump;
    const begin = this.tick;
    const used = this.memory.running;
    let firstEnd = this.endTick;
    if (this.serving.pp > 1) {
      this.tick = this.endTick;
    } else {
      firstEnd = this.tickAfter(1);
      const grains = this.fraction + jump.sum(iterations);
      this.tick = min(begin + (grains >> GRAIN_BITS), LAST_TICK);
      this.fraction = grains & FRACTION;
    }
    if (this.batch.decoding) this.decode(iterations, begin, firstEnd);
    this.ended += iterations;
    jump.advance(iterations);
    this.account(iterations, begin, used);
  }

  /** The decodes of the next `iterations` of the jump, which began at `begin` and of which the first ended at `firstEnd`. */
  @inline
  private decode(iterations: i64, begin: Tick, firstEnd: Tick): void {
    const decodes = this.decodes;
    const serving = this.serving;
    const n = <i64>decodes.count;
    const before = this.batch.lastDecode;
    this.gaps.count(iterations, <i32>n, begin, firstEnd, this.ended, this.lastDecodeIn, before);
    // In the iteration that follows, if the jump goes on, blocks are taken at its start.
    const through = min(iterations + 1, this.jump.count);
    if (through > this.allocated) this.memory.take(decodes.blocksFor(this.allocated, through - this.allocated));
    this.allocated = 1;
    serving.decodeTokens += <f64>(n * iterations);
    serving.contextTokens += <f64>(decodes.context * iterations + (n * (iterations * (iterations - 1))) / 2);
    decodes.advance(iterations);
    this.batch.lastDecode = this.tick;
    this.lastDecodeIn = this.ended + iterations;
  }

  private account(iterations: i64, begin: Tick, usedBefore: i32): void {
    const serving = this.serving;
    const elapsed = <f64>(this.tick - begin);
    serving.iterations += <f64>iterations;
    serving.busy += elapsed;
    this.batch.account();
    // Blocks are taken at an even pace between two changes of the batch, but for the grain of a block.
    this.group.pool.kvArea += 0.5 * (<f64>usedBefore + <f64>this.memory.running) * elapsed;
  }

  // Ends ------------------------------------------------------------------------------------------------------------------

  /** The jump is over: tokens are emitted, and who has all of them leaves. */
  end(): void {
    const steps = this.serving.steps;
    this.pass(this.jump.count);
    if (steps && this.batch.decoding) this.stepDecodes();
    this.finishPrefills();
    if (!steps) {
      for (let seat = this.decodes.takeComplete(); seat != NO_SEAT; seat = this.decodes.takeComplete())
        this.leaving.push(seat);
    }
    if (this.leaving.length > 0) this.completeAll();
    this.rest();
  }

  /** Whether there is somebody for the next iteration. */
  @inline
  rest(): void {
    const decodeSide = this.decodeSide;
    const waits = this.queue.length > 0 || (decodeSide != null && decodeSide.landed.length > 0);
    this.phase = this.seats.count > 0 || waits ? READY : IDLE;
  }

  /** One decode iteration, request by request. */
  private stepDecodes(): void {
    const seats = this.seats;
    for (let seat = seats.head; seat != NO_SEAT; seat = seats.at(seat).next) {
      const record = seats.at(seat);
      if (!record.decodes) continue;
      record.computed++;
      record.generated++;
      if (record.generated == record.output) this.leaving.push(seat);
    }
  }

  private finishPrefills(): void {
    const prefills = this.batch.prefills;
    let kept = 0;
    for (let i = 0; i < prefills.length; i++) {
      const seat = prefills.at(i);
      const record = this.seats.at(seat);
      record.computed += record.tokens;
      record.tokens = 0;
      if (record.computed < record.prompt) prefills.set(kept++, seat);
      else this.emit(seat, record);
    }
    prefills.length = kept;
  }

  /** All of a prompt is computed: a token is emitted. */
  private emit(seat: i32, record: Seat): void {
    const request = this.ledger.at(record.ordinal);
    const prefillSide = this.prefillSide;
    if (prefillSide != null && request.stage != STAGE_KEPT) {
      if (prefillSide.endPrompt(seat, record, request, this.tick)) this.leaving.push(seat);
      return;
    }
    if (this.serving.decodes && request.stage == STAGE_SEATED && request.emitted == NEVER_TICK)
      request.emitted = this.tick;
    if (record.generated == 0) request.prefill = this.tick - request.start;
    else this.serving.gaps.add(this.tick - request.decode, 1);
    record.generated++;
    record.emitted = this.tick;
    record.emittedIn = this.ended;
    if (record.generated == record.output) {
      this.leaving.push(seat);
    } else {
      this.decodes.join(seat, <i64>(record.output - record.generated));
      if (!this.serving.mixes) this.gaps.joined.push(seat);
    }
  }

  // Prefill and decode apart -----------------------------------------------------------------------------------------------

  /** Ordinal of the request in a seat. */
  ordinalAt(seat: i32): u32 {
    return this.seats.at(seat).ordinal;
  }

  /** The request in `seat`, whose prompt is computed, leaves to another pool. Answers the blocks that it holds on. */
  handOver(seat: i32): i32 {
    this.outstanding--;
    return this.prefillSide!.handOver(seat);
  }

  /** The request in `seat`, whose prompt is computed, stays and decodes here. */
  keep(seat: i32): void {
    const record = this.seats.at(seat);
    const request = this.ledger.at(record.ordinal);
    request.stage = STAGE_KEPT;
    request.prompted = NEVER_TICK;
    request.prefill = this.tick - request.start;
    record.generated = 1;
    record.emitted = this.tick;
    record.emittedIn = this.ended;
    if (record.output == 1) {
      this.complete(seat);
      return;
    }
    this.decodes.join(seat, <i64>(record.output - 1));
    if (!this.serving.mixes) this.gaps.joined.push(seat);
  }

  private completeAll(): void {
    const leaving = this.leaving;
    // The order in which units of prompts become unused is the order in which they are dropped.
    if (this.memory.cache != null) leaving.sortByAdmission(this.seats);
    for (let i = 0; i < leaving.length; i++) this.complete(leaving.at(i));
    leaving.length = 0;
  }

  private complete(seat: i32): void {
    const record = this.seats.at(seat);
    const ordinal = record.ordinal;
    const request = this.ledger.at(ordinal);
    const tokens = record.input + record.output - 1;
    if (record.decodes) this.decodes.leave(record);
    this.memory.release(ordinal, this.batch.blocksOwned(record, tokens));
    this.seats.leave(seat);
    this.outstanding--;
    request.decode = this.tick - request.firstToken;
    request.status = <u8>STATUS_COMPLETED;
    this.group.complete(request, this.tick);
  }
}
