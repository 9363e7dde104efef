/** The random streams that the iteration-level engine adds to those of `test/reference/random.ts`. */
import { type RunSeed, uniform } from "../reference/random.js";

const THINK = 7;
const PREFIX = 8;

/** Think time before the request that follows the `k`-th settled one, s, exponential of mean `meanS`. */
export function drawnThinkS(run: RunSeed, k: number, meanS: number): number {
  return -Math.log(1 - uniform(run, THINK, k)) * meanS;
}

/** Block ids that request `ordinal` of a drawn workload bears, when requests fall into `groups` that share a prefix of `units` units. */
export function drawnBlockIds(run: RunSeed, ordinal: number, groups: number, units: number): number[] {
  const group = Math.floor(uniform(run, PREFIX, ordinal) * groups);
  return Array.from({ length: units }, (_, j) => group * units + j);
}
