import { NEVER_TICK, Tick } from "./clock";

const LEAST: i32 = 64;

/**
 * What is ahead on the links, earliest first, ties by smallest ordinal: a binary heap of (tick, ordinal), each with a payload. Grows by doubling.
 */
export class LandingQueue {
  length: i32 = 0;
  private ticks: StaticArray<i64> = new StaticArray<i64>(LEAST);
  /** Ordinal in the upper half, payload in the lower. */
  private rest: StaticArray<u64> = new StaticArray<u64>(LEAST);

  /** NEVER_TICK if nothing is. */
  @inline
  get firstTick(): Tick {
    return this.length == 0 ? NEVER_TICK : this.ticks[0];
  }

  get firstOrdinal(): u32 {
    return <u32>(this.rest[0] >> 32);
  }

  get firstPayload(): u32 {
    return <u32>this.rest[0];
  }

  push(tick: Tick, ordinal: u32, payload: u32): void {
    if (this.length == this.ticks.length) this.grow();
    this.sift(this.length++, tick, ((<u64>ordinal) << 32) | (<u64>payload));
  }

  /** Entry `i`, in no order. */
  tickAt(i: i32): Tick {
    return this.ticks[i];
  }

  ordinalAt(i: i32): u32 {
    return <u32>(this.rest[i] >> 32);
  }

  payloadAt(i: i32): u32 {
    return <u32>this.rest[i];
  }

  /** Takes the first out. */
  pop(): void {
    const last = --this.length;
    const tick = this.ticks[last];
    const rest = this.rest[last];
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= last) break;
      if (child + 1 < last && this.isBefore(child + 1, child)) child++;
      const isLess = tick < this.ticks[child] || (tick == this.ticks[child] && rest < this.rest[child]);
      if (isLess) break;
      this.ticks[hole] = this.ticks[child];
      this.rest[hole] = this.rest[child];
      hole = child;
    }
    this.ticks[hole] = tick;
    this.rest[hole] = rest;
  }

  private sift(hole: i32, tick: Tick, rest: u64): void {
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const parentTick = this.ticks[parent];
      if (parentTick < tick || (parentTick == tick && this.rest[parent] < rest)) break;
      this.ticks[hole] = parentTick;
      this.rest[hole] = this.rest[parent];
      hole = parent;
    }
    this.ticks[hole] = tick;
    this.rest[hole] = rest;
  }

  private isBefore(a: i32, b: i32): bool {
    return this.ticks[a] < this.ticks[b] || (this.ticks[a] == this.ticks[b] && this.rest[a] < this.rest[b]);
  }

  private grow(): void {
    const length = 2 * this.ticks.length;
    const ticks = new StaticArray<i64>(length);
    const rest = new StaticArray<u64>(length);
    for (let i = 0; i < this.length; i++) {
      ticks[i] = this.ticks[i];
      rest[i] = this.rest[i];
    }
    this.ticks = ticks;
    this.rest = rest;
  }
}
