import type { Core } from "../core/load.js";
import type { ClosedLoop } from "../core/run-spec.js";
import { InputError } from "../specs/input-error.js";
import type { ScalableRequestOptions } from "./capacity-requests.js";
import type { FleetSource, ReplayTraceOptions } from "./replay-trace.js";
import { checkRunOptions, MAX_CONCURRENCY } from "./replay-limits.js";
import type { TraceInput } from "./trace-input.js";

/** What the requests are to keep within, ms. One that is not there is not asked for; see {@link CapacityOptions.slo}. */
export interface CapacityObjective {
  /** Time to first token. */
  ttftMs?: number;
  /** Time per output token. */
  tpotMs?: number;
  /** Arrival to last token. */
  e2eMs?: number;
  /** Gap between two output tokens, over all tokens; engine `iterations`. */
  itlMs?: number;
}

/** Closed loop: the load that is searched is a number of users. */
export interface SearchedUsers extends Omit<ClosedLoop, "concurrency"> {
  /** Most users to try. Default {@link MAX_CONCURRENCY}. */
  most?: number;
}

/** What is asked; see {@link capacity}. */
export interface CapacityOptions
  extends ScalableRequestOptions, Pick<ReplayTraceOptions, "engine" | "step" | "seed" | "warmup" | "classify"> {
  /**
   * What is played. Of a workload `count` requests are drawn; by default as many as it takes to see a steady state, at least {@link LEAST_REQUESTS}. A trace keeps its own
   * arrivals, played faster or slower, unless `rateRps` or `arrivals` asks for drawn ones.
   */
  trace: TraceInput;
  /** What it is played through. */
  fleet: FleetSource;
  /** Default: the fleet's time to first token; if it names none and nothing is given here, 500 ms. */
  slo?: CapacityObjective;
  /**
   * Share of all measured arrivals that is to keep within all limits of a request's times; and the share of the gaps between tokens that is to keep within `itlMs`, which must
   * be one of {@link ITL_SHARES}. Above 0, at most 1. Default {@link DEFAULT_ATTAINMENT}.
   */
  attainment?: number;
  /** The search ends where the lowest rate found to be too much exceeds the highest found bearable by this share. Default {@link DEFAULT_TOLERANCE}. */
  tolerance?: number;
  /** Take one replica of each pool in place of the fleet. Default: the whole fleet. */
  perReplica?: boolean;
  /** Search the number of users of a closed loop in place of the arrival rate. */
  users?: SearchedUsers;
  /** Independent runs at each rate: judged by the means of their figures. Default 1. */
  replications?: number;
  /** Told how many requests have been played, over all runs. */
  onProgress?: (played: number) => void | Promise<void>;
  /** An instance to run in; by default a new one. */
  core?: Core;
}

/** Share of the arrivals that is to keep within the limits, unless the caller says otherwise. */
export const DEFAULT_ATTAINMENT = 0.99;

/** How closely the rate is searched, unless the caller says otherwise. */
export const DEFAULT_TOLERANCE = 0.01;
/** The closest, and the least close. */
export const TOLERANCES = { least: 1e-4, most: 1 } as const;

/** Shares that the distribution of gaps between tokens is known at. */
export const ITL_SHARES = [0.5, 0.9, 0.95, 0.99, 0.999] as const;

/**
 * Checks what can be checked before anything is opened.
 *
 * @throws InputError one sentence that names the figure, what was found and what is allowed.
 */
export function checkCapacityOptions(options: CapacityOptions): void {
  const { slo = {}, attainment = DEFAULT_ATTAINMENT, tolerance = DEFAULT_TOLERANCE, users } = options;
  const { seed, warmup, replications, engine, step } = options;
  checkRunOptions({
    ...(seed === undefined ? {} : { seed }),
    ...(warmup === undefined ? {} : { warmup }),
    ...(replications === undefined ? {} : { replications }),
    ...(engine === undefined ? {} : { engine }),
    ...(step === undefined ? {} : { step }),
    ...(users ? { closedLoop: { ...users, concurrency: users.most ?? MAX_CONCURRENCY } } : {}),
  });
  if (Object.hasOwn(options, "speed") && (options as { speed?: unknown }).speed !== undefined) {
    throw new InputError("speed is what a capacity search finds: give the trace without it.");
  }
  for (const [name, limit] of Object.entries(slo)) {
    if (limit === undefined || (limit > 0 && limit < Infinity)) continue;
    throw new InputError(`${name} is ${String(limit)}; allowed is a finite number of ms above 0.`);
  }
  if (!(attainment > 0 && attainment <= 1)) {
    throw new InputError(`attainment is ${attainment}; allowed is a share above 0 and at most 1.`);
  }
  if (slo.itlMs !== undefined && !ITL_SHARES.some((share) => share === attainment)) {
    const shares = ITL_SHARES.join(", ");
    throw new InputError(`attainment is ${attainment}; with a limit for ITL allowed is one of ${shares}.`);
  }
  if (!(tolerance >= TOLERANCES.least && tolerance <= TOLERANCES.most)) {
    throw new InputError(
      `tolerance is ${tolerance}; allowed is a share from ${TOLERANCES.least} to ${TOLERANCES.most}.`,
    );
  }
  if (users && (options.rateRps !== undefined || options.arrivals !== undefined)) {
    const given = options.rateRps === undefined ? "--arrivals" : "--rate";
    throw new InputError(`${given} has no meaning for the users of a closed loop, who send when they are ready.`);
  }
}
