/**
 * Workloads that are drawn rather than read: how requests arrive and how long they are. Plain data; the core draws from it, so that
 * the same seed gives the same requests on every platform.
 */

/** How the gaps between arrivals are distributed around the mean rate. */
export type ArrivalProcess =
  | { type: "poisson" }
  /** `cv`: coefficient of variation of the gaps; 1 is Poisson, more is burstier. */
  | { type: "gamma"; cv: number }
  | { type: "deterministic" };

/** Rate over time relative to its mean, in steps; repeats when it ends. */
export interface RateProfile {
  /** Length of a step, seconds. */
  stepS: number;
  /** Rate of each step relative to the mean; not negative, mean 1. */
  relativeRate: Float64Array;
}

/**
 * A joint distribution of (input, output) tokens that may change through time: windows of time, each a list of cells, each cell a
 * rectangle of token counts within which every pair is equally likely.
 */
export interface LengthModel {
  /** Length of a window, seconds; windows repeat when they end. `Infinity` with one window. */
  windowS: number;
  /** First cell of each window, and behind the last the number of cells: `windows + 1` entries. */
  windowCell: Uint32Array;
  /** Cumulative probability within the window; the last cell of each window has 1. */
  cumulative: Float64Array;
  /** Bounds of the cells, tokens, inclusive, at least 1. */
  inputLow: Uint32Array;
  inputHigh: Uint32Array;
  outputLow: Uint32Array;
  outputHigh: Uint32Array;
  /**
   * Where only totals are known: the cells' input bounds hold total tokens, their output bounds are ignored, and the input is
   * `max(1, trunc(total * inputShare))`, the output the rest, at least 1.
   */
  inputShare?: number;
}

/** A workload to draw from. */
export interface WorkloadModel {
  /** Name, as given on the command line. */
  name: string;
  /** Mean rate of the source it was derived from, requests/s; `undefined` where it has none (a CDF file). */
  nativeRateRps?: number;
  lengths: LengthModel;
  /** Absent: a constant rate. */
  profile?: RateProfile;
  /** Categories with their probabilities (sum 1); absent: no category. */
  categories?: readonly { name: string; probability: number }[];
}
