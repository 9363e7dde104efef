/**
 * Whole numbers as text: base 36, a fixed number of digits each, so that tables stay small in source form and need no fetch.
 */

/** The numbers one after the other; each must fit in `width` digits. */
export function encodeDigits(values: Iterable<number>, width: number): string {
  let text = "";
  for (const value of values) {
    const digits = value.toString(36).padStart(width, "0");
    if (digits.length > width || !Number.isInteger(value) || value < 0) {
      throw new RangeError(`${value} does not fit in ${width} base-36 digits`);
    }
    text += digits;
  }
  return text;
}

/** The numbers that {@link encodeDigits} wrote. */
export function decodeDigits(text: string, width: number): number[] {
  const values: number[] = [];
  for (let at = 0; at < text.length; at += width) values.push(parseInt(text.slice(at, at + width), 36));
  return values;
}
