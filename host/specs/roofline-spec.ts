import * as z from "zod";
import { mistake, numberFrom, objectWith, oneOf, wholeNumber } from "./fields.js";
import { hardwareSchema, type HardwareFacts } from "./hardware-catalog.js";
import { kernelTimes, type GemmTimes, type ShareKnots } from "./kernel-catalog.js";
import { modelSchema, type ModelFacts, type WeightDtype } from "./model-catalog.js";
import { sharedWidth } from "./models/model-facts.js";

/**
 * Names of number types of weights. `fp16` and `bf16` are one thing here: equally long, equally fast. `int4` and `mxfp4` are read as they are and computed with in bf16;
 * `mxfp4` is that of experts alone.
 */
export const DTYPES = ["bf16", "fp16", "fp8", "int4", "mxfp4"] as const;
/** Number types of weights, told apart as far as they differ here. */
export type Dtype = WeightDtype;
/** Names of number types of keys and values. */
export const KV_DTYPES = ["bf16", "fp16", "fp8"] as const;
/** Number types of keys and values, told apart as far as they differ here. */
export type KvDtype = "bf16" | "fp8";

/** Most GPUs of a tensor-parallel group. */
const MAX_TP = 64;
/** Most knots of an efficiency. */
const MAX_KNOTS = 32;
/** Longest floor or latency of one kernel, us. */
const MAX_US = 1e6;
/** Longest overhead, ms: the longest iteration that the core takes. */
const MAX_MS = 1e6;
const US = 1e-6;

/**
 * What the host side of an engine adds to its kernels: BLIS ("trained-physics", fitted to end-to-end times of vLLM on H100; inference-sim, Apache-2.0) finds 126 us an
 * iteration and 4.4 us a sequence in it, sampling included.
 */
const OVERHEAD_MS = 0.126;
const OVERHEAD_PER_SEQUENCE_MS = 0.0044;

/** Tokens that a sequence in flight has, where it matters (layers with a window) and nothing else is said: an assumption, what conversations come to. */
const TYPICAL_CONTEXT = 1024;

/** Share of memory that vLLM takes unless told (`--gpu-memory-utilization`). */
const GPU_MEMORY_UTILIZATION = 0.9;

/** How near the kernels of one GPU come to its peaks, in the types that this roofline uses. */
export interface RooflineKernels {
  /** Products with the weights of layers. */
  gemm: GemmTimes;
  /** Products with what stays bf16 whatever the type of the layers: the output projection, and the choice of experts. */
  bf16Gemm: GemmTimes;
  /** The fused experts of a layer; `computeShare` over the tokens that each expert gets. */
  experts: GemmTimes;
  attention: { floorS: number; bandwidthShare: number; computeShare: number };
  /** Norms, rotations, activations and cache writes of a layer: what their launches take, s. */
  smallKernelsS: number;
  allReduce: { latencyS: number; linkShare: number };
}

/** An iteration takes what its kernels take by the facts of hardware and model. */
export interface RooflineSpec {
  type: "roofline";
  hardware: HardwareFacts;
  model: ModelFacts;
  /** GPUs that share every layer; a replica, or one of its pipeline stages, is that many. */
  tp: number;
  /** Type of the weights of layers; embeddings and output projection are bf16. */
  dtype: Dtype;
  /** Type of keys and values. */
  kvDtype: KvDtype;
  kernels: RooflineKernels;
  /** What an iteration takes beside its kernels. */
  overheadMs: number;
  /** What each sequence in an iteration takes beside the kernels. */
  overheadPerSequenceMs: number;
  /** Share of memory that weights, activations and KV cache may fill together. */
  gpuMemoryUtilization: number;
  /** Tokens that a sequence in flight has on average; decides nothing but what layers with a window read and keep. */
  typicalContext: number;
  /** Tokens of the batch are rounded up to a multiple of this. */
  tokenGranularity: number;
}

const shareClause = "must be a number above 0, at most 1";
const knotsClause = `must be a number above 0, at most 1, or a list of 1 to ${MAX_KNOTS} pairs of tokens and share, tokens rising`;
const pairClause = "must be a pair of tokens and share";

const share = (error = shareClause) =>
  z.number({ error }).positive({ error, abort: true }).max(1, { error, abort: true });

const shareKnots = z
  .array(z.tuple([wholeNumber(1, 1e9), share()], { error: pairClause }), { error: knotsClause })
  .min(1, { error: knotsClause, abort: true })
  .max(MAX_KNOTS, { error: knotsClause, abort: true })
  .superRefine((knots, context) => {
    for (let i = 1; i < knots.length; i++) {
      const [tokensBefore, shareBefore] = knots[i - 1]!;
      const [tokens, one] = knots[i]!;
      if (tokens <= tokensBefore)
        mistake(context, [i, 0], `must be more than ${tokensBefore}, the tokens of the knot before it`);
      // Else more tokens would take less time.
      else if (one * tokensBefore > shareBefore * tokens)
        mistake(
          context,
          [i, 1],
          `must be at most ${shareBefore} * ${tokens} / ${tokensBefore}: more tokens must not take less time`,
        );
    }
  });

const computeEfficiency = z.union([share(knotsClause), shareKnots]);

const rooflineShape = objectWith("an object with hardware, model and how they are used", {
  type: z.literal("roofline"),
  hardware: hardwareSchema.describe("name of a GPU, or its facts"),
  model: modelSchema.describe("name of a model, or its facts"),
  tp: wholeNumber(1, MAX_TP).default(1).describe("GPUs that share every layer"),
  dtype: oneOf(DTYPES)
    .optional()
    .describe("type of the weights of layers; that in which the model is published unless given"),
  kv_dtype: oneOf(KV_DTYPES).default("bf16").describe("type of keys and values"),
  compute_efficiency: computeEfficiency
    .optional()
    .describe("share of peak arithmetic that products reach, or knots of it over tokens (with experts: of each)"),
  memory_efficiency: share().optional().describe("share of peak bandwidth at which weights are read"),
  attention_efficiency: share().optional().describe("share of peak bandwidth at which keys and values are read"),
  prefill_attention_efficiency: share()
    .optional()
    .describe("share of peak bf16 arithmetic that the attention of prompts reaches"),
  gemm_floor_us: numberFrom(0, MAX_US).optional().describe("us that a product takes by itself"),
  attention_floor_us: numberFrom(0, MAX_US).optional().describe("us that the attention of a layer takes by itself"),
  small_kernels_us: numberFrom(0, MAX_US).optional().describe("us that all else in a layer takes by itself"),
  allreduce_latency_us: numberFrom(0, MAX_US).optional().describe("us that an all-reduce takes by itself"),
  allreduce_efficiency: share().optional().describe("share of the link's bandwidth that an all-reduce reaches"),
  overhead_ms: numberFrom(0, MAX_MS).default(OVERHEAD_MS).describe("ms an iteration takes beside its kernels"),
  overhead_per_sequence_ms: numberFrom(0, MAX_MS)
    .default(OVERHEAD_PER_SEQUENCE_MS)
    .describe("ms a sequence adds beside the kernels"),
  gpu_memory_utilization: share()
    .default(GPU_MEMORY_UTILIZATION)
    .describe("share of memory for weights, activations and KV cache"),
  typical_context: wholeNumber(1, 1e9)
    .default(TYPICAL_CONTEXT)
    .describe("tokens that a sequence in flight has on average; of use where layers have a window"),
  token_granularity: wholeNumber(1, 1e6)
    .default(1)
    .describe("tokens of the batch are rounded up to a multiple of this"),
});

type RooflineFields = z.output<typeof rooflineShape>;

/** `iteration_model` of type `roofline`. */
export const rooflineSchema = rooflineShape
  .superRefine((fields, context) => {
    const say = (key: keyof RooflineFields, message: string) => mistake(context, [key], message);
    const { hardware, model, tp } = fields;
    const dtype = dtypeOf(fields);
    if (dtype === "fp8" && hardware.peakFp8Flops === undefined)
      say("dtype", `must be bf16 or int4: ${hardware.name} has no fp8 arithmetic`);
    if (dtype === "mxfp4" && model.experts === 0)
      say("dtype", `must not be mxfp4, the type of experts: ${model.name} has none`);
    const why = whyNotShared(model, tp);
    if (why !== undefined) say("tp", why);
  })
  .transform((fields): RooflineSpec => ({
    type: "roofline",
    hardware: fields.hardware,
    model: fields.model,
    tp: fields.tp,
    dtype: dtypeOf(fields),
    kvDtype: kvDtypeOf(fields),
    kernels: kernelsOf(fields),
    overheadMs: fields.overhead_ms,
    overheadPerSequenceMs: fields.overhead_per_sequence_ms,
    gpuMemoryUtilization: fields.gpu_memory_utilization,
    typicalContext: fields.typical_context,
    tokenGranularity: fields.token_granularity,
  }));

function dtypeOf({ dtype, model }: RooflineFields): Dtype {
  return dtype === "fp16" ? "bf16" : (dtype ?? model.weightDtype);
}

function kvDtypeOf({ kv_dtype: dtype }: RooflineFields): KvDtype {
  return dtype === "fp16" ? "bf16" : dtype;
}

/** Why `tp` GPUs cannot share a layer evenly, by the rules of vLLM; `undefined` if they can. */
function whyNotShared(model: ModelFacts, tp: number): string | undefined {
  const { name, heads, kvHeads } = model;
  if (heads % tp !== 0) return `must divide the ${heads} heads of ${name}`;
  if (model.mla === undefined && kvHeads % tp !== 0 && tp % kvHeads !== 0)
    return `must divide the ${kvHeads} key and value heads of ${name}, or be a multiple of them`;
  const widths = [model.experts > 0 ? model.moeIntermediate : 0, model.intermediate, sharedWidth(model)];
  const uneven = widths.find((width) => width % tp !== 0);
  if (uneven !== undefined) return `must divide ${uneven}, the width of the feed-forward layers of ${name}`;
  return undefined;
}

/** Kernels that were measured in the type that each computes in: products with weights of 4 bits compute in bf16, and are taken to read them as fast as others. */
function kernelsOf(fields: RooflineFields): RooflineKernels {
  const dtype = dtypeOf(fields) === "fp8" ? "fp8" : "bf16";
  const measured = kernelTimes(fields.hardware.measuredAs);
  const { attention } = measured;
  const kvDtype = kvDtypeOf(fields);
  const byKvDtype = kvDtype === "fp8" ? measured.fp8KvAttention : attention;
  const collective = measured.allReduce.find(({ gpus }) => gpus >= fields.tp) ?? measured.allReduce.at(-1)!;
  return {
    gemm: withGiven(measured.gemm[dtype], fields),
    bf16Gemm: withGiven(measured.gemm.bf16, fields),
    experts: withGiven(measured.experts[dtypeOf(fields) === "mxfp4" ? "mxfp4" : dtype], fields),
    attention: {
      floorS: seconds(fields.attention_floor_us) ?? byKvDtype.floorS,
      bandwidthShare: fields.attention_efficiency ?? attention.bandwidthShare[kvDtype],
      computeShare: fields.prefill_attention_efficiency ?? byKvDtype.computeShare,
    },
    smallKernelsS: seconds(fields.small_kernels_us) ?? measured.smallKernelsS,
    allReduce: {
      latencyS: seconds(fields.allreduce_latency_us) ?? collective.latencyS,
      linkShare: fields.allreduce_efficiency ?? collective.linkShare,
    },
  };
}

function withGiven(measured: GemmTimes, fields: RooflineFields): GemmTimes {
  const given = fields.compute_efficiency;
  const computeShare: ShareKnots | undefined = typeof given === "number" ? [[1, given]] : given;
  return {
    floorS: seconds(fields.gemm_floor_us) ?? measured.floorS,
    bandwidthShare: fields.memory_efficiency ?? measured.bandwidthShare,
    computeShare: computeShare ?? measured.computeShare,
  };
}

function seconds(us: number | undefined): number | undefined {
  return us === undefined ? undefined : us * US;
}
