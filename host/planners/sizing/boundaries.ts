import type { Cdf } from "../../workloads/cdf.js";
import type { LengthLaw } from "../../workloads/length-law/length-law.js";

/** Least share of requests on either side of a boundary: the Python tool's bounds for a threshold. */
const LEAST_SHARE_BELOW = 0.01;
const LEAST_SHARE_ABOVE = 0.001;

/**
 * Where pools may meet, total tokens, ascending: the points of a CDF; else powers of two and one and a half times them, which windows of engines usually are. At least 1 % of the requests are below, and
 * 0.1 % above.
 *
 * @param maxCtx Window of the largest pool; boundaries are below it.
 */
export function possibleBoundaries(law: LengthLaw, maxCtx: number, cdf?: Cdf): number[] {
  const all = cdf ? cdf.map(([tokens]) => tokens) : roundWindows(law.longest);
  return all.filter((tokens) => {
    const below = law.share(0, tokens);
    return tokens < maxCtx && below >= LEAST_SHARE_BELOW && 1 - below >= LEAST_SHARE_ABOVE;
  });
}

function roundWindows(longest: number): number[] {
  const windows: number[] = [];
  for (let power = 2; power < longest; power *= 2) windows.push(power, (power * 3) / 2);
  return windows;
}

/** All choices of up to `most` of the boundaries, none included, each ascending; those of fewer first. */
export function choicesOf(boundaries: readonly number[], most: number): number[][] {
  const choices: number[][] = [[]];
  let ofOneFewer: number[][] = [[]];
  for (let size = 1; size <= most; size++) {
    ofOneFewer = ofOneFewer.flatMap((choice) => {
      const from = choice.length === 0 ? 0 : boundaries.indexOf(choice.at(-1)!) + 1;
      return boundaries.slice(from).map((boundary) => [...choice, boundary]);
    });
    choices.push(...ofOneFewer);
  }
  return choices;
}

/** How many {@link choicesOf} so many boundaries there are: they can be too many to be made. */
export function countChoices(boundaries: number, most: number): number {
  let [ofSize, count] = [1, 1];
  for (let size = 1; size <= Math.min(most, boundaries); size++) {
    ofSize *= (boundaries - size + 1) / size;
    count += ofSize;
  }
  return Math.round(count);
}
