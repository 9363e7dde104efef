import { InputError } from "../../specs/input-error.js";
import type { Pool } from "../../specs/fleet.js";
import { requireEngine } from "../../specs/require-engine.js";
import { MAX_REPLICAS, MAX_SLOTS } from "../../specs/pool-spec.js";
import { estimatorOf } from "./estimator-of.js";
import type { PoolEstimate, PoolEstimator } from "./pool-estimate.js";
import { type PoolPoint, requestsFor, tryPool } from "./pool-trial.js";
import type { ReplicaOption } from "./replica-option.js";
import { replicaPool } from "./replica-pool.js";
import type { PoolRequests } from "./request-supply.js";
import { reachOf, type Segment, segmentKey, segmentNodes, segmentShare } from "./segment.js";
import { MAX_POOL_REQUESTS } from "./sizing-limits.js";
import type { SizingProblem } from "./sizing-problem.js";

/**
 * Share of {@link PoolEstimator.leastReplicas} below which no pool is tried: what a run meets is not the mean load, and the capacity of the engine `iterations` is an estimate.
 */
const SURELY_TOO_FEW = 0.9;

/** How many times its objective a pool exceeds by the prefill of lone requests alone, if no number of replicas is tried: that time is known but for what a run draws. */
const SURELY_TOO_SLOW = 1.1;

/** How many times the requests of a run confirm what runs have found. */
const CONFIRMING = 4;

/** Share of what replicas can serve up to which they may be loaded where analysis expects that none are enough: the Python tool's bound. */
const USUAL_LOAD = 0.85;

/** More replicas do not help where they leave the P99 at more than this share of what it was. */
const LITTLE_BETTER = 0.98;

/** A pool can never meet its objective if it does not with so many times the replicas that would serve each request alone. */
const ALONE = 2;

/**
 * How many replicas of a kind the requests of a segment need: `lower` to `upper`, narrowed by simulation, run by run, as far as whoever asks needs it. All runs play the same requests, and more
 * replicas are taken to be no worse.
 */
export class PoolSizing {
  /** Fewer than this are too few; `Infinity`: no number is enough. */
  lower: number;
  /** So many are enough, by simulation; `Infinity`: not known yet. */
  upper = Infinity;
  /** What analysis expects to be the answer, and of it; absent where the pool cannot be built. */
  readonly expected: PoolEstimate | undefined;
  /** Whether analysis expects any number to be enough; of others `expected` is what serves the load. */
  readonly isExpected: boolean;
  /** All runs. */
  readonly points = new Map<number, PoolPoint>();
  /** Why this kind of replica cannot serve the segment at all; absent: it can. */
  readonly why: string | undefined;
  private readonly estimator: PoolEstimator | undefined;
  private readonly leastReplicas: number;
  private selected: PoolRequests | undefined;
  private confirmed: number | undefined;
  /** Whether a confirmation has missed: since then all runs play its requests. */
  private playsFresh = false;

  private constructor(
    private readonly problem: SizingProblem,
    readonly segment: Segment,
    readonly option: ReplicaOption,
    /** Figures of one replica. */
    readonly pool: Pool | undefined,
    why?: string,
  ) {
    this.why = why;
    this.estimator = pool && estimatorFor(problem, segment, pool);
    this.leastReplicas = this.estimator
      ? Math.max(1, Math.ceil(SURELY_TOO_FEW * this.estimator.leastReplicas))
      : Infinity;
    // Analysis counts every prompt whole: what caches spare is known by simulation alone.
    const isCaching = pool?.serving.enablePrefixCaching === true && problem.blockTokens !== undefined;
    this.lower = isCaching && this.leastReplicas < Infinity ? 1 : this.leastReplicas;
    if (!isCaching && this.aloneMs > SURELY_TOO_SLOW * problem.objective.ttftMs) this.lower = Infinity;
    this.isExpected = this.estimator?.keeps(MAX_REPLICAS, problem.objective) ?? false;
    this.expected = this.estimator && expectedSize(this.estimator, problem, this.leastReplicas, this.isExpected);
  }

  static of(problem: SizingProblem, segment: Segment, option: ReplicaOption): PoolSizing {
    try {
      const pool = replicaPool(option, segment.upTo);
      requireEngine({ pools: [pool] }, problem.engine);
      return new PoolSizing(problem, segment, option, pool);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return new PoolSizing(problem, segment, option, undefined, error.message.replace(/^pool pool: /, ""));
    }
  }

  /** P99 of the own prefill of requests that are alone in their replica, ms: that of TTFT is no shorter; `Infinity` where the pool cannot be built. */
  get aloneMs(): number {
    return (this.estimator?.aloneS ?? Infinity) * 1000;
  }

  /** Whether the number is known, or known not to exist. */
  get isSettled(): boolean {
    return this.lower >= this.upper || this.lower === Infinity;
  }

  /** Requests of the whole workload among which those of the runs were found. */
  get lookedAt(): number {
    return this.selected?.lookedAt ?? 0;
  }

  /** What analysis expects of so many replicas. */
  estimate(replicas: number): PoolEstimate {
    if (!this.estimator) throw new RangeError("a pool that cannot be built has no estimate");
    return this.estimator.at(replicas);
  }

  /** Simulates one number of replicas, the one that tells most about numbers up to `most`. */
  async narrow(most = Infinity): Promise<void> {
    if (this.isSettled) return;
    const replicas = this.next(Math.min(most, this.upper - 1));
    const point = await this.try(replicas);
    if (point.isFeasible) this.upper = Math.min(this.upper, replicas);
    else this.lower = this.isHopeless(point) ? Infinity : Math.max(this.lower, replicas + 1);
  }

  /**
   * Whether the number that was found keeps the objective in a longer run of other requests as well. Where loads are close to what a pool can serve, a run of some thousands can end before its seats are full.
   * If it does not, the number is not known any more, and has to be one more at least. A trace has no other requests: what was found for it holds.
   */
  async confirm(): Promise<boolean> {
    const { problem, segment, option, upper: replicas } = this;
    if (!problem.fresh || !this.selected || this.playsFresh || this.confirmed === replicas) return true;
    const count = Math.min(MAX_POOL_REQUESTS, CONFIRMING * this.selected.count);
    const requests = await problem.fresh.part(reachOf(segment), count, problem.requests !== undefined);
    const trial = { segment, option, requests, replicas, mayBreak: true, seed: problem.seed + 1 };
    const point = await tryPool(problem, trial);
    if (point.isFeasible) this.confirmed = replicas;
    else {
      // Runs that were too short to tell once would be again.
      this.playsFresh = true;
      this.selected = requests;
      this.points.clear();
      this.lower = replicas + 1;
      this.upper = Infinity;
    }
    this.points.set(replicas, point);
    return point.isFeasible;
  }

  /** Simulates until the number is known; answers the runs at it, or `undefined` where no number is enough. */
  async settle(): Promise<PoolPoint | undefined> {
    do while (!this.isSettled) await this.narrow();
    while (this.upper < Infinity && !(await this.confirm()));
    return this.points.get(this.upper);
  }

  /**
   * Simulates so many replicas.
   *
   * @param options.mayBreak Whether the run may be broken off once it misses the objective for certain. Default: where more replicas can help.
   */
  async try(replicas: number, options: { mayBreak?: boolean } = {}): Promise<PoolPoint> {
    const { mayBreak = replicas < this.enough() } = options;
    const before = this.points.get(replicas);
    if (before && !(before.isBroken && !mayBreak)) return before;
    const { problem, segment, option } = this;
    this.selected ??= await requestsFor(problem, segment, this.meanInPool());
    const seed = problem.seed + (this.playsFresh ? 1 : 0);
    const point = await tryPool(problem, { segment, option, requests: this.selected, replicas, mayBreak, seed });
    this.points.set(replicas, point);
    return point;
  }

  /** Plays runs that were broken off to the end, so that their figures are known. Changes no answer. */
  async playOut(): Promise<void> {
    const broken = [...this.points.values()].filter(({ isBroken }) => isBroken);
    for (const { replicas } of broken) await this.try(replicas, { mayBreak: false });
  }

  /** Simulates so many replicas that more would hardly help. */
  async tryEnough(): Promise<PoolPoint> {
    return this.try(this.enough());
  }

  /** From the expected number away, twice as far each time, until the answer lies between two numbers; then halfway. */
  private next(most: number): number {
    const expected = Math.max(this.lower, this.expected?.replicas ?? this.lower);
    if (this.points.size === 0) return Math.max(this.lower, Math.min(most, expected, this.mostReplicas()));
    if (this.upper < Infinity) {
      const highest = Math.min(most, this.upper - 1);
      const isFirstBelow = this.upper === Math.min(...this.points.keys());
      const guess = isFirstBelow ? this.upper - this.stride() : Math.floor((this.lower + this.upper) / 2);
      return Math.max(this.lower, Math.min(highest, guess));
    }
    return Math.min(this.mostReplicas(), Math.max(this.lower, Math.min(most, this.lower - 1 + this.stride())));
  }

  private stride(): number {
    return 2 ** Math.max(0, this.points.size - 1) * Math.max(1, Math.round(this.lower / 64));
  }

  /** So many replicas that hardly any request meets another, where they come as they like. */
  private enough(): number {
    const inPool = this.meanInPool();
    // A slot is no slower for its neighbours; a sequence is.
    const each = this.problem.engine === "slots" ? this.pool!.slots : 1;
    const alone = Math.ceil((ALONE * (inPool + 6 * Math.sqrt(inPool))) / each + 8);
    return Math.min(this.mostReplicas(), Math.max(alone, 2 * this.leastReplicas));
  }

  /** Most replicas that a fleet can have. */
  private mostReplicas(): number {
    const { slots, serving } = this.pool!;
    return Math.floor(Math.min(MAX_REPLICAS, MAX_SLOTS / Math.max(1, slots, serving.maxNumSeqs)) / 2);
  }

  /**
   * Whether no number is enough, after a run that was not: with replicas for each request, more did not help. (Where requests come in crowds they do, up to the largest crowd.)
   */
  private isHopeless({ replicas, p99TtftMs }: PoolPoint): boolean {
    if (this.upper < Infinity || replicas < this.enough()) return false;
    if (replicas >= this.mostReplicas()) return true;
    const others = [...this.points.values()].filter((point) => point.replicas < replicas && point.p99TtftMs !== null);
    const best = Math.min(...others.map((point) => point.p99TtftMs!));
    return p99TtftMs !== null && p99TtftMs > LITTLE_BETTER * best;
  }

  private meanInPool(): number {
    const { expected } = this;
    const rateRps = this.problem.rateRps * segmentShare(this.problem.law, this.segment);
    return expected && expected.meanE2eS < Infinity ? rateRps * expected.meanE2eS : 0;
  }
}

function estimatorFor(problem: SizingProblem, segment: Segment, pool: Pool): PoolEstimator {
  const chunk = problem.engine === "slots" ? pool.profile.chunk : undefined;
  const key = `${chunk} ${segmentKey({ ...segment, options: [] })}`;
  const load = problem.loads.get(key) ?? {
    rateRps: problem.rateRps * segmentShare(problem.law, segment),
    nodes: segmentNodes(problem.law, segment, chunk),
  };
  problem.loads.set(key, load);
  return estimatorOf(problem.engine, pool, load);
}

function expectedSize(
  estimator: PoolEstimator,
  { objective }: SizingProblem,
  lower: number,
  isExpected: boolean,
): PoolEstimate {
  if (!isExpected) return estimator.at(Math.max(lower, Math.ceil(estimator.leastReplicas / USUAL_LOAD)));
  const isEnough = (replicas: number) => estimator.keeps(replicas, objective);
  let low = lower;
  let high = lower;
  while (!isEnough(high) && high < MAX_REPLICAS) {
    low = high + 1;
    high = Math.ceil(high * 1.25) + 1;
  }
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle + 1;
  }
  return estimator.at(high);
}
