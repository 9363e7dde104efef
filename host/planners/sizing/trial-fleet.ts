import type { Fleet } from "../../specs/fleet.js";
import { InputError } from "../../specs/input-error.js";
import { MAX_REPLICAS, MAX_SLOTS } from "../../specs/pool-spec.js";
import { fleetOf, poolInput, type ReplicaOption } from "./replica-option.js";
import { withReplicas } from "./replica-pool.js";
import type { Segment } from "./segment.js";

/** Requests that the other side has in service at a time: each is there for so short a time that these are enough for a million a second. */
const SEATS_AWAY = 4096;

/** A pool through which what is routed to the other side goes as if it were not there. */
const AWAY = {
  name: "away",
  replica: {
    profile: {
      name: "away",
      W: 1e-6,
      H: 0,
      calibration_ctx: 1,
      chunk: 2 ** 30,
      blk_size: 16,
      total_kv_blks: 2 ** 30,
      max_slots: 2 ** 22,
    },
    slots: SEATS_AWAY,
    serving: { max_num_seqs: SEATS_AWAY },
  },
} satisfies ReplicaOption;

/** A fleet in which one pool is tried. */
export interface TrialFleet {
  fleet: Fleet;
  /** Of the pool that is tried. */
  index: number;
}

/** Trials of one replica: those of more differ in nothing else. */
const resolved = new WeakMap<Segment, Map<ReplicaOption, TrialFleet>>();

/**
 * The pool of a segment with so many replicas, and beside it, where requests are compressed, one for those that are routed to the other side.
 *
 * @throws InputError if there is no such pool, or it is larger than a fleet can be.
 */
export function trialFleet(segment: Segment, option: ReplicaOption, replicas: number): TrialFleet {
  const byOption = resolved.get(segment) ?? new Map<ReplicaOption, TrialFleet>();
  resolved.set(segment, byOption);
  const one = byOption.get(option) ?? ofOneReplica(segment, option);
  byOption.set(option, one);
  return ofReplicas(one, replicas);
}

function ofReplicas({ fleet, index }: TrialFleet, replicas: number): TrialFleet {
  const pools = fleet.pools.map((pool, i) => (i === index ? withReplicas(pool, replicas) : pool));
  const sum = (figure: (pool: Fleet["pools"][number]) => number) =>
    pools.reduce((total, pool) => total + figure(pool), 0);
  const slots = sum((pool) => pool.replicas * pool.slots);
  if (replicas > MAX_REPLICAS || slots > MAX_SLOTS) {
    throw new InputError(
      `a pool would need ${replicas} replicas; a fleet has at most ${MAX_REPLICAS} replicas and ${MAX_SLOTS} slots.`,
    );
  }
  const totals = { replicas: sum((pool) => pool.replicas), gpus: sum(({ gpus }) => gpus), slots };
  return { fleet: { ...fleet, pools, ...totals, costPerHr: sum(({ costPerHr }) => costPerHr) }, index };
}

function ofOneReplica({ compression, upTo }: Segment, option: ReplicaOption): TrialFleet {
  const sized = poolInput(option, { id: "sized", replicas: 1, maxCtx: upTo });
  if (!compression) return { fleet: fleetOf([sized]), index: 0 };
  const { side, boundary, gamma, pCompress, otherMaxCtx } = compression;
  const other = poolInput(AWAY, { id: AWAY.name, replicas: 1, maxCtx: otherMaxCtx });
  const isBelow = side === "below";
  const router = {
    type: "compress_route" as const,
    b_short: isBelow ? Math.min(boundary, upTo) : boundary,
    gamma,
    p_compress: pCompress,
  };
  return { fleet: fleetOf(isBelow ? [sized, other] : [other, sized], router), index: isBelow ? 0 : 1 };
}
