/**
 * How many of `experts` are chosen by at least one of `tokens` tokens that each choose `topK` at random: `E * (1 - (1 - k / E)^T)`. By multiplications alone, so that it
 * is the same everywhere.
 */
export function expectedExperts(experts: number, topK: number, tokens: number): number {
  return experts * (1 - power(1 - topK / experts, tokens));
}

/** `base` to a whole power, by squaring. */
function power(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
