import { Tick } from "./clock";

/**
 * The requests whose outcome is not settled yet, and those that arrived after the oldest of them: a ring in order of arrival.
 *
 *     ordinal   retired ...... next - 1          place in the ring: ordinal & mask
 *
 * A request is opened when it arrives and retired in the order of arrival once it and all before it are settled, so results leave in the order of the
 * workload. Queues are chains through `following`. 59 bytes a request.
 */
export class Ledger {
  /** Requests opened so far: ordinal of the next one. */
  next: u32 = 0;
  /** Requests retired so far: ordinal of the oldest in the ring. */
  retired: u32 = 0;

  private mask: u32 = 0;
  arrival: StaticArray<i64> = new StaticArray<i64>(0);
  /** Start of service, once known. */
  start: StaticArray<i64> = new StaticArray<i64>(0);
  prefill: StaticArray<i64> = new StaticArray<i64>(0);
  decode: StaticArray<i64> = new StaticArray<i64>(0);
  input: StaticArray<u32> = new StaticArray<u32>(0);
  output: StaticArray<u32> = new StaticArray<u32>(0);
  blocks: StaticArray<i32> = new StaticArray<i32>(0);
  /** Ordinal of the request behind this one in its queue. */
  following: StaticArray<u32> = new StaticArray<u32>(0);
  replica: StaticArray<i32> = new StaticArray<i32>(0);
  pool: StaticArray<i16> = new StaticArray<i16>(0);
  /** A STATUS_ code. */
  status: StaticArray<i32> = new StaticArray<i32>(0);
  /** 1 where the router compressed it, so that it reached its pool later than it arrived. */
  compressed: StaticArray<u8> = new StaticArray<u8>(0);

  /** Requests in the ring. */
  get length(): i32 {
    return <i32>(this.next - this.retired);
  }

  /** Place of a request in the columns. */
  at(ordinal: u32): i32 {
    return <i32>(ordinal & this.mask);
  }

  /** Makes room for `more` requests beyond those in the ring; keeps what is there. */
  reserve(more: i32): void {
    const needed = this.length + more;
    let capacity = this.status.length;
    if (needed <= capacity) return;
    capacity = max(capacity, 64);
    while (capacity < needed) capacity <<= 1;
    const mask = <u32>(capacity - 1);
    this.arrival = this.moved<i64>(this.arrival, capacity, mask);
    this.start = this.moved<i64>(this.start, capacity, mask);
    this.prefill = this.moved<i64>(this.prefill, capacity, mask);
    this.decode = this.moved<i64>(this.decode, capacity, mask);
    this.input = this.moved<u32>(this.input, capacity, mask);
    this.output = this.moved<u32>(this.output, capacity, mask);
    this.blocks = this.moved<i32>(this.blocks, capacity, mask);
    this.following = this.moved<u32>(this.following, capacity, mask);
    this.replica = this.moved<i32>(this.replica, capacity, mask);
    this.pool = this.moved<i16>(this.pool, capacity, mask);
    this.status = this.moved<i32>(this.status, capacity, mask);
    this.compressed = this.moved<u8>(this.compressed, capacity, mask);
    this.mask = mask;
  }

  private moved<T>(from: StaticArray<T>, capacity: i32, mask: u32): StaticArray<T> {
    const to = new StaticArray<T>(capacity);
    for (let ordinal = this.retired; ordinal != this.next; ordinal++) to[ordinal & mask] = from[ordinal & this.mask];
    return to;
  }

  /** Tick at which it reached its pool. */
  entry(place: i32, compressLatency: Tick): Tick {
    return this.arrival[place] + (this.compressed[place] ? compressLatency : 0);
  }
}
