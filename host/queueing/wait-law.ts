/** How long requests wait for a server in the steady state of a FIFO queue. */
export interface WaitLaw {
  /** Mean over all requests, those that do not wait included, seconds; `Infinity` where the queue is not stable. */
  readonly meanS: number;
  /** P(wait > t), t in seconds; P(wait > 0) is the probability of waiting. 1 everywhere where the queue is not stable. */
  readonly tail: (t: number) => number;
  /** Smallest t, seconds, with P(wait <= t) >= p, for 0 <= p < 1. */
  readonly percentileS: (p: number) => number;
}

/** The law of a queue whose load is 1 or more. */
export const NEVER_SERVED: WaitLaw = { meanS: Infinity, tail: () => 1, percentileS: () => Infinity };

/** The law of a queue without load. */
export const NO_WAIT: WaitLaw = {
  meanS: 0,
  tail: (t) => (time(t) < 0 ? 1 : 0),
  percentileS: (p) => 0 * probability(p),
};

/**
 * The smallest t with `tail(t) <= 1 - p` for a continuous, falling tail, by bisection to the last bit.
 *
 * @param scaleS a time of the order of the answer, to start from.
 */
export function percentileOfTail(tail: (t: number) => number, p: number, scaleS: number): number {
  const beyond = 1 - probability(p);
  if (tail(0) <= beyond) return 0;
  let low = 0;
  let high = scaleS;
  while (tail(high) > beyond) {
    low = high;
    high *= 2;
  }
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return high;
    if (tail(middle) > beyond) low = middle;
    else high = middle;
  }
}

/** @throws RangeError unless 0 <= p < 1. */
export function probability(p: number): number {
  if (!(p >= 0 && p < 1)) throw new RangeError(`p is ${p}, but must be at least 0 and below 1`);
  return p;
}

/** @throws RangeError for NaN. */
export function time(t: number): number {
  if (Number.isNaN(t)) throw new RangeError("t is NaN, but must be a number of seconds");
  return t;
}

/** @throws RangeError unless `value` is finite and at least 0. */
export function nonNegative(name: string, value: number): number {
  if (!(value >= 0 && value < Infinity))
    throw new RangeError(`${name} is ${value}, but must be a finite number, at least 0`);
  return value;
}

/** @throws RangeError unless `value` is a whole number of at least `low`, exact in a double. */
export function wholeAtLeast(name: string, low: number, value: number): number {
  if (!(Number.isSafeInteger(value) && value >= low)) {
    throw new RangeError(`${name} is ${value}, but must be a whole number, at least ${low}`);
  }
  return value;
}
