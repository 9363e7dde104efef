/** The first two moments of values that have weights. */
export interface WeightedMoments {
  mean: number;
  /** Squared coefficient of variation; 0: all are equal, or all are 0. */
  cv2: number;
}

/**
 * Moments of values with weights. Squares are of deviations: of values that hardly differ nothing cancels.
 *
 * @param values not negative.
 * @param weights as many, not negative, not all 0; need not sum to 1.
 */
export function weightedMoments(values: ArrayLike<number>, weights: ArrayLike<number>): WeightedMoments {
  let [share, sum] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    share += weights[i]!;
    sum += weights[i]! * values[i]!;
  }
  const mean = sum / share;
  if (mean === 0) return { mean, cv2: 0 };
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const deviation = values[i]! / mean - 1;
    squares += weights[i]! * deviation * deviation;
  }
  return { mean, cv2: squares / share };
}
