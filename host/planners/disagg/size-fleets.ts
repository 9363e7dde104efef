import { cheapestPair } from "./cheapest-pair.js";
import type { FleetKind } from "./fleet-kind.js";
import type { DisaggGoal } from "./disagg-options.js";
import type { DisaggQuestion } from "./disagg-question.js";
import { FleetSizing } from "./fleet-sizing.js";
import { isLess, type PairCounts } from "./pair-frontier.js";

/** Kinds of fleet among which one answer is wanted. */
export interface SizedDesign<Kind extends FleetKind> {
  name: string;
  sizings: readonly FleetSizing<Kind>[];
}

/** Kinds of fleet, put together by the design that each is of. */
export function designsOf<Kind extends FleetKind>(
  question: DisaggQuestion,
  kinds: readonly Kind[],
  { goal, nameOf }: { goal: DisaggGoal; nameOf: (kind: Kind) => string },
): SizedDesign<Kind>[] {
  const byDesign = new Map<string, FleetSizing<Kind>[]>();
  for (const kind of kinds) {
    const name = nameOf(kind);
    const before = byDesign.get(name) ?? [];
    before.push(new FleetSizing(question, kind, goal));
    byDesign.set(name, before);
  }
  return [...byDesign].map(([name, sizings]) => ({ name, sizings }));
}

/** The fleet that counts for least in a design. */
export interface SizedFleet<Kind extends FleetKind> {
  design: SizedDesign<Kind>;
  sizing: FleetSizing<Kind>;
  counts: PairCounts;
}

/**
 * Sizes every design, and confirms the one that counts for least: as long as it misses with other requests, it is sized anew with those.
 *
 * @returns the fleets of all designs that have one, and the least of them.
 */
export async function sizeDesigns<Kind extends FleetKind>(
  designs: readonly SizedDesign<Kind>[],
): Promise<{ best: SizedFleet<Kind> | undefined; fleets: SizedFleet<Kind>[] }> {
  const found = new Map<SizedDesign<Kind>, SizedFleet<Kind> | undefined>();
  for (const design of designs) found.set(design, await sizeDesign(design));
  for (;;) {
    const fleets = [...found.values()].filter((fleet) => fleet !== undefined);
    const best = leastFleet(fleets);
    if (best === undefined || (await best.sizing.confirm(best.counts))) return { best, fleets };
    found.set(best.design, await sizeDesign(best.design));
  }
}

async function sizeDesign<Kind extends FleetKind>(design: SizedDesign<Kind>): Promise<SizedFleet<Kind> | undefined> {
  const least = await cheapestPair(design.sizings);
  return least && { design, sizing: least.candidate, counts: least.counts };
}

function leastFleet<Kind extends FleetKind>(fleets: readonly SizedFleet<Kind>[]): SizedFleet<Kind> | undefined {
  let best: SizedFleet<Kind> | undefined;
  for (const fleet of fleets) {
    const isBetter = best === undefined || isLess(fleet.sizing.price(fleet.counts), best.sizing.price(best.counts));
    if (isBetter) best = fleet;
  }
  return best;
}
