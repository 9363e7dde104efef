/** The largest whole number up to `most` that fits, where all below it fit too; 0 if not even 1 does. */
export function mostWithin(most: number, fits: (count: number) => boolean): number {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
