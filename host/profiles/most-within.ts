/** Up to here every count is tried, beyond it steps of this share. */
const EVERY_UP_TO = 64;
const STEP = 1 / 32;

/**
 * The largest whole number up to `most` that fits before the first that does not; 0 if not even 1 does. Large numbers are tried in steps of three per cent, so that one that does not fit between
 * two that do can be passed over.
 */
export function mostWithin(most: number, fits: (count: number) => boolean): number {
  let low = 0;
  while (low < most) {
    const next = Math.min(most, low < EVERY_UP_TO ? low + 1 : Math.ceil(low * (1 + STEP)));
    if (!fits(next)) return lastFitting(low, next, fits);
    low = next;
  }
  return most;
}

/** `low` fits, `high` does not. */
function lastFitting(low: number, high: number, fits: (count: number) => boolean): number {
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}
