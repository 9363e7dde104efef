import { InputError } from "../specs/input-error.js";
import { type Cdf, DEFAULT_INPUT_SHARE } from "../workloads/cdf.js";
import { openPlanningRequests, type PlanningInput } from "./planning-requests.js";

/** Requests as the formulas of the Python tool see them. */
export interface CompatRequests {
  name: string;
  cdf: Cdf;
  /** The rate that was given, or that of requests that are open; absent: none was. */
  rateRps?: number;
}

/**
 * The CDF that requests are drawn from.
 *
 * @throws InputError if they are not drawn from one, or are asked for in a way that the formulas do not know: all arrivals are Poisson, and 80 % of all tokens input.
 */
export async function compatRequests(input: PlanningInput): Promise<CompatRequests> {
  if (input.arrivals && input.arrivals.type !== "poisson") {
    throw new InputError(
      `arrivals are ${input.arrivals.type}, but the formulas of the Python tool know poisson arrivals alone.`,
    );
  }
  if ("cdf" in input && input.inputShare !== undefined && input.inputShare !== DEFAULT_INPUT_SHARE) {
    throw new InputError(
      `the input share is ${input.inputShare}, but the formulas of the Python tool know ${DEFAULT_INPUT_SHARE} alone.`,
    );
  }
  const opened = await openPlanningRequests(input);
  const { cdf, name } = opened;
  const rateRps = "opened" in input ? opened.rateRps : input.rateRps;
  if (cdf) return { name, cdf, ...(rateRps === undefined ? {} : { rateRps }) };
  throw new InputError(
    `${name}: is no CDF of total tokens, and the formulas of the Python tool know nothing else; --cdf gives one.`,
  );
}
