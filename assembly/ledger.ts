import { Tick } from "./clock";

/** Bytes of a request in the ledger: one cache line. */
const RECORD_BITS: i32 = 6;

/**
 * A request whose outcome is not settled yet. It lies in the ledger's memory, where the compiler keeps no header beside it: fields in the
 * order of their declaration, 60 of 64 bytes.
 *
 *     0 arrival | 8 start | 16 prefill | 24 decode | 32 input | 36 output | 40 blocks | 44 following | 48 replica | 52 pool | 56 status | 57 compressed
 */
@unmanaged
export class Request {
  arrival: Tick = 0;
  /** Start of service, once known; NEVER_TICK before. */
  start: Tick = 0;
  prefill: Tick = 0;
  decode: Tick = 0;
  /** Tokens, before any compression. */
  input: u32 = 0;
  output: u32 = 0;
  /** KV blocks that it holds while in service. */
  blocks: i32 = 0;
  /** Ordinal of the request behind this one in its queue. */
  following: u32 = 0;
  /** Within its pool; -1 = none. */
  replica: i32 = 0;
  /** Index in the fleet; -1 = none. */
  pool: i32 = 0;
  /** A STATUS_ code. */
  status: u8 = 0;
  /** Whether the router compressed it, so that it reaches its pool later than it arrives. */
  compressed: bool = false;

  /** Tick at which it reaches its pool. */
  entry(compressLatency: Tick): Tick {
    return this.arrival + (this.compressed ? compressLatency : 0);
  }

  /** Tick of its first token, once it has started. */
  get firstToken(): Tick {
    return this.start + this.prefill;
  }
}

/**
 * The requests whose outcome is not settled yet, and those that arrived after the oldest of them: a ring in order of arrival.
 *
 *     ordinal   retired ...... next - 1          place in the ring: ordinal & mask
 *
 * A request is opened when it arrives and retired in the order of arrival once it and all before it are settled, so results leave in the
 * order of the workload. Queues are chains through `following`. 64 bytes a request.
 */
export class Ledger {
  /** Requests opened so far: ordinal of the next one. */
  next: u32 = 0;
  /** Requests retired so far: ordinal of the oldest in the ring. */
  retired: u32 = 0;

  private mask: u32 = 0;
  private records: StaticArray<u8> = new StaticArray<u8>(1 << RECORD_BITS);

  /** Requests in the ring. */
  get length(): i32 {
    return <i32>(this.next - this.retired);
  }

  /** A request in the ring, or the place of the next one. Good until `reserve`. */
  @inline
  at(ordinal: u32): Request {
    return recordIn(this.records, ordinal & this.mask);
  }

  /** Makes room for `more` requests beyond those in the ring; keeps what is there. */
  @inline
  reserve(more: i32): void {
    const needed = this.length + more;
    let capacity = this.records.length >> RECORD_BITS;
    if (needed <= capacity) return;
    capacity = max(capacity, 64);
    while (capacity < needed) capacity <<= 1;
    const records = new StaticArray<u8>(capacity << RECORD_BITS);
    const mask = <u32>(capacity - 1);
    for (let ordinal = this.retired; ordinal != this.next; ordinal++) {
      const to = changetype<usize>(recordIn(records, ordinal & mask));
      memory.copy(to, changetype<usize>(this.at(ordinal)), 1 << RECORD_BITS);
    }
    this.records = records;
    this.mask = mask;
  }
}

function recordIn(records: StaticArray<u8>, place: u32): Request {
  return changetype<Request>(changetype<usize>(records) + ((<usize>place) << RECORD_BITS));
}
