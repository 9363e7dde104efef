/** Numbers as a reader wants them: with sensible digits and groups of three. A figure that does not exist is a dash. */

/** What stands for a figure that does not exist. */
export const NONE = "-";

/** With a comma between groups of three digits, and so many decimals. */
export function grouped(value: number | null, decimals = 0): string {
  if (value === null) return NONE;
  return value.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** Three digits that count, at most two decimals: 0.07, 6.53, 65.3, 505, 263,375. */
export function significant(value: number | null): string {
  if (value === null) return NONE;
  const size = Math.abs(value);
  return grouped(value, size === 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

/** An interval, both ends {@link significant}: `498 to 510`. */
export function interval(ends: readonly [number, number] | null): string {
  return ends === null ? NONE : `${significant(ends[0])} to ${significant(ends[1])}`;
}

/** A share of 1 in per cent: `98.91 %`. */
export function percent(share: number | null, decimals = 1): string {
  return share === null ? NONE : `${grouped(share * 100, decimals)} %`;
}
