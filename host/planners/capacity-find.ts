import { type OperatingPoint, type Trial, tryLoad } from "./capacity-point.js";
import { rateLadder, userLadder } from "./capacity-ladder.js";
import { searchLargest } from "./capacity-search.js";
import { MAX_RATE_RPS } from "./draw-limits.js";
import { MAX_CONCURRENCY } from "./replay-limits.js";

/** Requests of a run that are drawn at least, unless the caller says how many. */
export const LEAST_REQUESTS = 20_000;
/** Most requests that are drawn for a run where the caller leaves their number open. */
export const MOST_REQUESTS = 1_000_000;

/**
 * A run is to have so many times the requests that are in the fleet at a time: then it lasts as many mean stays, a tenth of it is a warm-up of two, and what is measured is a fleet
 * that has filled, not one that is filling.
 */
const TURNOVERS = 20;

/** Requests in the fleet at a time, on average, below which none is in another's way. */
const ALONE = 0.01;

/** Where a search begins. */
export interface SearchStart {
  /** The load to try first. */
  load: number;
  /** Whether it is a good guess. */
  isGuess: boolean;
  /** Requests of a run, to begin with. */
  count: number;
}

/** What a search came to. */
export interface Found {
  /** The highest load that was found bearable; `null`: none. */
  feasible: OperatingPoint | null;
  /** The lowest that was found to be too much; `null`: none. */
  infeasible: OperatingPoint | null;
  /** All loads that were tried with that many requests, in order. */
  points: OperatingPoint[];
  /** Runs in all, those with fewer requests included. */
  runs: number;
  /** Requests of each run. */
  count: number;
  /** Requests that a run at the highest bearable load should have; above `count` where they could not be had. */
  neededCount: number;
}

/** Where to begin if nothing is known: at the requests' own rate, else at one request/s for each replica; with 8 users for each. */
export function coldStart({ requests, users, fleet }: Trial, count: number | undefined): SearchStart {
  const load = users ? 8 * fleet.replicas : (requests.ownRateRps ?? fleet.replicas);
  return {
    load,
    isGuess: false,
    count: count ?? (requests.isDrawn ? wholeCycles(trialCycle(requests)) : requests.count),
  };
}

/**
 * Searches the highest load that a fleet bears.
 *
 * @param mayDrawMore Whether runs may be made longer, if it turns out that the fleet does not settle in them.
 */
export async function findCapacity(
  trial: Trial,
  start: SearchStart,
  options: { tolerance: number; mayDrawMore: boolean },
): Promise<Found> {
  let from = start;
  let runs = 0;
  for (;;) {
    const { bracket, points } = await search(trial, from, options.tolerance);
    runs += points.size;
    const feasible = bracket.feasible === null ? null : points.get(bracket.feasible)!;
    const neededCount = feasible === null ? 0 : Math.ceil(TURNOVERS * inSystem(feasible));
    const isLongEnough = neededCount <= from.count || from.count >= MOST_REQUESTS;
    if (feasible === null || isLongEnough || !options.mayDrawMore) {
      return {
        feasible,
        infeasible: bracket.infeasible === null ? null : points.get(bracket.infeasible)!,
        points: [...points.entries()].sort(([a], [b]) => a - b).map(([, point]) => point),
        runs,
        count: from.count,
        neededCount,
      };
    }
    const count = wholeCycles(trialCycle(trial.requests), Math.max(neededCount, 2 * from.count));
    from = { load: bracket.feasible!, isGuess: bracket.infeasible !== null, count };
  }
}

async function search(trial: Trial, start: SearchStart, tolerance: number) {
  const { requests, users } = trial;
  const most = users ? Math.min(users.most ?? MAX_CONCURRENCY, MAX_CONCURRENCY, start.count) : MAX_RATE_RPS;
  const ladder = users ? userLadder(tolerance, most) : rateLadder(tolerance);
  const points = new Map<number, OperatingPoint>();
  let first: OperatingPoint | undefined;
  const isFeasible = async (step: number) => {
    const point = await tryLoad(trial, ladder.at(step), start.count);
    first ??= point;
    points.set(step, point);
    return point.is_feasible;
  };
  const doubling = stepsOfDoubling(tolerance);
  const bracket = await searchLargest(isFeasible, {
    start: ladder.below(start.load),
    stride: start.isGuess ? Math.ceil(doubling / 16) : doubling,
    far: 2 * doubling,
    lowest: () => (users ? 0 : ladder.below(Math.max(quietRate(first!), requests.slowestRps(start.count))) + 1),
    highest: ladder.below(most),
  });
  return { bracket, points };
}

/** Steps of a ladder of rates after which they have doubled. */
function stepsOfDoubling(share: number): number {
  let steps = 0;
  for (let rate = 1; rate < 2; rate *= 1 + share) steps++;
  return steps;
}

/** A rate at which hardly any request meets another. */
function quietRate({ rate_rps, e2e_ms: { mean } }: OperatingPoint): number {
  return mean === null || mean === 0 ? rate_rps / 1024 : Math.min(rate_rps, (1000 * ALONE) / mean);
}

/** Requests in the fleet at a time: Little's law. */
function inSystem({ arrival_rate_rps, e2e_ms: { mean } }: OperatingPoint): number {
  return (arrival_rate_rps * (mean ?? 0)) / 1000;
}

function trialCycle({ cycle = 0 }: Trial["requests"]): number {
  return cycle <= MOST_REQUESTS ? cycle : 0;
}

/** At least so many requests, in whole rounds of a workload that varies in time: a part of a round has another mean rate and other lengths. */
function wholeCycles(cycle: number, atLeast = LEAST_REQUESTS): number {
  const count = Math.min(atLeast, MOST_REQUESTS);
  return cycle > 0 ? Math.round(Math.ceil(count / cycle) * cycle) : count;
}
