import type { PairCandidate } from "./cheapest-pair.js";
import type { DisaggQuestion } from "./disagg-question.js";
import type { DisaggGoal } from "./disagg-options.js";
import type { FleetKind } from "./fleet-kind.js";
import { type TrialPoint, tryFleet } from "./fleet-trial.js";
import type { HeldLoad } from "./held-load.js";
import { type PairCounts, PairFrontier, type PairPrice, type PairRange } from "./pair-frontier.js";

/** A run of a fleet of a kind. */
export interface KindTrial {
  counts: PairCounts;
  rateRps: number;
  load: HeldLoad;
  /** Default: that of the question. */
  seed?: number;
  /** Default true. */
  mayBreak?: boolean;
}

/** Plays requests through so many replicas of a kind. */
export async function tryKind(
  question: DisaggQuestion,
  kind: FleetKind,
  { counts, rateRps, load, seed = question.seed, mayBreak = true }: KindTrial,
): Promise<TrialPoint> {
  const { core, objective } = question;
  const point = await tryFleet({ core, fleet: kind.fleetOf(counts), load, rateRps, objective, seed, mayBreak });
  question.runs++;
  await question.onRun?.(question.runs);
  return point;
}

/** How many replicas of a kind are enough at the rate that is planned for. All runs play the same requests. */
export class FleetSizing<Kind extends FleetKind> implements PairCandidate {
  frontier: PairFrontier;
  readonly price: PairPrice;
  /** Runs that were enough and are no more than any other of them: what a row may be of. A run holds the times of all of its requests. */
  private readonly points = new Map<string, { counts: PairCounts; point: TrialPoint }>();
  /** Keys of those that were not. */
  private readonly tooFew = new Set<string>();
  /** Requests of its runs: others since a confirmation has missed, as runs that were too short to tell once would be again. */
  private load: HeldLoad;
  private seed: number;
  /** Fresh requests that were played so far: nothing is confirmed with those that it was sized with. */
  private freshUsed = 0;
  private confirmed: string | undefined;

  constructor(
    private readonly question: DisaggQuestion,
    readonly kind: Kind,
    goal: DisaggGoal,
  ) {
    this.price = kind.priceBy(goal);
    this.load = question.load;
    this.seed = question.seed;
    this.frontier = new PairFrontier(this.range);
  }

  private get range(): PairRange {
    const { rateRps, load, most } = this.question;
    return this.kind.rangeAt(rateRps * load.share, most);
  }

  readonly isEnough = async (counts: PairCounts): Promise<boolean> =>
    !this.tooFew.has(keyOf(counts)) && (await this.play(counts)).isEnough;

  /** The run of so many: played, and to its end where that is asked for, unless it is known to be enough. */
  async play(counts: PairCounts, { mayBreak = true }: { mayBreak?: boolean } = {}): Promise<TrialPoint> {
    const before = this.points.get(keyOf(counts));
    if (before) return before.point;
    const { question, kind, load, seed } = this;
    const point = await tryKind(question, kind, { counts, rateRps: question.rateRps, load, seed, mayBreak });
    if (point.isEnough) this.keep(counts, point);
    else this.tooFew.add(keyOf(counts));
    return point;
  }

  private keep(counts: PairCounts, point: TrialPoint): void {
    for (const [key, { counts: other }] of this.points) {
      if (counts.prefill <= other.prefill && counts.decode <= other.decode) this.points.delete(key);
    }
    this.points.set(keyOf(counts), { counts, point });
  }

  /** The last fresh requests that were played. */
  get confirmedWith(): number {
    return this.freshUsed;
  }

  /** Whether so many have been confirmed. */
  isConfirmed(counts: PairCounts): boolean {
    return this.confirmed === keyOf(counts);
  }

  /**
   * Whether so many keep the objective in {@link CONFIRMATIONS} longer runs of other requests as well. If not, the search begins anew with those that they do not keep it with. A trace has no others: what was found
   * for it holds for it.
   */
  async confirm(counts: PairCounts): Promise<boolean> {
    if (this.isConfirmed(counts)) return true;
    for (let passed = 0; passed < CONFIRMATIONS; passed++) {
      const number = ++this.freshUsed;
      const fresh = await this.question.fresh(number);
      if (!fresh) return true;
      if (!(await this.keepsWith(fresh, number, counts))) return number > MOST_FRESH;
    }
    this.confirmed = keyOf(counts);
    return true;
  }

  private async keepsWith(load: HeldLoad, number: number, counts: PairCounts): Promise<boolean> {
    const { question, kind } = this;
    const seed = question.seed + number;
    const point = await tryKind(question, kind, { counts, rateRps: question.rateRps, load, seed });
    if (point.isEnough || number > MOST_FRESH) return point.isEnough;
    this.load = load;
    this.seed = seed;
    this.points.clear();
    this.tooFew.clear();
    this.tooFew.add(keyOf(counts));
    const { least } = this.frontier;
    this.frontier = new PairFrontier({ ...this.range, least, guess: counts });
    return false;
  }
}

/** Runs of other requests that an answer has to keep the objective in. */
export const CONFIRMATIONS = 2;
/** After so many an answer is taken as it is, and said not to be confirmed. */
const MOST_FRESH = 12;

function keyOf({ prefill, decode }: PairCounts): string {
  return `${prefill} ${decode}`;
}
