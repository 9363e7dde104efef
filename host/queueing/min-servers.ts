import { type GeneralQueue, mgcWait } from "./mgc.js";
import { nonNegative, probability } from "./wait-law.js";

/** Most servers that are tried. */
export const MOST_SERVERS = 1e9;

/** What a queue is to keep, and what it is fed. */
export interface ServersWanted extends Omit<GeneralQueue, "servers"> {
  /** The wait that a share `p` of the requests must not exceed, s. */
  waitS: number;
  p: number;
}

/**
 * The fewest servers with which a share `p` of the requests wait no longer than `waitS`, by {@link mgcWait}; at least 1, `undefined` where {@link MOST_SERVERS} are too few.
 *
 * @throws RangeError for arguments out of range.
 */
export function minServers({ waitS, p, ...queue }: ServersWanted): number | undefined {
  nonNegative("waitS", waitS);
  const beyond = 1 - probability(p);
  const load = nonNegative("arrivalRps", queue.arrivalRps) * nonNegative("meanServiceS", queue.meanServiceS);
  return minServersFor((servers) => load < servers && mgcWait({ ...queue, servers }).tail(waitS) <= beyond, load);
}

/**
 * The smallest whole number of servers for which a predicate holds, by doubling steps and bisection: O(log) questions.
 *
 * @param isEnough Once true, true for all larger numbers.
 * @param load Where to begin: the fewest that can be enough, rounded up; at least 1 is asked for.
 */
export function minServersFor(isEnough: (servers: number) => boolean, load = 1): number | undefined {
  let tooFew = Math.max(0, Math.ceil(load) - 1);
  let enough = tooFew + 1;
  // The surplus that keeps waits short grows as the square root of the load.
  for (
    let step = Math.max(1, Math.round(Math.sqrt(load) / 2));
    enough <= MOST_SERVERS && !isEnough(enough);
    step *= 2
  ) {
    tooFew = enough;
    enough += step;
  }
  if (enough > MOST_SERVERS) return undefined;
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (isEnough(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}
