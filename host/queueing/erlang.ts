import { poissonAtItsMean, poissonExcess } from "./poisson.js";
import { nonNegative, wholeAtLeast } from "./wait-law.js";

/** Up to here the recursion takes less time than anything else. */
const RECURSION_SERVERS = 64;

/**
 * Erlang's loss formula: the probability that all of `servers` servers without a queue are busy when a request arrives (M/G/c/c).
 *
 * With N Poisson of mean a, `B = P(N = c) / P(N <= c)`. Where `a <= c` the denominator is 1 less a tail that falls off faster than `(a / c)^j`; else
 * `1 / B` is a sum of falling terms. Either takes about `min(6 sqrt(c), 40 c / |c - a|)` steps, so that a million servers are a matter of microseconds, and is
 * right to 1e-12 of itself. Few servers go by {@link erlangBByRecursion}. Source: A. K. Erlang (1917); e.g. Cooper, Introduction to Queueing Theory, chapter 3.
 *
 * @param offeredLoad arrival rate times mean service time, erlangs.
 * @throws RangeError for a negative or infinite load, or servers that are not a whole number, at least 0.
 */
export function erlangB(servers: number, offeredLoad: number): number {
  if (servers <= RECURSION_SERVERS) return erlangBByRecursion(servers, offeredLoad);
  wholeAtLeast("servers", 0, servers);
  nonNegative("offeredLoad", offeredLoad);
  if (offeredLoad === 0) return 0;
  return offeredLoad <= servers ? blockedBelow(servers, offeredLoad) : blockedAbove(servers, offeredLoad);
}

/**
 * Erlang's loss formula by `B(0) = 1, B(k) = a B(k-1) / (k + a B(k-1))`: all terms positive, no overflow. Takes time in proportion to `servers`.
 *
 * Parameters and errors as for {@link erlangB}. Source: e.g. Cooper, chapter 3.
 */
export function erlangBByRecursion(servers: number, offeredLoad: number): number {
  wholeAtLeast("servers", 0, servers);
  nonNegative("offeredLoad", offeredLoad);
  let blocked = 1;
  for (let k = 1; k <= servers; k++) {
    const flow = offeredLoad * blocked;
    blocked = flow / (k + flow);
  }
  return blocked;
}

/** P(N = c) / (1 - P(N > c)), for `load <= servers`; the tail is at most about a half. */
function blockedBelow(servers: number, load: number): number {
  const exactly = poissonAtItsMean(servers) * (load < servers ? Math.exp(-poissonExcess(servers, load)) : 1);
  let beyond = 0;
  let term = exactly;
  for (let k = servers + 1; ; k++) {
    term *= load / k;
    const next = beyond + term;
    if (next === beyond) return exactly / (1 - beyond);
    beyond = next;
  }
}

/** The inverse of `sum over j of c (c - 1) ... (c - j + 1) / a^j`, for `load > servers`. */
function blockedAbove(servers: number, load: number): number {
  let sum = 1;
  let term = 1;
  for (let k = servers; k > 0; k--) {
    term *= k / load;
    const next = sum + term;
    if (next === sum) break;
    sum = next;
  }
  return 1 / sum;
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
