import type { FleetCandidate } from "./fleet-candidate.js";
import type { FleetSearch } from "./fleet-search.js";
import { type NearestMiss, nearestMiss } from "./nearest-miss.js";

/**
 * What keeps a fleet that cannot meet its objective from it: of all its pools the one that is furthest away. Sizing stops at the first pool that cannot; here all of them are sized, so that the objective which
 * is told would be met by the others too.
 */
export async function settledMiss(search: FleetSearch, candidate: FleetCandidate): Promise<NearestMiss | undefined> {
  for (const segment of candidate.segments) {
    for (const sizing of search.sizingsOf(segment)) await sizing.settle();
  }
  return nearestMiss(search, [candidate]);
}
