import { MAX_SECONDS } from "../../assembly/contract.js";
import { InputError } from "../specs/input-error.js";
import { checkArrivals, checkDrawn } from "./draw-limits.js";
import type { ClosedLoop } from "../core/run-spec.js";
import { ENGINES } from "../specs/fleet-spec.js";
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
  const { seed, warmup, replications, sloMs, sloTpotMs, sloE2eMs, horizonS, closedLoop, engine } = options;
  check("seed", seed, (value) => Number.isSafeInteger(value) && value >= 0, "a whole number of at least 0");
  check("warmup", warmup, (value) => value >= 0 && value < 1, "a share of at least 0 and below 1");
  const atMost = `a whole number from 1 to ${MAX_REPLICATIONS}`;
  check(
    "replications",
    replications,
    (value) => Number.isInteger(value) && value >= 1 && value <= MAX_REPLICATIONS,
    atMost,
  );
  for (const [name, limit] of Object.entries({ sloMs, sloTpotMs, sloE2eMs })) {
    check(name, limit, (value) => value > 0 && value < Infinity, "a finite number of ms above 0");
  }
  check(
    "horizonS",
    horizonS,
    (value) => value > 0 && value <= MAX_SECONDS,
    `seconds above 0 and at most ${MAX_SECONDS}`,
  );
  if (closedLoop) checkClosedLoop(closedLoop);
  if (engine !== undefined && !ENGINES.includes(engine)) {
    throw new InputError(`engine is ${String(engine)}; allowed is ${ENGINES.join(" or ")}.`);
  }
}

/** Most users of a closed loop. */
export const MAX_CONCURRENCY = 1_000_000;
/** Longest mean think time, and longest ramp, s. */
export const MAX_THINK_S = 1e6;

function checkClosedLoop({ concurrency, thinkS, rampS }: ClosedLoop): void {
  const users = `a whole number of users from 1 to ${MAX_CONCURRENCY}`;
  check(
    "concurrency",
    concurrency,
    (value) => Number.isInteger(value) && value >= 1 && value <= MAX_CONCURRENCY,
    users,
  );
  const atMost = `seconds from 0 to ${MAX_THINK_S}`;
  for (const [name, time] of Object.entries({ thinkS, rampS })) {
    check(name, time, (value) => value >= 0 && value <= MAX_THINK_S, atMost);
  }
}

function check(name: string, value: number | undefined, isAllowed: (value: number) => boolean, allowed: string): void {
  if (value === undefined || isAllowed(value)) return;
  throw new InputError(`${name} is ${String(value)}; allowed is ${allowed}.`);
}
