import { TICKS_PER_SECOND } from "./contract";
import { NEVER_TICK, Tick } from "./clock";
import { LandingQueue } from "./landing-queue";
import { Link } from "./link";

/** A transfer under way on links that it shares. */
class Transfer {
  ordinal: u32 = 0;
  source: Link;
  target: Link;
  /** Bytes that were left at `since`. */
  left: f64 = 0;
  /** Bytes/s since then. */
  rate: f64 = 0;
  since: Tick = 0;
  /** When it will be over as things are; entries of the queue with other ticks are out of date. */
  end: Tick = NEVER_TICK;
  /** From its end to landing. */
  latency: Tick = 0;

  constructor(source: Link, target: Link) {
    this.source = source;
    this.target = target;
  }
}

/**
 * Transfers that share links: each has an equal part of both of its links and moves at the smaller one. Whenever one begins or ends, those on its two links are told
 * their new rates and ends. What this outdates in the queue of events stays there until it is cleared away.
 */
export class SharedLinks {
  private transfers: StaticArray<Transfer | null> = new StaticArray<Transfer | null>(8);
  private laid: i32 = 0;
  private free: StaticArray<i32> = new StaticArray<i32>(8);
  private freeCount: i32 = 0;

  constructor(private readonly queue: LandingQueue) {}

  /** `left` bytes of request `ordinal` set out at `tick`. */
  begin(ordinal: u32, source: Link, target: Link, left: f64, latency: Tick, tick: Tick): void {
    const number = this.take(source, target);
    const transfer = this.transfers[number]!;
    transfer.ordinal = ordinal;
    transfer.latency = latency;
    transfer.left = left;
    transfer.rate = 0;
    transfer.since = tick;
    source.join(number);
    target.join(number);
    this.retime(source, tick);
    this.retime(target, tick);
  }

  /** Transfer `number` is over at `tick`; answers when it lands. */
  end(number: i32, tick: Tick): Tick {
    const transfer = this.transfers[number]!;
    transfer.source.leave(number);
    transfer.target.leave(number);
    transfer.end = NEVER_TICK;
    this.free[this.freeCount++] = number;
    this.retime(transfer.source, tick);
    this.retime(transfer.target, tick);
    return tick + transfer.latency;
  }

  /** Whether transfer `number` is that of request `ordinal`, and will be over at `tick`. */
  holds(number: i32, ordinal: u32, tick: Tick): bool {
    const transfer = this.transfers[number]!;
    return transfer.ordinal == ordinal && transfer.end == tick;
  }

  private retime(link: Link, tick: Tick): void {
    for (let i = 0; i < link.active; i++) {
      const transfer = this.transfers[link.transferAt(i)]!;
      if (tick != transfer.since) {
        const moved = transfer.rate * (<f64>(tick - transfer.since) / <f64>TICKS_PER_SECOND);
        transfer.left = Math.max(0, transfer.left - moved);
        transfer.since = tick;
      }
      transfer.rate = Math.min(transfer.source.share, transfer.target.share);
      const end = tick + ticksFor(transfer.left, transfer.rate);
      if (end == transfer.end) continue;
      transfer.end = end;
      this.queue.push(end, transfer.ordinal, <u32>link.transferAt(i) + 1);
    }
  }

  private take(source: Link, target: Link): i32 {
    if (this.freeCount > 0) {
      const number = this.free[--this.freeCount];
      const transfer = this.transfers[number]!;
      transfer.source = source;
      transfer.target = target;
      return number;
    }
    if (this.laid == this.transfers.length) this.grow();
    this.transfers[this.laid] = new Transfer(source, target);
    return this.laid++;
  }

  private grow(): void {
    const length = 2 * this.laid;
    const transfers = new StaticArray<Transfer | null>(length);
    for (let i = 0; i < this.laid; i++) transfers[i] = this.transfers[i];
    this.transfers = transfers;
    this.free = new StaticArray<i32>(length);
  }

  /** Transfers under way. */
  get count(): i32 {
    return this.laid - this.freeCount;
  }
}

/** How long `bytes` take at `rate` bytes/s: at least one tick. */
function ticksFor(bytes: f64, rate: f64): Tick {
  if (rate == Infinity) return 1;
  return <Tick>Math.max(1, Math.ceil((bytes / rate) * <f64>TICKS_PER_SECOND));
}
