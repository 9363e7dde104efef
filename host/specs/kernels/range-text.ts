/** The range of some numbers for people, whole numbers. */
export function rangeText(values: readonly number[]): string {
  const low = Math.round(Math.min(...values));
  const high = Math.round(Math.max(...values));
  return low === high ? `${low}` : `${low} to ${high}`;
}
