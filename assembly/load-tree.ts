/** Bits of a key that name the replica: 16 million of them, loads of up to 5 * 10^11. */
const REPLICA_BITS: i64 = 24;

/**
 * A tournament over replicas by their load, for policies that want the least loaded one; ties go to the lowest replica. Laid out as WinnerTree,
 * but a key holds the load above and the replica below, so ties need no rule, nodes no second array, and a level costs a load, a minimum and a store:
 * half of what WinnerTree pays.
 */
export class LoadTree {
  private readonly size: i32;
  private readonly keys: StaticArray<i64>;

  /** A tree of `count` replicas without load. */
  constructor(count: i32) {
    let size = 1;
    while (size < count) size <<= 1;
    const keys = new StaticArray<i64>(2 * size);
    for (let i = 0; i < size; i++) keys[size + i] = i < count ? <i64>i : i64.MAX_VALUE;
    for (let node = size - 1; node > 0; node--) keys[node] = min(keys[2 * node], keys[2 * node + 1]);
    this.size = size;
    this.keys = keys;
  }

  /** The least loaded replica. */
  get least(): i32 {
    return <i32>(this.keys[1] & ((1 << REPLICA_BITS) - 1));
  }

  /** Gives a replica a new load. O(log replicas). */
  @inline
  update(replica: i32, load: i64): void {
    const keys = this.keys;
    let node = this.size + replica;
    let key = (load << REPLICA_BITS) | (<i64>replica);
    keys[node] = key;
    while (node > 1) {
      key = min(key, keys[node ^ 1]);
      node >>= 1;
      keys[node] = key;
    }
  }
}
