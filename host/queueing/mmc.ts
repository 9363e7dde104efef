import { erlangC } from "./erlang.js";
import { NEVER_SERVED, NO_WAIT, nonNegative, probability, time, wholeAtLeast, type WaitLaw } from "./wait-law.js";

/**
 * Waiting in M/M/c, first come first served: `P(wait > t) = C exp(-(c / S - lambda) t)`, mean `C / (c / S - lambda)`, with Erlang's
 * C. Source: e.g. Kleinrock, Queueing Systems I, section 3.5; Gross and Harris, Fundamentals of Queueing Theory, section 2.3.
 *
 * @param servers c, at least 1.
 * @param arrivalRps lambda, requests a second.
 * @param meanServiceS S, seconds.
 * @throws RangeError for arguments out of range.
 */
export function mmcWait(servers: number, arrivalRps: number, meanServiceS: number): WaitLaw {
  wholeAtLeast("servers", 1, servers);
  const load = nonNegative("arrivalRps", arrivalRps) * nonNegative("meanServiceS", meanServiceS);
  if (load === 0) return NO_WAIT;
  if (load >= servers) return NEVER_SERVED;
  const waits = erlangC(servers, load);
  // Of the time until one of the busy servers is free, the part that arrivals leave over: 1 / (c / S - lambda).
  const meanOfWaiting = meanServiceS / (servers - load);
  return {
    meanS: waits * meanOfWaiting,
    tail: (t) => (time(t) < 0 ? 1 : waits * Math.exp(-t / meanOfWaiting)),
    percentileS: (p) => Math.max(0, meanOfWaiting * Math.log(waits / (1 - probability(p)))),
  };
}
