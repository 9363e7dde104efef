/**
 * Date stamps read from bytes, to the nanosecond: `2023-11-16 18:17:03.9799600`, `2024-05-10 00:00:00.009930+00:00`,
 * `2024-05-10T00:00:00Z`. JavaScript's Date keeps milliseconds only, so fractions are read digit by digit.
 */

const DATE_LENGTH = 10;
const SECONDS_A_DAY = 86400;
const NANOSECONDS = 1e9;
const NANOSECONDS_OF_DIGITS = [1e9, 1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 1e1, 1];
const MOST_FRACTION_DIGITS = 9;
const STAMP = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?: ?(Z|[+-]\d\d(?::?\d\d)?))?$/;

/** Whether a text looks like a date stamp, be it valid or not. */
export function looksLikeStamp(text: string): boolean {
  return /^\d{4}-\d\d-\d\d[ T]/.test(text.trim());
}

/** Whether a date stamp carries an offset from UTC. */
export function hasUtcOffset(text: string): boolean {
  return /(?:Z|[+-]\d\d:?(?:\d\d)?)$/.test(text.trim().slice(DATE_LENGTH));
}

/**
 * Reads date stamps as nanoseconds since midnight of the first stamp's day: whole numbers, exact in a double for 104 days. A
 * stamp without offset counts as UTC.
 */
export class StampClock {
  /** Behind the last byte that {@link read} took. */
  end = 0;
  private originDay: number | undefined;
  private readonly date = new Uint8Array(DATE_LENGTH);
  /** Midnight of `date`, seconds since the origin; NaN while `date` is none. */
  private midnightS = NaN;

  /**
   * Reads a stamp at `start`. NaN if what is there is not written the usual way; {@link fromText} decides then. The caller
   * sees to it that a line end follows.
   */
  read(bytes: Uint8Array, start: number): number {
    for (let i = 0; i < DATE_LENGTH; i++) {
      if (bytes[start + i] !== this.date[i]) {
        this.changeDate(bytes, start);
        break;
      }
    }
    const separator = bytes[start + 10]!;
    const hour = twoDigits(bytes, start + 11);
    const minute = twoDigits(bytes, start + 14);
    const second = twoDigits(bytes, start + 17);
    const isTime =
      bytes[start + 13] === 0x3a && bytes[start + 16] === 0x3a && (separator === 0x20 || separator === 0x54);
    if (!isTime || hour > 23 || minute > 59 || second > 59) return NaN;
    this.end = start + 19;
    const fraction = bytes[this.end] === 0x2e ? this.fraction(bytes) : 0;
    const offsetS = this.offset(bytes);
    return (this.midnightS + hour * 3600 + minute * 60 + second - offsetS) * NANOSECONDS + fraction;
  }

  /** Reads a whole text as a stamp; NaN if it is none. */
  fromText(text: string): number {
    const match = STAMP.exec(text.trim());
    if (!match) return NaN;
    const day = dayNumber(Number(match[1]), Number(match[2]), Number(match[3]));
    const [hour, minute, second] = [Number(match[4]), Number(match[5]), Number(match[6])];
    if (Number.isNaN(day) || hour > 23 || minute > 59 || second > 59) return NaN;
    const fraction = Number((match[7] ?? "").padEnd(MOST_FRACTION_DIGITS, "0"));
    const offsetS = offsetSeconds(match[8] ?? "Z");
    this.originDay ??= day;
    const seconds = (day - this.originDay) * SECONDS_A_DAY + hour * 3600 + minute * 60 + second - offsetS;
    return seconds * NANOSECONDS + fraction;
  }

  /** A time of this clock as seconds since 1970-01-01 UTC. */
  toEpochS(time: number): number {
    return (this.originDay ?? 0) * SECONDS_A_DAY + time / NANOSECONDS;
  }

  private changeDate(bytes: Uint8Array, start: number): void {
    this.date.set(bytes.subarray(start, start + DATE_LENGTH));
    const year = twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2);
    const dashes = bytes[start + 4] === 0x2d && bytes[start + 7] === 0x2d;
    const day = dashes ? dayNumber(year, twoDigits(bytes, start + 5), twoDigits(bytes, start + 8)) : NaN;
    if (!Number.isNaN(day)) this.originDay ??= day;
    this.midnightS = (day - (this.originDay ?? 0)) * SECONDS_A_DAY;
  }

  /** Reads the fraction behind the point at `end`, nanoseconds; NaN if it has no digits or more than nine. */
  private fraction(bytes: Uint8Array): number {
    const begin = this.end + 1;
    let at = begin;
    let value = 0;
    for (let digit = bytes[at]! - 48; digit >= 0 && digit <= 9; digit = bytes[++at]! - 48) value = value * 10 + digit;
    this.end = at;
    const digits = at - begin;
    return digits >= 1 && digits <= MOST_FRACTION_DIGITS ? value * NANOSECONDS_OF_DIGITS[digits]! : NaN;
  }

  /** Reads an offset from UTC at `end`, seconds; 0 if there is none, NaN if it is written another way than `+hh:mm` or `Z`. */
  private offset(bytes: Uint8Array): number {
    const sign = bytes[this.end]!;
    if (sign === 0x5a) {
      this.end++;
      return 0;
    }
    if (sign !== 0x2b && sign !== 0x2d) return 0;
    const hours = twoDigits(bytes, this.end + 1);
    const minutes = twoDigits(bytes, this.end + 4);
    if (bytes[this.end + 3] !== 0x3a || hours > 23 || minutes > 59) return NaN;
    this.end += 6;
    return (sign === 0x2b ? 1 : -1) * (hours * 3600 + minutes * 60);
  }
}

/** Two decimal digits; a value above any clock's or calendar's if they are none. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - 48;
  const units = bytes[at + 1]! - 48;
  return tens >= 0 && tens <= 9 && units >= 0 && units <= 9 ? tens * 10 + units : 1e6;
}

function offsetSeconds(text: string): number {
  if (text === "Z") return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(3).replace(":", ""));
  if (hours > 23 || minutes > 59) return NaN;
  return (text.startsWith("-") ? -1 : 1) * (hours * 3600 + minutes * 60);
}

/**
 * Days since 1970-01-01 in the Gregorian calendar; NaN if there is no such day. After H. Hinnant, "chrono-Compatible Low-Level
 * Date Algorithms", days_from_civil.
 */
export function dayNumber(year: number, month: number, day: number): number {
  if (year > 9999 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return NaN;
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
