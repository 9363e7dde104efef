import { Tick } from "./clock";

/**
 * The completions ahead of every replica: one 4-ary min-heap each, all in two flat arrays. The heap of a replica lies at its `base`, as long as the
 * replica has slots; its first entry is the earliest completion.
 *
 *     ticks     | replica 0: t t t . | replica 1: t t . . | ...      i64, completion
 *     payloads  | p p p .            | p p . .            | ...      i64, travels with its tick
 *
 * 16 bytes a slot. Four children fill half a cache line, so a heap of 128 slots is four levels deep. Among equal ticks the order is not
 * promised: completions of one replica at one tick have the same effect in any order.
 */
export class SlotHeaps {
  private readonly ticks: StaticArray<i64>;
  private readonly payloads: StaticArray<i64>;

  constructor(slots: i32) {
    this.ticks = new StaticArray<i64>(slots);
    this.payloads = new StaticArray<i64>(slots);
  }

  /** Earliest completion of the heap at `base`, which is not empty. */
  firstTick(base: i32): Tick {
    return this.ticks[base];
  }

  /** What travels with it. */
  firstPayload(base: i32): i64 {
    return this.payloads[base];
  }

  /** Entry `i` of the array, in no order. */
  tickAt(i: i32): i64 {
    return this.ticks[i];
  }

  payloadAt(i: i32): i64 {
    return this.payloads[i];
  }

  /** Adds an entry to a heap of `size` entries. O(log size), on average O(1) for a late tick. */
  @inline
  push(base: i32, size: i32, tick: Tick, payload: i64): void {
    const ticks = this.ticks;
    const payloads = this.payloads;
    let hole = size;
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      const parentTick = ticks[base + parent];
      if (parentTick <= tick) break;
      ticks[base + hole] = parentTick;
      payloads[base + hole] = payloads[base + parent];
      hole = parent;
    }
    ticks[base + hole] = tick;
    payloads[base + hole] = payload;
  }

  /** Puts an entry in place of the first of a heap of `size` entries. O(log size). */
  @inline
  replaceFirst(base: i32, size: i32, tick: Tick, payload: i64): void {
    const ticks = this.ticks;
    const payloads = this.payloads;
    let hole = 0;
    for (;;) {
      const first = (hole << 2) + 1;
      if (first >= size) break;
      let child = base + first;
      let childTick = ticks[child];
      if (first + 3 < size) {
        // Two pairs, then the winners: half the length of the chain of comparisons.
        const second = ticks[child + 1];
        const third = ticks[child + 2];
        const fourth = ticks[child + 3];
        const left = select(second, childTick, second < childTick);
        const right = select(fourth, third, fourth < third);
        const leftChild = child + i32(second < childTick);
        const rightChild = child + 2 + i32(fourth < third);
        child = select(rightChild, leftChild, right < left);
        childTick = select(right, left, right < left);
      } else {
        for (let other = child + 1; other < base + size; other++) {
          const otherTick = ticks[other];
          const earlier = otherTick < childTick;
          child = select(other, child, earlier);
          childTick = select(otherTick, childTick, earlier);
        }
      }
      if (childTick >= tick) break;
      ticks[base + hole] = childTick;
      payloads[base + hole] = payloads[child];
      hole = child - base;
    }
    ticks[base + hole] = tick;
    payloads[base + hole] = payload;
  }

  /** Takes the first entry out of a heap of `size` entries. O(log size). */
  @inline
  removeFirst(base: i32, size: i32): void {
    const last = base + size - 1;
    if (size > 1) this.replaceFirst(base, size - 1, this.ticks[last], this.payloads[last]);
  }
}
