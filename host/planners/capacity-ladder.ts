/**
 * Loads that a search may answer, as steps of a ladder that all searches of the same tolerance share: what two fleets bear is then compared at the very same loads, and a fleet that is better at
 * every one of them never comes out worse.
 */
export interface Ladder {
  /** The load of a step. */
  at(step: number): number;
  /** The highest step whose load is at most this; the lowest there is, if all are more. */
  below(load: number): number;
}

/** Beyond any step that is asked for: even steps of 0.01 % come to e^100. */
const MOST_STEPS = 2 ** 20;

/** Rates, each higher than the one before by the same share: `(1 + share)^step` requests/s. By multiplication alone, which is the same on every machine. */
export function rateLadder(share: number): Ladder {
  const at = (step: number) => (step < 0 ? 1 / power(1 + share, -step) : power(1 + share, step));
  return {
    at,
    below: (rate) => {
      let low = -MOST_STEPS;
      let high = MOST_STEPS;
      while (high - low > 1) {
        const middle = Math.floor((low + high) / 2);
        if (at(middle) <= rate) low = middle;
        else high = middle;
      }
      return low;
    },
  };
}

function power(base: number, exponent: number): number {
  let result = 1;
  for (let square = base, left = exponent; left > 0; left = Math.floor(left / 2), square *= square) {
    if (left % 2 === 1) result *= square;
  }
  return result;
}

/** Numbers of users from 1 to `most`: every one of them, as long as the next one is not less than `share` more; then in such shares. */
export function userLadder(share: number, most: number): Ladder {
  const users = [1];
  for (let last = 1; last < most; users.push(last)) {
    last = Math.min(most, Math.max(last + 1, Math.floor(last * (1 + share))));
  }
  return {
    at: (step) => users[step]!,
    below: (load) =>
      Math.max(
        0,
        users.findLastIndex((number) => number <= load),
      ),
  };
}
