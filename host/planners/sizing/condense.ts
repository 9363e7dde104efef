/** Values with weights, as columns of equal length. */
export interface WeightedValues {
  values: Float64Array;
  weights: Float64Array;
}

/** Steps in which values may differ and still be taken together, from the least to the greatest. */
const STEPS = 128;

/** Fewer values in place of many, for estimates: those within one of {@link STEPS} equal ratios become their weighted mean. Sums and means stay as they are. */
export function condense(values: Float64Array, weights: Float64Array): WeightedValues {
  if (values.length <= STEPS) return { values, weights };
  let [least, greatest] = [Infinity, 0];
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  const perStep = STEPS / Math.max(1e-9, Math.log(greatest / least));
  const total = new Float64Array(STEPS + 1);
  const weight = new Float64Array(STEPS + 1);
  for (let i = 0; i < values.length; i++) {
    const step = Math.floor(Math.log(values[i]! / least) * perStep);
    total[step]! += values[i]! * weights[i]!;
    weight[step]! += weights[i]!;
  }
  const used = [...weight.keys()].filter((step) => weight[step]! > 0);
  return {
    values: Float64Array.from(used, (step) => total[step]! / weight[step]!),
    weights: Float64Array.from(used, (step) => weight[step]!),
  };
}
