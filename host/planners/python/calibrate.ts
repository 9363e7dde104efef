import type { PythonProfile } from "../../profiles/python/profile.js";
import { InputError } from "../../specs/input-error.js";
import type { CdfPoint } from "../../workloads/cdf.js";
import { CPythonRandom } from "./cpython-random.js";

/** Requests that a pool is calibrated with. */
const DRAWS = 3000;

/** Seed of every calibration of the tool. */
const PYTHON_SEED = 42;

/** Share of a request's tokens that is its input. */
const INPUT_SHARE = 0.8;

/** What the tool's sizing knows of a GPU in a pool. */
export interface PythonCalibration {
  /** Requests a second with all slots taken: slots over the mean service. */
  gpuRps: number;
  /** Squared coefficient of variation of services, at least 0.01. */
  cv2: number;
  slots: number;
  /** Mean prefill of a request that is alone on its GPU, s. */
  meanPrefillS: number;
}

/** A pool to calibrate. */
export interface PythonPool {
  /** Lengths of its requests: points `[tokens, fraction]`, the last fraction 1. */
  lengths: readonly CdfPoint[];
  /** Longest request, tokens; longer draws count as this long. */
  maxCtx: number;
  profile: PythonProfile;
  /** Shortest request, tokens; 1 by default. */
  shortest?: number;
}

/**
 * Service of a pool as the Python tool's `calibrate` estimates it: from 3,000 drawn lengths, 80 % of each its input, served with all slots taken. The draws are
 * CPython's own, so that the estimate is the tool's to the last digit but one or two, its error of some percent included.
 *
 * @param seed in place of the tool's 42, to see how much it decides.
 * @throws InputError if a GPU has no slot for a request of `maxCtx` tokens, where the tool divides by zero.
 */
export function pythonCalibrate(pool: PythonPool, seed = PYTHON_SEED): PythonCalibration {
  const { profile, maxCtx } = pool;
  const slots = profile.slots(maxCtx);
  if (slots < 1) throw new InputError(`${profile.name} has no slot for a request of ${maxCtx} tokens.`);
  const aloneS = profile.iterationS(1);
  let [count, sum, sumOfSquares, prefillSum] = [0, 0, 0, 0];
  for (const length of drawnLengths(pool, seed)) {
    const input = Math.max(1, Math.trunc(length * INPUT_SHARE));
    const serviceS = profile.serviceS(input, Math.max(1, length - input), maxCtx);
    count += 1;
    sum += serviceS;
    sumOfSquares += serviceS * serviceS;
    prefillSum += Math.ceil(input / profile.chunk) * aloneS;
  }
  if (count === 0) return { gpuRps: slots, cv2: 1, slots, meanPrefillS: 0 };
  const mean = sum / count;
  const cv2 = Math.max(0.01, sumOfSquares / count / (mean * mean) - 1);
  return { gpuRps: slots / mean, cv2, slots, meanPrefillS: prefillSum / count };
}

/** A draw beyond the last fraction, which a rounding below 1 allows, gives no length. */
function* drawnLengths({ lengths, maxCtx, shortest = 1 }: PythonPool, seed: number): Generator<number> {
  const random = new CPythonRandom(seed);
  for (let draw = 0; draw < DRAWS; draw++) {
    const u = random.random();
    const bin = lengths.findIndex(([, fraction]) => u <= fraction);
    if (bin < 0) continue;
    const low = Math.max(shortest, (lengths[bin - 1]?.[0] ?? 0) + 1);
    const high = Math.min(maxCtx, lengths[bin]![0]);
    yield low <= high ? random.randint(low, high) : maxCtx;
  }
}
