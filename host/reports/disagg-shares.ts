import { NONE, significant } from "./quantities.js";

/** Shares below it read as less than it. */
const LEAST = 1e-4;
/** The largest share of requests below 1 that is told. */
const MOST_NINES = 0.9999;
/** Above it the distance to 1 counts. */
const NINES = 0.99;

/** A share of time, seats, memory or a link, with three digits: `0.0931 %`, `22.9 %`; from 99.95 % on `100 %`, below 0.01 % `<0.01 %`. */
export function shareInUse(share: number | null): string {
  if (share === null) return NONE;
  if (share > 0 && share < LEAST) return "<0.01 %";
  return `${significant(100 * share)} %`;
}

/** A share of requests that keep limits, of which nines count: `98.9 %`, `99.41 %`; below 1 at most `99.99 %`. */
export function shareKept(share: number): string {
  if (share <= NINES || share === 1) return shareInUse(share);
  return `${(100 * Math.min(share, MOST_NINES)).toFixed(2)} %`;
}
