/** Ordinals of requests, in order; grows. */
export class OrdinalList {
  length: i32 = 0;
  private ordinals: StaticArray<u32> = new StaticArray<u32>(0);

  @inline
  at(i: i32): u32 {
    return this.ordinals[i];
  }

  push(ordinal: u32): void {
    if (this.length == this.ordinals.length) {
      const ordinals = new StaticArray<u32>(max(8, 2 * this.length));
      for (let i = 0; i < this.length; i++) ordinals[i] = this.ordinals[i];
      this.ordinals = ordinals;
    }
    this.ordinals[this.length++] = ordinal;
  }
}
