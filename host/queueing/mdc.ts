import { decayRate, deterministicWait, tailsOf } from "./deterministic-wait.js";
import { poissonAtItsMean, poissonExcess } from "./poisson.js";
import { NEVER_SERVED, NO_WAIT, nonNegative, wholeAtLeast, type WaitLaw } from "./wait-law.js";

/** Exponent at which series are cut: what is left is below e^-46, 1e-20, of the whole. */
const CUT = 46;
/** Least `c (1 - rho)^3` that is worked out; the work grows as its inverse, and takes seconds there. */
const LEAST_SLACK = 1e-6;

/**
 * Waiting in M/D/c, first come first served: exact.
 *
 * Seen every D, the number waiting is `Q' = max(0, Q + A - c)` with A Poisson of mean a = c rho, a random walk held at 0. By Spitzer's
 * identity its generating function is `exp(sum over m of b(m) (z^m - 1))`, `b(m) = sum over n >= 1 of P(N_n = nc + m) / n`, N_n Poisson
 * of mean na. Hence the mean `sum of m b(m)` (C. D. Crommelin, Delay probability formulae, P. O. Electr. Engrs. J. 26 (1934)) and the law
 * `m q(m) = sum over i = 1 .. m of i b(i) q(m - i)`; from it the wait by {@link deterministicWait}. All terms of all sums are positive.
 *
 * @param servers c, at least 1.
 * @param arrivalRps lambda, requests a second.
 * @param serviceS D, seconds.
 * @throws RangeError for arguments out of range, and for a load so close to 1 that `c (1 - rho)^3 < 1e-6` (0.99 for one server,
 *   0.9975 for 64).
 */
export function mdcWait(servers: number, arrivalRps: number, serviceS: number): WaitLaw {
  wholeAtLeast("servers", 1, servers);
  const load = nonNegative("arrivalRps", arrivalRps) * nonNegative("serviceS", serviceS);
  if (load === 0) return NO_WAIT;
  if (load >= servers) return NEVER_SERVED;
  const rho = load / servers;
  if (servers * (1 - rho) ** 3 < LEAST_SLACK) {
    throw new RangeError(`the load is ${rho} of ${servers} servers, too close to 1 to work out the queue`);
  }
  const jumps = jumpRates(servers, load, Math.ceil(CUT / decayRate(rho)) + 2);
  let meanQueue = 0;
  for (let m = jumps.length - 1; m >= 1; m--) meanQueue += m * jumps[m]!;
  return deterministicWait(servers, arrivalRps, serviceS, meanQueue, tailsOf(compoundPoisson(jumps)));
}

/** b(m) for m = 1 .. length; b(0) is 0. */
function jumpRates(servers: number, load: number, length: number): Float64Array {
  const rates = new Float64Array(length + 1);
  const excess = poissonExcess(servers, load);
  let floor = 0;
  for (let n = 1; ; n++) {
    const mean = n * load;
    let count = n * servers;
    let probability = poissonAtItsMean(count) * Math.exp(-n * excess);
    if (n === 1) floor = probability * Math.exp(-CUT);
    if (probability <= floor) return rates;
    for (let m = 1; m <= length && probability > floor; m++) {
      count++;
      probability *= mean / count;
      rates[m]! += probability / n;
    }
  }
}

/** Probabilities of 0, 1, ... for a compound Poisson variable with jumps of size m at rate `rates[m]`. (H. Panjer, ASTIN Bulletin 12 (1981).) */
function compoundPoisson(rates: Float64Array): Float64Array {
  const probabilities = new Float64Array(rates.length);
  probabilities[0] = Math.exp(-rates.toSorted().reduce((sum, rate) => sum + rate, 0));
  for (let m = 1; m < rates.length; m++) {
    let sum = 0;
    for (let i = 1; i <= m; i++) sum += i * rates[i]! * probabilities[m - i]!;
    probabilities[m] = sum / m;
  }
  return probabilities;
}
