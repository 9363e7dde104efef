import type { Fleet } from "../../specs/fleet.js";
import type { DisaggGoal } from "./disagg-options.js";
import type { PairCounts, PairPrice, PairRange } from "./pair-frontier.js";

/** What a fleet comes to. */
export interface FleetTotals {
  gpus: number;
  costPerHr: number;
  /** Provisioned; absent: not known. */
  watts?: number;
}

/** Fleets that differ in the numbers of their replicas alone. */
export interface FleetKind {
  readonly name: string;
  fleetOf(counts: PairCounts): Fleet;
  totals(counts: PairCounts): FleetTotals;
  priceBy(goal: DisaggGoal): PairPrice;
  /** More requests a second are surely too many for so many, whatever they wait. */
  mostRps(counts: PairCounts): number;
  /** Requests a second that so many are expected to serve. */
  expectedRps(counts: PairCounts): number;
  /** Where numbers that are enough for a rate are looked for. */
  rangeAt(rateRps: number, most: PairCounts): PairRange;
}

/**
 * Share of what analysis says that replicas need below which none are tried: what a run meets is not the mean load, and analysis of batches is an estimate.
 */
export const SURELY_TOO_FEW = 0.9;

/** What so many count for by a goal; of equal ones fewer GPUs come first, then cheaper ones, then fewer that prefill. */
export function priceOf(totals: (counts: PairCounts) => FleetTotals, goal: DisaggGoal): PairPrice {
  return (counts) => {
    const { gpus, costPerHr, watts = Infinity } = totals(counts);
    return [{ cost: costPerHr, power: watts, gpus }[goal], gpus, costPerHr, counts.prefill];
  };
}
