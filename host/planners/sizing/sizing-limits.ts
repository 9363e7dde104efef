import { MAX_INT32, mustBeOneOf } from "../../specs/fields.js";
import { InputError } from "../../specs/input-error.js";
import { OptionError, type OptionNaming } from "../../specs/option-error.js";
import { MAX_SECONDS } from "../../../assembly/contract.js";
import { ENGINES } from "../../specs/fleet-spec.js";
import { SIZE_BY } from "./sizing-problem.js";
import type { SizingOptions } from "./open-problem.js";

/** Most requests that are simulated for a pool. */
export const MAX_POOL_REQUESTS = 1_000_000;
/** Fewest: a P99 of fewer says nothing. */
export const LEAST_POOL_REQUESTS = 1000;

/** @throws InputError for the first option that is out of range. */
export function checkSizingOptions({ sloMs, sloTpotMs, requests, seed, engine, sizeBy }: SizingOptions): void {
  within("sloMs", sloMs, (ms) => ms > 0 && ms <= MAX_SECONDS * 1000, "a number of milliseconds above 0");
  within("sloTpotMs", sloTpotMs, (ms) => ms > 0 && ms <= MAX_SECONDS * 1000, "a number of milliseconds above 0");
  within(
    "requests",
    requests,
    (count) => Number.isInteger(count) && count >= LEAST_POOL_REQUESTS && count <= MAX_POOL_REQUESTS,
    `a whole number from ${LEAST_POOL_REQUESTS} to ${MAX_POOL_REQUESTS}`,
  );
  checkName("sizeBy", sizeBy, SIZE_BY);
  checkName("engine", engine, ENGINES);
  within("seed", seed, (value) => Number.isSafeInteger(value) && value >= 0, "a whole number of at least 0");
}

/**
 * @param allowed What is; if it names other options, by what they are called.
 * @throws InputError `name is ..., but must be ...` if a value is given that is not allowed.
 */
export function within(
  name: string,
  value: number | undefined,
  isAllowed: (value: number) => boolean,
  allowed: string | ((nameOf: OptionNaming) => string),
): void {
  if (value === undefined || isAllowed(value)) return;
  throw new OptionError(
    (nameOf) => `${nameOf(name)} is ${value}, but must be ${typeof allowed === "string" ? allowed : allowed(nameOf)}.`,
  );
}

/** @throws InputError if a name is given that is none of `names`. */
export function checkName<Name extends string>(name: string, value: Name | undefined, names: readonly Name[]): void {
  if (value === undefined || names.includes(value)) return;
  throw new InputError(`${name} is ${JSON.stringify(value)}, but ${mustBeOneOf(value, names)}.`);
}

/** @throws InputError unless a boundary is below the window that another option sets. */
export function checkBelow(name: string, boundary: number, windowName: string, window: number): void {
  within(
    name,
    boundary,
    (tokens) => tokens < window,
    (nameOf) => `less than ${nameOf(windowName)}, ${window}`,
  );
}

/** @throws InputError unless the value is a whole number of tokens from `least` to what a pool may have as its window. */
export function checkTokens(name: string, value: number | undefined, least = 1): void {
  const isTokens = (tokens: number) => Number.isInteger(tokens) && tokens >= least && tokens <= MAX_INT32;
  within(name, value, isTokens, `a whole number of tokens from ${least} to ${MAX_INT32}`);
}

/** @throws InputError unless the share is above 0 and at most 1. */
export function checkShare(name: string, value: number | undefined): void {
  within(name, value, (share) => share > 0 && share <= 1, "a share above 0, at most 1");
}

/** Most pools that a planner is asked for. */
export const MAX_PLANNED_POOLS = 6;
/** Most ways to cut a workload that are compared. */
const MAX_CANDIDATES = 20_000;

/** @throws InputError unless both are whole numbers of pools, in order. */
export function checkPools({ minPools, maxPools }: { minPools: number; maxPools: number }): void {
  const allowed = `a whole number from 1 to ${MAX_PLANNED_POOLS}`;
  const isCount = (pools: number) => Number.isInteger(pools) && pools >= 1 && pools <= MAX_PLANNED_POOLS;
  within("minPools", minPools, isCount, allowed);
  within("maxPools", maxPools, isCount, allowed);
  within(
    "maxPools",
    maxPools,
    (pools) => pools >= minPools,
    (nameOf) => `at least ${nameOf("minPools")}, ${minPools}`,
  );
}

/** Boundaries in order, each once. @throws InputError for one that is not a whole number below the largest window. */
export function settleBoundaries(name: string, boundaries: readonly number[], maxCtx: number): number[] {
  for (const boundary of boundaries) {
    checkTokens(name, boundary);
    within(name, boundary, (tokens) => tokens < maxCtx, `less than the largest window, ${maxCtx}`);
  }
  return [...new Set(boundaries)].sort((a, b) => a - b);
}

/** @throws InputError if there are more ways to cut a workload than are compared. */
export function checkCandidates(count: number): void {
  if (count <= MAX_CANDIDATES) return;
  throw new InputError(
    `the boundaries and pools that are asked for make ${count} fleets; at most ${MAX_CANDIDATES} are compared: name fewer boundaries or pools.`,
  );
}
