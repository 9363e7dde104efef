import { Tick } from "./clock";

/** No seat. */
export const NO_SEAT: i32 = -1;

/** A running request. It lies in the memory of its lane without a header. */
@unmanaged
export class Seat {
  /** When its latest token was emitted, as far as it was by a prefill; also by one before a preemption. */
  emitted: Tick = 0;
  /** Iterations that the lane had ended then. */
  emittedIn: i64 = 0;
  /** Decoding: its computed tokens are `basis` + the decode iterations of the lane. */
  basis: i64 = 0;
  /** Decoding: decode iterations of the lane at which it is complete. */
  finish: i64 = 0;
  ordinal: u32 = 0;
  /** Number of its admission to the lane: the order of the running list. */
  sequence: u32 = 0;
  /** Tokens computed, while it prefills; in steps, always. */
  computed: u32 = 0;
  /** Tokens to be computed before it emits the next one. */
  prompt: u32 = 0;
  /** Of these, tokens that the request came with. */
  input: u32 = 0;
  /** Prompt tokens in the present iteration. */
  tokens: u32 = 0;
  /** Tokens emitted when it began to prefill; in steps, now. */
  generated: u32 = 0;
  output: u32 = 0;
  next: i32 = 0;
  before: i32 = 0;
  /** Of what the lane does with it: it decodes; the present iteration gives it tokens; somebody has the seat. */
  decodes: bool = false;
  served: bool = false;
  taken: bool = false;
}

/** The seats of a lane: records that are laid down as they are needed, free ones chained, taken ones in a list in the order of admission. */
export class Seats {
  /** Seats taken. */
  count: i32 = 0;
  /** First and last of the running list. */
  head: i32 = NO_SEAT;
  tail: i32 = NO_SEAT;

  private records: StaticArray<u8> = new StaticArray<u8>(0);
  private laid: i32 = 0;
  private free: i32 = NO_SEAT;
  private admissions: u32 = 0;

  /** A seat; good until the next one is taken. */
  @inline
  at(seat: i32): Seat {
    return changetype<Seat>(changetype<usize>(this.records) + <usize>seat * offsetof<Seat>());
  }

  /** Takes a seat, last of the running list. */
  take(): i32 {
    if (this.free == NO_SEAT) this.grow();
    const seat = this.free;
    const record = this.at(seat);
    this.free = record.next;
    record.sequence = this.admissions++;
    record.taken = true;
    record.next = NO_SEAT;
    record.before = this.tail;
    if (this.tail == NO_SEAT) this.head = seat;
    else this.at(this.tail).next = seat;
    this.tail = seat;
    this.count++;
    return seat;
  }

  /** Gives a seat back. */
  leave(seat: i32): void {
    const record = this.at(seat);
    if (record.before == NO_SEAT) this.head = record.next;
    else this.at(record.before).next = record.next;
    if (record.next == NO_SEAT) this.tail = record.before;
    else this.at(record.next).before = record.before;
    record.taken = false;
    record.next = this.free;
    this.free = seat;
    this.count--;
  }

  private grow(): void {
    const laid = this.laid;
    const length = max(2 * laid, 8);
    const records = new StaticArray<u8>(<i32>(<usize>length * offsetof<Seat>()));
    memory.copy(changetype<usize>(records), changetype<usize>(this.records), <usize>laid * offsetof<Seat>());
    this.records = records;
    this.laid = length;
    for (let seat = length - 1; seat >= laid; seat--) {
      this.at(seat).next = this.free;
      this.free = seat;
    }
  }
}

/** Numbers of seats, in order; grows. */
export class SeatList {
  length: i32 = 0;
  private seats: StaticArray<i32> = new StaticArray<i32>(8);

  @inline
  at(i: i32): i32 {
    return this.seats[i];
  }

  @inline
  set(i: i32, seat: i32): void {
    this.seats[i] = seat;
  }

  push(seat: i32): void {
    if (this.length == this.seats.length) {
      const seats = new StaticArray<i32>(2 * this.length);
      for (let i = 0; i < this.length; i++) seats[i] = this.seats[i];
      this.seats = seats;
    }
    this.seats[this.length++] = seat;
  }

  /** Puts the seats in the order in which they were taken. */
  sortByAdmission(seats: Seats): void {
    for (let i = 1; i < this.length; i++) {
      const seat = this.seats[i];
      const sequence = seats.at(seat).sequence;
      let place = i;
      while (place > 0 && seats.at(this.seats[place - 1]).sequence > sequence) {
        this.seats[place] = this.seats[place - 1];
        place--;
      }
      this.seats[place] = seat;
    }
  }

  /** Takes a seat out, wherever it is. */
  remove(seat: i32): void {
    let kept = 0;
    for (let i = 0; i < this.length; i++) {
      const other = this.seats[i];
      if (other != seat) this.seats[kept++] = other;
    }
    this.length = kept;
  }
}
