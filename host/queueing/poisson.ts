/** Probabilities of a Poisson variable on `first, first + 1, ...`; what lies outside is below 1e-30 of the largest. */
export interface PoissonWeights {
  first: number;
  weights: Float64Array;
}

/** Share of the largest probability below which they are left out. */
const NEGLIGIBLE = 1e-30;

/**
 * The probabilities of a Poisson variable, by the ratios of neighbours outward from the mode and a division by their sum: all terms are
 * positive and nothing under- or overflows, whatever the mean.
 */
export function poissonWeights(mean: number): PoissonWeights {
  const mode = Math.floor(mean);
  const down: number[] = [];
  for (let k = mode, weight = 1; k > 0; k--) {
    weight *= k / mean;
    if (weight < NEGLIGIBLE) break;
    down.push(weight);
  }
  const up: number[] = [1];
  for (let k = mode + 1, weight = 1; ; k++) {
    weight *= mean / k;
    if (weight < NEGLIGIBLE) break;
    up.push(weight);
  }
  const weights = Float64Array.from([...down.reverse(), ...up]);
  const total = sumOfSmallestFirst(weights);
  for (let i = 0; i < weights.length; i++) weights[i]! /= total;
  return { first: mode - down.length, weights };
}

function sumOfSmallestFirst(weights: Float64Array): number {
  return weights.toSorted().reduce((sum, weight) => sum + weight, 0);
}

/**
 * P(N = x) / P(N = x; mean x) for a Poisson variable N of mean `mean < x` is `exp(-excess)` with
 * `excess = mean - x + x ln(x / mean)`, here without cancellation where the two are close.
 */
export function poissonExcess(x: number, mean: number): number {
  const gap = (x - mean) / x;
  if (gap > 0.5) return x * (mean / x - 1 - Math.log(mean / x));
  // -gap - ln(1 - gap) = gap^2 / 2 + gap^3 / 3 + ...
  let sum = 0;
  for (let k = 2, power = gap * gap; ; k++, power *= gap) {
    const next = sum + power / k;
    if (next === sum) return x * sum;
    sum = next;
  }
}

/**
 * P(N = x) for a Poisson variable of mean x: `x^x e^-x / x!`, x at least 1.
 *
 * Stirling's series for `ln x!` (Abramowitz and Stegun 6.1.41), or the product itself for small x.
 * The method is that of C. Loader, Fast and Accurate Computation of Binomial Probabilities (2000).
 */
export function poissonAtItsMean(x: number): number {
  if (x < 16) {
    let probability = Math.exp(-x);
    for (let k = 1; k <= x; k++) probability *= x / k;
    return probability;
  }
  const square = x * x;
  const stirlingError = (1 / 12 - (1 / 360 - (1 / 1260 - 1 / 1680 / square) / square) / square) / x;
  return Math.exp(-stirlingError) / Math.sqrt(2 * Math.PI * x);
}
