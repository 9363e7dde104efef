import { poissonWeights } from "./poisson.js";
import { percentileOfTail, time, type WaitLaw } from "./wait-law.js";

/**
 * Waiting in M/D/c, first come first served, from the law of its queue.
 *
 * Let Q be the number waiting at any moment and x = kD - u with 0 < u <= D. All servers that are busy at the moment u before a request
 * arrives finish within D of it, and each of the c servers starts k requests in the kD that follow. So the request has started within x
 * of its arrival exactly if those waiting then, and those that arrived in between, are fewer than kc:
 *
 *     P(wait <= x) = sum over j of P(N = j) P(Q <= kc - 1 - j),   N Poisson of mean lambda u.
 *
 * All terms are positive, so that tails are right to their last digits, where Erlang's formula for c = 1 alternates and cancels;
 * below 1e-19 they are cut off.
 * Source: G. J. Franx, A simple solution for the M/D/c waiting time distribution, Operations Research Letters 29 (2001).
 *
 * @param queueTail P(Q > m) for m = 0, 1, ...; 0 beyond its end.
 */
export function deterministicWait(
  servers: number,
  arrivalRps: number,
  serviceS: number,
  meanQueue: number,
  queueTail: Float64Array,
): WaitLaw {
  const tail = (t: number): number => {
    if (time(t) < 0) return 1;
    if (t === Infinity) return 0;
    const wholeServices = Math.floor(t / serviceS) + 1;
    const untilThen = Math.min(Math.max(wholeServices * serviceS - t, 0), serviceS);
    const { first, weights } = poissonWeights(arrivalRps * untilThen);
    let sum = 0;
    for (let i = weights.length - 1; i >= 0; i--) {
      const m = wholeServices * servers - 1 - (first + i);
      sum += weights[i]! * (m < 0 ? 1 : (queueTail[m] ?? 0));
    }
    return sum;
  };
  return {
    meanS: meanQueue / arrivalRps,
    tail,
    percentileS: (p) => percentileOfTail(tail, p, serviceS),
  };
}

/** Tails P(Q > m) from probabilities P(Q = m), summed from the small end. */
export function tailsOf(probabilities: Float64Array): Float64Array {
  const tails = new Float64Array(probabilities.length);
  for (let m = probabilities.length - 2; m >= 0; m--) tails[m] = tails[m + 1]! + probabilities[m + 1]!;
  return tails;
}

/**
 * ln of the root above 1 of `z^c = e^(c rho (z - 1))`: the queue of M/D/c falls off as `exp(-root m)`. By Newton's method from
 * the right, where the function is convex, so that every step stays there.
 */
export function decayRate(rho: number): number {
  // With y = ln z: rho (e^y - 1) - y = 0, y > 0. At -2 ln(rho) it is positive for every rho < 1.
  let y = -2 * Math.log(rho);
  for (let step = 0; step < 200; step++) {
    const next = y - (rho * Math.expm1(y) - y) / (rho * Math.exp(y) - 1);
    if (!(next < y)) break;
    y = next;
  }
  return y;
}
