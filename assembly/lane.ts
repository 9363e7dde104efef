import { STATUS_COMPLETED } from "./contract";
import { LATEST_TICK, NEVER_TICK, Tick } from "./clock";
import { DecodeSet } from "./decode-set";
import { Batch } from "./batch";
import { GRAIN_BITS } from "./grains";
import { HandoverQueue } from "./handover-queue";
import { Jump } from "./jump";
import { LaneGroup } from "./lane-group";
import { LaneMemory } from "./lane-memory";
import { LaneQueue } from "./lane-queue";
import { Ledger, Request } from "./ledger";
import { OrdinalList } from "./ordinal-list";
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
  /** Requests handed over from here that have not landed. */
  held: i32 = 0;

  readonly queue: LaneQueue;
  readonly memory: LaneMemory;
  readonly batch: Batch;
  /** Of a prefill pool: seats whose prompts the present end computed and who are to be handed over, in the order of admission; and who completed by it. */
  readonly prompted: SeatList = new SeatList();
  readonly over: OrdinalList | null;
  /** Of a decode pool: who asks for memory, in order; who has landed, in order; and how many are granted and have no seat. */
  readonly intake: HandoverQueue | null;
  readonly landed: HandoverQueue | null;
  promised: i32 = 0;
  /** Of these, who took a seat at the start of the iteration under way. */
  private readonly seated: SeatList = new SeatList();
  private readonly seats: Seats;
  private readonly decodes: DecodeSet;
  private readonly jump: Jump = new Jump();
  /** Requests that the present end completes. */
  private readonly leaving: SeatList = new SeatList();
  /** Requests that began to decode after the latest decode iteration, where prefills do not share iterations with decodes. */
  private readonly joined: SeatList = new SeatList();
  private fraction: i64 = 0;
  /** Iterations that have ended; and the number of the latest decode iteration among them. */
  private ended: i64 = 0;
  private lastDecodeIn: i64 = 0;
  /** Iterations of the jump whose blocks are taken. */
  private allocated: i64 = 0;
  /** Prompt tokens of the iteration under way, and twice the pairs of one of them and a token that it attends to. */
  private chunkTokens: i64 = 0;
  private chunkWork: i64 = 0;

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
    this.batch = new Batch(ledger, group, serving, queue, seats, lanesMemory, decodes);
    this.over = serving.prefills && !serving.stage!.pulls ? new OrdinalList() : null;
    this.intake = serving.decodes ? new HandoverQueue() : null;
    this.landed = serving.decodes ? new HandoverQueue() : null;
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
    if (this.phase == IDLE) {
      this.phase = READY;
      this.tick = tick;
      this.fraction = 0;
      return true;
    }
    // Whoever is not at the head, or finds no seat, cannot be admitted before the jump ends.
    if (this.phase != RUNNING || this.queue.first != ordinal || this.seats.count >= this.serving.seats) return false;
    return this.shorten(tick);
  }

  /** Blocks or a landed request came at `tick`: who waits may go on. Answers whether that changes when the lane's next event is. */
  wake(tick: Tick): bool {
    if (this.phase == IDLE) {
      this.phase = READY;
      this.tick = tick;
      this.fraction = 0;
      return true;
    }
    return this.phase == RUNNING && this.shorten(tick);
  }

  /** Blocks were taken at `tick`, to which the lane is in sync: the jump under way may not find its own. Answers whether that changes when it ends. */
  cut(tick: Tick): bool {
    return this.phase == RUNNING && this.shorten(tick);
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
    if (this.serving.decodes) this.seatLanded();
    this.batch.form(this.tick);
    if (!this.batch.decoding && this.batch.chunks == 0) {
      // Nobody decodes now: who was to emit for the first time so was preempted.
      this.joined.length = 0;
      // Who was preempted may have left a seat to somebody who landed, or tokens to somebody whose turn was before.
      const landed = this.landed;
      this.phase = this.seats.count > 0 || (landed != null && landed.length > 0) ? READY : IDLE;
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
      this.jump.set(1, this.mixedDuration(n, chunks), 0);
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

  private mixedDuration(n: i64, chunks: i32): i64 {
    const prefills = this.batch.prefills;
    let tokens: i64 = 0;
    let work: i64 = 0;
    let processed: i64 = 0;
    let before: i64 = 0;
    for (let i = 0; i < prefills.length; i++) {
      const record = this.seats.at(prefills.at(i));
      const chunk = <i64>record.tokens;
      const computed = <i64>record.computed;
      if (chunk == 0) continue;
      tokens += chunk;
      work += chunk * (2 * computed + chunk);
      before += chunk * computed;
      processed += computed;
    }
    this.chunkTokens = tokens;
    this.chunkWork = work;
    return this.serving.model.mixed(n, n > 0 ? this.decodes.context : 0, <i64>chunks, tokens, work, processed, before);
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
    this.countGaps(iterations, begin, firstEnd);
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

  private countGaps(iterations: i64, begin: Tick, firstEnd: Tick): void {
    const gaps = this.serving.gaps;
    const jump = this.jump;
    const n = this.decodes.count;
    const even = this.serving.pp > 1 ? firstEnd - begin : jump.first >> GRAIN_BITS;
    if (this.serving.decodes && this.seated.length > 0) {
      this.countSeatedGaps(iterations, firstEnd, even);
      return;
    }
    if (this.serving.mixes) {
      if (this.serving.pp > 1) gaps.add(even, n);
      else gaps.addSeries(jump.first, jump.rise, iterations, n);
      return;
    }
    // The first iteration after prefills of their own: the gap reaches back over those.
    const recent = this.countJoinedGaps(firstEnd, even);
    if (n > recent) gaps.add(this.lastDecodeIn == this.ended ? even : firstEnd - this.batch.lastDecode, n - recent);
    if (iterations > 1) gaps.addSeries(jump.first + jump.rise, jump.rise, iterations - 1, n);
  }

  /** The same where some come from another pool: their gap reaches back to there. Decode lanes mix. */
  private countSeatedGaps(iterations: i64, firstEnd: Tick, even: Tick): void {
    const gaps = this.serving.gaps;
    const seated = this.seated;
    const n = this.decodes.count;
    let recent = 0;
    for (let i = 0; i < seated.length; i++) {
      const record = this.seats.at(seated.at(i));
      if (!record.taken || !record.decodes) continue;
      this.emitOver(this.ledger.at(record.ordinal), record.generated, firstEnd);
      recent++;
    }
    seated.length = 0;
    if (n > recent) gaps.add(even, n - recent);
    if (iterations > 1) gaps.addSeries(this.jump.first + this.jump.rise, this.jump.rise, iterations - 1, n);
  }

  /** A decode lane emits its first token at `tick` for a request that emitted `generated` before. */
  private emitOver(request: Request, generated: u32, tick: Tick): void {
    request.emitted = tick;
    if (generated == 0) request.prefill = tick - request.start;
    else this.serving.gaps.add(tick - request.prompted, 1);
  }

  /** Adds the gaps of those who emit their first token as decodes; answers how many these are. */
  private countJoinedGaps(end: Tick, even: Tick): i32 {
    const joined = this.joined;
    let recent = 0;
    for (let i = 0; i < joined.length; i++) {
      const record = this.seats.at(joined.at(i));
      if (!record.taken || !record.decodes) continue;
      this.serving.gaps.add(record.emittedIn == this.ended ? even : end - record.emitted, 1);
      recent++;
    }
    joined.length = 0;
    return recent;
  }

  private account(iterations: i64, begin: Tick, usedBefore: i32): void {
    const serving = this.serving;
    const elapsed = <f64>(this.tick - begin);
    serving.iterations += <f64>iterations;
    serving.busy += elapsed;
    serving.prefillTokens += <f64>this.chunkTokens;
    serving.prefillWork += <f64>this.chunkWork;
    this.chunkTokens = 0;
    this.chunkWork = 0;
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
    const landed = this.landed;
    const waits = this.queue.length > 0 || (landed != null && landed.length > 0);
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
    if (this.serving.prefills && request.stage != STAGE_KEPT) {
      this.endPrompt(seat, record, request);
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
      if (!this.serving.mixes) this.joined.push(seat);
    }
  }

  // Prefill and decode apart -----------------------------------------------------------------------------------------------

  /** A prefill pool has computed the prompt of a request. */
  private endPrompt(seat: i32, record: Seat, request: Request): void {
    const stage = this.serving.stage!;
    if (stage.spill != Infinity) this.group.pendingTokens -= <f64>record.input;
    request.prompted = this.tick;
    if (stage.firstTokenAtDecode) {
      this.prompted.push(seat);
      return;
    }
    request.prefill = this.tick - request.start;
    record.generated = 1;
    if (record.output > 1) {
      this.prompted.push(seat);
      return;
    }
    this.leaving.push(seat);
    const over = this.over;
    if (over != null) over.push(record.ordinal);
  }

  /** Ordinal of the request in a seat. */
  ordinalAt(seat: i32): u32 {
    return this.seats.at(seat).ordinal;
  }

  /** The request in `seat` leaves to another pool. Its blocks stay taken: answers how many. */
  handOver(seat: i32): i32 {
    const record = this.seats.at(seat);
    const held = this.batch.blocksOwned(record, record.computed);
    this.memory.outside += held;
    this.seats.leave(seat);
    this.outstanding--;
    this.held++;
    return held;
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
    if (!this.serving.mixes) this.joined.push(seat);
  }

  /** Landed requests take free seats, in order, and decode from now on. */
  private seatLanded(): void {
    const landed = this.landed!;
    const pool = this.group.pool;
    this.seated.length = 0;
    while (landed.length > 0 && this.seats.count < this.serving.seats) {
      const ordinal = landed.pop(this.ledger);
      const request = this.ledger.at(ordinal);
      this.promised--;
      this.memory.outside -= request.taken;
      pool.stage!.shift(-request.taken, this.tick);
      request.stage = STAGE_SEATED;
      this.seatOver(ordinal, request);
      this.group.seat();
    }
  }

  private seatOver(ordinal: u32, request: Request): void {
    const seat = this.seats.take();
    const record = this.seats.at(seat);
    record.ordinal = ordinal;
    record.input = this.serving.inputOf(request);
    record.output = request.output;
    record.generated = request.generated;
    record.computed = record.input + request.generated - 1;
    record.prompt = record.computed;
    record.tokens = 0;
    record.served = false;
    record.emitted = request.prompted;
    record.emittedIn = -1;
    this.decodes.join(seat, <i64>(record.output - record.generated));
    this.seated.push(seat);
  }

  private completeAll(): void {
    if (this.memory.cache != null) this.sortLeaving();
    const leaving = this.leaving;
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

  /** In the order of admission: the order in which units of prompts become unused is the order in which they are dropped. */
  private sortLeaving(): void {
    const leaving = this.leaving;
    for (let i = 1; i < leaving.length; i++) {
      const seat = leaving.at(i);
      const sequence = this.seats.at(seat).sequence;
      let place = i;
      while (place > 0 && this.seats.at(leaving.at(place - 1)).sequence > sequence) {
        leaving.set(place, leaving.at(place - 1));
        place--;
      }
      leaving.set(place, seat);
    }
  }
}
