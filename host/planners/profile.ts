import { type ComputedProfile, PROFILE_LIMITS } from "../profiles/computed-profile.js";
import { explainProfile, provenanceOf } from "../profiles/explain.js";
import { powerCoefficients } from "../profiles/power-coefficients.js";
import { buildProfile, PROFILE_SERVING } from "../profiles/profile-builder.js";
import { rooflineReplica } from "../profiles/roofline-replica.js";
import { lineError, type LineError } from "../profiles/step-line.js";
import { check, type FieldNaming, pathText } from "../specs/check.js";
import { objectWith, numberFrom, wholeNumber } from "../specs/fields.js";
import { MAX_BLOCK_SIZE } from "../specs/serving-spec.js";
import { rooflineSchema } from "../specs/roofline-spec.js";
import { decodeEfficiency, type DecodeEfficiency, prefillFigures } from "./profile-figures.js";
import { nearestFit, type NearestFit } from "./profile-fit.js";
import { profilePool } from "./profile-pool.js";
import { performanceFigures, type ProfileSummary, slotContexts } from "./profile-summary.js";

/** Which replica {@link profile} is about. */
export interface ProfileOptions {
  /** Name of a GPU of the catalog, or its facts in the keys of a fleet file. */
  hardware: unknown;
  /** Name of a model of the catalog, or its facts in the keys of a fleet file. */
  model: unknown;
  /** GPUs that share every layer. Default 1. */
  tp?: number;
  /** Pipeline stages. Default 1. */
  pp?: number;
  /** Type of the weights of layers: `bf16` (also called `fp16`, which takes as long) unless given. */
  dtype?: string;
  /** Type of keys and values: `bf16` unless given. */
  kvDtype?: string;
  /** Prompt tokens that one iteration prefills. Default 512. */
  chunk?: number;
  /** Tokens in a KV block. Default 16. */
  blockSize?: number;
  /** Running requests in a replica. Default 256. */
  maxNumSeqs?: number;
  /** Share of memory for weights, activations and KV cache. Default 0.9. */
  gpuMemoryUtilization?: number;
  /** Mean context, tokens, at which `H` holds. Default 2048. */
  meanCtx?: number;
  /** Longest requests, tokens, for which slots are told. Default powers of two from 2048 to the longest of the model. */
  maxCtx?: readonly number[];
}

/** Names of {@link ProfileOptions} in messages and in fleet files. */
const ROOFLINE_KEYS = {
  hardware: "hardware",
  model: "model",
  tp: "tp",
  dtype: "dtype",
  kvDtype: "kv_dtype",
  gpuMemoryUtilization: "gpu_memory_utilization",
} as const;

/** A replica that there can be, computed from its hardware and model. */
export interface ProfileResult extends ProfileSummary {
  kind: "computed";
  /** How far `W_s + n * (per_sequence_s + per_context_token_s * context)` is from the iterations themselves, and from which batch on it is meant. */
  line: LineError & { from_batch: number };
  max_num_seqs: number;
  weight_bytes_per_gpu: number;
  /** Memory that a token's keys and values take in all GPUs of a replica together, bytes. */
  kv_bytes_per_token: number;
  /** Decoding at several batches of sequences of `calibration_ctx` tokens. */
  decode_efficiency: DecodeEfficiency[];
}

/** A model that does not fit the memory of its replica. */
export interface UnfitResult {
  status: "does_not_fit";
  name: string;
  /** One sentence: what does not fit where. */
  reason: string;
  weight_bytes_per_gpu: number;
  /** Bytes of a GPU that weights and KV cache may fill together. */
  memory_for_model_bytes: number;
  /** The least change that would help; `null` if none was found. */
  nearest: NearestFit | null;
}

const servingSchema = objectWith("an object", {
  pp: wholeNumber(1, 64).default(PROFILE_SERVING.pp),
  chunk: wholeNumber(1, PROFILE_LIMITS.tokens).default(PROFILE_SERVING.chunk),
  blockSize: wholeNumber(1, MAX_BLOCK_SIZE).default(PROFILE_SERVING.blockSize),
  maxNumSeqs: wholeNumber(1, PROFILE_LIMITS.sequences).default(PROFILE_SERVING.maxNumSeqs),
  meanCtx: numberFrom(1, PROFILE_LIMITS.tokens).default(PROFILE_SERVING.meanCtx),
});

/**
 * The profile of a replica from the facts of its hardware and model: what planners ask of it, as functions. One whose weights leave no room for KV blocks has no slots.
 *
 * @param nameOf what messages call an option; by default its own name.
 * @throws InputError one sentence about an option that cannot be: an unknown name, a `tp` that does not divide the heads of the model, a type that the GPU has not.
 */
export function computeProfile(options: ProfileOptions, nameOf: FieldNaming = plainNaming): ComputedProfile {
  const roofline = check(rooflineSchema, rooflineFields(options), (path) => nameOf(optionPath(path)));
  const { pp, chunk, blockSize, maxNumSeqs, meanCtx } = options;
  return buildProfile(roofline, check(servingSchema, { pp, chunk, blockSize, maxNumSeqs, meanCtx }, nameOf));
}

/**
 * What a replica can do, from the facts of its hardware and model: time of an iteration, KV blocks, slots, prefill, power and price, each figure with the steps that lead to it.
 *
 * @param nameOf what messages call an option; by default its own name.
 * @throws InputError as {@link computeProfile}, or if `maxCtx` is no list of tokens.
 */
export function profile(options: ProfileOptions, nameOf: FieldNaming = plainNaming): ProfileResult | UnfitResult {
  const computed = computeProfile(options, nameOf);
  const fields = rooflineFields(options);
  const longest = computed.roofline.model.maxContext;
  const contexts = slotContexts(options.maxCtx, { nameOf, ...(longest === undefined ? {} : { longest }) });
  return computed.totalKvBlocks < computed.serving.pp ? unfit(computed, fields) : result(computed, fields, contexts);
}

const plainNaming: FieldNaming = (path) => pathText(path, "the profile");

/** The roofline in the keys of a fleet file. */
function rooflineFields(options: ProfileOptions): Record<string, unknown> {
  const fields: Record<string, unknown> = { type: "roofline" };
  for (const [option, key] of Object.entries(ROOFLINE_KEYS)) {
    const value = options[option as keyof typeof ROOFLINE_KEYS];
    if (value !== undefined) fields[key] = value;
  }
  return fields;
}

function optionPath([first, ...rest]: readonly PropertyKey[]): readonly PropertyKey[] {
  const option = Object.entries(ROOFLINE_KEYS).find(([, key]) => key === first)?.[0];
  return [option ?? first!, ...rest];
}

function unfit(computed: ComputedProfile, fields: Record<string, unknown>): UnfitResult {
  const { roofline, serving, gpusPerReplica, name } = computed;
  const { hardware, model, gpuMemoryUtilization } = roofline;
  const { weightBytesPerGpu } = rooflineReplica(roofline);
  const gpus = `${gpusPerReplica} x ${hardware.name}`;
  return {
    status: "does_not_fit",
    name,
    reason: `${gpus} leave no room for a KV block of ${serving.blockSize} tokens beside the weights of ${model.name} in ${roofline.dtype}.`,
    weight_bytes_per_gpu: weightBytesPerGpu / serving.pp,
    memory_for_model_bytes: gpuMemoryUtilization * hardware.memoryBytes,
    nearest: nearestFit(fields, roofline, serving) ?? null,
  };
}

function result(
  computed: ComputedProfile,
  fields: Record<string, unknown>,
  contexts: readonly number[],
): ProfileResult {
  const { roofline, serving, calibrationCtx, lineBatches } = computed;
  const replica = rooflineReplica(roofline);
  const steps = explainProfile(computed, contexts);
  return {
    kind: "computed",
    ...performanceFigures(computed, contexts, powerCoefficients(roofline.hardware).source),
    prefill: prefillFigures(computed, computed),
    line: { ...lineError(computed, lineBatches.few), from_batch: lineBatches.few },
    max_num_seqs: serving.maxNumSeqs,
    weight_bytes_per_gpu: replica.weightBytesPerGpu / serving.pp,
    kv_bytes_per_token: replica.kvBytesPerToken,
    decode_efficiency: decodeEfficiency(computed, calibrationCtx),
    provenance: provenanceOf(steps),
    steps,
    pool: profilePool(computed, fields, contexts),
  };
}
