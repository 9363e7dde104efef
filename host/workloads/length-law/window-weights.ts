import type { RateProfile } from "../models.js";

/** Most rounds of the windows that are looked at for where windows and rate fall into step again. */
const MOST_ROUNDS = 1000;

/**
 * Share of all requests, in the long run, that arrive in each of the windows: in proportion to the mean rate there.
 *
 * Windows and rate profile both repeat, the one after `windows * windowS`, the other after its own length. The shares are exact where the two
 * fall into step again within 1000 rounds of the windows; otherwise every phase is met alike in the long run, and all windows have the same share.
 *
 * @param windowS Length of a window, s; `Infinity` with one window.
 */
export function windowWeights(windows: number, windowS: number, profile: RateProfile | undefined): Float64Array {
  const even = new Float64Array(windows).fill(1 / windows);
  if (windows === 1 || !profile) return even;
  const periodS = windows * windowS;
  const profileS = profile.relativeRate.length * profile.stepS;
  let rounds = 1;
  while (rounds <= MOST_ROUNDS && !isMultiple(rounds * periodS, profileS)) rounds++;
  if (rounds > MOST_ROUNDS) return even;
  const arrivalsUntil = cumulativeRate(profile);
  const weights = new Float64Array(windows);
  for (let window = 0; window < rounds * windows; window++) {
    weights[window % windows]! += arrivalsUntil((window + 1) * windowS) - arrivalsUntil(window * windowS);
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function isMultiple(seconds: number, of: number): boolean {
  const ratio = seconds / of;
  return Math.abs(ratio - Math.round(ratio)) < 1e-9 * ratio && ratio > 0.5;
}

/** The integral of the rate from 0 to t, s of the mean rate. */
function cumulativeRate({ stepS, relativeRate }: RateProfile): (t: number) => number {
  const until = new Float64Array(relativeRate.length + 1);
  relativeRate.forEach((rate, step) => (until[step + 1] = until[step]! + rate * stepS));
  const steps = relativeRate.length;
  return (t) => {
    const round = Math.floor(t / (steps * stepS));
    const within = t / stepS - round * steps;
    const step = Math.min(steps - 1, Math.max(0, Math.floor(within)));
    return round * until[steps]! + until[step]! + (within - step) * stepS * relativeRate[step]!;
  };
}
