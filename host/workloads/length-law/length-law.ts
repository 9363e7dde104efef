import { type LengthNodes, NodeList } from "./node-list.js";
import { addRectangle, type Clip, type Rectangle, rectangleShare } from "./rectangle.js";
import { addStreak, type Streak, streakShare } from "./streak.js";

/** Single requests, in ascending order of their total. */
export type LengthPoints = LengthNodes;

/** What a law is put together from; all weights together are 1. */
export interface LengthCells {
  rectangles: readonly Rectangle[];
  streaks: readonly Streak[];
  points: LengthPoints;
}

/** How nodes are made. */
export interface NodeOptions {
  /**
   * Prompt tokens of one prefill iteration: no node stands for prompts that take different numbers of them, so that `ceil(input / chunk)` may
   * be taken of nodes. Default: not split.
   */
  chunk?: number;
  /** No node is heavier than this share of all requests, as far as its requests differ: for percentiles. Default: as few nodes as sums need. */
  heaviest?: number;
}

/** Nodes of a percentile that {@link LengthLaw.percentile} makes, at least. */
const PERCENTILE_NODES = 2000;

/**
 * How long requests are, in the long run: the joint law of input and output tokens.
 *
 * Means are sums over nodes. They are exact for every polynomial in input and output of total degree 6 or less, and with a chunk for those
 * whose coefficients depend on `ceil(input / chunk)`: all moments up to the third of the service time of the engine `slots` are of that kind.
 */
export class LengthLaw {
  /** Shortest and longest total, input + output tokens. */
  readonly shortest: number;
  readonly longest: number;
  private readonly totals: Float64Array;
  private readonly upTo: Float64Array;

  constructor(private readonly cells: LengthCells) {
    const { rectangles, streaks, points } = cells;
    this.totals = points.input.map((input, i) => input + points.output[i]!);
    let sum = 0;
    this.upTo = points.weight.map((weight) => (sum += weight));
    let [shortest, longest] = [this.totals[0] ?? Infinity, this.totals.at(-1) ?? 0];
    for (const { inputLow, inputHigh, outputLow, outputHigh } of rectangles) {
      shortest = Math.min(shortest, inputLow + outputLow);
      longest = Math.max(longest, inputHigh + outputHigh);
    }
    for (const { inputAt0, inputStep, outputAt0, outputStep, first, last } of streaks) {
      shortest = Math.min(shortest, inputAt0 + outputAt0 + (inputStep + outputStep) * first);
      longest = Math.max(longest, inputAt0 + outputAt0 + (inputStep + outputStep) * last);
    }
    this.shortest = shortest;
    this.longest = longest;
  }

  /** Share of requests with `low < input + output <= high`. */
  share(low = 0, high = Infinity): number {
    let share = this.pointsShare(high) - this.pointsShare(low);
    for (const rectangle of this.cells.rectangles) share += rectangleShare(rectangle, low, high);
    for (const streak of this.cells.streaks) share += streakShare(streak, low, high);
    return share;
  }

  /**
   * The requests with `low < input + output <= high` as nodes; their weights are shares of all requests and sum to `share(low, high)`. None where
   * there are no such requests.
   */
  nodes(low = 0, high = Infinity, options: NodeOptions = {}): LengthNodes {
    const { chunk = Infinity, heaviest = Infinity } = options;
    const clip: Clip = { low, high, chunk };
    const nodes = new NodeList();
    const { rectangles, streaks, points } = this.cells;
    for (const rectangle of rectangles) addRectangles(nodes, rectangle, clip, heaviest);
    for (const streak of streaks) addStreaks(nodes, streak, clip, heaviest);
    const end = this.pointsUpTo(high);
    for (let i = this.pointsUpTo(low); i < end; i++) nodes.add(points.input[i]!, points.output[i]!, points.weight[i]!);
    return nodes.columns();
  }

  /**
   * Mean of `f(input, output)` over the requests with `low < input + output <= high`; `NaN` where there are none.
   *
   * @param f Also asked for values between whole numbers, unless the law is that of a trace.
   */
  mean(f: (input: number, output: number) => number, low = 0, high = Infinity, options: NodeOptions = {}): number {
    const { input, output, weight } = this.nodes(low, high, options);
    let [sum, share] = [0, 0];
    for (let i = 0; i < weight.length; i++) {
      sum += weight[i]! * f(input[i]!, output[i]!);
      share += weight[i]!;
    }
    return sum / share;
  }

  /**
   * The least value v of `f(input, output)` that a share `p` of the requests with `low < input + output <= high` do not exceed; `NaN` where there are
   * none. Exact for the law of a trace; else v belongs to a share that differs from p by less than 1/1000.
   *
   * @param p 0 to 1.
   */
  percentile(
    f: (input: number, output: number) => number,
    p: number,
    low = 0,
    high = Infinity,
    options: NodeOptions = {},
  ): number {
    const heaviest = this.share(low, high) / PERCENTILE_NODES;
    const { input, output, weight } = this.nodes(low, high, { heaviest, ...options });
    const values = weight.map((_, i) => f(input[i]!, output[i]!));
    return weightedPercentile(values, weight, p);
  }

  /** Points with a total of at most `total`. */
  private pointsUpTo(total: number): number {
    let [low, high] = [0, this.totals.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.totals[middle]! <= total) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private pointsShare(total: number): number {
    return this.upTo[this.pointsUpTo(total) - 1] ?? 0;
  }
}

/** The least of `values` that a share `p` of the weight does not exceed; `NaN` where there are none. */
export function weightedPercentile(values: Float64Array, weights: Float64Array, p: number): number {
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let upTo = 0;
  for (const i of order) {
    upTo += weights[i]!;
    // Rounding of the sums must not ask for the next value.
    if (upTo >= p * total * (1 - 1e-12)) return values[i]!;
  }
  return values[order.at(-1) ?? 0] ?? NaN;
}

/** Halves a rectangle along its longer side until no part is too heavy. */
function addRectangles(nodes: NodeList, rectangle: Rectangle, clip: Clip, heaviest: number): void {
  const { inputLow, inputHigh, outputLow, outputHigh, weight } = rectangle;
  if (inputLow + outputLow > clip.high || inputHigh + outputHigh <= clip.low) return;
  const [inputs, outputs] = [inputHigh - inputLow, outputHigh - outputLow];
  if (weight <= heaviest || inputs + outputs === 0) {
    addRectangle(nodes, rectangle, clip);
    return;
  }
  const half = (low: number, high: number): [middle: number, share: number] => {
    const middle = Math.floor((low + high) / 2);
    return [middle, (middle - low + 1) / (high - low + 1)];
  };
  if (inputs >= outputs) {
    const [middle, share] = half(inputLow, inputHigh);
    addRectangles(nodes, { ...rectangle, inputHigh: middle, weight: weight * share }, clip, heaviest);
    addRectangles(nodes, { ...rectangle, inputLow: middle + 1, weight: weight * (1 - share) }, clip, heaviest);
  } else {
    const [middle, share] = half(outputLow, outputHigh);
    addRectangles(nodes, { ...rectangle, outputHigh: middle, weight: weight * share }, clip, heaviest);
    addRectangles(nodes, { ...rectangle, outputLow: middle + 1, weight: weight * (1 - share) }, clip, heaviest);
  }
}

/** Cuts a streak into parts none of which is too heavy. */
function addStreaks(nodes: NodeList, streak: Streak, clip: Clip, heaviest: number): void {
  const { first, last, weight } = streak;
  const count = last - first + 1;
  const parts = Math.min(count, Math.ceil(weight / heaviest) || 1);
  for (let part = 0; part < parts; part++) {
    const from = first + Math.floor((part * count) / parts);
    const to = first + Math.floor(((part + 1) * count) / parts) - 1;
    addStreak(nodes, { ...streak, first: from, last: to, weight: (weight * (to - from + 1)) / count }, clip);
  }
}
