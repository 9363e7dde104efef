import { PrefixCache } from "./prefix-cache";

/** The KV blocks of a lane. Those of cached units that nobody uses are free: they are dropped when they are needed. */
export class LaneMemory {
  /** Blocks that are nobody's and no unit's. */
  plain: i32;
  /** Blocks of nobody who runs: held for a transfer, or granted to a request without a seat. */
  outside: i32 = 0;

  constructor(
    private readonly blocks: i32,
    readonly cache: PrefixCache | null,
    /** Blocks of a unit of the cache. */
    private readonly unitBlocks: i32,
  ) {
    this.plain = blocks;
  }

  @inline
  get free(): i32 {
    const cache = this.cache;
    return cache == null ? this.plain : this.plain + cache.unused * this.unitBlocks;
  }

  get used(): i32 {
    return this.blocks - this.free;
  }

  /** Blocks of those who run. */
  @inline
  get running(): i32 {
    return this.used - this.outside;
  }

  /** Takes free blocks. */
  @inline
  take(blocks: i32): void {
    this.plain -= blocks;
    if (this.plain < 0) this.evict();
  }

  /** Frees what a request owned: `blocks` in all, of which the cache keeps those of the units that it used. */
  release(ordinal: u32, blocks: i32): void {
    const cache = this.cache;
    this.plain += cache == null ? blocks : blocks - cache.release(ordinal) * this.unitBlocks;
  }

  private evict(): void {
    while (this.plain < 0) {
      this.cache!.evict();
      this.plain += this.unitBlocks;
    }
  }
}
