/** Written so that NaN lies within nothing. */
export function within(value: f64, low: f64, high: f64): bool {
  return value >= low && value <= high;
}

/** A whole number between two others. */
export function isCount(value: f64, low: f64, high: f64): bool {
  return within(value, low, high) && Math.floor(value) == value;
}
