import { InputError } from "../../specs/input-error.js";
import { MAX_SECONDS } from "../../../assembly/contract.js";
import type { SizingOptions } from "./open-problem.js";

/** Most requests that are simulated for a pool. */
export const MAX_POOL_REQUESTS = 1_000_000;
/** Fewest: a P99 of fewer says nothing. */
export const LEAST_POOL_REQUESTS = 1000;

/** @throws InputError for the first option that is out of range. */
export function checkSizingOptions({ sloMs, sloTpotMs, requests, seed }: SizingOptions): void {
  within("sloMs", sloMs, (ms) => ms > 0 && ms <= MAX_SECONDS * 1000, "a number of milliseconds above 0");
  within("sloTpotMs", sloTpotMs, (ms) => ms > 0 && ms <= MAX_SECONDS * 1000, "a number of milliseconds above 0");
  within(
    "requests",
    requests,
    (count) => Number.isInteger(count) && count >= LEAST_POOL_REQUESTS && count <= MAX_POOL_REQUESTS,
    `a whole number from ${LEAST_POOL_REQUESTS} to ${MAX_POOL_REQUESTS}`,
  );
  within("seed", seed, (value) => Number.isSafeInteger(value) && value >= 0, "a whole number of at least 0");
}

/** @throws InputError `name is ..., but must be ...` if a value is given that is not allowed. */
export function within(
  name: string,
  value: number | undefined,
  isAllowed: (value: number) => boolean,
  allowed: string,
): void {
  if (value === undefined || isAllowed(value)) return;
  throw new InputError(`${name} is ${value}, but must be ${allowed}.`);
}

/** @throws InputError unless the share is above 0 and at most 1. */
export function checkShare(name: string, value: number | undefined): void {
  within(name, value, (share) => share > 0 && share <= 1, "a share above 0, at most 1");
}
