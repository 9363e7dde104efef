import * as z from "zod";
import { powerCapMistake } from "../profiles/power-range.js";
import {
  MAX_INT32,
  mistake,
  mustBeOneOf,
  numberFrom,
  objectWith,
  oneOf,
  positiveNumber,
  wholeNumber,
} from "./fields.js";
import { GPU_NAMES, gpuProfile, knownGpu, type GpuName } from "./gpu-catalog.js";
import { iterationModelSchema, type IterationModelSpec } from "./iteration-model-spec.js";
import { slotsAt, whyNoSlots } from "./pool-capacity.js";
import { gpusPerReplica, modelGpus, priced, type ReplicaSource, servingDefaults } from "./pool-replica.js";
import { profileSchema, type ManualProfile } from "./profile-spec.js";
import { servingSchema, type ServingSpec } from "./serving-spec.js";
import { checkStage, type DecodeSpec, type PrefillSpec, stageOf, stageShape } from "./stage-spec.js";

/**
 * How the replica of a request is chosen; the rules are in docs/reference/slots-engine.md, those of `prefix_affinity`, which the engine `slots` does not have, in
 * docs/reference/iterations-engine.md.
 */
export const BALANCES = ["least_outstanding", "least_queue", "round_robin", "two_choices", "prefix_affinity"] as const;
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
/** Largest weight of a cached prefix against load. */
const MAX_PREFIX_WEIGHT = 1e9;
/** Most dollars an hour of a GPU, as in a catalog. */
const MAX_COST_PER_HR = 1e6;

/** A pool as its author gave it, checked, with defaults filled in. */
export interface PoolSpec {
  id: string;
  /** GPU of the catalog; exactly one of `gpu` and `profile` is there, or neither where `iterationModel` is. */
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
  /** Weight of a cached prefix against load; there if `balance` is `prefix_affinity`. */
  prefixWeight?: number;
  /** How a replica batches, for the engine `iterations`; absent: as its scheduler and the profile have it by default. */
  serving?: ServingSpec;
  /** What an iteration takes, for the engine `iterations`; absent: what the profile says. */
  iterationModel?: IterationModelSpec;
  /** US dollars an hour for one GPU, in place of what the catalog or the profile says. */
  costPerHr?: number;
  /** Most power of one GPU, W; absent: as much as it draws. */
  powerCapW?: number;
  /** What the pool does of a request where prefill and decode are apart; absent: all. */
  stage?: PrefillSpec | DecodeSpec;
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
  gpu: gpuSchema.optional().describe(`one of ${GPU_NAMES.join(", ")}, in any case; or give profile or iteration_model`),
  profile: profileSchema.optional().describe("constants of a replica, in place of gpu"),
  n_gpus: wholeNumber(1, MAX_GPUS)
    .optional()
    .describe(
      "GPUs of the pool, a multiple of those that a replica takes (gpus_per_replica of the profile, tp x pp of a roofline); or give n_replicas",
    ),
  n_replicas: wholeNumber(1, MAX_REPLICAS).optional().describe("replicas of the pool, in place of n_gpus"),
  max_ctx: wholeNumber(1, MAX_INT32).describe("longest request, input and output tokens together"),
  slots: wholeNumber(1, MAX_SLOTS)
    .optional()
    .describe("requests at once in a replica, in place of what the profile gives"),
  queue: oneOf(QUEUES).default("replica").describe("one FIFO queue a replica, or one for the pool"),
  max_queue: wholeNumber(0, MAX_INT32).optional().describe("most requests that wait in one queue; without it no limit"),
  balance: oneOf(BALANCES).optional().describe("how a replica is chosen; least_outstanding unless given"),
  prefix_weight: numberFrom(0, MAX_PREFIX_WEIGHT)
    .optional()
    .describe("weight of a cached prefix against load, of the balance prefix_affinity; 1 unless given"),
  serving: servingSchema.optional().describe("how a replica batches, for the engine iterations"),
  iteration_model: iterationModelSchema
    .optional()
    .describe("what an iteration takes, for the engine iterations; without it what gpu or profile says"),
  cost_per_hr: numberFrom(0, MAX_COST_PER_HR)
    .optional()
    .describe("US dollars an hour for one GPU, in place of what the catalog or the profile says; 0: not priced"),
  power_cap_w: positiveNumber().optional().describe("most power of one GPU, watts; as much as it draws unless given"),
  ...stageShape,
});

type PoolFields = z.output<typeof poolShape>;
type Say = (key: keyof PoolFields, message: string) => void;

/** One entry of `pools`. */
export const poolSchema = poolShape
  .superRefine((pool, context) => {
    const sayAt = (path: PropertyKey[], message: string) => mistake(context, path, message);
    const say: Say = (key, message) => sayAt([key], message);
    if (!hasOneSource(pool, say)) return;
    const source = { profile: profileOf(pool), iterationModel: pool.iteration_model, pp: pool.serving?.pp ?? 1 };
    checkSize(pool, source, say);
    checkBalance(pool, say);
    checkSlots(pool, source, say);
    checkBlocks(pool, source, sayAt);
    checkPowerCap(pool, source.profile, say);
    checkStage(pool, sayAt);
  })
  .transform((pool): PoolSpec => {
    const stage = stageOf(pool);
    return {
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
      ...(pool.balance === "prefix_affinity" ? { prefixWeight: pool.prefix_weight ?? 1 } : {}),
      ...(pool.serving === undefined ? {} : { serving: pool.serving }),
      ...(pool.iteration_model === undefined ? {} : { iterationModel: pool.iteration_model }),
      ...(pool.cost_per_hr === undefined ? {} : { costPerHr: pool.cost_per_hr }),
      ...(pool.power_cap_w === undefined ? {} : { powerCapW: pool.power_cap_w }),
      ...(stage === undefined ? {} : { stage }),
    };
  });

function hasOneSource(pool: PoolFields, say: Say): boolean {
  const { gpu, profile, iteration_model: model } = pool;
  if (gpu !== undefined && profile !== undefined) say("gpu", "profile is given too; a pool has one of them");
  else if (gpu === undefined && profile === undefined && model === undefined) {
    say(
      "gpu",
      `${mustBeOneOf(undefined, GPU_NAMES)}, or else profile must give the constants of a replica, or iteration_model what its iterations take`,
    );
  } else return true;
  return false;
}

function profileOf({ gpu, profile }: { gpu?: string | undefined; profile?: ManualProfile | undefined }) {
  return profile ?? (gpu === undefined ? undefined : gpuProfile(gpu));
}

function checkSize(pool: PoolFields, source: ReplicaSource, say: Say): void {
  const { n_gpus: gpus, n_replicas: replicas } = pool;
  const perReplica = gpusPerReplica(source);
  const byModel = modelGpus(source) ?? perReplica;
  if (byModel !== perReplica) {
    const key = pool.gpu === undefined ? "profile" : "gpu";
    say(key, `has gpus_per_replica ${perReplica}, where iteration_model has tp x pp = ${byModel}`);
  }
  if (gpus !== undefined && replicas !== undefined) say("n_replicas", "n_gpus is given too; a pool has one of them");
  else if (gpus === undefined && replicas === undefined) {
    say("n_gpus", "must be a whole number of GPUs, or else n_replicas must be given");
  } else if (gpus !== undefined && gpus % perReplica !== 0) {
    const from = source.profile ? "gpus_per_replica" : "tp x pp";
    say("n_gpus", `must be a multiple of ${perReplica}, the GPUs that a replica takes (${from})`);
  }
}

function checkBalance(pool: PoolFields, say: Say): void {
  if (pool.queue === "shared" && pool.balance !== undefined) {
    say("balance", "a shared queue leaves nothing to balance: leave balance out or set queue to replica");
  }
  if (pool.balance === "prefix_affinity" && !pool.serving?.enablePrefixCaching) {
    say("balance", "that needs a prefix cache: set enable_prefix_caching in serving to true");
  }
  if (pool.balance !== "prefix_affinity" && pool.prefix_weight !== undefined) {
    say("prefix_weight", "has no meaning without the balance prefix_affinity");
  }
}

/** A pool that says how it batches, or has a stage, may be meant for the engine `iterations` alone: then it need not have slots. */
function checkSlots(pool: PoolFields, { profile }: ReplicaSource, say: Say): void {
  if (!profile) {
    if (pool.slots !== undefined) say("slots", "has no meaning without gpu or profile");
    return;
  }
  if (pool.serving !== undefined || pool.iteration_model !== undefined || pool.role !== "mixed") return;
  const why = whyNoSlots(profile, pool.max_ctx, pool.slots);
  if (why !== undefined) say("max_ctx", why);
}

function checkBlocks(
  { serving, iteration_model: model }: PoolFields,
  source: ReplicaSource,
  say: (path: PropertyKey[], message: string) => void,
): void {
  const defaults = servingDefaults(source);
  const blockSize = serving?.blockSize ?? defaults.blockSize;
  const unit = serving?.prefixBlock;
  if (unit !== undefined && unit % blockSize !== 0) {
    say(["serving", "prefix_block"], `must be a multiple of ${blockSize}, the block size`);
  }
  if (model?.type !== "roofline" || serving?.numBlocks !== undefined) return;
  if (defaults.blocksOf?.(blockSize, source.pp) === 0) {
    const gpus = `${model.tp * source.pp} x ${model.hardware.name}`;
    say(["iteration_model", "model"], `leaves no memory for a KV block beside its weights in ${gpus}: raise tp`);
  }
}

function checkPowerCap(pool: PoolFields, profile: ManualProfile | undefined, say: Say): void {
  const { power_cap_w: cap, iteration_model: model } = pool;
  if (cap === undefined) return;
  const roofline = model?.type === "roofline" ? model : undefined;
  const mistake = powerCapMistake({ profile, roofline }, cap);
  if (mistake !== undefined) say("power_cap_w", mistake);
  else if (roofline && cap > roofline.hardware.tdpW) {
    say("power_cap_w", `must be at most ${roofline.hardware.tdpW}, the TDP of ${roofline.hardware.name}`);
  }
}

/** What a pool says of one of its replicas. */
export function replicaSource(pool: PoolSpec): ReplicaSource {
  const source = { profile: profileOf(pool), iterationModel: pool.iterationModel, pp: pool.serving?.pp ?? 1 };
  return pool.costPerHr === undefined ? source : priced(source, pool.costPerHr);
}

/** Replicas of a pool. */
export function poolReplicas(pool: PoolSpec): number {
  return pool.replicas ?? pool.gpus! / gpusPerReplica(replicaSource(pool));
}

/** Slots of each replica of a pool; 0 where the engine `slots` cannot play it. */
export function poolSlots(pool: PoolSpec): number {
  if (pool.stage !== undefined) return 0;
  const profile = profileOf(pool);
  if (!profile || whyNoSlots(profile, pool.maxCtx, pool.slots) !== undefined) return 0;
  return pool.slots ?? slotsAt(profile, pool.maxCtx);
}
