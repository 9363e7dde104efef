/** How much of the prompts a prefix cache could serve. */
import type { BlockColumns } from "./requests.js";

/** Reuse of prompt blocks by an unbounded prefix cache. */
export interface PrefixReuse {
  /** Prompt blocks of all requests. */
  blocks: number;
  /** Different blocks among them. */
  distinctBlocks: number;
  /** Leading blocks of prompts that an earlier request had: those that need no prefill. */
  reusedBlocks: number;
  /** `reusedBlocks / blocks`; `null` without a block. */
  reusedShare: number | null;
  /** More different blocks than are kept: the figures but `blocks` are lower bounds. */
  isLowerBound: boolean;
}

/** Different blocks kept by default: 32 MB of memory when full. */
export const DEFAULT_MAX_DISTINCT_BLOCKS = 4 * 1024 * 1024;

/** Counts, for each request, the leading blocks that were in a request before it. */
export class PrefixCounts {
  private readonly seen: BlockSet;
  private blocks = 0;
  private reused = 0;

  constructor(maxDistinctBlocks: number) {
    this.seen = new BlockSet(maxDistinctBlocks);
  }

  /** @param count - requests in the columns */
  add(columns: BlockColumns, count: number): void {
    const { offsets, ids } = columns;
    for (let request = 0; request < count; request++) {
      const first = offsets[request]!;
      const end = offsets[request + 1]!;
      this.blocks += end - first;
      let at = first;
      while (at < end && this.seen.has(ids[at]!)) at++;
      this.reused += at - first;
      for (; at < end; at++) this.seen.add(ids[at]!);
    }
  }

  reuse(): PrefixReuse {
    return {
      blocks: this.blocks,
      distinctBlocks: this.seen.size,
      reusedBlocks: this.reused,
      reusedShare: this.blocks > 0 ? this.reused / this.blocks : null,
      isLowerBound: this.seen.turnedAway,
    };
  }
}

/** A set of 32-bit numbers with a limit: open addressing, at most half full; 0 is kept apart, as it marks a free place. */
class BlockSet {
  size = 0;
  /** Whether a number was not taken because the set was full. */
  turnedAway = false;
  private hasZero = false;
  private table = new Uint32Array(1024);

  constructor(private readonly limit: number) {}

  has(id: number): boolean {
    return id === 0 ? this.hasZero : this.table[this.place(id)] === id;
  }

  add(id: number): void {
    if (this.has(id)) return;
    if (this.size >= this.limit) {
      this.turnedAway = true;
      return;
    }
    this.size++;
    if (id === 0) {
      this.hasZero = true;
      return;
    }
    if (this.size * 2 > this.table.length) this.grow();
    this.table[this.place(id)] = id;
  }

  /** Where the number is, or the free place where it belongs. */
  private place(id: number): number {
    const mask = this.table.length - 1;
    // Fibonacci hashing (Knuth, TAOCP 3, section 6.4): 2^32 over the golden ratio; the high bits are the mixed ones.
    let place = Math.imul(id, 0x9e3779b9) >>> Math.clz32(mask);
    while (this.table[place] !== 0 && this.table[place] !== id) place = (place + 1) & mask;
    return place;
  }

  private grow(): void {
    const old = this.table;
    this.table = new Uint32Array(old.length * 2);
    for (const id of old) if (id !== 0) this.table[this.place(id)] = id;
  }
}
