import * as z from "zod";
import { mistake, objectWith, oneOf, text, wholeNumber } from "../fields.js";
import { WEIGHT_DTYPES, type LatentAttention, type ModelFacts, type SlidingWindow } from "./model-facts.js";

const width = () => wholeNumber(1, 1e6);
const headWidth = () => wholeNumber(1, 4096);

const shape = {
  name: text(64).default("custom"),
  layers: wholeNumber(1, 1000).describe("decoder layers"),
  hidden: width().describe("width of the residual stream"),
  heads: wholeNumber(1, 4096).describe("query heads of a layer"),
  kv_heads: wholeNumber(1, 4096).optional().describe("key and value heads of a layer; heads unless given"),
  head_dim: headWidth().optional().describe("width of a head; hidden / heads unless given"),
  intermediate: wholeNumber(0, 1e6).default(0).describe("width of the feed-forward part of layers without experts"),
  vocab: wholeNumber(1, 1e7).describe("tokens of the vocabulary"),
  experts: wholeNumber(0, 4096).default(0).describe("routed experts of a layer; 0: dense"),
  top_k: wholeNumber(0, 4096).default(0).describe("routed experts that a token passes through"),
  moe_intermediate: wholeNumber(0, 1e6).default(0).describe("width of one expert"),
  shared_experts: wholeNumber(0, 64).default(0).describe("experts that every token passes through"),
  shared_intermediate: wholeNumber(0, 1e6)
    .default(0)
    .describe("width of one shared expert; that of the others unless given"),
  dense_layers: wholeNumber(0, 1000).default(0).describe("of a model with experts: layers that have none"),
  kv_lora_rank: width().optional().describe("latent attention (MLA): width of what a token keeps for all heads"),
  q_lora_rank: wholeNumber(0, 1e6).optional().describe("MLA: width to which queries are pressed; 0: they are not"),
  qk_rope_head_dim: headWidth().optional().describe("MLA: width of the part of a head that turns with the position"),
  qk_nope_head_dim: headWidth().optional().describe("MLA: width of the rest of a query and key"),
  v_head_dim: headWidth().optional().describe("MLA: width of the value of a head"),
  sliding_window: wholeNumber(1, 1e9).optional().describe("tokens that windowed layers see"),
  windowed_layers: wholeNumber(1, 1000)
    .optional()
    .describe("layers that see no more than sliding_window tokens; all unless given"),
  weight_dtype: oneOf(WEIGHT_DTYPES).default("bf16").describe("type in which the weights of layers are published"),
  max_context: wholeNumber(1, 1e9).optional().describe("longest sequence that it was made for, tokens"),
  tied_embeddings: z
    .boolean({ error: "must be true or false" })
    .default(false)
    .describe("whether the output projection is the embedding table"),
};

type ModelFields = z.output<z.ZodObject<typeof shape>>;
type Say = (key: keyof ModelFields, message: string) => void;

/** Widths without which latent attention is not known. */
const LATENT = ["qk_rope_head_dim", "qk_nope_head_dim", "v_head_dim"] as const;

/** The facts of a model as users write them. */
export const inlineModel = objectWith("the name of a model or an object with its facts", shape)
  .superRefine((model, context) => {
    const say: Say = (key, message) => mistake(context, [key], message);
    checkHeads(model, say);
    checkLatent(model, say);
    checkWindow(model, say);
    if (model.experts === 0) checkDense(model, say);
    else checkExperts(model, say);
  })
  .transform((model): ModelFacts => {
    const { heads } = model;
    const mla = latentOf(model);
    const window = windowOf(model);
    return {
      name: model.name,
      layers: model.layers,
      hidden: model.hidden,
      heads,
      kvHeads: model.kv_heads ?? heads,
      headDim: model.head_dim ?? (mla === undefined ? model.hidden / heads : mla.qkNopeHeadDim + mla.qkRopeHeadDim),
      intermediate: model.intermediate,
      vocab: model.vocab,
      experts: model.experts,
      topK: model.top_k,
      moeIntermediate: model.moe_intermediate,
      sharedExperts: model.shared_experts,
      sharedIntermediate: model.shared_intermediate,
      denseLayers: model.dense_layers,
      ...(mla === undefined ? {} : { mla }),
      ...(window === undefined ? {} : { window }),
      weightDtype: model.weight_dtype,
      ...(model.max_context === undefined ? {} : { maxContext: model.max_context }),
      tiedEmbeddings: model.tied_embeddings,
    };
  });

function checkHeads({ heads, hidden, ...model }: ModelFields, say: Say): void {
  if (model.kv_heads !== undefined && heads % model.kv_heads !== 0) say("kv_heads", `must divide heads, ${heads}`);
  const isOwn = model.head_dim !== undefined || model.kv_lora_rank !== undefined;
  if (!isOwn && hidden % heads !== 0)
    say("head_dim", `must be given where heads, ${heads}, does not divide hidden, ${hidden}`);
}

function checkLatent(model: ModelFields, say: Say): void {
  const isLatent = model.kv_lora_rank !== undefined;
  for (const key of LATENT) {
    if (isLatent && model[key] === undefined) say(key, "must be given with kv_lora_rank: latent attention has it");
    if (!isLatent && model[key] !== undefined) say(key, "has no meaning without kv_lora_rank");
  }
  if (!isLatent && (model.q_lora_rank ?? 0) > 0) say("q_lora_rank", "has no meaning without kv_lora_rank");
}

function checkWindow(model: ModelFields, say: Say): void {
  const { sliding_window: window, windowed_layers: windowed, layers } = model;
  if (window === undefined && windowed !== undefined) say("windowed_layers", "has no meaning without sliding_window");
  if (windowed !== undefined && windowed > layers) say("windowed_layers", `must be at most layers, ${layers}`);
  if (window !== undefined && model.kv_lora_rank !== undefined)
    say("sliding_window", "has no meaning with kv_lora_rank: no model has both");
}

function checkDense(model: ModelFields, say: Say): void {
  if (model.intermediate === 0) say("intermediate", "must be at least 1 in a model without experts");
  const keys = ["top_k", "moe_intermediate", "shared_experts", "shared_intermediate", "dense_layers"] as const;
  for (const key of keys) if (model[key] > 0) say(key, "has no meaning without experts");
  if (model.weight_dtype === "mxfp4")
    say("weight_dtype", "must be another in a model without experts, which alone are mxfp4");
}

function checkExperts(model: ModelFields, say: Say): void {
  const { experts, layers, dense_layers: dense } = model;
  if (dense === 0 && model.intermediate > 0)
    say(
      "intermediate",
      "has no meaning with experts in every layer, whose width is moe_intermediate; dense_layers says how many have none",
    );
  if (dense > 0 && model.intermediate === 0)
    say("intermediate", `must be the width of the ${dense} layers without experts`);
  if (dense >= layers) say("dense_layers", `must be less than layers, ${layers}`);
  if (model.top_k < 1 || model.top_k > experts) say("top_k", `must be a whole number from 1 to experts, ${experts}`);
  if (model.moe_intermediate === 0) say("moe_intermediate", "must be at least 1 in a model with experts");
  if (model.shared_intermediate > 0 && model.shared_experts === 0)
    say("shared_intermediate", "has no meaning without shared_experts");
}

function latentOf(model: ModelFields): LatentAttention | undefined {
  if (model.kv_lora_rank === undefined) return undefined;
  return {
    kvLoraRank: model.kv_lora_rank,
    qLoraRank: model.q_lora_rank ?? 0,
    qkRopeHeadDim: model.qk_rope_head_dim!,
    qkNopeHeadDim: model.qk_nope_head_dim!,
    vHeadDim: model.v_head_dim!,
  };
}

function windowOf(model: ModelFields): SlidingWindow | undefined {
  if (model.sliding_window === undefined) return undefined;
  return { tokens: model.sliding_window, layers: model.windowed_layers ?? model.layers };
}
