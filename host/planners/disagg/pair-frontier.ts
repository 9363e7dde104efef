/** How many replicas of each of two pools. */
export interface PairCounts {
  prefill: number;
  decode: number;
}

/** What a pair counts for, by the goal first and then by what breaks ties: pairs are compared place by place. Never falls as replicas are added. */
export type PairPrice = (counts: PairCounts) => readonly number[];

/** Where a {@link PairFrontier} is looked for. */
export interface PairRange {
  /** Fewer are surely too few, at least 1. */
  least: PairCounts;
  /** No more are asked about. */
  most: PairCounts;
  /** Where to begin. */
  guess: PairCounts;
}

/** A pair that is enough and one that is not, though it has no less of either. */
export interface FrontierException {
  enough: PairCounts;
  not_enough: PairCounts;
}

/**
 * Which pairs of counts are enough, for one kind of replica on each side, narrowed run by run as far as whoever asks needs it.
 *
 * More that decode are taken to be no worse beside the same number that prefill; and the fewest that prefill are those that are enough beside as many that decode as there may be. More that prefill
 * *can* be worse beside the same number that decode: they hand requests over in the bursts in which these come, where fewer would have spread them. So the staircase is walked number by number from the
 * fewest that prefill on: of each only such numbers that decode are tried as would save one against those before. This takes about as many runs as both sides have steps.
 */
export class PairFrontier {
  /** Fewer are not enough, however many the other side has: of those that prefill as runs have shown, of those that decode as was known before. */
  readonly least: PairCounts;
  /** The corners of the staircase that are known: more and more prefill, fewer and fewer decode. */
  readonly corners: PairCounts[] = [];
  /** All runs, in their order. */
  readonly tried: { counts: PairCounts; isEnough: boolean }[] = [];
  /** Pairs that are not yet known to be too little, each the least of its part: nothing else can be better than the least of them. */
  private open: readonly PairCounts[];
  private readonly steps: Generator<PairCounts, void, boolean>;
  private asked: PairCounts | undefined;
  private isBegun = false;

  constructor(private readonly range: PairRange) {
    this.least = { ...range.least };
    this.open = [this.least];
    this.steps = this.walk();
  }

  /** Whether all corners are known. */
  get isDone(): boolean {
    return this.open.length === 0;
  }

  /** The least that a pair which is not known yet can count for; `undefined` where all are known. */
  bound(price: PairPrice): readonly number[] | undefined {
    return leastOf(this.open.map(price));
  }

  /** The corner that counts for least. */
  best(price: PairPrice): PairCounts | undefined {
    let [best, least] = [undefined as PairCounts | undefined, undefined as readonly number[] | undefined];
    for (const corner of this.corners) {
      const own = price(corner);
      if (least === undefined || isLess(own, least)) [best, least] = [corner, own];
    }
    return best;
  }

  /**
   * One run, that which tells most.
   *
   * @param isEnough Plays a pair. It is asked about none twice.
   */
  async narrow(isEnough: (counts: PairCounts) => Promise<boolean>): Promise<void> {
    if (!this.isBegun) {
      this.isBegun = true;
      this.take(this.steps.next());
    }
    if (this.asked === undefined) return;
    const counts = this.asked;
    const found = await isEnough(counts);
    this.tried.push({ counts, isEnough: found });
    this.take(this.steps.next(found));
  }

  /** Goes on to the next pair that no run has told about. */
  private take(next: IteratorResult<PairCounts, void>): void {
    let result = next;
    while (!result.done) {
      const { prefill, decode } = result.value;
      const known = this.tried.find(({ counts }) => counts.prefill === prefill && counts.decode === decode);
      if (!known) break;
      result = this.steps.next(known.isEnough);
    }
    this.asked = result.done ? undefined : result.value;
    if (result.done) this.open = [];
  }

  private *walk(): Generator<PairCounts, void, boolean> {
    if ((yield* this.leastPrefill()) === undefined) return;
    let most = this.range.most.decode;
    for (let prefill = this.least.prefill; prefill <= this.range.most.prefill; prefill++) {
      const isFirst = prefill === this.least.prefill;
      if (!isFirst && most === this.least.decode) return;
      const decode = yield* this.leastDecode(prefill, most, isFirst ? this.range.guess.decode : most - 1);
      if (isFirst || decode < most) this.corners.push({ prefill, decode });
      most = decode;
    }
  }

  /** The fewest that prefill that are enough with as many that decode as there may be. */
  private leastPrefill() {
    const { most, guess } = this.range;
    return smallest({
      low: this.least.prefill,
      high: this.least.decode > most.decode ? 0 : most.prefill,
      isHighEnough: false,
      guess: guess.prefill,
      at: (prefill) => ({ ...most, prefill }),
      onLow: (low) => {
        this.least.prefill = low;
        this.open = low > most.prefill ? [] : [{ ...this.least }];
      },
    });
  }

  /** The fewest that decode beside so many that prefill; `most` of them are enough. */
  private *leastDecode(prefill: number, most: number, guess: number): Generator<PairCounts, number, boolean> {
    const beyond = prefill < this.range.most.prefill ? [{ prefill: prefill + 1, decode: this.least.decode }] : [];
    const onLow = (low: number) => {
      this.open = low < most ? [{ prefill, decode: low }, ...beyond] : beyond;
    };
    onLow(this.least.decode);
    const found = yield* smallest({
      low: this.least.decode,
      high: most,
      isHighEnough: true,
      guess,
      at: (decode) => ({ prefill, decode }),
      onLow,
    });
    this.open = beyond;
    return found ?? most;
  }
}

interface Smallest {
  low: number;
  high: number;
  /** Whether `high` is known to be enough. */
  isHighEnough: boolean;
  guess: number;
  at: (count: number) => PairCounts;
  /** Told what is too few. */
  onLow: (low: number) => void;
}

/** The smallest number that is enough: from the guess away, twice as far each time, until it lies between two numbers; then halfway. */
function* smallest(range: Smallest): Generator<PairCounts, number | undefined, boolean> {
  let { low, high, isHighEnough } = range;
  let [stride, next] = [1, range.guess];
  let [sawEnough, sawTooFew] = [false, false];
  while (isHighEnough ? low < high : low <= high) {
    const highest = isHighEnough ? high - 1 : high;
    const count = Math.max(low, Math.min(highest, next));
    if (yield range.at(count)) {
      [high, isHighEnough, sawEnough] = [count, true, true];
      next = count - stride;
    } else {
      [low, sawTooFew] = [count + 1, true];
      next = count + stride;
      range.onLow(low);
    }
    stride *= 2;
    if (sawEnough && sawTooFew) next = Math.floor((low + high) / 2);
  }
  return isHighEnough ? high : undefined;
}

/** Whether one price is less than another. */
export function isLess(one: readonly number[], other: readonly number[]): boolean {
  for (const [place, value] of one.entries()) {
    const against = other[place]!;
    if (value !== against) return value < against;
  }
  return false;
}

function leastOf(prices: readonly (readonly number[])[]): readonly number[] | undefined {
  return prices.reduce<readonly number[] | undefined>(
    (least, price) => (least === undefined || isLess(price, least) ? price : least),
    undefined,
  );
}

/** Runs that contradict each other, if more replicas are never worse: one for each pair that was not enough. */
export function exceptionsAmong(tried: readonly { counts: PairCounts; isEnough: boolean }[]): FrontierException[] {
  const enough = tried.filter(({ isEnough }) => isEnough);
  return tried.flatMap(({ counts, isEnough }) => {
    if (isEnough) return [];
    const less = enough.find(({ counts: other }) => other.prefill <= counts.prefill && other.decode <= counts.decode);
    return less ? [{ enough: less.counts, not_enough: counts }] : [];
  });
}
