import { NO_SEAT, Seat, Seats } from "./seats";
import { SlotHeaps } from "./slot-heaps";

const NOTHING_ENDS: i64 = i64.MAX_VALUE;

/**
 * The requests of a lane that decode, as one: they all advance by one token in every decode iteration, so that nothing of a single request needs to be
 * touched between its joining and its end.
 *
 *     iteration     decode iterations so far, v; a request that joined with c tokens has c - (v when it joined) + v now
 *     context       sum of the tokens of all
 *     residues      how many need a new block in the iterations v with v mod block size = i
 *     ends          heap of the iterations at which requests are complete; entries of requests that left before stay until they surface
 */
export class DecodeSet {
  count: i32 = 0;
  context: i64 = 0;
  iteration: i64 = 0;

  /** In steps: blocks that the next iteration needs. */
  private blocks: i32 = 0;
  private readonly residues: StaticArray<i32>;
  private ends: SlotHeaps = new SlotHeaps(8);
  private size: i32 = 0;
  private capacity: i32 = 8;

  constructor(
    private readonly seats: Seats,
    /** Tokens in a block; 0: decodes need no blocks. */
    private readonly blockSize: i32,
    /** All is counted anew, request by request, in every iteration. */
    private readonly steps: bool,
  ) {
    this.residues = new StaticArray<i32>(blockSize);
  }

  /** In steps: counts the requests, their tokens and the blocks that they need now. */
  recount(): void {
    const seats = this.seats;
    let count = 0;
    let context: i64 = 0;
    let blocks = 0;
    for (let seat = seats.head; seat != NO_SEAT; seat = seats.at(seat).next) {
      const record = seats.at(seat);
      if (!record.decodes) continue;
      count++;
      context += record.computed;
      if (this.needsBlock(record)) blocks++;
    }
    this.count = count;
    this.context = context;
    this.blocks = blocks;
  }

  /** Blocks that the next iteration needs. */
  @inline
  blocksNext(): i32 {
    if (this.steps) return this.blocks;
    const size = this.blockSize;
    return size == 0 ? 0 : this.residues[<i32>(this.iteration % <i64>size)];
  }

  /** Tokens of the request that are computed. */
  tokensOf(record: Seat): u32 {
    return this.steps ? record.computed : <u32>(record.basis + this.iteration);
  }

  /** Tokens that the request has emitted. */
  generatedOf(record: Seat): u32 {
    return this.steps ? record.generated : record.output - <u32>(record.finish - this.iteration);
  }

  /** Whether the request needs a block for its next token. */
  needsBlock(record: Seat): bool {
    return this.blockSize > 0 && this.tokensOf(record) % <u32>this.blockSize == 0;
  }

  /** The request in `seat` begins to decode: it has computed all of its prompt, and will emit `left` tokens. */
  join(seat: i32, left: i64): void {
    const record = this.seats.at(seat);
    record.decodes = true;
    record.basis = <i64>record.computed - this.iteration;
    record.finish = this.iteration + left;
    if (this.steps) return;
    this.count++;
    this.context += record.computed;
    if (this.blockSize > 0) this.residues[this.residueOf(record)]++;
    if (this.size == this.capacity) this.makeRoom();
    this.ends.push(0, this.size++, record.finish, ((<i64>record.sequence) << 32) | (<i64>seat));
  }

  /** The request in `record` decodes no more. Its entry in the heap stays. */
  leave(record: Seat): void {
    this.count--;
    this.context -= <i64>this.tokensOf(record);
    if (this.steps) return;
    if (this.blockSize > 0) this.residues[this.residueOf(record)]--;
  }

  /** Iteration at which the next request is complete. */
  get nextEnd(): i64 {
    while (this.size > 0) {
      if (this.isSeated(this.ends.firstPayload(0))) return this.ends.firstTick(0);
      this.ends.removeFirst(0, this.size--);
    }
    return NOTHING_ENDS;
  }

  /** Takes a request that is complete now out of the heap, not out of the set; NO_SEAT if there is none. */
  takeComplete(): i32 {
    if (this.nextEnd != this.iteration) return NO_SEAT;
    const seat = <i32>this.ends.firstPayload(0);
    this.ends.removeFirst(0, this.size--);
    return seat;
  }

  /** Blocks that are needed in `count` iterations, from the one after `from` more. */
  blocksFor(from: i64, count: i64): i32 {
    const size = <i64>this.blockSize;
    if (size == 0) return 0;
    const rounds = count / size;
    let blocks = rounds * <i64>this.count;
    const rest = <i32>(count - rounds * size);
    if (rest > 0) {
      let place = <i32>((this.iteration + from) % size);
      for (let i = 0; i < rest; i++) {
        blocks += this.residues[place];
        place = place + 1 == this.blockSize ? 0 : place + 1;
      }
    }
    return <i32>blocks;
  }

  /** How many iterations, from the one after the present on and at most `most`, find their blocks among `free`. */
  iterationsWithin(free: i32, most: i64): i64 {
    const size = <i64>this.blockSize;
    const rounds = <i64>free / <i64>this.count;
    if (size == 0 || rounds * size >= most) return most;
    let left = free - <i32>(rounds * <i64>this.count);
    let iterations = rounds * size;
    let place = <i32>((this.iteration + 1) % size);
    while (iterations < most) {
      left -= this.residues[place];
      if (left < 0) break;
      iterations++;
      place = place + 1 == this.blockSize ? 0 : place + 1;
    }
    return iterations;
  }

  /** `count` iterations are over. */
  @inline
  advance(count: i64): void {
    if (this.steps) return;
    this.iteration += count;
    this.context += <i64>this.count * count;
  }

  /** A request needs a block when its tokens are a multiple of the block size. */
  private residueOf(record: Seat): i32 {
    const size = <i64>this.blockSize;
    return <i32>(((-record.basis % size) + size) % size);
  }

  private isSeated(payload: i64): bool {
    const record = this.seats.at(<i32>payload);
    return record.taken && record.decodes && record.sequence == <u32>(payload >> 32);
  }

  /** Drops the entries of requests that have left; where few have, doubles the room. Memory is not given back, so nothing is laid down for the first. */
  private makeRoom(): void {
    const before = this.ends;
    let kept = 0;
    for (let i = 0; i < this.size; i++) kept += i32(this.isSeated(before.payloadAt(i)));
    if (2 * kept > this.capacity) {
      this.capacity *= 2;
      this.ends = new SlotHeaps(this.capacity);
    }
    // In place too: an entry is read before the heap in front of it has grown that far.
    const length = this.size;
    this.size = 0;
    for (let i = 0; i < length; i++) {
      const end = before.tickAt(i);
      const payload = before.payloadAt(i);
      if (this.isSeated(payload)) this.ends.push(0, this.size++, end, payload);
    }
  }
}
