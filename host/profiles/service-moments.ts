import type { ManualProfile } from "../specs/profile-spec.js";

/** Lengths of requests with weights, as columns: the nodes of a `LengthLaw`, made with the profile's chunk. */
export interface WeightedLengths {
  input: Float64Array;
  output: Float64Array;
  weight: Float64Array;
}

/** Moments of the time that requests hold their slot, and of their prefill. */
export interface ServiceMoments {
  /** Share of all requests that they are taken over. */
  share: number;
  /** Mean service, s. */
  meanS: number;
  /** Mean square, s^2, and mean cube, s^3, of the service. */
  secondMoment: number;
  thirdMoment: number;
  /** Squared coefficient of variation of the service. */
  cv2: number;
  /** Mean prefill, s. */
  prefillMeanS: number;
  prefillCv2: number;
  /** Mean tokens. */
  meanInput: number;
  meanOutput: number;
}

/**
 * Moments of the service of docs/reference/slots-engine.md, `(ceil(input / chunk) + output) * (W + H * (input + output) / calibrationCtx * slots)`, without its
 * rounding to nanoseconds. Exact to the third where the nodes are those of a `LengthLaw` made with `{ chunk: profile.chunk }`. All `NaN` but the share where
 * there are no nodes.
 *
 * @param slots Requests that the replica serves at once.
 */
export function serviceMoments(
  { input, output, weight }: WeightedLengths,
  profile: Pick<ManualProfile, "W" | "H" | "calibrationCtx" | "chunk">,
  slots: number,
): ServiceMoments {
  const { W, chunk } = profile;
  const perToken = (profile.H * slots) / profile.calibrationCtx;
  let [share, sum, square, cube, prefillSum, prefillSquare, inputs, outputs] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < weight.length; i++) {
    const [prompt, generated, w] = [input[i]!, output[i]!, weight[i]!];
    const iteration = W + perToken * (prompt + generated);
    const prefill = Math.ceil(prompt / chunk) * iteration;
    const service = prefill + generated * iteration;
    const weighted = w * service;
    share += w;
    sum += weighted;
    square += weighted * service;
    cube += weighted * service * service;
    prefillSum += w * prefill;
    prefillSquare += w * prefill * prefill;
    inputs += w * prompt;
    outputs += w * generated;
  }
  const meanS = sum / share;
  const prefillMeanS = prefillSum / share;
  return {
    share,
    meanS,
    secondMoment: square / share,
    thirdMoment: cube / share,
    cv2: Math.max(0, square / share / meanS ** 2 - 1),
    prefillMeanS,
    prefillCv2: Math.max(0, prefillSquare / share / prefillMeanS ** 2 - 1),
    meanInput: inputs / share,
    meanOutput: outputs / share,
  };
}
