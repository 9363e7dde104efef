import { Ledger } from "./ledger";

const NONE: u32 = u32.MAX_VALUE;

/** A first-in first-out queue of requests that are handed over, chained through the ledger beside the queues of lanes: a request can be in one of each. */
export class HandoverQueue {
  length: i32 = 0;
  /** Ordinal of the head of a queue that is not empty. */
  first: u32 = NONE;
  private last: u32 = NONE;

  push(ledger: Ledger, ordinal: u32): void {
    ledger.at(ordinal).behind = NONE;
    if (this.length == 0) this.first = ordinal;
    else ledger.at(this.last).behind = ordinal;
    this.last = ordinal;
    this.length++;
  }

  pop(ledger: Ledger): u32 {
    const ordinal = this.first;
    this.first = ledger.at(ordinal).behind;
    this.length--;
    return ordinal;
  }

  /** Takes a request out, wherever it is. O(length): only those do that gave up. */
  remove(ledger: Ledger, ordinal: u32): void {
    if (this.first == ordinal) {
      this.pop(ledger);
      return;
    }
    let before = this.first;
    while (ledger.at(before).behind != ordinal) before = ledger.at(before).behind;
    ledger.at(before).behind = ledger.at(ordinal).behind;
    if (this.last == ordinal) this.last = before;
    this.length--;
  }
}
