/**
 * What a ServeGen folder says of each client (Y. Xiang et al., "ServeGen", arXiv:2505.09999): parameters, not requests.
 */

/** Distribution of the gaps between a client's requests; empty: the client is idle. */
export type GapPattern = "" | "Gamma" | "Weibull" | "Poisson";

/** A client's arrivals in one window of time. */
export interface ServeGenWindow {
  startS: number;
  /** Mean rate, requests/s. */
  rateRps: number;
  /** Coefficient of variation of the gaps. */
  cv: number;
  pattern: GapPattern;
  /** Shape of the gap distribution; 0 where there is none. */
  shape: number;
  /** Scale of the gap distribution as fitted, s. It does not agree with `rateRps` throughout; the rate is what counts. */
  scale: number;
}

/** Probabilities of numbers. */
export interface NumberDistribution {
  /** Ascending. */
  values: Uint32Array;
  /** Probability of this value or less; the last is 1. */
  cumulative: Float64Array;
}

/** Something other than text in a prompt: images, say. */
export interface Attachment {
  /** How many a request has. */
  count: NumberDistribution;
  /** Tokens of each. */
  tokens: NumberDistribution;
}

/** Lengths from one point in time on. Input and output are marginals: their joint distribution is not published. */
export interface ServeGenLengths {
  startS: number;
  /** Text tokens of the prompt. */
  input: NumberDistribution;
  output: NumberDistribution;
  attachments: readonly Attachment[];
}

export interface ServeGenClient {
  /** The number in its file names. */
  id: number;
  /** By time, evenly spaced. */
  windows: readonly ServeGenWindow[];
  /** By time; empty: the folder has no lengths for this client. */
  lengths: readonly ServeGenLengths[];
}

/** The lengths in force at a time: the latest that have begun, or else the first. */
export function lengthsAt(lengths: readonly ServeGenLengths[], timeS: number): ServeGenLengths | undefined {
  return lengths.findLast(({ startS }) => startS <= timeS) ?? lengths[0];
}

/** Length of a client's windows, seconds. */
export function windowLengthS({ windows }: ServeGenClient): number {
  return windows.length < 2 ? USUAL_WINDOW_S : windows[1]!.startS - windows[0]!.startS;
}

const USUAL_WINDOW_S = 600;
