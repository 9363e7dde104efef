import type { FleetCandidate } from "./fleet-candidate.js";
import type { Price } from "./objective.js";
import { PoolSizing } from "./pool-sizing.js";
import { type Segment, segmentKey } from "./segment.js";
import type { SizingProblem } from "./sizing-problem.js";
import { turnsTooManyAway } from "./too-long-share.js";

/** A fleet whose every pool was sized by simulation. */
export interface SizedFleet {
  candidate: FleetCandidate;
  /** One a pool, settled, with `upper` replicas. */
  pools: readonly PoolSizing[];
  price: number;
}

/**
 * Finds the cheapest of many fleets by simulating as little as will do.
 *
 * Pools behind a router by length do not meet, so a pool is sized once for all fleets that have it. Every pool has a lower bound for its replicas, first by throughput, then by every run that
 * was not enough; a fleet costs at least the sum over its pools. The search sizes the fleet that analysis expects to be cheapest, then takes up whichever has the lowest bound, and simulates in it the
 * number of replicas with which it would just be cheaper than the best one found: one run that fails is the end of it. When no bound is below the best, none of the others can be cheaper, and no search
 * that simulates them all would find another answer (as long as more replicas are never worse).
 */
export class FleetSearch {
  /** All fleets whose every pool was sized, in the order in which they were. */
  readonly sized: SizedFleet[] = [];

  /** Sizings of each segment, of the kinds of replica that are considered there. */
  private readonly bySegment = new Map<string, PoolSizing[]>();

  /** @param mostKinds Of the kinds of replica that a pool can have, so many that analysis expects to be cheapest there are considered. */
  constructor(
    readonly problem: SizingProblem,
    readonly price: Price,
    private readonly mostKinds = Infinity,
  ) {}

  /** The sizing of a pool by each kind of replica that is considered for it. */
  sizingsOf(segment: Segment): PoolSizing[] {
    const key = segmentKey(segment);
    const before = this.bySegment.get(key);
    if (before) return before;
    const all = segment.options.map((option) => PoolSizing.of(this.problem, segment, option));
    const prices = new Map(all.map((sizing) => [sizing, this.expectedSizingPrice(sizing)]));
    const kept = all.sort((a, b) => compare(prices.get(a)!, prices.get(b)!)).slice(0, this.mostKinds);
    this.bySegment.set(key, kept);
    this.refused.push(...all.filter(({ why }) => why !== undefined));
    return kept;
  }

  /** Sizings of kinds of replica that cannot serve a pool. */
  readonly refused: PoolSizing[] = [];

  /** What analysis expects a fleet to cost. */
  expectedPrice(candidate: FleetCandidate): number {
    return candidate.segments.reduce((sum, segment) => sum + this.expectedPoolPrice(segment), 0);
  }

  /** The kind of replica with which analysis expects a pool to be cheapest. */
  expectedChoice(segment: Segment): PoolSizing {
    return cheapest(this.sizingsOf(segment), (sizing) => this.expectedSizingPrice(sizing));
  }

  /** Sizes every pool of a candidate by simulation; `undefined` where one of them cannot meet the objective. */
  async size(candidate: FleetCandidate, limit = Infinity): Promise<SizedFleet | undefined> {
    if (turnsTooManyAway(this.problem.law, candidate)) return undefined;
    for (;;) {
      const choice = candidate.segments.map((segment) => this.lowest(segment));
      const bounds = choice.map((sizing) => this.price(sizing, sizing.lower));
      const bound = bounds.reduce((sum, one) => sum + one, 0);
      if (!(bound < limit)) return undefined;
      const open = choice.findIndex((sizing) => !sizing.isSettled);
      if (open === -1) {
        if (await allConfirmed(choice)) return this.keep({ candidate, pools: choice, price: bound });
        continue;
      }
      await this.narrow(candidate.segments[open]!, choice[open]!, limit - (bound - bounds[open]!));
    }
  }

  /** One run more for a pool: of the kind of replica that analysis expects to be cheapest, then of whichever may still be cheaper than what is known to do. */
  private async narrow(segment: Segment, lowest: PoolSizing, room: number): Promise<void> {
    const all = this.sizingsOf(segment);
    const enough = all.filter(({ upper }) => upper < Infinity);
    // Others have been found too dear already.
    const open = all.filter((one) => !one.isSettled && this.price(one, one.lower) < room);
    const sizing = enough.length > 0 ? lowest : cheapest(open, (one) => this.expectedSizingPrice(one));
    const known = enough.filter((other) => other !== sizing).map((other) => this.price(other, other.upper));
    await sizing.narrow(this.mostReplicas(sizing, Math.min(room, ...known)));
  }

  /**
   * The cheapest of the candidates; `undefined` if none can meet the objective.
   *
   * @param atLeast So many of those that analysis expects to be cheapest are sized in any case.
   * @param isExhaustive Whether to go on until none of the others can be cheaper.
   */
  async cheapest(
    candidates: readonly FleetCandidate[],
    { atLeast = 1, isExhaustive = true } = {},
  ): Promise<SizedFleet | undefined> {
    const byExpectation = [...candidates].sort((a, b) => compare(this.expectedPrice(a), this.expectedPrice(b)));
    let best: SizedFleet | undefined;
    const consider = (sized: SizedFleet | undefined) => {
      if (sized && (!best || sized.price < best.price)) best = sized;
    };
    for (const candidate of byExpectation.slice(0, atLeast)) consider(await this.size(candidate));
    const open = new Set(isExhaustive ? byExpectation.slice(atLeast) : []);
    while (open.size > 0) {
      const next = cheapest([...open], (candidate) => this.bound(candidate));
      if (!(this.bound(next) < (best?.price ?? Infinity))) break;
      open.delete(next);
      consider(await this.size(next, best?.price));
    }
    return best;
  }

  private keep(fleet: SizedFleet): SizedFleet {
    if (!this.sized.some(({ candidate }) => candidate === fleet.candidate)) this.sized.push(fleet);
    return fleet;
  }

  /** A fleet cannot cost less. */
  bound({ segments }: FleetCandidate): number {
    return segments.reduce((sum, segment) => {
      const sizing = this.lowest(segment);
      return sum + this.price(sizing, sizing.lower);
    }, 0);
  }

  private lowest(segment: Segment): PoolSizing {
    return cheapest(this.sizingsOf(segment), (sizing) => this.price(sizing, sizing.lower));
  }

  private expectedPoolPrice(segment: Segment): number {
    return this.expectedSizingPrice(this.expectedChoice(segment));
  }

  private expectedSizingPrice(sizing: PoolSizing): number {
    return sizing.isExpected ? this.price(sizing, sizing.expected!.replicas) : Infinity;
  }

  /** Most replicas that cost less than `room`, but at least the lower bound. */
  private mostReplicas(sizing: PoolSizing, room: number): number {
    if (room === Infinity) return Infinity;
    let low = sizing.lower;
    let high = Math.min(sizing.upper - 1, 4 * low + 1024);
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.price(sizing, middle) < room) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

async function allConfirmed(pools: readonly PoolSizing[]): Promise<boolean> {
  for (const pool of pools) if (!(await pool.confirm())) return false;
  return true;
}

function cheapest<Item extends object>(items: readonly Item[], price: (item: Item) => number): Item {
  let [best, least] = [items[0]!, price(items[0]!)];
  for (const item of items.slice(1)) {
    const own = price(item);
    if (own < least) [best, least] = [item, own];
  }
  return best;
}

/** Like subtraction, but for two that are both `Infinity`. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
