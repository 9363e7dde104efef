import { BALANCE_LEAST_OUTSTANDING, BALANCE_LEAST_QUEUE, BALANCE_ROUND_ROBIN } from "./contract";
import { uniform } from "./random";
import { WinnerTree } from "./winner-tree";

/** Bits of a key below the queue length, for the choice counter of least_queue: 68 billion choices, queues of up to 134 million. */
const CHOICE_BITS: i64 = 36;

/**
 * Chooses a replica of one pool. Policies that look for a minimum keep a tournament of the replicas and cost O(log replicas) a choice and a
 * change; the others cost O(1).
 */
export class Balancer {
  /** Of the policies that look for a minimum. */
  private readonly tree: WinnerTree | null;
  private readonly outstanding: StaticArray<i32>;
  /** least_queue: number of the latest choice of each replica, 0 = never. */
  private readonly chosen: StaticArray<i64>;
  private choices: i64 = 0;

  constructor(
    private readonly kind: i32,
    private readonly replicas: i32,
    private readonly key: u64,
  ) {
    const byQueue = kind == BALANCE_LEAST_QUEUE;
    this.outstanding = new StaticArray<i32>(replicas);
    this.chosen = new StaticArray<i64>(byQueue ? replicas : 0);
    this.tree = byQueue || kind == BALANCE_LEAST_OUTSTANDING ? idleReplicas(replicas) : null;
  }

  /** The replica for request `ordinal`. */
  choose(ordinal: u32): i32 {
    const kind = this.kind;
    if (kind == BALANCE_LEAST_OUTSTANDING) return this.tree!.minLeaf;
    if (kind == BALANCE_LEAST_QUEUE) {
      const leaf = this.tree!.minLeaf;
      const waiting = this.tree!.minKey >> CHOICE_BITS;
      this.chosen[leaf] = ++this.choices;
      this.tree!.update(leaf, (waiting << CHOICE_BITS) | this.choices);
      return leaf;
    }
    if (kind == BALANCE_ROUND_ROBIN) return <i32>(this.choices++ % <i64>this.replicas);
    return this.betterOfTwo(<u64>ordinal);
  }

  private betterOfTwo(ordinal: u64): i32 {
    const n = this.replicas;
    if (n == 1) return 0;
    const a = <i32>(uniform(this.key, 2 * ordinal) * <f64>n);
    let b = <i32>(uniform(this.key, 2 * ordinal + 1) * <f64>(n - 1));
    if (b >= a) b++;
    return this.outstanding[b] < this.outstanding[a] ? b : a;
  }

  /** Tells that `outstanding` requests are now with the replica. */
  setOutstanding(replica: i32, outstanding: i32): void {
    this.outstanding[replica] = outstanding;
    if (this.kind == BALANCE_LEAST_OUTSTANDING) this.tree!.update(replica, <i64>outstanding);
  }

  /** Tells that `waiting` requests are now in the queue of the replica. */
  setWaiting(replica: i32, waiting: i32): void {
    if (this.kind == BALANCE_LEAST_QUEUE) {
      this.tree!.update(replica, ((<i64>waiting) << CHOICE_BITS) | this.chosen[replica]);
    }
  }
}

function idleReplicas(count: i32): WinnerTree {
  const tree = new WinnerTree(count);
  for (let i = 0; i < count; i++) tree.update(i, 0);
  return tree;
}
