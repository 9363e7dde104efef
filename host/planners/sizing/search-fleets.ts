import type { FleetInput } from "../../specs/fleet-spec.js";
import { InputError } from "../../specs/input-error.js";
import type { FleetCandidate } from "./fleet-candidate.js";
import { analyticalRow, type FleetRow, fleetFile, simulatedRow, verifiedRow } from "./fleet-row.js";
import { FleetSearch, type SizedFleet } from "./fleet-search.js";
import { type FreshCheck, freshCheck } from "./fresh-check.js";
import { type NearestMiss, nearestMiss, type Refusal, refusals } from "./nearest-miss.js";
import { priceBy, type SizingGoal } from "./objective.js";
import type { OpenProblem } from "./open-problem.js";
import { segmentShare } from "./segment.js";
import type { SizingProblem } from "./sizing-problem.js";

/** Which of many fleets are compared, and how. */
export interface SearchFleetsOptions {
  candidates: readonly FleetCandidate[];
  goal: SizingGoal;
  /** Share of the time that a replica is up, above 0 to 1. */
  nodeAvailability: number;
  /** So many of the fleets that analysis expects to be cheapest are sized by simulation in any case; 0: none is, and nothing is simulated. */
  atLeast: number;
  /** Whether to go on until none of the others can be cheaper. */
  isExhaustive: boolean;
  /** Whether the answer is replayed with fresh requests. */
  isChecked: boolean;
  /** Whether fleets are only simulated as analysis proposes them, `atLeast` of them, and not sized. */
  isVerifiedOnly?: boolean;
}

/** What a search of fleets came to. */
export interface FleetsFound {
  search: FleetSearch;
  /** By analysis, cheapest first. */
  analytical: FleetRow[];
  /** Sized by simulation, cheapest first. */
  simulated: FleetRow[];
  /** The cheapest one; absent: none meets the objective, or nothing was simulated. */
  best?: { fleet: SizedFleet; row: FleetRow; file: FleetInput };
  check?: FreshCheck;
  /** Where none meets the objective. */
  miss?: NearestMiss;
  refused: Refusal[];
}

/** Sizes fleets and finds the cheapest. @throws InputError if no candidate has requests, or one has no price. */
export async function searchFleets(open: OpenProblem, options: SearchFleetsOptions): Promise<FleetsFound> {
  const { problem, requests } = open;
  const { goal, nodeAvailability, atLeast, isExhaustive } = options;
  const search = new FleetSearch(problem, priceBy(goal, nodeAvailability));
  const candidates = options.candidates.filter((candidate) => isUsed(problem, candidate));
  if (candidates.length === 0) throw new InputError("no request falls into any of the pools that are asked for.");
  const analytical = candidates.flatMap((candidate) => analyticalRow(search, candidate, nodeAvailability) ?? []);
  if (options.isVerifiedOnly) return verifyOnly(search, candidates, analytical, options);
  const best = atLeast === 0 ? undefined : await search.cheapest(candidates, { atLeast, isExhaustive });
  const sized = [...search.sized].sort((a, b) => a.price - b.price);
  const found = {
    search,
    analytical: analytical.sort((a, b) => inGoal(a, goal) - inGoal(b, goal)),
    simulated: sized.map((fleet) => simulatedRow(problem, fleet, nodeAvailability)),
    refused: refusals(search),
  };
  if (!best) {
    const miss = atLeast === 0 ? undefined : nearestMiss(search, candidates);
    return { ...found, ...(miss ? { miss } : {}) };
  }
  const sloMs = problem.objective.ttftMs;
  const file = fleetFile(best, { engine: problem.engine, sloMs, nodeAvailability });
  const row = found.simulated[sized.indexOf(best)]!;
  const check = options.isChecked ? { check: await freshCheck(problem, requests, file, checkedRequests(best)) } : {};
  return { ...found, best: { fleet: best, row, file }, ...check };
}

/** Simulates the cheapest fleets that analysis proposes. Pools that several of them have are simulated once. */
async function verifyOnly(
  search: FleetSearch,
  candidates: readonly FleetCandidate[],
  analytical: FleetRow[],
  { goal, nodeAvailability, atLeast }: SearchFleetsOptions,
): Promise<FleetsFound> {
  const buildable = candidates.filter((candidate) => search.expectedPrice(candidate) < Infinity);
  const cheapest = buildable.sort((a, b) => search.expectedPrice(a) - search.expectedPrice(b)).slice(0, atLeast);
  const simulated: FleetRow[] = [];
  for (const candidate of cheapest) simulated.push(await verifiedRow(search, candidate, nodeAvailability));
  const byGoal = (a: FleetRow, b: FleetRow) => inGoal(a, goal) - inGoal(b, goal);
  return {
    search,
    analytical: analytical.sort(byGoal),
    simulated: simulated.sort(byGoal),
    refused: refusals(search),
  };
}

/** A figure of a row by the goal; fleets whose power is not known come last. */
export function inGoal(row: FleetRow, goal: SizingGoal): number {
  if (goal === "cost") return row.cost_per_hr;
  return goal === "gpus" ? row.total_gpus : (row.watts ?? Infinity);
}

/** Least share of all requests for which there is a pool. */
const LEAST_SHARE = 1e-6;

/** Whether every pool of a candidate gets requests. */
function isUsed({ law }: SizingProblem, { segments }: FleetCandidate): boolean {
  return segments.every((segment) => segmentShare(law, segment) >= LEAST_SHARE);
}

/** As many requests as give every pool those of its own runs. */
function checkedRequests({ pools }: SizedFleet): number {
  return Math.max(...pools.map((pool) => pool.lookedAt));
}
