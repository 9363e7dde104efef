import { type Ladder, rateLadder } from "../capacity-ladder.js";
import type { DisaggQuestion } from "./disagg-question.js";
import type { FleetKind } from "./fleet-kind.js";
import { CONFIRMATIONS, tryKind } from "./fleet-sizing.js";
import type { TrialPoint } from "./fleet-trial.js";
import type { HeldLoad } from "./held-load.js";
import { highestRate, highestStep, type RateCandidate } from "./highest-rate.js";
import type { PairCounts } from "./pair-frontier.js";

/** Rates that are tried are so much apart, as a share. */
export const RATE_STEP = 0.02;

const LADDER: Ladder = rateLadder(RATE_STEP);

/** A fleet whose highest rate is searched. */
export interface RatedFleet<Kind extends FleetKind> {
  kind: Kind;
  counts: PairCounts;
}

/** A fleet, the highest rate of the ladder at which it keeps the objective, and the run at that rate. */
export interface FleetRate<Kind extends FleetKind> extends RatedFleet<Kind> {
  /** Of all requests, those that are left out included, requests/s. */
  rateRps: number;
  point: TrialPoint;
}

/** A fleet as a candidate of the search of rates. */
class RateTrial implements RateCandidate {
  readonly mostRps: number;
  readonly expectedRps: number;
  /** The run of the highest rate that was borne. */
  highest: { rateRps: number; point: TrialPoint } | undefined;

  constructor(
    private readonly question: DisaggQuestion,
    readonly fleet: RatedFleet<FleetKind>,
    private readonly load: HeldLoad,
    private readonly seed: number,
    /** Where the highest rate is, if it is known about. */
    expectedRps?: number,
  ) {
    const { kind, counts } = fleet;
    // Rates of what is held, as rates of all.
    this.mostRps = Math.min(kind.mostRps(counts), MOST_RPS) / load.share;
    this.expectedRps = Math.min(expectedRps ?? kind.expectedRps(counts) / load.share, this.mostRps);
  }

  readonly isBorne = async (rateRps: number): Promise<boolean> => {
    const { question, fleet, load, seed } = this;
    const point = await tryKind(question, fleet.kind, { counts: fleet.counts, rateRps, load, seed });
    if (point.isEnough && rateRps > (this.highest?.rateRps ?? 0)) this.highest = { rateRps, point };
    return point.isEnough;
  };
}

/** More than any fleet bears: of fleets whose iterations take no time. */
const MOST_RPS = 1e9;

/** Of several fleets the one that bears the highest rate. */
export async function bestRate<Kind extends FleetKind>(
  question: DisaggQuestion,
  fleets: readonly RatedFleet<Kind>[],
): Promise<FleetRate<Kind> | undefined> {
  const trials = fleets.map((fleet) => new RateTrial(question, fleet, question.load, question.seed));
  const best = await highestRate(trials, LADDER);
  if (!best) return undefined;
  const fleet = fleets[trials.indexOf(best.candidate)]!;
  return { ...fleet, ...best.candidate.highest! };
}

/**
 * The highest rate that a fleet bears.
 *
 * @param near Where it is about; default: where analysis expects it.
 * @param load Requests; default: those of the question.
 */
export async function rateOf<Kind extends FleetKind>(
  question: DisaggQuestion,
  fleet: RatedFleet<Kind>,
  { near, load = question.load, seed = question.seed }: { near?: number; load?: HeldLoad; seed?: number } = {},
): Promise<FleetRate<Kind> | undefined> {
  const trial = new RateTrial(question, fleet, load, seed, near);
  if ((await highestStep(trial, LADDER)) === undefined) return undefined;
  return { ...fleet, ...trial.highest! };
}

/**
 * The highest rate, no more than was found, that longer runs of other requests bear as well; of a trace what was found.
 *
 * @param leastRps Known to be borne.
 */
export async function confirmedRate<Kind extends FleetKind>(
  question: DisaggQuestion,
  found: FleetRate<Kind>,
  leastRps = 0,
): Promise<FleetRate<Kind> & { isConfirmed: boolean }> {
  const { kind, counts } = found;
  let rate = found;
  for (let number = 1; number <= CONFIRMATIONS; number++) {
    const load = await question.fresh(number);
    if (!load) return { ...rate, isConfirmed: false };
    for (let step = 0; step < MOST_STEPS; step++) {
      const trial = { counts, rateRps: rate.rateRps, load, seed: question.seed + number };
      const point = await tryKind(question, kind, trial);
      if (point.isEnough) {
        rate = { ...rate, point };
        break;
      }
      const below = LADDER.at(LADDER.below(rate.rateRps) - 1);
      if (below < leastRps) return { ...rate, isConfirmed: false };
      rate = { ...rate, rateRps: below };
    }
  }
  return { ...rate, isConfirmed: true };
}

/** Steps of the ladder by which a rate is lowered at most: runs that differ by more tell of nothing steady. */
const MOST_STEPS = 25;

/** The next rate of the ladder. */
export function nextRate(rateRps: number): number {
  return LADDER.at(LADDER.below(rateRps) + 1);
}
