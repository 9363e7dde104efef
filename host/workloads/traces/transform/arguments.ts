/**
 * Checks of the numbers that transformations take.
 */
import { InputError } from "../../../specs/input-error.js";

/** @throws InputError if a number is not finite and above zero. */
export function checkPositive(name: string, value: number): void {
  if (!(value > 0 && value < Infinity)) throw new InputError(`${name}: is ${value}; allowed is a number above 0.`);
}

/** @throws InputError if a number is no whole number from 1 that a double holds exactly. */
export function checkCount(name: string, value: number): void {
  if (!(Number.isSafeInteger(value) && value >= 1)) {
    throw new InputError(`${name}: is ${value}; allowed is a whole number from 1.`);
  }
}

/** @throws InputError if a seed is no whole number 0 .. 2^53 - 1. */
export function checkSeed(seed: number): void {
  if (!(Number.isSafeInteger(seed) && seed >= 0)) {
    throw new InputError(`seed: is ${seed}; allowed is a whole number 0 to 9007199254740991.`);
  }
}
