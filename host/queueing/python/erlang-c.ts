/** Below this a probability of loss counts as none: further servers make it smaller still. */
const NEGLIGIBLE = 1e-300;

/** How many roots of the load the recursion starts below it: what it forgets by the load is exp(-10^2 / 2). */
const ROOTS = 10;

/**
 * Probability that a request has to wait, as the Python tool's `erlang_c` gives it: 0 without servers or load, 1 where the load is `servers` or more, between them
 * Erlang's delay formula.
 *
 * The tool sums logarithms over all `servers`. This is the recursion of the loss formula, `B(k) = a B(k-1) / (k + a B(k-1))`, which agrees to the last digits that
 * the logarithms keep. It shrinks an error in `B(k)` at least by `k / a` while `k < a`, so that it may start some roots of `a` below `a` with `1 - k / a`: time in
 * proportion to the root of the load, not to the servers.
 */
export function pythonErlangC(servers: number, load: number): number {
  if (servers <= 0 || load <= 0) return 0;
  if (load / servers >= 1) return 1;
  const start = Math.max(0, Math.floor(load - ROOTS * Math.sqrt(load)));
  let blocked = 1 - start / load;
  for (let k = start + 1; k <= servers; k++) {
    blocked = (load * blocked) / (k + load * blocked);
    if (blocked < NEGLIGIBLE) return 0;
  }
  return (servers * blocked) / (servers - load * (1 - blocked));
}
