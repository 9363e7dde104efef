import { decayRate, deterministicWait, tailsOf } from "./deterministic-wait.js";
import { poissonWeights } from "./poisson.js";
import { mg1MeanWaitS } from "./mg1.js";
import { NEVER_SERVED, NO_WAIT, nonNegative, type WaitLaw } from "./wait-law.js";

/** Exponent at which the queue is cut: P(Q > m) below e^-46, 1e-20. */
const CUT = 46;
/** Longest queue that is worked out; the load may be up to about 0.9998. */
const LONGEST = 100_000;

/**
 * Waiting in M/D/1, first come first served: exact.
 *
 * The number in system by equating the flows up and down across each level,
 * `p(j) P(A = 0) = p(0) P(A >= j) + sum over i = 1 .. j-1 of p(i) P(A >= j - i + 1)`, A Poisson of mean rho: all terms positive.
 * (V. Ramaswami, A stable recursion for the steady state vector in Markov chains of M/G/1 type, Stochastic Models 4 (1988).)
 * From it the wait by {@link deterministicWait}; the mean is that of Pollaczek and Khinchine.
 *
 * @param arrivalRps lambda, requests a second.
 * @param serviceS D, seconds.
 * @throws RangeError for arguments out of range, and for a load between about 0.9998 and 1, where the queue gets too long to work out.
 */
export function md1Wait(arrivalRps: number, serviceS: number): WaitLaw {
  const rho = nonNegative("arrivalRps", arrivalRps) * nonNegative("serviceS", serviceS);
  if (rho === 0) return NO_WAIT;
  if (rho >= 1) return NEVER_SERVED;
  const length = Math.ceil(CUT / decayRate(rho)) + 2;
  if (length > LONGEST) throw new RangeError(`the load is ${rho}, too close to 1 to work out the queue`);
  const meanQueue = mg1MeanWaitS(arrivalRps, serviceS, 0) * arrivalRps;
  return deterministicWait(1, arrivalRps, serviceS, meanQueue, queueTail(rho, length));
}

function queueTail(rho: number, length: number): Float64Array {
  const inSystem = new Float64Array(length + 1);
  const { weights } = poissonWeights(rho);
  const atLeast = tailsOf(weights); // atLeast[m - 1] = P(A >= m)
  inSystem[0] = 1 - rho;
  for (let j = 1; j <= length; j++) {
    let up = inSystem[0] * (atLeast[j - 1] ?? 0);
    for (let i = Math.max(1, j + 1 - atLeast.length); i < j; i++) up += inSystem[i]! * atLeast[j - i]!;
    inSystem[j] = up / weights[0]!;
  }
  // One in system is in service: Q is the number in system less one.
  return tailsOf(inSystem.subarray(1));
}
