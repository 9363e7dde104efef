/** P(wait > t) of requests that wait. */
export type ConditionalTail = (t: number) => number;

/**
 * The law of the time that those wait who have to, from its mean and the mean time at which its far tail falls off: two exponentials. One of them, or the hazard at 0, is that of
 * M/M/c: a queue that has just formed is drained by servers whose requests began at unrelated times, whose completions are a Poisson process for a while.
 *
 * All times in units of the mean of M/M/c.
 *
 * @param mean Mean time of those that wait.
 * @param farTail Mean time left of one that has waited long.
 */
export function conditionalTail(mean: number, farTail: number): ConditionalTail {
  if (mean >= 1) return mixture(mean, farTail);
  return farTail < mean ? difference(mean, farTail) : (t) => Math.exp(-t / mean);
}

/** Most wait as in M/M/c, some `farTail` times as long; the mean says how many. */
function mixture(mean: number, farTail: number): ConditionalTail {
  if (!(farTail > mean)) return (t) => Math.exp(-t / mean);
  const long = (mean - 1) / (farTail - 1);
  return (t) => (1 - long) * Math.exp(-t) + long * Math.exp(-t / farTail);
}

/** `(1 + k) exp(-t / farTail) - k exp(-t r)`, of hazard 1 at 0 and the given mean. */
function difference(mean: number, farTail: number): ConditionalTail {
  const slow = 1 / farTail;
  let fast = (1 - farTail) / (mean - farTail);
  // Where both rates agree, the limit of the difference: rates a little apart give it to ten digits.
  if (Math.abs(fast - slow) < 1e-5 * slow) fast = slow * (1 + 1e-5);
  const k = (slow - 1) / (fast - slow);
  return (t) => (1 + k) * Math.exp(-slow * t) - k * Math.exp(-fast * t);
}
