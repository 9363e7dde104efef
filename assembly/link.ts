import { Tick } from "./clock";

/** The link of one replica: what it carries in the direction from prefill to decode. */
export class Link {
  /** Transfers one after the other: from when on it is free. */
  free: Tick = 0;
  /** Transfers that share it: how many are under way, and their numbers. */
  active: i32 = 0;
  private transfers: StaticArray<i32> = new StaticArray<i32>(0);

  constructor(
    /** Bytes/s. */
    readonly bandwidth: f64,
  ) {}

  /** What each of its transfers can have at most, bytes/s. */
  get share(): f64 {
    return this.bandwidth / <f64>this.active;
  }

  transferAt(i: i32): i32 {
    return this.transfers[i];
  }

  join(transfer: i32): void {
    if (this.active == this.transfers.length) {
      const transfers = new StaticArray<i32>(max(8, 2 * this.active));
      for (let i = 0; i < this.active; i++) transfers[i] = this.transfers[i];
      this.transfers = transfers;
    }
    this.transfers[this.active++] = transfer;
  }

  leave(transfer: i32): void {
    let place = 0;
    while (this.transfers[place] != transfer) place++;
    this.transfers[place] = this.transfers[--this.active];
  }
}
