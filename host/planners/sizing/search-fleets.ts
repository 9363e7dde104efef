import type { FleetInput } from "../../specs/fleet-spec.js";
import { InputError } from "../../specs/input-error.js";
import type { FleetCandidate } from "./fleet-candidate.js";
import {
  analyticalRow,
  type ChosenFleet,
  chosenFleet,
  type FleetRow,
  fleetFile,
  simulatedRow,
  verifiedRow,
} from "./fleet-row.js";
import { FleetSearch } from "./fleet-search.js";
import { type FreshCheck, freshRun } from "./fresh-check.js";
import { type NearestMiss, nearestMiss, type Refusal, refusals } from "./nearest-miss.js";
import { priceBy, type SizingGoal } from "./objective.js";
import type { ReplayResult } from "../replay.js";
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
  /** Of the kinds of replica that a pool can have, so many that analysis expects to be cheapest there are considered. Default: all. */
  mostKinds?: number;
  /** Whether to tell curves of the replay of the answer, and to play what was broken off of its pools to the end. Default: not. */
  curves?: boolean;
}

/** What a search of fleets came to. */
export interface FleetsFound {
  /** By analysis, cheapest first. */
  analytical: FleetRow[];
  /** By simulation, cheapest first. */
  simulated: FleetRow[];
  /** The cheapest one by simulation, also as a fleet file; absent: none meets the objective, or nothing was simulated. */
  best?: { row: FleetRow; file: FleetInput };
  check?: FreshCheck;
  /** The replay that `check` is about, where curves were asked for. */
  checkRun?: ReplayResult;
  /** Where none meets the objective. */
  miss?: NearestMiss;
  refused: Refusal[];
}

/** Sizes fleets and finds the cheapest. @throws InputError if no candidate has requests, or one has no price. */
export async function searchFleets(open: OpenProblem, options: SearchFleetsOptions): Promise<FleetsFound> {
  const { problem, requests } = open;
  const { goal, nodeAvailability, atLeast } = options;
  const search = new FleetSearch(problem, priceBy(goal, nodeAvailability), options.mostKinds);
  const candidates = options.candidates.filter((candidate) => isUsed(problem, candidate));
  if (candidates.length === 0) throw new InputError("no request falls into any of the pools that are asked for.");
  const analytical = candidates.flatMap((candidate) => analyticalRow(search, candidate, nodeAvailability) ?? []);
  const byGoal = (a: FleetRow, b: FleetRow) => inGoal(a, goal) - inGoal(b, goal);
  const { rows, best } = await simulateFleets(search, candidates, options);
  const found = { analytical: analytical.sort(byGoal), simulated: rows.sort(byGoal), refused: refusals(search) };
  if (!best) {
    const miss = atLeast === 0 || options.isVerifiedOnly ? undefined : await nearestMiss(search, candidates);
    return { ...found, ...(miss ? { miss } : {}) };
  }
  const { ttftMs: sloMs } = problem.objective;
  const file = fleetFile(best.fleet, { engine: problem.engine, sloMs, nodeAvailability });
  const lookedAt = Math.max(...best.fleet.sizings.map((sizing) => sizing.lookedAt));
  const answer = { ...found, best: { row: best.row, file } };
  if (!options.isChecked) return answer;
  const { curves = false } = options;
  const { check, run } = await freshRun(problem, requests, file, { count: lookedAt, curves });
  return { ...answer, check, ...(curves ? { checkRun: run } : {}) };
}

interface Simulated {
  rows: FleetRow[];
  best?: { row: FleetRow; fleet: ChosenFleet };
}

async function simulateFleets(
  search: FleetSearch,
  candidates: readonly FleetCandidate[],
  options: SearchFleetsOptions,
): Promise<Simulated> {
  const { atLeast, isExhaustive, nodeAvailability } = options;
  if (atLeast === 0) return { rows: [] };
  if (options.isVerifiedOnly) return verifyFleets(search, candidates, options);
  const best = await search.cheapest(candidates, { atLeast, isExhaustive });
  if (options.curves && best) for (const pool of best.pools) await pool.playOut();
  const sized = search.sized.map((fleet) => ({ fleet, row: simulatedRow(search.problem, fleet, nodeAvailability) }));
  const rows = sized.map(({ row }) => row);
  const chosen = sized.find(({ fleet }) => fleet === best);
  return { rows, ...(chosen ? { best: { row: chosen.row, fleet: chosenFleet(chosen.fleet) } } : {}) };
}

/** Simulates the cheapest fleets that analysis proposes. Pools that several of them have are simulated once. */
async function verifyFleets(
  search: FleetSearch,
  candidates: readonly FleetCandidate[],
  { goal, nodeAvailability, atLeast }: SearchFleetsOptions,
): Promise<Simulated> {
  const priced = candidates.map((candidate) => ({ candidate, price: search.expectedPrice(candidate) }));
  const buildable = priced.filter(({ price }) => price < Infinity).sort((a, b) => a.price - b.price);
  const verified: { row: FleetRow; fleet: ChosenFleet }[] = [];
  for (const { candidate } of buildable.slice(0, atLeast)) {
    verified.push(await verifiedRow(search, candidate, nodeAvailability));
  }
  verified.sort((a, b) => inGoal(a.row, goal) - inGoal(b.row, goal));
  const best = verified.find(({ row }) => row.slo_met);
  return { rows: verified.map(({ row }) => row), ...(best ? { best } : {}) };
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
