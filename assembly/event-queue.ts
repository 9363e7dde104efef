import { BinaryHeap } from "./binary-heap";
import { NEVER_TICK, Tick } from "./clock";
import { Replica } from "./fleet";
import { SlotHeaps } from "./slot-heaps";
import { WinnerTree } from "./winner-tree";

/**
 * The completions ahead of the whole fleet, earliest first, ties by lowest replica. It keeps `busy` of every replica: the number of its
 * entries here.
 *
 * Two structures behind one face: a heap of slots in every replica under a tournament of replicas (a new completion that is not its
 * replica's earliest does not touch the tournament), or one textbook heap of everything, its twin.
 */
export class EventQueue {
  private readonly heaps: SlotHeaps;
  private readonly tree: WinnerTree;
  private readonly textbook: BinaryHeap | null;

  constructor(replicas: i32, slots: i32, textbook: bool) {
    this.heaps = new SlotHeaps(textbook ? 0 : slots);
    this.tree = new WinnerTree(textbook ? 1 : replicas);
    this.textbook = textbook ? new BinaryHeap(slots) : null;
  }

  /** Tick of the earliest completion, NEVER_TICK if nothing is in service. */
  @inline
  get firstTick(): Tick {
    const textbook = this.textbook;
    if (textbook == null) return this.tree.minKey;
    const tick = textbook.firstTick;
    return tick == Infinity ? NEVER_TICK : <Tick>tick;
  }

  /** Number in the fleet of the replica where it happens. */
  @inline
  get firstReplica(): i32 {
    const textbook = this.textbook;
    return textbook == null ? this.tree.minLeaf : textbook.firstReplica;
  }

  /** What was pushed with the earliest completion, which is that of `replica`. */
  @inline
  firstPayload(replica: Replica): i64 {
    const textbook = this.textbook;
    return textbook == null ? this.heaps.firstPayload(replica.base) : textbook.firstPayload;
  }

  /** Adds a completion at `replica`. */
  @inline
  push(replica: Replica, tick: Tick, payload: i64): void {
    const textbook = this.textbook;
    if (textbook == null) {
      this.heaps.push(replica.base, replica.busy, tick, payload);
      if (this.heaps.firstTick(replica.base) == tick) this.tree.update(replica.number, tick);
    } else {
      textbook.push(<f64>tick, replica.number, payload);
    }
    replica.busy++;
  }

  /** Puts a completion at `replica` in place of the earliest, which is its own. */
  @inline
  replaceFirst(replica: Replica, tick: Tick, payload: i64): void {
    const textbook = this.textbook;
    if (textbook == null) {
      this.heaps.replaceFirst(replica.base, replica.busy, tick, payload);
      this.tree.update(replica.number, this.heaps.firstTick(replica.base));
    } else {
      textbook.pop();
      textbook.push(<f64>tick, replica.number, payload);
    }
  }

  /** Takes the earliest completion out, which is that of `replica`. */
  @inline
  removeFirst(replica: Replica): void {
    const textbook = this.textbook;
    if (textbook == null) {
      this.heaps.removeFirst(replica.base, replica.busy);
      this.tree.update(replica.number, replica.busy > 1 ? this.heaps.firstTick(replica.base) : NEVER_TICK);
    } else {
      textbook.pop();
    }
    replica.busy--;
  }
}
