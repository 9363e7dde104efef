import type { PythonProfile } from "../../profiles/python/profile.js";
import type { Cdf, CdfPoint } from "../../workloads/cdf.js";
import { checkPositive, checkShare, checkTokens } from "./checks.js";

/** Share of a band that compress-and-route shortens: the tool's default, which its command line cannot change. */
export const PYTHON_COMPRESSIBLE = 0.75;

/** What the tool's two-pool sizing is asked for. */
export interface PythonTwoPools {
  cdf: Cdf;
  /** Profiles of the pool for requests of at most `bShort` tokens, and of the other. */
  short: PythonProfile;
  long: PythonProfile;
  bShort: number;
  /** Longest request of the long pool, tokens. */
  longMaxCtx: number;
  /** Most of the 99th percentile of TTFT, ms. */
  sloMs: number;
  /** Share of the requests between `bShort` and gamma times it that go to the short pool; {@link PYTHON_COMPRESSIBLE} by default. */
  compressible?: number;
  /** Share of the GPUs that work; 1 by default. */
  nodeAvail?: number;
}

/** Points up to `b`, divided by the last of their fractions: requests between that point and `b` are left out, though they are served. */
export function pythonShortLengths(cdf: Cdf, b: number): readonly CdfPoint[] {
  const below = cdf.filter(([tokens]) => tokens <= b);
  const last = below.at(-1);
  return last ? below.map(([tokens, fraction]) => [tokens, fraction / last[1]]) : [[b, 1]];
}

/** Points above `g`, of whose requests the share `below` is no longer: none where no more than a millionth is. */
export function pythonLongLengths(cdf: Cdf, g: number, below: number): readonly CdfPoint[] {
  const share = 1 - below;
  const above = cdf.filter(([tokens]) => tokens > g);
  if (!(share > 1e-6)) return [];
  return above.map(([tokens, fraction], index) => {
    const of = Math.max(0, Math.min(1, (fraction - below) / share));
    return [tokens, index === above.length - 1 ? 1 : of];
  });
}

/**
 * Refuses what the formulas would fail on, or go on about for ever.
 *
 * @throws InputError naming the figure.
 */
export function checkTwoPools(pools: PythonTwoPools): void {
  const { bShort, longMaxCtx, sloMs, compressible = PYTHON_COMPRESSIBLE, nodeAvail = 1 } = pools;
  checkTokens("b_short", bShort);
  checkTokens("long_max_ctx", longMaxCtx);
  checkPositive("slo", sloMs);
  checkShare("p_c", compressible);
  checkShare("node_avail", nodeAvail, { positive: true });
}
