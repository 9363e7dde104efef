/**
 * A number rounded to `digits` decimals as Python's `round(x, digits)` does it: to the nearest, exactly as the binary number is, halves to the even digit.
 *
 * JavaScript's `toFixed` is as exact but rounds halves up. A binary number lies halfway between two decimals of `digits` digits only if it is an odd multiple of
 * 2^-(digits + 1).
 *
 * @param digits 0 to 15.
 */
export function pythonRound(x: number, digits: number): number {
  // Larger ones are whole; toFixed would write them with an exponent.
  if (!(Math.abs(x) < 1e21)) return x;
  const up = x.toFixed(digits);
  const halfway = Math.abs(x) * 2 ** (digits + 1);
  const last = Number(up.at(-1));
  if (halfway % 2 !== 1 || last % 2 === 0) return Number(up);
  return Number(up.slice(0, -1) + String(last - 1));
}
