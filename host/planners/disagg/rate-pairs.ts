import type { DisaggQuestion } from "./disagg-question.js";
import type { DisaggBudget } from "./disagg-options.js";
import type { DisaggDesign } from "./disagg-result.js";
import { CONFIRMATIONS } from "./fleet-sizing.js";
import type { PairKind } from "./pair-kind.js";
import { pairRow } from "./point-rows.js";
import { bestRate, confirmedRate, type FleetRate, type RatedFleet } from "./rate-search.js";
import type { FoundPair } from "./size-pairs.js";

/**
 * The pair that bears the highest rate within a budget, over all designs. More replicas are never worse, so that beside so many that prefill only the most that decode need be looked at.
 */
export async function ratePairs(question: DisaggQuestion, budget: DisaggBudget): Promise<FoundPair> {
  const byDesign = new Map<string, RatedFleet<PairKind>[]>();
  for (const pair of question.pairs) {
    const fleets = pair.countsWithin(budget, question.most).map((counts) => ({ kind: pair, counts }));
    byDesign.set(pair.design, [...(byDesign.get(pair.design) ?? []), ...fleets]);
  }
  const designs: DisaggDesign[] = [];
  let best: FleetRate<PairKind> | undefined;
  for (const [design, fleets] of byDesign) {
    const rate = await bestRate(question, fleets);
    const none =
      fleets.length === 0 ? "the budget does not buy one replica of each side" : "none keeps the objective at any rate";
    designs.push({
      design,
      best: rate ? pairRow(question, rate, false) : null,
      why_none: rate ? null : none,
      most: question.most,
    });
    if (rate && (best === undefined || rate.rateRps > best.rateRps)) best = rate;
  }
  const rows = { designs, miss: undefined, exceptions: [] };
  if (!best) return { ...rows, best: undefined, pareto: [] };
  const rate = await confirmedRate(question, best);
  const row = pairRow(question, rate, rate.isConfirmed);
  designs.find(({ design }) => design === rate.kind.design)!.best = row;
  return { ...rows, best: { row, rate, confirmedWith: CONFIRMATIONS }, pareto: [row] };
}
