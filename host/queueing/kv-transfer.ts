import { mg1MeanWaitS } from "./mg1.js";
import { nonNegative, wholeAtLeast } from "./wait-law.js";
import { weightedMoments } from "./weighted-moments.js";

/** The first two moments of how long transfers occupy a link. */
export interface TransferMoments {
  /** S1, s. */
  readonly meanS: number;
  /** Squared coefficient of variation: `S2 / S1^2 - 1`, S2 the mean square. 0: all are equal. */
  readonly cv2: number;
}

/**
 * How long `bytes` occupy a link, s: `bytes / bandwidth`.
 *
 * @param bytesPerS what the link really carries; may be `Infinity`.
 * @throws RangeError for arguments out of range.
 */
export function transferS(bytes: number, bytesPerS: number): number {
  nonNegative("bytes", bytes);
  checkBandwidth(bytesPerS);
  return bytes / bytesPerS;
}

/**
 * From the end of the prompt to the landing of its keys and values where they cross after it, on a free link: `t0 + bytes / bandwidth`, s.
 *
 * @param latencyS t0: set-up and the way; occupies no link.
 * @throws RangeError for arguments out of range.
 */
export function serialTransferS(bytes: number, bytesPerS: number, latencyS = 0): number {
  return nonNegative("latencyS", latencyS) + transferS(bytes, bytesPerS);
}

/** A transfer layer by layer, beside the prompt that makes it. */
export interface LayerwiseTransfer {
  /** S: time that all layers occupy the link, s. */
  readonly transferS: number;
  /** T: time that the prompt takes to compute, s. */
  readonly prefillS: number;
  /** L, at least 1. */
  readonly layers: number;
  /** What is left to do after the last layer has arrived, s. Patel et al. measured 5 ms (H100) and 8 ms (A100). Default 0. */
  readonly syncS?: number;
}

/**
 * What of a transfer layer by layer is left after the prompt, on a free link: `t_sync + max(s, S - (L - 1) p)`, s, with `s = S / L` the time of a layer on the link and `p = T / L` that of computing one. While
 * a layer is sent faster than the next one is computed, only the last is left.
 *
 * Source: the overlap of Patel et al., Splitwise, ISCA 2024, as a formula: layer i is computed at `i p`, and sent after it and after the layer before it.
 *
 * @throws RangeError for arguments out of range.
 */
export function layerwiseVisibleS({ transferS: total, prefillS, layers, syncS = 0 }: LayerwiseTransfer): number {
  nonNegative("transferS", total);
  nonNegative("prefillS", prefillS);
  wholeAtLeast("layers", 1, layers);
  const perLayerS = prefillS / layers;
  return nonNegative("syncS", syncS) + Math.max(total / layers, total - (layers - 1) * perLayerS);
}

/**
 * Moments of transfers of several sizes.
 *
 * @param bytes sizes.
 * @param weights shares of the requests, in proportion; as many as sizes, none negative, not all 0.
 * @throws RangeError for arguments out of range.
 */
export function transferMoments(
  bytes: ArrayLike<number>,
  weights: ArrayLike<number>,
  bytesPerS: number,
): TransferMoments {
  checkBandwidth(bytesPerS);
  if (bytes.length !== weights.length)
    throw new RangeError(`there are ${bytes.length} sizes and ${weights.length} weights, but must be as many`);
  let share = 0;
  for (let i = 0; i < bytes.length; i++) {
    nonNegative("a size", bytes[i]!);
    share += nonNegative("a weight", weights[i]!);
  }
  if (!(share > 0)) throw new RangeError("all weights are 0, but one must be above 0");
  const { mean, cv2 } = weightedMoments(bytes, weights);
  return { meanS: mean / bytesPerS, cv2 };
}

/** Requests a second that fill a link: `bandwidth / bytes`; `Infinity` where nothing crosses, or the link has no limit. */
export function linkSaturationRps(bytesPerRequest: number, bytesPerS: number): number {
  return 1 / transferS(bytesPerRequest, bytesPerS);
}

/**
 * Mean time that a transfer waits for a link that carries one after the other, Poisson arrivals: M/G/1, `rho S2 / (2 (1 - rho) S1)`, s; M/D/1 where all are equal. `Infinity` where the link cannot keep up.
 *
 * @throws RangeError for arguments out of range.
 */
export function fifoLinkWaitS(rateRps: number, { meanS, cv2 }: TransferMoments): number {
  return mg1MeanWaitS(rateRps, meanS, cv2);
}

/**
 * Mean time that a transfer takes over a link that all transfers under way share evenly, Poisson arrivals: `S / (1 - rho)`, s, whatever the law of sizes; also for those of one size S among others.
 * `Infinity` where the link cannot keep up.
 *
 * Source: M/G/1 under processor sharing, Sakata, Noguchi, Oizumi, An analysis of the M/G/1 queue under round-robin scheduling, Operations Research 19 (1971); Kleinrock, Queueing Systems II, section 4.4.
 *
 * @param rateRps of all transfers.
 * @param meanS mean time of all transfers alone.
 * @param ownS that of those in question; the mean unless given.
 * @throws RangeError for arguments out of range.
 */
export function sharedLinkS(rateRps: number, meanS: number, ownS = meanS): number {
  const rho = nonNegative("rateRps", rateRps) * nonNegative("meanS", meanS);
  return rho >= 1 ? Infinity : nonNegative("ownS", ownS) / (1 - rho);
}

function checkBandwidth(bytesPerS: number): void {
  if (!(bytesPerS > 0)) throw new RangeError(`bytesPerS is ${bytesPerS}, but must be a number above 0`);
}
