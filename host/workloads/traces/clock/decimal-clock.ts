/**
 * Arrival times written as decimal numbers, read from bytes to the nanosecond.
 */
import type { ArrivalUnit } from "../trace-source.js";

/** Fraction digits of one unit that reach down to the nanosecond. */
const NANOSECOND_DIGITS: Record<ArrivalUnit, number> = { s: 9, ms: 6, us: 3, ns: 0 };
const POWERS_OF_TEN = Float64Array.from({ length: 16 }, (_, i) => Number(`1e${i}`));
/** Digits that a double holds without loss, whatever they are. */
const EXACT_DIGITS = 15;
/** From this on a number is taken for a date, such as seconds since 1970: more than its nanoseconds would fit a double. */
const DATE_LIKE = 1e9;
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/**
 * Reads decimal numbers as whole nanoseconds: exact in a double for 104 days. Where the first number is above 10^9, its whole
 * part is the origin.
 */
export class DecimalClock {
  /** Behind the last byte that {@link read} took. */
  end = 0;
  private readonly digits: number;
  private readonly scale: number;
  private origin: bigint | undefined;
  private originNumber = 0;

  constructor(unit: ArrivalUnit) {
    this.digits = NANOSECOND_DIGITS[unit];
    this.scale = POWERS_OF_TEN[this.digits]!;
  }

  /**
   * Reads an unsigned decimal at `start`. NaN if what is there is not written the usual way; {@link fromText} decides then. The
   * caller sees to it that a line end follows.
   */
  read(bytes: Uint8Array, start: number): number {
    let at = start;
    let whole = 0;
    for (let digit = bytes[at]! - 48; digit >= 0 && digit <= 9; digit = bytes[++at]! - 48) whole = whole * 10 + digit;
    const wholeDigits = at - start;
    let fraction = 0;
    let fractionDigits = 0;
    if (bytes[at] === 0x2e) {
      const begin = ++at;
      for (let digit = bytes[at]! - 48; digit >= 0 && digit <= 9; digit = bytes[++at]! - 48)
        fraction = fraction * 10 + digit;
      fractionDigits = at - begin;
    }
    this.end = at;
    if (wholeDigits === 0 || wholeDigits > EXACT_DIGITS || fractionDigits > this.digits) return NaN;
    if (this.origin === undefined) this.setOrigin(BigInt(whole));
    return (whole - this.originNumber) * this.scale + fraction * POWERS_OF_TEN[this.digits - fractionDigits]!;
  }

  /** Reads a whole text as a number, in any usual notation; NaN if it is none or not finite. */
  fromText(text: string): number {
    const trimmed = text.trim();
    const match = DECIMAL.exec(trimmed);
    if (!match || (match[2] === "" && !match[3])) return NaN;
    const isPlain = match[1] === "" && match[4] === undefined;
    if (!isPlain) return this.fromNumber(Number(trimmed));
    const whole = BigInt(match[2] || "0");
    if (this.origin === undefined) this.setOrigin(whole);
    const time = Number(whole - this.origin!) * this.scale + this.nanoseconds(match[3] ?? "");
    return Number.isFinite(time) ? time : NaN;
  }

  /** The same for a number that has been read already. */
  fromNumber(value: number): number {
    if (!Number.isFinite(value)) return NaN;
    if (this.origin === undefined) this.setOrigin(BigInt(Math.max(0, Math.trunc(value))));
    const time = Math.round((value - this.originNumber) * this.scale);
    return Number.isFinite(time) ? time : NaN;
  }

  /** Whether a time of this clock is negative in the file. */
  isNegative(time: number): boolean {
    return time < 0 && time + this.originNumber * this.scale < 0;
  }

  /** A time of this clock as the file has it, but in seconds. */
  toFileS(time: number): number {
    return (this.originNumber * this.scale + time) / 1e9;
  }

  /** Fraction digits as nanoseconds, the last rounded half up. */
  private nanoseconds(fraction: string): number {
    const kept = Number(fraction.slice(0, this.digits).padEnd(this.digits, "0") || "0");
    return kept + (fraction.charAt(this.digits) >= "5" ? 1 : 0);
  }

  private setOrigin(whole: bigint): void {
    this.origin = whole >= DATE_LIKE ? whole : 0n;
    this.originNumber = Number(this.origin);
  }
}
