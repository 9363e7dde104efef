import type { Core } from "../../core/load.js";
import type { PlanningRequests } from "../planning-requests.js";
import { plan } from "../plan.js";
import type { ReplicaOption } from "../sizing/replica-option.js";

/** A fleet of one pool whose replicas prefill and decode, sized by simulation for the same requests and limits. */
export interface AggregatedFleet {
  replica: string;
  /** `null`: no number of them meets the limits. */
  total_gpus: number | null;
  cost_per_hr: number | null;
  source: "simulated";
}

/** What {@link aggregatedFleets} sizes for. */
export interface AggregatedOptions {
  opened: PlanningRequests;
  /** Kinds of replica; each is sized by itself. */
  options: readonly ReplicaOption[];
  sloTtftMs: number;
  sloTpotMs: number;
  maxCtx: number;
  seed?: number;
  core?: Core;
}

/** The same requests without separate pools, for comparison: a fleet of each kind of replica. */
export async function aggregatedFleets(question: AggregatedOptions): Promise<AggregatedFleet[]> {
  const { opened, options, sloTtftMs, sloTpotMs, maxCtx, seed, core } = question;
  const fleets: AggregatedFleet[] = [];
  for (const option of options) {
    const { best } = await plan({
      opened,
      replicas: [option],
      maxPools: 1,
      goal: "gpus",
      maxCtx,
      sloMs: sloTtftMs,
      sloTpotMs,
      ...(seed === undefined ? {} : { seed }),
      ...(core === undefined ? {} : { core }),
    });
    fleets.push({
      replica: option.name,
      total_gpus: best?.total_gpus ?? null,
      cost_per_hr: best?.cost_per_hr ?? null,
      source: "simulated",
    });
  }
  return fleets;
}
