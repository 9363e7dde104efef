import { type Core, loadCore } from "../core/load.js";
import { MAX_RATE_RPS } from "./draw-limits.js";
import { DEFAULT_B_SHORT, DEFAULT_GAMMA_MAX, DEFAULT_LONG_MAX_CTX, gammasUpTo, MAX_GAMMA } from "./optimize.js";
import { openPlanningRequests, type PlanningInput, type PlanningRequests } from "./planning-requests.js";
import { OptionError } from "../specs/option-error.js";
import type { LengthLaw } from "../workloads/length-law/length-law.js";
import { fleetCandidate, type FleetCandidate } from "./sizing/fleet-candidate.js";
import { analyticalRow, chosenFleet, fleetFile, type FleetRow, simulatedRow } from "./sizing/fleet-row.js";
import { FleetSearch } from "./sizing/fleet-search.js";
import { type FreshCheck, freshCheck } from "./sizing/fresh-check.js";
import { type NearestMiss, nearestMiss } from "./sizing/nearest-miss.js";
import { priceBy } from "./sizing/objective.js";
import { openProblem, type SizingOptions } from "./sizing/open-problem.js";
import type { ReplicaOption } from "./sizing/replica-option.js";
import { safeShareOf } from "./sizing/safe-share.js";
import { segmentShare } from "./sizing/segment.js";
import { checkBelow, checkSizingOptions, checkTokens, within } from "./sizing/sizing-limits.js";
import { sizingOptionsOf } from "./sizing/sizing-options.js";

/** What the fleets of a `whatif` have in common at all rates. */
export interface WhatifFleetOptions {
  /** Rates to plan for, requests/s. Default: a quarter of `rateRps`, or of the own rate of the requests, to five times it; without either {@link DEFAULT_WHATIF_RATES_RPS}. */
  ratesRps?: readonly number[];
  /** Where the two pools meet, total tokens. Default 4096. */
  bShort?: number;
  /** Window of the pool for long requests, tokens. Default 65,536. */
  longMaxCtx?: number;
  /** Fleets are tried with gamma 1.0, 1.1, ... up to this. Default 2. */
  gammaMax?: number;
}

/** The Python tool's rates, requests/s. */
export const DEFAULT_WHATIF_RATES_RPS = [50, 100, 200, 500, 1000] as const;
/** The rate that those stand around: its default. */
const MIDDLE_RATE_RPS = 200;
/** Most rates of one question. */
const MAX_WHATIF_RATES = 1000;
/** So many of the fleets that analysis expects to be cheapest are sized by simulation at each rate. */
export const WHATIF_SIZED = 3;
/** Least share of all requests for which there is a pool. */
const LEAST_SHARE = 1e-6;

/** Fleets are asked for at several rates, of the same requests. */
export interface WhatifQuestion {
  requests: PlanningRequests;
  ratesRps: readonly number[];
  bShort: number;
  longMaxCtx: number;
  gammas: readonly number[];
  safeShare: number;
  sizing: SizingOptions & { core: Core };
  /** Runs of all rates so far. */
  runs: number;
}

/**
 * Opens the requests once, so that every rate and every GPU meets the same ones.
 *
 * @throws InputError if an option is out of range, or the input cannot be used.
 */
export async function openWhatif(options: PlanningInput & SizingOptions & WhatifFleetOptions): Promise<WhatifQuestion> {
  const { bShort = DEFAULT_B_SHORT, longMaxCtx = DEFAULT_LONG_MAX_CTX, gammaMax = DEFAULT_GAMMA_MAX } = options;
  checkTokens("longMaxCtx", longMaxCtx);
  checkTokens("bShort", bShort);
  checkBelow("bShort", bShort, "longMaxCtx", longMaxCtx);
  within("gammaMax", gammaMax, (gamma) => gamma >= 1 && gamma <= MAX_GAMMA, `a number from 1 to ${MAX_GAMMA}`);
  checkSizingOptions(options);
  const { ratesRps, ...rest } = options;
  checkRates(ratesRps);
  const requests = await openPlanningRequests(rest, options.seed === undefined ? {} : { seed: options.seed });
  const safeShare = safeShareOf(requests);
  return {
    requests,
    ratesRps: ratesRps ?? ratesAround(options.rateRps ?? requests.ownRateRps),
    bShort,
    longMaxCtx,
    gammas: safeShare > 0 ? gammasUpTo(gammaMax) : [1],
    safeShare,
    sizing: { ...sizingOptionsOf(options), core: options.core ?? (await loadCore()) },
    runs: 0,
  };
}

/** What was found at a rate. */
export interface FleetsAtRate {
  /** The fleet that analysis expects to be cheapest; absent where none can be built. */
  expected: FleetRow | undefined;
  /** The cheapest of those that were sized; absent: none meets the objective. */
  best?: { row: FleetRow; check: FreshCheck };
  /** That of gamma 1. */
  plain?: FleetRow;
  miss: NearestMiss | undefined;
}

/**
 * The cheapest fleet at a rate: of that of gamma 1 and of the {@link WHATIF_SIZED} that analysis expects to be cheapest.
 *
 * The fleet of gamma 1 comes first. Where it cannot meet the objective no other can: with gamma the short pool gets longer requests, and the long one keeps the longest.
 */
export async function fleetsAt(
  question: WhatifQuestion,
  rateRps: number,
  kinds: { short: readonly ReplicaOption[]; long: readonly ReplicaOption[] },
): Promise<FleetsAtRate> {
  const { requests, sizing } = question;
  const before = question.runs;
  const onRun = (runs: number) => {
    question.runs = before + runs;
    return sizing.onRun?.(question.runs);
  };
  const { problem } = await openProblem({ ...sizing, opened: requests, rateRps, onRun });
  refuseIdlePool(question, problem.law);
  const search = new FleetSearch(problem, priceBy("cost", 1));
  const candidates = candidatesOf(question, kinds).filter(({ segments }) =>
    segments.every((segment) => segmentShare(problem.law, segment) >= LEAST_SHARE),
  );
  const first = cheapestExpected(search, candidates);
  const expected = analyticalRow(search, first, 1);
  const plain = await search.size(candidates[0]!);
  if (!plain) return { expected, miss: await nearestMiss(search, [candidates[0]!]) };
  const other = await search.cheapest(candidates, { atLeast: WHATIF_SIZED, isExhaustive: false });
  const best = other && other.price < plain.price ? other : plain;
  const file = fleetFile(chosenFleet(best), {
    engine: problem.engine,
    sloMs: problem.objective.ttftMs,
    nodeAvailability: 1,
  });
  const count = Math.max(...best.pools.map(({ lookedAt }) => lookedAt));
  const check = await freshCheck(problem, requests, file, count);
  return {
    expected,
    best: { row: simulatedRow(problem, best, 1), check },
    plain: simulatedRow(problem, plain, 1),
    miss: undefined,
  };
}

function cheapestExpected(search: FleetSearch, candidates: readonly FleetCandidate[]): FleetCandidate {
  return candidates.reduce((best, candidate) =>
    search.expectedPrice(candidate) < search.expectedPrice(best) ? candidate : best,
  );
}

function refuseIdlePool({ bShort, longMaxCtx }: WhatifQuestion, law: LengthLaw): void {
  if (law.share(0, bShort) < LEAST_SHARE) {
    throw new OptionError(
      (nameOf) => `${nameOf("bShort")} is ${bShort}, but no request is as short: the short pool would be idle.`,
    );
  }
  if (law.share(bShort, longMaxCtx) >= LEAST_SHARE) return;
  throw new OptionError(
    (nameOf) =>
      `${nameOf("bShort")} is ${bShort}, but no request has more tokens, and at most ${longMaxCtx}: the long pool would be idle.`,
  );
}

function candidatesOf(
  { gammas, safeShare, bShort, longMaxCtx }: WhatifQuestion,
  { short, long }: { short: readonly ReplicaOption[]; long: readonly ReplicaOption[] },
): FleetCandidate[] {
  return gammas.map((gamma) =>
    fleetCandidate({
      boundaries: [bShort],
      maxCtx: longMaxCtx,
      ...(gamma === 1 ? {} : { compression: { gamma, safeShare, pCompress: 1 } }),
      optionsOf: (index) => (index === 0 ? short : long),
    }),
  );
}

function checkRates(ratesRps: readonly number[] | undefined): void {
  if (ratesRps === undefined) return;
  within("ratesRps", ratesRps.length, (n) => n >= 1 && n <= MAX_WHATIF_RATES, `1 to ${MAX_WHATIF_RATES} rates`);
  const allowed = `rates above 0, at most ${MAX_RATE_RPS} requests/s`;
  for (const rateRps of ratesRps) within("ratesRps", rateRps, (rate) => rate > 0 && rate <= MAX_RATE_RPS, allowed);
}

/** A quarter of a rate to five times it, in four digits. */
function ratesAround(middleRps: number | undefined): readonly number[] {
  if (middleRps === undefined) return DEFAULT_WHATIF_RATES_RPS;
  return DEFAULT_WHATIF_RATES_RPS.map((rate) => Number(((rate / MIDDLE_RATE_RPS) * middleRps).toPrecision(4)));
}
