import { checkFleet, type FleetSpec } from "../../host/specs/fleet-spec.js";
import { type Fleet, resolveFleet } from "../../host/specs/fleet.js";
import { InputError } from "../../host/specs/input-error.js";
import type { PrefillStage } from "../../host/specs/pool-stage.js";

type Keys = Record<string, unknown>;

/** Changes to the pools of {@link stagedPools}, by their ids, and further pools. */
export interface StagedChanges {
  pre?: Keys;
  dec?: Keys;
  more?: readonly Keys[];
}

/** A roofline of Llama-3.1-8B on an H100, with keys changed. */
export const roofline = (keys: Keys = {}) => ({
  type: "roofline",
  hardware: "h100-sxm",
  model: "llama-3.1-8b",
  ...keys,
});

/** A pool `pre` that hands over to a pool `dec`; `undefined` takes a key away. */
export function stagedPools({ pre = {}, dec = {}, more = [] }: StagedChanges = {}): Keys[] {
  const both = { n_replicas: 2, max_ctx: 8192, iteration_model: roofline() };
  return [
    { id: "pre", role: "prefill", link: { type: "ib-ndr" }, ...both, ...pre },
    { id: "dec", role: "decode", ...both, ...dec },
    ...more,
  ];
}

/** {@link stagedPools}, checked. */
export function stagedSpec(changes: StagedChanges = {}, fleet: Keys = {}): FleetSpec {
  return checkFleet(JSON.parse(JSON.stringify({ pools: stagedPools(changes), ...fleet })));
}

/** {@link stagedPools} in figures. */
export function stagedFleet(changes: StagedChanges = {}, fleet: Keys = {}): Fleet {
  return resolveFleet(stagedSpec(changes, fleet));
}

/** What the pool `pre` does. */
export function prefillStage(changes: StagedChanges = {}): PrefillStage {
  const stage = stagedFleet(changes).pools[0]!.stage;
  if (stage?.role !== "prefill") throw new Error("no prefill pool");
  return stage;
}

/** The sentence with which a fleet is refused; fails if it is accepted. */
export function stagedRefusal(changes: StagedChanges, fleet: Keys = {}): string {
  try {
    stagedSpec(changes, fleet);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("accepted");
}
