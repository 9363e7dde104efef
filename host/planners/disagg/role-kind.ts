import { provisionedPowerW } from "../../profiles/pool-power.js";
import type { Pool } from "../../specs/fleet.js";
import type { ReplicaOption } from "../sizing/replica-option.js";
import { replicaPool } from "../sizing/replica-pool.js";

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
const STAGE_KEYS = ["role", "decode_pool", "first_token", "link", "spill_prompt_tokens", "keep_decodes"] as const;

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
