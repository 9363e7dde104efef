import { nonNegative } from "./wait-law.js";

/**
 * Mean wait in M/G/1, seconds: `lambda E[S^2] / (2 (1 - rho))`. `Infinity` where `rho >= 1`.
 *
 * Source: F. Pollaczek (1930), A. Khinchine (1932); e.g. Kleinrock, Queueing Systems I, section 5.7.
 *
 * @param arrivalRps lambda, requests a second.
 * @param meanServiceS E[S], seconds.
 * @param serviceCv2 squared coefficient of variation of service: variance over squared mean. 0: constant, 1: exponential.
 * @throws RangeError for arguments that are negative or not finite.
 */
export function mg1MeanWaitS(arrivalRps: number, meanServiceS: number, serviceCv2: number): number {
  nonNegative("serviceCv2", serviceCv2);
  const load = nonNegative("arrivalRps", arrivalRps) * nonNegative("meanServiceS", meanServiceS);
  if (load >= 1) return Infinity;
  return (load * meanServiceS * (1 + serviceCv2)) / (2 * (1 - load));
}
