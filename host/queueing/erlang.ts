import { nonNegative, wholeAtLeast } from "./wait-law.js";

/**
 * Erlang's loss formula: the probability that all of `servers` servers without a queue are busy when a request arrives (M/G/c/c).
 *
 * `B(0) = 1, B(k) = a B(k-1) / (k + a B(k-1))`: all terms positive, no overflow. Takes time in proportion to `servers`.
 * Source: A. K. Erlang (1917); recursion: e.g. Cooper, Introduction to Queueing Theory, chapter 3.
 *
 * @param offeredLoad arrival rate times mean service time, erlangs.
 * @throws RangeError for a negative or infinite load, or servers that are not a whole number, at least 0.
 */
export function erlangB(servers: number, offeredLoad: number): number {
  wholeAtLeast("servers", 0, servers);
  nonNegative("offeredLoad", offeredLoad);
  let blocked = 1;
  for (let k = 1; k <= servers; k++) {
    const flow = offeredLoad * blocked;
    blocked = flow / (k + flow);
  }
  return blocked;
}

/**
 * Erlang's delay formula: the probability that a request has to wait (M/M/c). 1 where the load is `servers` or more.
 *
 * `C = c B / (c - a (1 - B))`. Source: A. K. Erlang (1917); e.g. Kleinrock, Queueing Systems I, section 3.5.
 *
 * @param offeredLoad arrival rate times mean service time, erlangs.
 * @throws RangeError as {@link erlangB}.
 */
export function erlangC(servers: number, offeredLoad: number): number {
  const blocked = erlangB(servers, offeredLoad);
  if (offeredLoad >= servers) return 1;
  return (servers * blocked) / (servers - offeredLoad * (1 - blocked));
}
