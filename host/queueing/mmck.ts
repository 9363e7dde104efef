import { nonNegative, wholeAtLeast } from "./wait-law.js";

/**
 * Probability that an arrival finds M/M/c/K full and is lost.
 *
 * Erlang's recursion carried on past `c`: with `B(n)` the probability of state n in the system that ends at n,
 * `B(n) = a B(n-1) / (min(n, c) + a B(n-1))`. `K = c` is Erlang B. Any load is allowed. Takes time in proportion to K.
 * Source: birth-death equilibrium, e.g. Gross and Harris, section 2.5.
 *
 * @param servers c, at least 1.
 * @param capacity K: most requests in the system, in service and waiting, at least `servers`.
 * @param offeredLoad arrival rate times mean service time, erlangs.
 * @throws RangeError for arguments out of range.
 */
export function mmckBlocking(servers: number, capacity: number, offeredLoad: number): number {
  wholeAtLeast("servers", 1, servers);
  wholeAtLeast("capacity", servers, capacity);
  nonNegative("offeredLoad", offeredLoad);
  let blocked = 1;
  for (let n = 1; n <= capacity; n++) {
    const flow = offeredLoad * blocked;
    blocked = flow / (Math.min(n, servers) + flow);
  }
  return blocked;
}
