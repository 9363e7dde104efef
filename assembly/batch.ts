import { NEVER_TICK, Tick } from "./clock";
import { DecodeSet } from "./decode-set";
import { LaneGroup } from "./lane-group";
import { LaneMemory } from "./lane-memory";
import { LaneQueue } from "./lane-queue";
import { OrdinalList } from "./ordinal-list";
import { Ledger, Request } from "./ledger";
import { NO_SEAT, Seat, SeatList, Seats } from "./seats";
import { ALLOCATE_COMPUTED, ALLOCATE_LONGEST, Serving } from "./serving";
import { STAGE_SEATED } from "./stage";

/**
 * Puts the next iteration of a lane together: the running phase, the waiting phase, and preemption. Where memory suffices, decodes are counted and not
 * visited; only where it does not are the running requests gone through one by one.
 */
export class Batch {
  /** Running requests that prefill, in the order of admission. */
  readonly prefills: SeatList = new SeatList();
  /** Decodes take part in the iteration. */
  decoding: bool = false;
  /** A request was preempted: who waits was not looked at, though there may be room. */
  preempted: bool = false;
  /** The head of the queue finds no blocks now, and would need fewer if the cache dropped a unit of its prompt: it would compute less at a time. */
  mayShrink: bool = false;
  /** Tick of the latest end of a decode iteration. */
  lastDecode: Tick = 0;

  /** Where memory of another pool is asked for at admission: who was preempted and who was admitted at this start, in order. */
  readonly expelled: OrdinalList | null;
  readonly admitted: OrdinalList | null;

  /** Tokens that the iteration still has room for. */
  private left: i64 = 0;
  /** Requests that prefill in the iteration. */
  chunks: i32 = 0;
  private tick: Tick = 0;
  /** Prompt tokens of the iteration under way, and twice the pairs of one of them and a token that it attends to. */
  private chunkTokens: i64 = 0;
  private chunkWork: i64 = 0;

  constructor(
    private readonly ledger: Ledger,
    private readonly group: LaneGroup,
    private readonly serving: Serving,
    private readonly queue: LaneQueue,
    private readonly seats: Seats,
    private readonly memory: LaneMemory,
    private readonly decodes: DecodeSet,
  ) {
    const stage = serving.stage;
    const tells = stage != null && stage.asksAtAdmission;
    this.expelled = tells ? new OrdinalList() : null;
    this.admitted = tells ? new OrdinalList() : null;
  }

  /** Chooses the tokens of the iteration that starts at `tick`. */
  @inline
  form(tick: Tick): void {
    const serving = this.serving;
    this.tick = tick;
    this.left = serving.budget;
    this.chunks = 0;
    this.decoding = false;
    this.preempted = false;
    this.mayShrink = false;
    if (serving.steps) this.decodes.recount();
    if (serving.mixes) {
      this.run();
      if (!this.preempted) this.admit();
    } else {
      if (!serving.keepsBatch || this.seats.count == 0) this.admit();
      if (this.chunks == 0) this.run();
    }
  }

  /** What the iteration takes, grains, if `n` requests decode in it beside the chunks. */
  mixedDuration(n: i64): i64 {
    const prefills = this.prefills;
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
    const context = n > 0 ? this.decodes.context : 0;
    return this.serving.model.mixed(n, context, <i64>this.chunks, tokens, work, processed, before);
  }

  /** The iteration is over: its chunks count. */
  @inline
  account(): void {
    this.serving.prefillTokens += <f64>this.chunkTokens;
    this.serving.prefillWork += <f64>this.chunkWork;
    this.chunkTokens = 0;
    this.chunkWork = 0;
  }

  // Running phase -----------------------------------------------------------------------------------------------------------

  @inline
  private run(): void {
    const decodes = this.decodes;
    const left = this.left - <i64>decodes.count;
    const blocks = decodes.blocksNext() + this.sizeChunks(left);
    if (blocks <= this.memory.free) this.memory.take(blocks);
    else this.runOneByOne();
    this.decoding = decodes.count > 0;
    if (this.prefills.length > 0) this.fill();
  }

  /**
   * Gives every running prefill its chunk; answers the blocks that these need. Who decodes behind a prefill in the running list is counted before it here:
   * that gives the same chunks, because only the last of the list can be short of tokens (whoever is in front of another was there when
   * that one was admitted, which took tokens that were left over, and no request wants more later than it did then).
   */
  private sizeChunks(left: i64): i32 {
    const prefills = this.prefills;
    let blocks = 0;
    for (let i = 0; i < prefills.length; i++) {
      const record = this.seats.at(prefills.at(i));
      record.tokens = this.chunkOf(record, left);
      left -= record.tokens;
      blocks += this.blocksNeeded(record);
    }
    this.left = left;
    return blocks;
  }

  @inline
  private chunkOf(record: Seat, left: i64): u32 {
    return <u32>max<i64>(0, min(min(<i64>(record.prompt - record.computed), this.serving.chunk), left));
  }

  /** Blocks that a prefill needs for the tokens of this iteration. */
  private blocksNeeded(record: Seat): i32 {
    const serving = this.serving;
    if (serving.allocation != ALLOCATE_COMPUTED) return 0;
    return serving.blocksOf(record.computed + record.tokens) - serving.blocksOf(record.computed);
  }

  /** The units of prompts that this iteration completes go into the cache; counts the chunks. */
  private fill(): void {
    const prefills = this.prefills;
    const cache = this.memory.cache;
    for (let i = 0; i < prefills.length; i++) {
      const record = this.seats.at(prefills.at(i));
      if (record.tokens == 0) continue;
      this.chunks++;
      if (cache != null) cache.insert(record.ordinal, record.input, record.computed, record.computed + record.tokens);
    }
  }

  /** The running phase where memory may not suffice. */
  private runOneByOne(): void {
    const seats = this.seats;
    this.left = this.serving.budget - (this.serving.decodes ? <i64>this.decodes.count : 0);
    for (let i = 0; i < this.prefills.length; i++) seats.at(this.prefills.at(i)).tokens = 0;
    for (let seat = seats.head; seat != NO_SEAT; seat = seats.at(seat).next) seats.at(seat).served = false;
    let seat = seats.head;
    while (seat != NO_SEAT) seat = this.serve(seat);
  }

  /** Gives a running request its tokens and blocks, and preempts until there are enough, the request itself at last; answers who runs behind it. */
  private serve(seat: i32): i32 {
    const record = this.seats.at(seat);
    let tokens: i64 = 1;
    let blocks: i32;
    if (record.decodes) {
      blocks = this.decodes.needsBlock(record) ? 1 : 0;
    } else {
      record.tokens = this.chunkOf(record, this.left);
      tokens = <i64>record.tokens;
      if (tokens == 0) return record.next;
      blocks = this.blocksNeeded(record);
    }
    while (blocks > this.memory.free) {
      const victim = this.victim();
      const behind = record.next;
      this.preempt(victim);
      if (victim == seat) return behind;
    }
    this.memory.take(blocks);
    record.served = true;
    if (!this.setsAside(record)) this.left -= tokens;
    return record.next;
  }

  /** A decode lane sets the tokens of those who decode aside first: who came from another pool may run behind a prompt that takes all tokens it can get. */
  @inline
  private setsAside(record: Seat): bool {
    return this.serving.decodes && record.decodes;
  }

  // Preemption --------------------------------------------------------------------------------------------------------------

  /** Who goes first: the request that was admitted last, or that has the largest (priority, ordinal). */
  private victim(): i32 {
    const seats = this.seats;
    if (!this.serving.byPriority) return seats.tail;
    let victim = seats.head;
    for (let seat = seats.head; seat != NO_SEAT; seat = seats.at(seat).next) {
      if (this.ledger.goesBefore(seats.at(victim).ordinal, seats.at(seat).ordinal)) victim = seat;
    }
    return victim;
  }

  private preempt(seat: i32): void {
    const record = this.seats.at(seat);
    const ordinal = record.ordinal;
    const request = this.ledger.at(ordinal);
    const decodes = record.decodes;
    const computed = decodes ? this.decodes.tokensOf(record) : record.computed;
    const granted: u32 = record.served ? (decodes ? 1 : record.tokens) : 0;
    this.left += this.setsAside(record) ? 1 : <i64>granted;
    if (decodes) this.decodes.leave(record);
    else this.prefills.remove(seat);
    request.generated = decodes ? this.decodes.generatedOf(record) : record.generated;
    request.decode = decodes && this.hasDecoded(request) ? max(record.emitted, this.lastDecode) : record.emitted;
    this.memory.release(ordinal, this.blocksOwned(record, computed + granted));
    this.seats.leave(seat);
    this.queue.pushBack(ordinal);
    this.group.preempt(request);
    this.serving.preemptions++;
    this.serving.recomputed += <f64>computed;
    this.preempted = true;
    const expelled = this.expelled;
    if (expelled != null) expelled.push(ordinal);
  }

  /** Whether a request that decodes has done so in an iteration of this lane: one that has just come from another pool has not. */
  @inline
  private hasDecoded(request: Request): bool {
    return !this.serving.decodes || request.stage != STAGE_SEATED || request.emitted != NEVER_TICK;
  }

  /** Blocks of a running request of which `tokens` tokens have their blocks. */
  blocksOwned(record: Seat, tokens: u32): i32 {
    const serving = this.serving;
    if (serving.allocation == ALLOCATE_LONGEST) return serving.longest;
    if (serving.allocation == ALLOCATE_COMPUTED) return serving.blocksOf(tokens);
    return serving.blocksOf(max(record.prompt, tokens));
  }

  // Waiting phase -----------------------------------------------------------------------------------------------------------

  @inline
  private admit(): void {
    const serving = this.serving;
    const queue = this.queue;
    while (queue.length > 0 && this.seats.count < serving.seats) {
      if (serving.chunked && this.left <= 0) return;
      if (!this.admitHead()) return;
    }
  }

  /** Takes the head of the queue into the running list, if it fits. */
  private admitHead(): bool {
    const serving = this.serving;
    const memory = this.memory;
    const cache = memory.cache;
    const ordinal = this.queue.first;
    const request = this.ledger.at(ordinal);
    const input = serving.inputOf(request);
    const prompt = input + request.generated;
    const units = cache == null ? 0 : cache.lookup(ordinal, input, prompt);
    const cached = <u32>units * serving.unitTokens;
    const rest = <i64>(prompt - cached);
    if (!serving.chunked && this.chunks > 0 && rest > this.left) return false;
    const tokens = serving.chunked ? min(min(rest, serving.chunk), this.left) : rest;

    const blocks = this.blocksAtAdmission(prompt, cached + <u32>tokens) - units * serving.unitBlocks;
    const unused = units > 0 ? cache!.unusedAmong(ordinal, units) * serving.unitBlocks : 0;
    const watermark = this.seats.count > 0 ? serving.watermark : 0;
    if (blocks + unused + watermark > memory.free) {
      this.mayShrink = unused > 0;
      return false;
    }

    this.queue.pop();
    if (units > 0) cache!.use(ordinal, units);
    memory.take(blocks);
    const seat = this.seats.take();
    const record = this.seats.at(seat);
    record.ordinal = ordinal;
    record.decodes = false;
    record.computed = cached;
    record.prompt = prompt;
    record.input = input;
    record.tokens = <u32>tokens;
    record.generated = request.generated;
    record.output = request.output;
    record.emitted = request.decode;
    this.prefills.push(seat);
    this.chunks++;
    this.left -= tokens;
    if (cache != null) cache.insert(ordinal, input, cached, cached + <u32>tokens);
    serving.cached += <f64>cached;
    serving.prompts += <f64>prompt;
    this.group.admit(request, this.tick);
    if (serving.prefills) request.admitted = this.tick;
    const admitted = this.admitted;
    if (admitted != null) admitted.push(ordinal);
    return true;
  }

  private blocksAtAdmission(prompt: u32, computed: u32): i32 {
    const serving = this.serving;
    if (serving.allocation == ALLOCATE_LONGEST) return serving.longest;
    return serving.blocksOf(serving.allocation == ALLOCATE_COMPUTED ? computed : prompt);
  }
}
