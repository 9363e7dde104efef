/** Mean, NaN of nothing. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Percentile `p` (0 to 100), linear between closest ranks, as NumPy's default and the load generators compute it. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = ((sorted.length - 1) * p) / 100;
  const low = Math.floor(position);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (position - low);
}

/** Pearson's correlation. */
export function pearson(a: readonly number[], b: readonly number[]): number {
  const meanA = mean(a);
  const meanB = mean(b);
  let ab = 0;
  let aa = 0;
  let bb = 0;
  a.forEach((value, i) => {
    ab += (value - meanA) * (b[i]! - meanB);
    aa += (value - meanA) * (value - meanA);
    bb += (b[i]! - meanB) * (b[i]! - meanB);
  });
  return ab / Math.sqrt(aa * bb);
}

/** How far a simulated figure lies from the measured one, as a share of it: 0.1 is 10 % too high. */
export function relativeError(simulated: number, measured: number): number {
  return (simulated - measured) / measured;
}

/** Mean of the sizes of some errors. */
export function meanAbsolute(errors: readonly number[]): number {
  return mean(errors.map(Math.abs));
}
