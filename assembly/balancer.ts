import { BALANCE_LEAST_OUTSTANDING, BALANCE_LEAST_QUEUE, BALANCE_TWO_CHOICES } from "./contract";
import { LoadTree } from "./load-tree";
import { uniform } from "./random";
import { WinnerTree } from "./winner-tree";

/** Bits of a key below the queue length, for the choice counter of least_queue: 68 billion choices, queues of up to 134 million. */
const CHOICE_BITS: i64 = 36;

/**
 * Chooses a replica of one pool. Policies that look for a minimum keep a tournament of the replicas and cost O(log replicas) a choice and a
 * change; the others cost O(1).
 */
export class Balancer {
  /** least_outstanding: replicas by outstanding requests. */
  private readonly byOutstanding: LoadTree | null;
  /** least_queue: replicas by queue length, then by their latest choice. */
  private readonly byQueue: WinnerTree | null;
  /** least_queue: number of the latest choice of each replica, 0 = never. */
  private readonly chosen: StaticArray<i64>;
  /** two_choices: outstanding requests of each replica. */
  private readonly outstanding: StaticArray<i32>;
  private choices: i64 = 0;

  constructor(
    private readonly kind: i32,
    private readonly replicas: i32,
    private readonly key: u64,
  ) {
    const isByQueue = kind == BALANCE_LEAST_QUEUE;
    this.byOutstanding = kind == BALANCE_LEAST_OUTSTANDING ? new LoadTree(replicas) : null;
    this.byQueue = isByQueue ? emptyQueues(replicas) : null;
    this.chosen = new StaticArray<i64>(isByQueue ? replicas : 0);
    this.outstanding = new StaticArray<i32>(kind == BALANCE_TWO_CHOICES ? replicas : 0);
  }

  /** The replica for request `ordinal`. */
  @inline
  choose(ordinal: u32): i32 {
    const kind = this.kind;
    if (kind == BALANCE_LEAST_OUTSTANDING) return this.byOutstanding!.least;
    if (kind == BALANCE_LEAST_QUEUE) return this.leastQueue();
    if (kind == BALANCE_TWO_CHOICES) return this.betterOfTwo(<u64>ordinal);
    return <i32>(this.choices++ % <i64>this.replicas);
  }

  private leastQueue(): i32 {
    const tree = this.byQueue!;
    const replica = tree.minLeaf;
    const waiting = tree.minKey >> CHOICE_BITS;
    this.chosen[replica] = ++this.choices;
    tree.update(replica, (waiting << CHOICE_BITS) | this.choices);
    return replica;
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
  @inline
  setOutstanding(replica: i32, outstanding: i32): void {
    if (this.kind == BALANCE_LEAST_OUTSTANDING) this.byOutstanding!.update(replica, <i64>outstanding);
    else if (this.kind == BALANCE_TWO_CHOICES) this.outstanding[replica] = outstanding;
  }

  /** Tells that `waiting` requests are now in the queue of the replica. */
  setWaiting(replica: i32, waiting: i32): void {
    if (this.kind == BALANCE_LEAST_QUEUE) {
      this.byQueue!.update(replica, ((<i64>waiting) << CHOICE_BITS) | this.chosen[replica]);
    }
  }
}

function emptyQueues(replicas: i32): WinnerTree {
  const tree = new WinnerTree(replicas);
  for (let i = 0; i < replicas; i++) tree.update(i, 0);
  return tree;
}
