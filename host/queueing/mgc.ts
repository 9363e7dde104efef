import { erlangC } from "./erlang.js";
import { NEVER_SERVED, NO_WAIT, nonNegative, probability, time, wholeAtLeast, type WaitLaw } from "./wait-law.js";

/** A queue with general service times: M/G/c, first come first served. */
export interface GeneralQueue {
  /** c, at least 1. */
  servers: number;
  /** lambda, requests a second. */
  arrivalRps: number;
  /** E[S], seconds. */
  meanServiceS: number;
  /** Squared coefficient of variation of service. 0: constant, 1: exponential. */
  cv2: number;
}

/**
 * Waiting in M/G/c, approximately: a request waits with Erlang's probability, and if so for an exponential time.
 *
 * @throws RangeError for arguments out of range.
 */
export function mgcWait({ servers, arrivalRps, meanServiceS, cv2 }: GeneralQueue): WaitLaw {
  wholeAtLeast("servers", 1, servers);
  nonNegative("cv2", cv2);
  const load = nonNegative("arrivalRps", arrivalRps) * nonNegative("meanServiceS", meanServiceS);
  if (load === 0) return NO_WAIT;
  if (load >= servers) return NEVER_SERVED;
  const rho = load / servers;
  const waits = erlangC(servers, load);
  const slack = ((1 - rho) * (servers - 1) * (Math.sqrt(4 + 5 * servers) - 2)) / (16 * servers * rho);
  const constant = Math.min(1, (1 + slack) / 2);
  const meanOfWaiting = (meanServiceS / (servers - load)) * (constant + cv2 * (1 - constant));
  return {
    meanS: waits * meanOfWaiting,
    tail: (t) => (time(t) < 0 ? 1 : waits * Math.exp(-t / meanOfWaiting)),
    percentileS: (p) => Math.max(0, meanOfWaiting * Math.log(waits / (1 - probability(p)))),
  };
}
