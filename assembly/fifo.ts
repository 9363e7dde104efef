import { Ledger } from "./ledger";

/** A first-in first-out queue of requests, chained through the ledger: no memory of its own. Every operation is O(1). */
export class Fifo {
  length: i32 = 0;
  private head: u32 = 0;
  private tail: u32 = 0;

  /** Ordinal of the request at the head of a queue that is not empty. */
  get first(): u32 {
    return this.head;
  }

  push(ledger: Ledger, ordinal: u32): void {
    if (this.length == 0) this.head = ordinal;
    else ledger.at(this.tail).following = ordinal;
    this.tail = ordinal;
    this.length++;
  }

  pop(ledger: Ledger): u32 {
    const ordinal = this.head;
    this.head = ledger.at(ordinal).following;
    this.length--;
    return ordinal;
  }
}
