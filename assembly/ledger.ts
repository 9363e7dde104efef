import { Tick } from "./clock";

/**
 * A request whose outcome is not settled yet. It lies in the ledger's memory without a header, fields in the order of their declaration:
 *
 *     0 arrival | 8 start | 16 prefill | 24 decode | 32 input | 36 output | 40 blocks | 44 following | 48 replica | 52 pool | 54 status | 55 compressed
 *     56 generated | 60 preemptions | 62 priority                              engine `iterations` alone
 *     64 reached | 72 prompted | 80 admitted | 88 granted | 96 landed | 104 emitted | 112 source | 116 target | 120 held | 124 taken | 128 behind | 132 stage     staged fleets alone
 */
@unmanaged
export class Request {
  arrival: Tick = 0;
  /** Start of service, once known; NEVER_TICK before. */
  start: Tick = 0;
  /** From start to first token; LATEST_TICK in the engine `iterations` until that is known. */
  prefill: Tick = 0;
  /** From first token to last. Engine `iterations`, while it is queued after a preemption: tick of its latest token. */
  decode: Tick = 0;
  /** Tokens, before any compression. */
  input: u32 = 0;
  output: u32 = 0;
  /** Engine `slots`: KV blocks that it holds while in service. Engine `iterations`: ordinal of a second request behind it, in a queue by priority. */
  blocks: i32 = 0;
  /** Ordinal of the request behind this one in its queue. */
  following: u32 = 0;
  /** Within its pool; -1 = none. */
  replica: i32 = 0;
  /** Index in the fleet; -1 = none. */
  pool: i16 = 0;
  /** A STATUS_ code. */
  status: u8 = 0;
  /** Whether the router compressed it, so that it reaches its pool later than it arrives. */
  compressed: bool = false;
  /** Engine `iterations`, while it is queued: output tokens emitted before. */
  generated: u32 = 0;
  /** Held at 65,535. */
  preemptions: u16 = 0;
  /** Smaller goes first. */
  priority: u8 = 0;

  /** When it reached the pool that decodes it: at the end of its prompt, or spilled. */
  reached: Tick = 0;
  /** End of its prompt in a prefill pool; NEVER_TICK before, and where it is not handed over. */
  prompted: Tick = 0;
  /** Its latest admission in a prefill pool. */
  admitted: Tick = 0;
  /** When memory of the decode side was granted; NEVER_TICK before. */
  granted: Tick = 0;
  /** When its keys and values were there; NEVER_TICK before. */
  landed: Tick = 0;
  /** When the decode side emitted its first token for it; NEVER_TICK before. */
  emitted: Tick = 0;
  /** Numbers of the lanes that prefilled it and that decodes it; -1 = none. */
  source: i32 = 0;
  target: i32 = 0;
  /** Blocks that it holds in the one after its prompt, and has been granted in the other and not yet seated on. */
  held: i32 = 0;
  taken: i32 = 0;
  /** Ordinal of the request behind it in an outbox, an intake, or among the landed. */
  behind: u32 = 0;
  /** How far it is: a code of stage.ts. */
  stage: u8 = 0;

  /** Tick at which it reaches its pool. */
  entry(compressLatency: Tick): Tick {
    return this.arrival + (this.compressed ? compressLatency : 0);
  }

  /** Tick of its first token, once it has started. */
  get firstToken(): Tick {
    return this.start + this.prefill;
  }
}

/** Bytes of a request in the engine `slots`, which knows nothing of what lies behind. */
export const SLOTS_REQUEST: usize = offsetof<Request>("generated");
/** Bytes of a request in the engine `iterations`, which knows nothing of what lies behind unless the fleet is staged. */
export const ITERATIONS_REQUEST: usize = offsetof<Request>("reached");
/** Bytes of a request in a staged fleet. */
export const STAGED_REQUEST: usize = offsetof<Request>();

/** Requests of one segment: few, so that the segments of a fleet without a backlog stay in the first-level cache. */
const SEGMENT_BITS: u32 = 8;
const SEGMENT: u32 = 1 << SEGMENT_BITS;

/** SEGMENT requests. */
class Segment {
  readonly records: StaticArray<u8>;

  constructor(requestBytes: usize) {
    this.records = new StaticArray<u8>(SEGMENT * <i32>requestBytes);
  }
}

/**
 * The requests whose outcome is not settled yet, and those that arrived after the oldest of them, in order of arrival.
 *
 *     ordinals  | retired ... | ............ | ... next - 1 |        segments of 256, found through a ring of references
 *
 * A request is opened when it arrives and retired in the order of arrival once it and all before it are settled, so results leave in the
 * order of the workload. Queues are chains through `following`. 56 or 64 bytes a request, in staged fleets 136; a segment is used again once all of it is retired.
 */
export class Ledger {
  /** Requests opened so far: ordinal of the next one. */
  next: u32 = 0;
  /** Requests retired so far: ordinal of the oldest that is held. */
  retired: u32 = 0;

  /** Where the next request will lie. */
  private opening: usize = 0;
  /** Where the oldest lies. */
  private retiring: usize = 0;
  private ring: StaticArray<Segment> = new StaticArray<Segment>(0);
  private ringMask: u32 = 0;
  /** Segments laid down so far, free ones first. */
  private free: StaticArray<Segment> = new StaticArray<Segment>(0);
  private freeCount: i32 = 0;

  constructor(
    /** SLOTS_REQUEST, ITERATIONS_REQUEST or STAGED_REQUEST. */
    private readonly requestBytes: usize,
  ) {}

  /** Requests held. */
  get length(): i32 {
    return <i32>(this.next - this.retired);
  }

  /** A request that is held. */
  @inline
  at(ordinal: u32): Request {
    const segment = this.ring[(ordinal >> SEGMENT_BITS) & this.ringMask];
    return changetype<Request>(
      changetype<usize>(segment.records) + <usize>(ordinal & (SEGMENT - 1)) * this.requestBytes,
    );
  }

  /** Whether request `a` goes before `b` by (priority, ordinal); both are held. */
  goesBefore(a: u32, b: u32): bool {
    const first = this.at(a).priority;
    const second = this.at(b).priority;
    return first != second ? first < second : a < b;
  }

  /** Opens the next request; answers it with nothing written. */
  @inline
  open(): Request {
    if ((this.next & (SEGMENT - 1)) == 0) this.beginSegment();
    const request = changetype<Request>(this.opening);
    this.opening += this.requestBytes;
    this.next++;
    return request;
  }

  /** The oldest request that is held; there must be one. */
  @inline
  get oldest(): Request {
    return changetype<Request>(this.retiring);
  }

  /** Lets go of the oldest request. */
  @inline
  retire(): void {
    this.retiring += this.requestBytes;
    this.retired++;
    if ((this.retired & (SEGMENT - 1)) == 0) this.endSegment();
  }

  private endSegment(): void {
    this.free[this.freeCount++] = this.ring[((this.retired - 1) >> SEGMENT_BITS) & this.ringMask];
    if (this.retired != this.next) this.retiring = changetype<usize>(this.at(this.retired));
  }

  private beginSegment(): void {
    const held = ((this.next - 1) >> SEGMENT_BITS) - (this.retired >> SEGMENT_BITS) + 1;
    if (this.ring.length == 0 || held >= <u32>this.ring.length) this.growRing();
    const segment = this.freeCount > 0 ? this.free[--this.freeCount] : new Segment(this.requestBytes);
    this.ring[(this.next >> SEGMENT_BITS) & this.ringMask] = segment;
    this.opening = changetype<usize>(segment.records);
    if (this.retired == this.next) this.retiring = this.opening;
  }

  private growRing(): void {
    const length = max(2 * this.ring.length, 64);
    const ring = new StaticArray<Segment>(length);
    const free = new StaticArray<Segment>(length);
    const mask = <u32>(length - 1);
    if (this.next > 0) {
      for (let i = this.retired >> SEGMENT_BITS; i <= (this.next - 1) >> SEGMENT_BITS; i++) {
        ring[i & mask] = this.ring[i & this.ringMask];
      }
    }
    for (let i = 0; i < this.freeCount; i++) free[i] = this.free[i];
    this.ring = ring;
    this.ringMask = mask;
    this.free = free;
  }
}
