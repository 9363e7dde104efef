/**
 * The axis of shares on which tails show: 0, 90, 99 and 99.9 % stand at 0, 1, 2 and 3. For drawing alone.
 *
 * As in the plots of HdrHistogram (G. Tene).
 */
export function ninesOf(share: number): number {
  return -Math.log10(1 - share);
}

/** Shares that have a mark. */
export const NINES_MARKS: readonly number[] = [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999];

/** A share on that axis: `99.9 %`. */
export function formatShare(share: number): string {
  return `${Number((100 * share).toPrecision(7))} %`;
}
