import { erlangC } from "../erlang.js";

/**
 * Probability that a request has to wait, as the Python tool's `erlang_c` gives it: 0 without servers or load, 1 where the load is `servers` or more, between them
 * Erlang's delay formula.
 *
 * The tool sums logarithms over all servers, in time that grows with them; its rounding reaches 1e-12 at 20,000 servers and 1e-10 at 400,000.
 */
export function pythonErlangC(servers: number, load: number): number {
  if (servers <= 0 || load <= 0) return 0;
  return load / servers >= 1 ? 1 : erlangC(servers, load);
}
