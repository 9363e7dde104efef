import type { FleetInput } from "../../host/specs/fleet-spec.js";
import type { PoolInput, ReplicaOption } from "../../host/planners/sizing/replica-option.js";

type Link = NonNullable<PoolInput["link"]>;

/** Two pools to be replayed. */
export interface StagedFleet {
  prefill: ReplicaOption;
  decode: ReplicaOption;
  counts: readonly [prefill: number, decode: number];
  maxCtx: number;
  link: Link;
  /** Of the decode pool, where it is another. */
  decodeLink?: Link;
}

/** Keys of a link that say what it is; the others say how the prefill pool uses it. */
const LINK_KEYS = ["type", "bandwidth_GBps", "nics", "efficiency"] as const;

/** In the keys of a fleet file. */
export function stagedFleet({ prefill, decode, counts, maxCtx, link, decodeLink }: StagedFleet): FleetInput {
  const ofDecode: Link = {};
  for (const key of LINK_KEYS) {
    const value = (decodeLink ?? link)[key];
    if (value !== undefined) Object.assign(ofDecode, { [key]: value });
  }
  return {
    engine: "iterations",
    pools: [
      { id: "prefill", ...prefill.replica, role: "prefill", n_replicas: counts[0], max_ctx: maxCtx, link },
      { id: "decode", ...decode.replica, role: "decode", n_replicas: counts[1], max_ctx: maxCtx, link: ofDecode },
    ],
  };
}
