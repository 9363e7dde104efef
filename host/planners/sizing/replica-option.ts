import { type Fleet, resolveFleet } from "../../specs/fleet.js";
import { checkFleet, type FleetInput } from "../../specs/fleet-spec.js";
import type { FieldNaming } from "../../specs/check.js";

/** A pool of a fleet file, in its own keys. */
export type PoolInput = FleetInput["pools"][number];

/** What of a pool says what its replicas are, in the keys of a fleet file. */
export type ReplicaInput = Omit<PoolInput, "id" | "n_gpus" | "n_replicas" | "max_ctx">;

/** A kind of replica that a planner may choose. */
export interface ReplicaOption {
  /** What results call it. */
  name: string;
  replica: ReplicaInput;
}

/** A pool of a kind of replica, in the keys of a fleet file. */
export function poolInput(
  option: ReplicaOption,
  { id, replicas, maxCtx }: { id: string; replicas: number; maxCtx: number },
) {
  return { id, ...option.replica, n_replicas: replicas, max_ctx: maxCtx };
}

/** The fleet of some pools. */
export function fleetOf(pools: readonly PoolInput[], router?: FleetInput["router"], naming?: FieldNaming): Fleet {
  const input = { pools, ...(router === undefined ? {} : { router }) };
  return resolveFleet(naming ? checkFleet(input, naming) : checkFleet(input));
}
