import type { PythonProfile } from "../../profiles/python/profile.js";
import { InputError } from "../../specs/input-error.js";
import type { Cdf, CdfPoint } from "../../workloads/cdf.js";

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
  if (!(compressible >= 0 && compressible <= 1)) {
    throw new InputError(`p_c is ${compressible}, but must be from 0 to 1.`);
  }
  if (!(nodeAvail > 0 && nodeAvail <= 1)) {
    throw new InputError(`node_avail is ${nodeAvail}, but must be more than 0 and at most 1.`);
  }
}

/** @throws InputError unless `value` is finite and more than 0. */
export function checkPositive(name: string, value: number): void {
  if (!(value > 0 && value < Infinity)) {
    throw new InputError(`${name} is ${value}, but must be a finite number, more than 0.`);
  }
}

/** @throws InputError unless `value` is a whole number of tokens that draws can reach. */
export function checkTokens(name: string, value: number): void {
  if (!(Number.isSafeInteger(value) && value >= 1 && value <= 2 ** 30)) {
    throw new InputError(`${name} is ${value}, but must be a whole number from 1 to ${2 ** 30}.`);
  }
}
