import type { Moment } from "./course.js";

/** Whether a pool keeps up with what arrives. */
export interface Stability {
  /** `overloaded`: the backlog grows, or would in a longer run, so percentiles depend on how long the run was. */
  verdict: "stable" | "overloaded";
  /** Slope of the line fitted to the number waiting, requests/s. */
  backlog_growth_rps: number;
  /** Of a pool that decodes what others hand over: what is asked of it over what it could do at most, see decode-load.ts. */
  load?: number | null;
}

/** Stretches of the window over which the number waiting is averaged before a line is fitted. */
export const STRETCHES = 20;

/** One-sided 95 % quantile of Student's t with 18 degrees of freedom (Abramowitz and Stegun, table 26.10). */
const STUDENT_95_18 = 1.734;

/** A backlog that grows by less than this share of the arrivals is not called growing. */
const MATERIAL_SHARE = 0.01;

const TICKS_PER_SECOND = 1e9;

/**
 * Fits a line to the mean number waiting in each stretch of the window, by least squares. The pool is overloaded if the slope exceeds
 * MATERIAL_SHARE of the arrival rate by more than its own uncertainty (neighbouring residuals that go together widen it, as in intervals.ts). Requests that are taken over count as arrivals.
 *
 * @param moments The ends of STRETCHES stretches of the window, in order: one moment more than stretches.
 */
export function judgeStability(moments: readonly Moment[]): Stability {
  const first = moments[0]!;
  const last = moments[moments.length - 1]!;
  const spanS = (last.tick - first.tick) / TICKS_PER_SECOND;
  if (!(spanS > 0)) return { verdict: "stable", backlog_growth_rps: 0 };
  const points = stretchMeans(moments);
  const { slope, uncertainty } = fitLine(points);
  const arrivalRate = (last.arrived + last.takenOver - first.arrived - first.takenOver) / spanS;
  const grows = points.length === STRETCHES && slope - uncertainty > MATERIAL_SHARE * arrivalRate;
  return { verdict: grows ? "overloaded" : "stable", backlog_growth_rps: slope };
}

function stretchMeans(moments: readonly Moment[]): { x: number; y: number }[] {
  const points: { x: number; y: number }[] = [];
  for (let i = 1; i < moments.length; i++) {
    const from = moments[i - 1]!;
    const to = moments[i]!;
    const elapsed = to.tick - from.tick;
    if (elapsed <= 0) continue;
    points.push({
      x: (from.tick + to.tick) / 2 / TICKS_PER_SECOND,
      y: (to.waitingArea - from.waitingArea) / elapsed,
    });
  }
  return points;
}

function fitLine(points: readonly { x: number; y: number }[]): { slope: number; uncertainty: number } {
  const n = points.length;
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / n;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / n;
  const spread = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  if (n < 3 || spread === 0) return { slope: 0, uncertainty: Infinity };
  const slope = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const residuals = points.map(({ x, y }) => y - meanY - slope * (x - meanX));
  const squares = residuals.reduce((sum, r) => sum + r * r, 0);
  if (squares === 0) return { slope, uncertainty: 0 };
  const products = residuals.slice(1).reduce((sum, r, i) => sum + r * residuals[i]!, 0);
  const correlation = Math.min(0.9, Math.max(0, products / squares));
  const error = Math.sqrt(squares / (n - 2) / spread) * Math.sqrt((1 + correlation) / (1 - correlation));
  return { slope, uncertainty: STUDENT_95_18 * error };
}
