import { MAX_SECONDS } from "../../assembly/contract.js";
import { InputError } from "../specs/input-error.js";
import type { WorkloadModel } from "../workloads/models.js";
import type { DrawnArrivals, DrawnRequests } from "./feed.js";

/** Fastest mean rate that is drawn, requests/s: gaps of one tick of the clock. */
export const MAX_RATE_RPS = 1e9;

/** Most requests of one run: what their ordinals can count. */
export const MAX_REQUESTS = 2 ** 31 - 1;

/** Largest coefficient of variation of the gaps. */
export const MAX_CV = 100;

/** Smallest but 0, which is equal gaps: the core cannot tell smaller ones from that. */
export const MIN_CV = 1e-4;

/**
 * Checks what is to be drawn: rate, count, process, and that the last arrival comes before the clock ends.
 *
 * @throws InputError one sentence that names the figure, what was found and what is allowed.
 */
export function checkDrawn(drawn: DrawnRequests): void {
  const { rateRps, count } = drawn;
  checkArrivals(drawn);
  if (!(Number.isSafeInteger(count) && count >= 1)) {
    throw new InputError(`the number of requests is ${count}; allowed is a whole number of at least 1.`);
  }
  if (latestArrivalS(drawn) > MAX_SECONDS) throw tooSlow(rateRps, count);
}

/**
 * Checks the rate and the process of arrivals that are to be drawn.
 *
 * @throws InputError as {@link checkDrawn}.
 */
export function checkArrivals({ rateRps, process }: DrawnArrivals): void {
  if (!(rateRps > 0 && rateRps <= MAX_RATE_RPS)) {
    throw new InputError(`the rate is ${rateRps} requests/s; allowed is above 0 and at most ${MAX_RATE_RPS}.`);
  }
  if (process.type === "gamma" && process.cv !== 0 && !(process.cv >= MIN_CV && process.cv <= MAX_CV)) {
    throw new InputError(`the coefficient of variation is ${process.cv}; allowed is 0, or ${MIN_CV} to ${MAX_CV}.`);
  }
}

/** The mistake of asking for arrivals that the clock cannot hold. */
export function tooSlow(rateRps: number, count: number): InputError {
  return new InputError(
    `${count} requests at ${rateRps} requests/s may take longer than ${MAX_SECONDS} s, the most that the clock holds; ` +
      `raise the rate or draw fewer.`,
  );
}

/**
 * A time that the last arrival stays below. The sum of `count` gamma gaps of mean 1 has mean `count` and scale `cv^2`; it exceeds `count +
 * 12 cv sqrt(count) + 60 cv^2` with a probability below e^-50 (Chernoff's bound). A rate that varies adds at most one period.
 */
function latestArrivalS({ model, rateRps, count, process }: DrawnRequests): number {
  const cv = process.type === "gamma" ? process.cv : process.type === "poisson" ? 1 : 0;
  return (count + 12 * cv * Math.sqrt(count) + 60 * cv * cv) / rateRps + periodS(model);
}

function periodS({ profile }: WorkloadModel): number {
  return profile ? profile.stepS * profile.relativeRate.length : 0;
}
