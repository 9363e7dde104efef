import type { Cdf, CdfPoint } from "../../workloads/cdf.js";

/** The two parts of a CDF, as `tok-per-watt` splits it. */
export interface PythonCdfSplit {
  short: readonly CdfPoint[];
  long: readonly CdfPoint[];
  /** Share of the requests in the first, from 1e-6 to 1 - 1e-6. */
  alpha: number;
}

const LEAST = 1e-6;

/**
 * A CDF split at `b` tokens: the first part ends at `b`, the second keeps no lower end, so that its first bin starts at 1 again when it is drawn from. Where all
 * requests are short, the long ones have `b + 1` tokens.
 */
export function pythonSplitCdf(cdf: Cdf, b: number): PythonCdfSplit {
  const alpha = Math.max(LEAST, Math.min(1 - LEAST, shareUpTo(cdf, b)));
  const short = cdf.filter(([tokens]) => tokens <= b).map(([tokens, f]): CdfPoint => [tokens, f / alpha]);
  if (short.at(-1)?.[0] === b) short.pop();
  short.push([b, 1]);
  const long = cdf
    .filter(([tokens]) => tokens > b)
    .map(([tokens, f]): CdfPoint => [tokens, Math.max(0, (f - alpha) / (1 - alpha))]);
  const [end] = long.pop() ?? [b + 1];
  long.push([end, 1]);
  return { short, long, alpha };
}

/** As `cdf_eval`, but for the order of operations in the first bin. */
function shareUpTo(cdf: Cdf, b: number): number {
  const index = cdf.findIndex(([tokens]) => tokens >= b);
  if (index < 0) return cdf.at(-1)![1];
  const [tokens, fraction] = cdf[index]!;
  const before = cdf[index - 1];
  if (!before) return fraction * (b / Math.max(1, tokens));
  return before[1] + ((fraction - before[1]) * (b - before[0])) / (tokens - before[0]);
}
