import type { SizedPool } from "../planners/sizing/sized-pool.js";
import { count, millisecondsWithUnit } from "./quantities.js";

/** Fewer replicas by so much are worth a word. */
const WORTH_A_WORD = 0.8;

/** Of each pool that has many more replicas than its P99 by itself needs, since the interval of the P99 is wide: what it has them for. */
export function intervalNotes(pools: readonly SizedPool[], sloMs: number): string[] {
  return pools.flatMap(({ id, tried, replicas_needed: needed }) => {
    const kept = tried
      .filter(({ p99_ttft_ms: p99, verdict }) => p99 !== null && p99 <= sloMs && verdict === "stable")
      .sort((a, b) => a.replicas - b.replicas)[0];
    if (!kept || kept.replicas > WORTH_A_WORD * needed || kept.p99_ttft_ms_ci95 === null) return [];
    const interval = kept.p99_ttft_ms_ci95.map(millisecondsWithUnit).join(" to ");
    return [
      `Pool ${id}: ${count(kept.replicas)} replicas already have a P99 of ${millisecondsWithUnit(kept.p99_ttft_ms)} on these requests, but its interval (${interval}) does not lie within the objective, since the requests are few or come in bursts: ${count(needed)} make it sure. --size-by p99 sizes by the figure itself.`,
    ];
  });
}
