/**
 * SplitMix64 (G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014), in pairs of 32-bit
 * words.
 */
export class SplitMix64 {
  /** The number drawn last. */
  high = 0;
  low = 0;
  private stateHigh = 0;
  private stateLow = 0;

  /**
   * Begins the stream of a place in a grid of streams.
   *
   * @param seed - Whole number, 0 .. 2^53 - 1.
   * @param row - Whole number, 0 .. 2^32 - 1.
   * @param column - Whole number, 0 .. 2^32 - 1.
   */
  begin(seed: number, row: number, column: number): void {
    this.stateHigh = Math.floor(seed / 2 ** 32);
    this.stateLow = seed >>> 0;
    this.next();
    this.stateHigh = this.high;
    this.stateLow = this.low ^ row;
    this.next();
    this.stateHigh = this.high;
    this.stateLow = this.low ^ column;
  }

  /** Draws the next 64 bits into `high` and `low`. */
  next(): void {
    const low = (this.stateLow >>> 0) + 0x7f4a7c15;
    this.stateHigh = (this.stateHigh + 0x9e3779b9 + (low > 0xffffffff ? 1 : 0)) | 0;
    this.stateLow = low | 0;
    this.high = this.stateHigh;
    this.low = this.stateLow;
    this.xorShift(30);
    this.multiply(0xbf58476d, 0x1ce4e5b9);
    this.xorShift(27);
    this.multiply(0x94d049bb, 0x133111eb);
    this.xorShift(31);
  }

  /** A number strictly between 0 and 1, of 52 random bits. */
  uniform(): number {
    this.next();
    return ((this.high >>> 0) * 2 ** 20 + (this.low >>> 12) + 0.5) / 2 ** 52;
  }

  private xorShift(bits: number): void {
    const low = this.low ^ ((this.low >>> bits) | (this.high << (32 - bits)));
    this.high ^= this.high >>> bits;
    this.low = low;
  }

  /** Multiplies modulo 2^64. */
  private multiply(high: number, low: number): void {
    const a0 = this.low & 0xffff;
    const a1 = this.low >>> 16;
    const b0 = low & 0xffff;
    const b1 = low >>> 16;
    const bottom = a0 * b0;
    const middle = a1 * b0 + (bottom >>> 16);
    const other = a0 * b1 + (middle & 0xffff);
    const carried = a1 * b1 + Math.floor(middle / 2 ** 16) + (other >>> 16);
    this.high = (Math.imul(this.high, low) + Math.imul(this.low, high) + (carried | 0)) | 0;
    this.low = (other << 16) | (bottom & 0xffff);
  }
}
