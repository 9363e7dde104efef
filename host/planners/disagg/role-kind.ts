import { provisionedPowerW } from "../../profiles/pool-power.js";
import type { Pool } from "../../specs/fleet.js";
import { stageShape } from "../../specs/stage-spec.js";
import type { ReplicaOption } from "../sizing/replica-option.js";
import { replicaPool } from "../sizing/replica-pool.js";
import type { DisaggBudget } from "./disagg-options.js";

/** A kind of replica on one side, and what it counts for. */
export interface RoleKind {
  option: ReplicaOption;
  /** One replica, as if it did both. */
  pool: Pool;
  /** GPU and power cap: what tells designs apart. Sizes of a replica do not. */
  gpu: string;
  gpus: number;
  tp: number;
  pp: number;
  /** US dollars an hour of a replica; 0: not priced. */
  costPerHr: number;
  /** What must be there for a replica, W: its cap, else the TDP of its GPUs, or the nominal power of a profile; absent: not known. */
  watts?: number;
}

/**
 * A kind of replica as a planner reckons with it.
 *
 * @param maxCtx Its window, tokens.
 * @throws InputError if there is no such replica.
 */
export function roleKind(option: ReplicaOption, maxCtx: number): RoleKind {
  const pool = replicaPool(bothRoles(option), maxCtx);
  const { profile, roofline, serving, powerCapW } = pool;
  const { gpusPerReplica: gpus } = profile;
  const watts = provisionedPowerW(pool);
  const name = roofline?.hardware.name ?? profile.name;
  return {
    option,
    pool,
    gpu: powerCapW === undefined ? name : `${name} at ${powerCapW} W`,
    gpus,
    tp: gpus / serving.pp,
    pp: serving.pp,
    costPerHr: gpus * profile.costPerHr,
    ...(watts === undefined ? {} : { watts }),
  };
}

/** Keys of a pool that say what it does where prefill and decode are apart. */
const STAGE_KEYS = Object.keys(stageShape) as (keyof typeof stageShape)[];

const known = new WeakMap<ReplicaOption, ReplicaOption>();

/** The same replica, which prefills and decodes. */
export function bothRoles(option: ReplicaOption): ReplicaOption {
  let both = known.get(option);
  if (both === undefined) {
    const replica = { ...option.replica };
    for (const key of STAGE_KEYS) delete replica[key];
    both = { name: option.name, replica };
    known.set(option, both);
  }
  return both;
}

/** Replicas of one kind that a budget is spent on first. */
interface Spent {
  kind: RoleKind;
  count: number;
}

/** The most replicas of a kind that a budget buys, beside others that it is spent on first; below 0: these are more than it buys. */
export function replicasWithin({ costPerHr, powerW, gpus }: DisaggBudget, kind: RoleKind, spent?: Spent): number {
  const within = (budget: number | undefined, priceOf: (one: RoleKind) => number) => {
    if (budget === undefined) return Infinity;
    const left = spent ? budget - spent.count * priceOf(spent.kind) : budget;
    // A budget that is a whole number of replicas is not to miss one by a rounding.
    return Math.floor(left / priceOf(kind) + 1e-9);
  };
  return Math.min(
    within(costPerHr, (one) => one.costPerHr),
    within(powerW, (one) => one.watts ?? Infinity),
    within(gpus, (one) => one.gpus),
  );
}
