import { OptionError } from "../../specs/option-error.js";

/** Most requests a second: servers then stay exact. */
const MAX_RATE_RPS = 1e9;

/** Longest length, tokens, that a CDF may have. */
const MAX_TOKENS = 2 ** 30;

/** @throws InputError unless `value` is finite and more than 0. */
export function checkPositive(name: string, value: number): void {
  if (!(value > 0 && value < Infinity)) {
    throw new OptionError((nameOf) => `${nameOf(name)} is ${value}, but must be a finite number, more than 0.`);
  }
}

/** @throws InputError unless `rateRps` is more than 0 and at most 1e9 requests a second. */
export function checkRate(rateRps: number): void {
  if (!(rateRps > 0 && rateRps <= MAX_RATE_RPS)) {
    throw new OptionError(
      (nameOf) => `${nameOf("lam")} is ${rateRps}, but must be more than 0 and at most ${MAX_RATE_RPS}.`,
    );
  }
}

/** @throws InputError unless `value` is a whole number of tokens that a CDF may have. */
export function checkTokens(name: string, value: number): void {
  checkWhole(name, value, MAX_TOKENS);
}

/** @throws InputError unless `value` is a whole number from 1 to `most`. */
export function checkWhole(name: string, value: number, most: number): void {
  if (!(Number.isSafeInteger(value) && value >= 1 && value <= most)) {
    throw new OptionError((nameOf) => `${nameOf(name)} is ${value}, but must be a whole number from 1 to ${most}.`);
  }
}

/** @throws InputError unless `value` is a share: from 0, or from more than 0 if `positive`, to 1. */
export function checkShare(name: string, value: number, { positive = false } = {}): void {
  if (value >= 0 && value <= 1 && !(positive && value === 0)) return;
  throw new OptionError(
    (nameOf) => `${nameOf(name)} is ${value}, but must be ${positive ? "more than 0 and at most" : "from 0 to"} 1.`,
  );
}
