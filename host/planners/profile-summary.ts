import * as z from "zod";
import { PROFILE_LIMITS } from "../profiles/computed-profile.js";
import type { ExplainedStep, Provenance } from "../profiles/explain.js";
import type { ReplicaPerformance } from "../profiles/replica-performance.js";
import { check, type FieldNaming, pathText } from "../specs/check.js";
import { objectWith, wholeNumber } from "../specs/fields.js";
import type { FleetInput } from "../specs/fleet-spec.js";
import { type PrefillFigure, powerFigures, type PowerFigures, prefillFigures } from "./profile-figures.js";

/** What every profile says of its replica, computed or given by hand. */
export interface ProfileSummary {
  status: "fits";
  name: string;
  /** Iteration time without any sequence, s. */
  W_s: number;
  /** Iteration time that each sequence of `calibration_ctx` tokens adds, s. */
  H_s: number;
  calibration_ctx: number;
  /** What of `H_s` a sequence takes whatever its context, s. */
  per_sequence_s: number;
  /** What a token of context takes, s. */
  per_context_token_s: number;
  /** KV blocks of a replica. */
  total_kv_blks: number;
  blk_size: number;
  /** Tokens of all KV blocks. */
  kv_tokens: number;
  /** Requests at once by the longest request, tokens. */
  n_slots: Record<string, number>;
  /** Prompt tokens that one iteration prefills. */
  chunk: number;
  gpus_per_replica: number;
  /** US dollars an hour for all GPUs of a replica; 0: not priced. */
  cost_per_hr: number;
  /** The same for one GPU. */
  gpu_cost_per_hr: number;
  prefill: PrefillFigure[];
  /** `null` where nothing is known of power. */
  power: PowerFigures | null;
  /** How the figures are known: sources, each once. */
  provenance: Provenance;
  /** Where every figure comes from, step by step. */
  steps: ExplainedStep[];
  /** A pool of one such replica, as fleet files have it. */
  pool: FleetInput["pools"][number];
}

/** Contexts for which slots are told unless others are given, tokens. */
const CONTEXTS = [2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072];

/** Most contexts that are asked about at once. */
const MOST_CONTEXTS = 64;
const contextsClause = `must be a list of at most ${MOST_CONTEXTS} whole numbers of tokens`;
const contextsSchema = objectWith("an object", {
  maxCtx: z
    .array(wholeNumber(1, PROFILE_LIMITS.tokens), { error: contextsClause })
    .max(MOST_CONTEXTS, { error: contextsClause, abort: true }),
});

/**
 * Contexts for which slots are told: those asked for, each once, else powers of two up to the longest of the model.
 *
 * @throws InputError if one of them is not a whole number of tokens.
 */
export function slotContexts(
  maxCtx: readonly number[] | undefined,
  {
    longest = Infinity,
    nameOf = (path) => pathText(path, "the profile"),
  }: { longest?: number; nameOf?: FieldNaming } = {},
): number[] {
  if (maxCtx && maxCtx.length > 0) {
    const asked = check(contextsSchema, { maxCtx }, nameOf).maxCtx;
    return [...new Set(asked)].sort((a, b) => a - b);
  }
  const within = CONTEXTS.filter((context) => context <= longest);
  return within.length > 0 ? within : [longest];
}

/** The figures that follow from what a replica performs. */
export function performanceFigures(
  performance: ReplicaPerformance,
  contexts: readonly number[],
  powerSource: string,
): Omit<ProfileSummary, "provenance" | "steps" | "pool"> {
  const { totalKvBlocks, blockSize, calibrationCtx } = performance;
  return {
    status: "fits",
    name: performance.name,
    W_s: performance.W,
    H_s: performance.H,
    calibration_ctx: calibrationCtx,
    per_sequence_s: performance.perSequenceS,
    per_context_token_s: performance.perContextTokenS,
    total_kv_blks: totalKvBlocks,
    blk_size: blockSize,
    kv_tokens: totalKvBlocks * blockSize,
    n_slots: Object.fromEntries(contexts.map((context) => [String(context), performance.slots(context)])),
    chunk: performance.chunk,
    gpus_per_replica: performance.gpusPerReplica,
    cost_per_hr: performance.replicaCostPerHr,
    gpu_cost_per_hr: performance.gpuCostPerHr,
    prefill: prefillFigures(performance),
    power: powerFigures(performance, calibrationCtx, powerSource),
  };
}
