/** Values with weights, as columns of equal length. */
export interface WeightedValues {
  values: Float64Array;
  weights: Float64Array;
}

/**
 * At most so many values in the place of many: bins of equal ratio, each with its weight at its mean. Total weight and mean stay as they are.
 *
 * @param values None negative.
 * @param most Bins, at least 2: one of them is for values of 0.
 */
export function condense(values: Float64Array, weights: Float64Array, most: number): WeightedValues {
  if (values.length <= most) return { values, weights };
  let [smallest, largest] = [Infinity, 0];
  for (const value of values) {
    if (value > 0) smallest = Math.min(smallest, value);
    largest = Math.max(largest, value);
  }
  // Bin 0 is for values of 0.
  const scale = largest > smallest ? (most - 2) / Math.log(largest / smallest) : 0;
  const binWeights = new Float64Array(most);
  const sums = new Float64Array(most);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const bin = value > 0 ? 1 + Math.round(scale * Math.log(value / smallest)) : 0;
    binWeights[bin]! += weights[i]!;
    sums[bin]! += weights[i]! * value;
  }
  const filled = Uint32Array.from(binWeights.keys()).filter((bin) => binWeights[bin]! > 0);
  return {
    values: Float64Array.from(filled, (bin) => sums[bin]! / binWeights[bin]!),
    weights: Float64Array.from(filled, (bin) => binWeights[bin]!),
  };
}
