import type { Moment } from "./course.js";

/** Whether a pool keeps up with what arrives. */
export interface Stability {
  /** `overloaded`: the backlog grows, so percentiles depend on how long the run was. */
  verdict: "stable" | "overloaded";
  /** Slope of the line fitted to the number waiting, requests/s. */
  backlog_growth_rps: number;
}

/** Stretches of the window over which the number waiting is averaged before a line is fitted. */
export const STRETCHES = 20;

/** One-sided 95 % quantile of Student's t with 18 degrees of freedom (Abramowitz and Stegun, table 26.10). */
const STUDENT_95_18 = 1.734;

/** A backlog that grows by less than this share of the arrivals is not called growing. */
const MATERIAL_SHARE = 0.01;

const TICKS_PER_SECOND = 1e9;

/** One-sided 95 % quantile of Student's t with 8 degrees of freedom, for half of the stretches (the same table). */
const STUDENT_95_8 = 1.86;

/** The same of the requests in a pool that decodes what others hand over, of those that it takes over. */
const MATERIAL_SHARE_IN_POOL = 0.05;

/** Stays in a pool that a stretch of time must outlast for what is in the pool to have settled: less than 5 % of exponential ones last as long. */
const SETTLING_STAYS = 3;

/**
 * Fits a line to the mean number waiting in each stretch of the window, by least squares. The pool is overloaded if the slope exceeds
 * MATERIAL_SHARE of the arrival rate by more than its own uncertainty (neighbouring residuals that go together widen it, as in intervals.ts). Requests that are taken over count as arrivals.
 *
 * @param moments The ends of STRETCHES stretches of the window, in order: one moment more than stretches.
 */
export function judgeStability(moments: readonly Moment[]): Stability {
  const test = { area: waitingArea, stretches: STRETCHES, share: MATERIAL_SHARE, student: STUDENT_95_18 };
  return judgeGrowth(moments, test);
}

/**
 * Whether a pool keeps up that decodes what others hand over. It may take in all that comes for a long while before anybody waits, in batches that grow and grow: so it is overloaded also
 * if in the second half of the window the requests in it, running ones included, rise by more than MATERIAL_SHARE_IN_POOL of those taken over. A half that is too short for the pool to fill
 * up, measured in mean stays (Little's law), cannot tell.
 *
 * @param moments As of {@link judgeStability}.
 */
export function judgeDecoding(moments: readonly Moment[]): Stability {
  const waiting = judgeStability(moments);
  const half = moments.slice(STRETCHES / 2);
  const first = half[0]!;
  const last = half[half.length - 1]!;
  const came = arrivals(last) - arrivals(first);
  const meanStay = (inPoolArea(last) - inPoolArea(first)) / came;
  const isTelling = came > 0 && last.tick - first.tick >= SETTLING_STAYS * meanStay;
  if (waiting.verdict === "overloaded" || !isTelling) return waiting;
  const test = {
    area: inPoolArea,
    stretches: STRETCHES / 2,
    share: MATERIAL_SHARE_IN_POOL,
    student: STUDENT_95_8,
  };
  const all = judgeGrowth(half, test);
  return all.verdict === "overloaded" ? all : waiting;
}

const waitingArea = (moment: Moment) => moment.waitingArea;
const inPoolArea = (moment: Moment) => moment.waitingArea + moment.busyArea;
const arrivals = (moment: Moment) => moment.arrived + moment.takenOver;

/** What is taken to be growing, and from when on. */
interface GrowthTest {
  /** Integral of the number that may grow. */
  area: (moment: Moment) => number;
  /** Fewer cannot tell. */
  stretches: number;
  /** Of the arrivals; less is not called growing. */
  share: number;
  /** One-sided 95 % quantile of Student's t. */
  student: number;
}

function judgeGrowth(moments: readonly Moment[], { area, stretches, share, student }: GrowthTest): Stability {
  const first = moments[0]!;
  const last = moments[moments.length - 1]!;
  const spanS = (last.tick - first.tick) / TICKS_PER_SECOND;
  if (!(spanS > 0)) return { verdict: "stable", backlog_growth_rps: 0 };
  const points = stretchMeans(moments, area);
  const { slope, error } = fitLine(points);
  const arrivalRate = (arrivals(last) - arrivals(first)) / spanS;
  const grows = points.length === stretches && slope - student * error > share * arrivalRate;
  return { verdict: grows ? "overloaded" : "stable", backlog_growth_rps: slope };
}

function stretchMeans(moments: readonly Moment[], area: (moment: Moment) => number): { x: number; y: number }[] {
  const points: { x: number; y: number }[] = [];
  for (let i = 1; i < moments.length; i++) {
    const from = moments[i - 1]!;
    const to = moments[i]!;
    const elapsed = to.tick - from.tick;
    if (elapsed <= 0) continue;
    points.push({
      x: (from.tick + to.tick) / 2 / TICKS_PER_SECOND,
      y: (area(to) - area(from)) / elapsed,
    });
  }
  return points;
}

/** The slope by least squares, and its standard error. */
function fitLine(points: readonly { x: number; y: number }[]): { slope: number; error: number } {
  const n = points.length;
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / n;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / n;
  const spread = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  if (n < 3 || spread === 0) return { slope: 0, error: Infinity };
  const slope = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const residuals = points.map(({ x, y }) => y - meanY - slope * (x - meanX));
  const squares = residuals.reduce((sum, r) => sum + r * r, 0);
  if (squares === 0) return { slope, error: 0 };
  const products = residuals.slice(1).reduce((sum, r, i) => sum + r * residuals[i]!, 0);
  const correlation = Math.min(0.9, Math.max(0, products / squares));
  return {
    slope,
    error: Math.sqrt(squares / (n - 2) / spread) * Math.sqrt((1 + correlation) / (1 - correlation)),
  };
}
