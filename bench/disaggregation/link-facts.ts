import { resolveFleet } from "../../host/specs/fleet.js";
import { checkFleet } from "../../host/specs/fleet-spec.js";
import { kvBytesOf } from "../../host/specs/kv-bytes.js";
import type { PrefillStage } from "../../host/specs/pool-stage.js";
import { replicaOf } from "./replicas.js";
import type { LinkSetting } from "./setting.js";
import { stagedFleet } from "./staged-fleet.js";

/** What a link of the grid is to a replica of H100. */
export interface LinkFacts {
  /** What it really carries. */
  bytesPerS: number;
  efficiency: number;
  latencyS: number;
  /** Keys and values of so many tokens. */
  bytesOf: (tokens: number) => number;
}

/** As fleets take it. */
export function linkFacts({ link }: LinkSetting, tp: number): LinkFacts {
  const replica = replicaOf({ gpu: "H100", tp, budget: 2048 });
  const fleet = stagedFleet({ prefill: replica, decode: replica, counts: [1, 1], maxCtx: 1024, link });
  const stage = resolveFleet(checkFleet(fleet)).pools[0]!.stage as PrefillStage;
  return {
    bytesPerS: stage.link.bytesPerS,
    efficiency: stage.link.efficiency,
    latencyS: stage.latencyS,
    bytesOf: (tokens) => kvBytesOf(stage.kv, tokens),
  };
}
