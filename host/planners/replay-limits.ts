import { MAX_SECONDS } from "../../assembly/contract.js";
import { InputError } from "../specs/input-error.js";
import { checkArrivals, checkDrawn } from "./draw-limits.js";
import type { ReplayOptions } from "./replay.js";

/** Most replications of a run. */
export const MAX_REPLICATIONS = 10_000;

/**
 * Checks the numbers that a replay is run with.
 *
 * @throws InputError one sentence that names the figure, what was found and what is allowed.
 */
export function checkReplayOptions(options: ReplayOptions): void {
  checkRunOptions(options);
  const { requests } = options;
  if ("drawn" in requests) checkDrawn(requests.drawn);
  else if (requests.arrivals) checkArrivals(requests.arrivals);
}

/**
 * Checks those of them that do not hang on the requests.
 *
 * @throws InputError as {@link checkReplayOptions}.
 */
export function checkRunOptions(options: Omit<ReplayOptions, "requests" | "fleet">): void {
  const { seed, warmup, replications, sloMs, horizonS } = options;
  check("seed", seed, (value) => Number.isSafeInteger(value) && value >= 0, "a whole number of at least 0");
  check("warmup", warmup, (value) => value >= 0 && value < 1, "a share of at least 0 and below 1");
  const atMost = `a whole number from 1 to ${MAX_REPLICATIONS}`;
  check(
    "replications",
    replications,
    (value) => Number.isInteger(value) && value >= 1 && value <= MAX_REPLICATIONS,
    atMost,
  );
  check("sloMs", sloMs, (value) => value > 0 && value < Infinity, "a finite number of ms above 0");
  check(
    "horizonS",
    horizonS,
    (value) => value > 0 && value <= MAX_SECONDS,
    `seconds above 0 and at most ${MAX_SECONDS}`,
  );
}

function check(name: string, value: number | undefined, isAllowed: (value: number) => boolean, allowed: string): void {
  if (value === undefined || isAllowed(value)) return;
  throw new InputError(`${name} is ${String(value)}; allowed is ${allowed}.`);
}
