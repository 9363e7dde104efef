import * as z from "zod";
import { MAX_INT32, mistake, mustBeOneOf, objectWith, oneOf, wholeNumber } from "./fields.js";
import { GPU_NAMES, gpuProfile, knownGpu, type GpuName } from "./gpu-catalog.js";
import { kvBlocksOf, slotsAt } from "./pool-capacity.js";
import { profileSchema, type ManualProfile } from "./profile-spec.js";

/** How the replica of a request is chosen; the rules are in docs/reference/slots-engine.md. */
export const BALANCES = ["least_outstanding", "least_queue", "round_robin", "two_choices"] as const;
export type Balance = (typeof BALANCES)[number];

/** One FIFO queue a replica, or one for the whole pool. */
export const QUEUES = ["replica", "shared"] as const;
export type QueueKind = (typeof QUEUES)[number];

/** Most replicas of a fleet. */
export const MAX_REPLICAS = 100_000;
/** Most GPUs of a pool that is given in GPUs. */
const MAX_GPUS = 1_000_000;
/** Most slots of a fleet, all replicas together. */
export const MAX_SLOTS = 2 ** 26;
/** Longest service, seconds, that the clock of the simulator can hold. */
export const MAX_SERVICE_S = 1e9;

/** A pool as its author gave it, checked, with defaults filled in. */
export interface PoolSpec {
  id: string;
  /** GPU of the catalog; exactly one of `gpu` and `profile` is there. */
  gpu?: GpuName;
  profile?: ManualProfile;
  /** GPUs of the pool; exactly one of `gpus` and `replicas` is there. */
  gpus?: number;
  replicas?: number;
  /** Longest request, input and output tokens together. */
  maxCtx: number;
  /** Requests at once in a replica, where it is not left to the profile. */
  slots?: number;
  queue: QueueKind;
  /** Most requests that wait in one queue; absent: no limit. */
  maxQueue?: number;
  /** Without meaning, and always `least_outstanding`, where the queue is shared. */
  balance: Balance;
}

const ID = /^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,63}$/;
const idClause =
  "must be text of 1 to 64 characters: letters, digits and . _ - : / @ +, a letter or digit first (fleet alone is reserved)";

/** The id of a pool. `fleet` is reserved: figures of the whole fleet bear that name in results. */
export const poolIdSchema = z
  .string({ error: idClause })
  .regex(ID, { error: idClause, abort: true })
  .refine((id) => id !== "fleet", { error: idClause, abort: true });

const gpuSchema = z
  .string({ error: mustBeOneOf(undefined, GPU_NAMES) })
  .refine((name) => knownGpu(name) !== undefined, {
    error: (issue) => mustBeOneOf(issue.input, GPU_NAMES),
    abort: true,
  });

const poolShape = objectWith("an object that describes a pool", {
  id: poolIdSchema.describe("unique name; the labels of requests name pools by it"),
  gpu: gpuSchema.optional().describe(`one of ${GPU_NAMES.join(", ")}, in any case; or give profile`),
  profile: profileSchema.optional().describe("constants of a replica, in place of gpu"),
  n_gpus: wholeNumber(1, MAX_GPUS)
    .optional()
    .describe("GPUs of the pool, a multiple of the profile's gpus_per_replica; or give n_replicas"),
  n_replicas: wholeNumber(1, MAX_REPLICAS).optional().describe("replicas of the pool, in place of n_gpus"),
  max_ctx: wholeNumber(1, MAX_INT32).describe("longest request, input and output tokens together"),
  slots: wholeNumber(1, MAX_SLOTS)
    .optional()
    .describe("requests at once in a replica, in place of what the profile gives"),
  queue: oneOf(QUEUES).default("replica").describe("one FIFO queue a replica, or one for the pool"),
  max_queue: wholeNumber(0, MAX_INT32).optional().describe("most requests that wait in one queue; without it no limit"),
  balance: oneOf(BALANCES).optional().describe("how a replica is chosen; least_outstanding unless given"),
});

type PoolFields = z.output<typeof poolShape>;
type Say = (key: keyof PoolFields, message: string) => void;

/** One entry of `pools`. */
export const poolSchema = poolShape
  .superRefine((pool, context) => {
    const say: Say = (key, message) => mistake(context, [key], message);
    const profile = profileOf(pool, say);
    if (!profile) return;
    checkSize(pool, profile, say);
    if (pool.queue === "shared" && pool.balance !== undefined) {
      say("balance", "a shared queue leaves nothing to balance: leave balance out or set queue to replica");
    }
    checkSlots(pool, profile, say);
  })
  .transform((pool): PoolSpec => ({
    id: pool.id,
    ...(pool.gpu === undefined ? {} : { gpu: knownGpu(pool.gpu)! }),
    ...(pool.profile === undefined ? {} : { profile: pool.profile }),
    ...(pool.n_gpus === undefined ? {} : { gpus: pool.n_gpus }),
    ...(pool.n_replicas === undefined ? {} : { replicas: pool.n_replicas }),
    maxCtx: pool.max_ctx,
    ...(pool.slots === undefined ? {} : { slots: pool.slots }),
    queue: pool.queue,
    ...(pool.max_queue === undefined ? {} : { maxQueue: pool.max_queue }),
    balance: pool.balance ?? "least_outstanding",
  }));

function profileOf(pool: PoolFields, say: Say): ManualProfile | undefined {
  if (pool.gpu !== undefined && pool.profile !== undefined) {
    say("gpu", "profile is given too; a pool has one of them");
    return undefined;
  }
  if (pool.profile !== undefined) return pool.profile;
  if (pool.gpu !== undefined) return gpuProfile(pool.gpu);
  say("gpu", `${mustBeOneOf(undefined, GPU_NAMES)}, or else profile must give the constants of a replica`);
  return undefined;
}

function checkSize(pool: PoolFields, profile: ManualProfile, say: Say): void {
  const { n_gpus: gpus, n_replicas: replicas } = pool;
  const perReplica = profile.gpusPerReplica;
  if (gpus !== undefined && replicas !== undefined) say("n_replicas", "n_gpus is given too; a pool has one of them");
  else if (gpus === undefined && replicas === undefined) {
    say("n_gpus", "must be a whole number of GPUs, or else n_replicas must be given");
  } else if (gpus !== undefined && gpus % perReplica !== 0) {
    say("n_gpus", `must be a multiple of ${perReplica}, the GPUs that a replica takes (gpus_per_replica)`);
  }
}

function checkSlots(pool: PoolFields, profile: ManualProfile, say: Say): void {
  const needed = kvBlocksOf(pool.max_ctx, profile.blockSize);
  if (needed > profile.totalKvBlocks) {
    const there = `a replica of ${profile.name} has ${profile.totalKvBlocks}`;
    say(
      "max_ctx",
      `that leaves no slot: such a request needs ${needed} KV blocks of ${profile.blockSize} tokens and ${there}`,
    );
    return;
  }
  const slots = pool.slots ?? slotsAt(profile, pool.max_ctx);
  if (slots < 1) {
    const tokens = profile.maxSlots * profile.calibrationCtx;
    say(
      "max_ctx",
      `that leaves no slot: ${profile.name} serves max_slots x calibration_ctx = ${tokens} tokens at once`,
    );
    return;
  }
  const slowestIteration = profile.W + profile.H * (pool.max_ctx / profile.calibrationCtx) * slots;
  if (slowestIteration * pool.max_ctx > MAX_SERVICE_S) {
    const iteration = `with ${slots} slots an iteration takes up to ${slowestIteration} s`;
    say(
      "max_ctx",
      `${iteration}, so that such a request may take longer than ${MAX_SERVICE_S} s, the most that the clock holds`,
    );
  }
}

/** The profile of a pool. */
export function poolProfile(pool: PoolSpec): ManualProfile {
  return pool.profile ?? gpuProfile(pool.gpu!);
}

/** Replicas of a pool. */
export function poolReplicas(pool: PoolSpec): number {
  return pool.replicas ?? pool.gpus! / poolProfile(pool).gpusPerReplica;
}

/** Slots of each replica of a pool. */
export function poolSlots(pool: PoolSpec): number {
  return pool.slots ?? slotsAt(poolProfile(pool), pool.maxCtx);
}
