import { condense } from "./condense.js";
import { nonNegative } from "./wait-law.js";

/** What a queue needs to know of the law of service times, in units of their mean. */
export interface ServiceShape {
  /** Squared coefficient of variation: variance over squared mean. */
  cv2: number;
  /** E[S^3] / E[S]^3. */
  thirdMoment: number;
  /**
   * `2 * (phi / (1 - phi) - 1 / s)` with phi = E[exp(-s S / E[S])], for s > 0: how much more (less) a server that is never idle varies in the number of requests that it
   * finishes than a Poisson process of the same rate, seen over about 1 / s mean services. `cv2 - 1` for s towards 0, and 0 for an exponential law.
   */
  readonly excessDispersion: (s: number) => number;
}

/** Atoms that {@link shapeOfTimes} works with. */
const MOST_ATOMS = 256;

/** Below, the difference in {@link ServiceShape.excessDispersion} loses its digits, and its limit is good to as many. */
const SMALL = 1e-6;

/**
 * The shape of a law of which no more than two moments are known: above `cv2 = 1` hyperexponential with balanced means, below between constant and
 * exponential.
 *
 * Source of the former: Tijms, Stochastic Models (1994), appendix B. Its third moment is `3 cv2 (cv2 + 1)`; a server finishes requests at a rate that falls back from a surplus
 * at `2 / (cv2 + 1)` per mean service.
 */
export function shapeOfCv2(cv2: number): ServiceShape {
  nonNegative("cv2", cv2);
  if (cv2 >= 1) {
    return {
      cv2,
      thirdMoment: 3 * cv2 * (cv2 + 1),
      excessDispersion: (s) => (cv2 - 1) / (1 + (s * (cv2 + 1)) / 2),
    };
  }
  return {
    cv2,
    // That of a gamma variate.
    thirdMoment: (1 + cv2) * (1 + 2 * cv2),
    excessDispersion: (s) => (s < SMALL ? cv2 - 1 : (1 - cv2) * 2 * (1 / Math.expm1(s) - 1 / s)),
  };
}

/**
 * The shape of a law given by its values: services of the nodes of a `LengthLaw`.
 *
 * @param times Not negative, at least one above 0; units do not matter.
 * @param weights Not negative, not all 0; need not sum to 1.
 */
export function shapeOfTimes(times: Float64Array, weights: Float64Array): ServiceShape {
  let [share, sum, square, cube] = [0, 0, 0, 0];
  for (let i = 0; i < times.length; i++) {
    const [time, weight] = [times[i]!, weights[i]!];
    share += weight;
    sum += weight * time;
    square += weight * time * time;
    cube += weight * time * time * time;
  }
  const mean = sum / share;
  if (!(mean > 0)) throw new RangeError("there are no times above 0 with a weight above 0");
  const cv2 = Math.max(0, square / share / mean ** 2 - 1);
  const atoms = condense(times, weights, MOST_ATOMS);
  return {
    cv2,
    thirdMoment: cube / share / mean ** 3,
    excessDispersion: (s) => {
      if (s < SMALL) return cv2 - 1;
      let finished = 0;
      for (let i = 0; i < atoms.values.length; i++) {
        finished -= atoms.weights[i]! * Math.expm1((-s * atoms.values[i]!) / mean);
      }
      return 2 * (share / finished - 1 - 1 / s);
    },
  };
}
