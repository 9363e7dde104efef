import { Ledger, Request } from "./ledger";

const NONE: u32 = u32.MAX_VALUE;

/**
 * The requests that wait in a lane, chained through the ledger. First come first served it is a list that can be pushed at both ends, O(1); by priority it is
 * a skew heap ordered by (priority, ordinal), O(log waiting) on average over any run of operations (Sleator and Tarjan, "Self-adjusting heaps", SIAM J. Computing 15(1), 1986).
 */
export class LaneQueue {
  length: i32 = 0;
  /** Head of the queue, if it is not empty. */
  first: u32 = NONE;
  private last: u32 = NONE;

  constructor(
    private readonly ledger: Ledger,
    private readonly byPriority: bool,
  ) {}

  push(ordinal: u32): void {
    const request = this.ledger.at(ordinal);
    if (this.byPriority) {
      this.join(ordinal, request);
      return;
    }
    request.following = NONE;
    if (this.length == 0) this.first = ordinal;
    else this.ledger.at(this.last).following = ordinal;
    this.last = ordinal;
    this.length++;
  }

  /** Puts a request back that had left the queue: at the head, or by its priority. */
  pushBack(ordinal: u32): void {
    const request = this.ledger.at(ordinal);
    if (this.byPriority) {
      this.join(ordinal, request);
      return;
    }
    if (this.length == 0) this.last = ordinal;
    request.following = this.first;
    this.first = ordinal;
    this.length++;
  }

  /** Takes the head. */
  pop(): u32 {
    const head = this.first;
    const request = this.ledger.at(head);
    this.first = this.byPriority ? this.merge(request.following, request.blocks) : request.following;
    this.length--;
    return head;
  }

  private join(ordinal: u32, request: Request): void {
    request.following = NONE;
    request.blocks = NONE;
    this.first = this.length == 0 ? ordinal : this.merge(this.first, ordinal);
    this.length++;
  }

  /** Merges two heaps from the top down: the children of every node on the way change sides (`following` is the left one, `blocks` the right). */
  private merge(a: u32, b: u32): u32 {
    if (a == NONE) return b;
    if (b == NONE) return a;
    const ledger = this.ledger;
    if (ledger.goesBefore(b, a)) {
      const other = a;
      a = b;
      b = other;
    }
    const root = a;
    let right = this.turn(a);
    while (right != NONE) {
      // The former right child of `a` merges with `b` and becomes its left one.
      if (ledger.goesBefore(b, right)) {
        const other = right;
        right = b;
        b = other;
      }
      ledger.at(a).following = right;
      a = right;
      right = this.turn(a);
    }
    ledger.at(a).following = b;
    return root;
  }

  /** Moves the left child to the right; answers the one that was there. */
  private turn(ordinal: u32): u32 {
    const request = this.ledger.at(ordinal);
    const right = <u32>request.blocks;
    request.blocks = request.following;
    return right;
  }
}
