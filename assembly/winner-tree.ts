import { NEVER_TICK } from "./clock";

/**
 * A tournament over a fixed number of leaves: the leaf with the smallest key is at the root.
 *
 *     node      1                 keys[1], leaves[1]: the winner of all
 *              / \
 *             2   3               keys[n], leaves[n]: the better of children 2n and 2n + 1
 *            / \ / \
 *           4  5 6  7             node size + i: leaf i (size = leaves rounded up to a power of two)
 *
 * Ties go to the lowest leaf. `update` costs O(log leaves) without an unpredictable branch: the climbing value stays in registers, only
 * siblings are loaded, and an integer `select` compiles to a conditional move where one on f64 would branch. Keys are at most NEVER_TICK,
 * which is also the key of an unused leaf.
 */
export class WinnerTree {
  private readonly size: i32;
  private readonly keys: StaticArray<i64>;
  private readonly leaves: StaticArray<i32>;

  constructor(count: i32) {
    let size = 1;
    while (size < count) size <<= 1;
    const keys = new StaticArray<i64>(2 * size);
    const leaves = new StaticArray<i32>(2 * size);
    for (let i = 0; i < size; i++) leaves[size + i] = i;
    for (let node = size - 1; node > 0; node--) leaves[node] = leaves[2 * node];
    for (let node = 0; node < 2 * size; node++) keys[node] = NEVER_TICK;
    this.size = size;
    this.keys = keys;
    this.leaves = leaves;
  }

  /** Key of the winner. */
  get minKey(): i64 {
    return this.keys[1];
  }

  /** The winning leaf. */
  get minLeaf(): i32 {
    return this.leaves[1];
  }

  /** Gives `leaf` a new key. */
  @inline
  update(leaf: i32, key: i64): void {
    const keys = this.keys;
    const leaves = this.leaves;
    let node = this.size + leaf;
    let winner = leaf;
    keys[node] = key;
    while (node > 1) {
      const sibling = node ^ 1;
      const siblingKey = keys[sibling];
      // A right child (odd) loses ties to its sibling: for it, "smaller than key + 1" is "at most key".
      const siblingWins = siblingKey < key + <i64>(node & 1);
      winner = select(leaves[sibling], winner, siblingWins);
      key = select(siblingKey, key, siblingWins);
      node >>= 1;
      keys[node] = key;
      leaves[node] = winner;
    }
  }
}
