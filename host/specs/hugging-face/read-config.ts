import { check, type FieldNaming, pathText, shown } from "../check.js";
import { mustBeOneOf } from "../fields.js";
import { InputError } from "../input-error.js";
import { isObject } from "../is-object.js";
import type { ModelEntry } from "../model-catalog.js";
import { inlineModel } from "../models/model-fields.js";
import { ARCHITECTURES, FOREIGN_KEYS, UNNAMED, type Architecture } from "./architectures.js";
import { ConfigFields } from "./config-fields.js";
import { layersWithoutExperts, windowOf } from "./layer-kinds.js";
import { storedType } from "./stored-type.js";

/** How a configuration is read. */
export interface ConfigReading {
  /** What the model is called; the last part of `_name_or_path` unless given. */
  name?: string;
  /** Where the configuration is from: a file, a repository. */
  source: string;
  /** What messages call a field; its path unless given. */
  nameOf?: FieldNaming;
}

/** Objects that hold the decoder of a model for more than text. */
const TEXT_PARTS = ["text_config", "llm_config", "language_config"] as const;
/** Longest name that is kept. */
const LONGEST_NAME = 64;

/**
 * Facts of a model from its `config.json`, as it is published on huggingface.co.
 *
 * Understands dense decoders and those with experts, grouped-query and latent attention, windows and quantised weights, of the kinds in `architectures.ts`, also as the text
 * part of a model for pictures.
 *
 * @throws InputError one sentence that names field, value and what is allowed: another kind of model, a shape that is none of these, a size that is missing or wrong.
 */
export function modelFromConfig(config: unknown, reading: ConfigReading): ModelEntry {
  const nameOf = reading.nameOf ?? ((path) => pathText(path, "the configuration"));
  if (!isObject(config)) throw new InputError(`${nameOf([])} is ${shown(config)}, but must be an object.`);
  const whole = new ConfigFields(config, [], nameOf);
  const part = TEXT_PARTS.find((key) => whole.has(key));
  const bare = part === undefined ? whole : whole.object(part)!;
  const architecture = architectureOf(whole, bare);
  const text = bare.withDefaults(architecture.defaults ?? {});
  refuseForeign(whole);
  refuseForeign(text);
  const shape = shapeOf(whole, text, architecture);
  const name = (reading.name ?? lastPart(whole.text("_name_or_path")) ?? "custom").slice(0, LONGEST_NAME);
  const named: FieldNaming = (path) => {
    const key = shape.keys.get(String(path[0]));
    return key === undefined ? nameOf(path) : text.name(key);
  };
  const facts = check(inlineModel, { name, ...Object.fromEntries(shape.figures) }, named);
  const sources: Record<string, string> = {};
  for (const figure of shape.figures.keys()) {
    const key = shape.keys.get(figure);
    sources[figure] = key === undefined ? reading.source : `${reading.source}: ${text.path(key)}`;
  }
  return { name, aliases: [], facts, source: reading.source, sources };
}

function architectureOf(whole: ConfigFields, text: ConfigFields): Architecture {
  const type = text.text("model_type");
  if (type === undefined) {
    // A text part is of a class that the whole names in a way of its own.
    if (text !== whole) throw text.mistake("model_type", mustBeOneOf(undefined, Object.keys(ARCHITECTURES)));
    return UNNAMED;
  }
  if (!Object.hasOwn(ARCHITECTURES, type)) {
    const known = mustBeOneOf(type, Object.keys(ARCHITECTURES));
    throw text.mistake("model_type", `${known}; no other kind of model is understood`);
  }
  return ARCHITECTURES[type]!;
}

function refuseForeign(fields: ConfigFields): void {
  for (const [key, meaning] of Object.entries(FOREIGN_KEYS)) {
    const value = fields.get(key);
    if (value === undefined || value === false) continue;
    // Lists that name no layer, and counts of none, say nothing.
    if (value === 0 || (Array.isArray(value) && value.length === 0)) continue;
    throw fields.mistake(key, `must not be there: ${meaning} is a shape that is not understood`);
  }
}

/** Figures by their key among the facts of a model, and the key of the configuration that each is from. */
interface Shape {
  figures: Map<string, unknown>;
  keys: Map<string, string>;
}

function shapeOf(whole: ConfigFields, text: ConfigFields, architecture: Architecture): Shape {
  const shape: Shape = { figures: new Map(), keys: new Map() };
  /** Takes a figure from the first of these keys that is there; else the first is the one that is missing. */
  const take = (figure: string, ...keys: [string, ...string[]]) => {
    const key = text.first(...keys) ?? keys[0];
    shape.keys.set(figure, key);
    if (text.has(key)) shape.figures.set(figure, text.get(key));
  };
  take("layers", "num_hidden_layers");
  take("hidden", "hidden_size");
  take("heads", "num_attention_heads");
  take("kv_heads", "num_key_value_heads");
  take("vocab", "vocab_size");
  take("max_context", "max_position_embeddings");
  if (text.has("kv_lora_rank")) {
    for (const key of ["kv_lora_rank", "q_lora_rank", "qk_rope_head_dim", "qk_nope_head_dim", "v_head_dim"] as const)
      take(key, key);
  } else take("head_dim", "head_dim");

  // Loops over layers must not run as long as the file says.
  const layers = text.whole("num_hidden_layers", 1, 1000);
  if (layers === undefined) return shape;
  takeFeedForward(text, layers, { shape, take });
  const window = windowOf(text, architecture.window, layers);
  if (window !== undefined) {
    shape.keys.set("sliding_window", "sliding_window");
    shape.keys.set("windowed_layers", text.has("layer_types") ? "layer_types" : "sliding_window");
    for (const [figure, value] of Object.entries(window)) shape.figures.set(figure, value);
  }
  const tied = text.flag("tie_word_embeddings") ?? whole.flag("tie_word_embeddings");
  shape.figures.set("tied_embeddings", tied ?? architecture.tied);
  if (text.has("tie_word_embeddings")) shape.keys.set("tied_embeddings", "tie_word_embeddings");
  shape.figures.set("weight_dtype", storedType(text.has("quantization_config") ? text : whole));
  if (text.has("quantization_config")) shape.keys.set("weight_dtype", "quantization_config");
  return shape;
}

interface Taking {
  shape: Shape;
  take: (figure: string, ...keys: [string, ...string[]]) => void;
}

function takeFeedForward(text: ConfigFields, layers: number, { shape, take }: Taking): void {
  const expertsKey = text.first("n_routed_experts", "num_experts", "num_local_experts");
  const experts = expertsKey === undefined ? 0 : text.whole(expertsKey, 0, 4096)!;
  if (experts === 0) {
    take("intermediate", "intermediate_size");
    return;
  }
  take("experts", expertsKey!);
  take("top_k", "num_experts_per_tok", "experts_per_token");
  take("moe_intermediate", "moe_intermediate_size", "intermediate_size");
  if ((text.whole("shared_expert_intermediate_size", 0, 1e6) ?? 0) > 0) {
    shape.figures.set("shared_experts", 1);
    take("shared_intermediate", "shared_expert_intermediate_size");
  } else take("shared_experts", "n_shared_experts", "num_shared_experts");
  const plain = layersWithoutExperts(text, layers);
  if (plain === 0) return;
  shape.figures.set("dense_layers", plain);
  take("intermediate", "intermediate_size");
}

function lastPart(path: string | undefined): string | undefined {
  const last = path
    ?.split(/[/\\]/)
    .filter((part) => part !== "")
    .at(-1);
  return last === "" ? undefined : last;
}
