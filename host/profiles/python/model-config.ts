import { shown } from "../../specs/check.js";
import { InputError } from "../../specs/input-error.js";
import type { PythonModel } from "./model-shape.js";

/**
 * A model from the `config.json` of a Hugging Face repository, as the Python tool's `ModelSpec.from_hf_config` reads it: `head_dim`, `n_routed_experts`,
 * `n_shared_experts`, the ranks of latent attention, leading dense layers, tied embeddings and a nested `text_config` are not looked at.
 *
 * @param config the parsed file.
 * @param name of the model; by default its `_name_or_path`, then `hf-model`.
 * @throws InputError for a number that is missing (`num_hidden_layers`, `num_attention_heads`, `hidden_size`, `vocab_size`) or not whole, where the tool fails with
 *   a traceback; and for no heads, with which it would fail later.
 */
export function pythonModelFromConfig(config: Readonly<Record<string, unknown>>, name?: string): PythonModel {
  const heads = wholeOf(config, "num_attention_heads", 1);
  // An absent key and one that is null, false or 0 mean the same to the tool only where it says `or 0`.
  const orZero = (key: string) => (config[key] ? wholeOf(config, key, 0) : 0);
  const experts = "num_experts" in config ? orZero("num_experts") : orZero("num_local_experts");
  const intermediate = orZero("intermediate_size");
  const moeOf = () => ("moe_intermediate_size" in config ? orZero("moe_intermediate_size") : intermediate);
  const given = name ?? config._name_or_path;
  return {
    name: typeof given === "string" && given !== "" ? given : "hf-model",
    layers: wholeOf(config, "num_hidden_layers", 0),
    heads,
    kvHeads: "num_key_value_heads" in config ? wholeOf(config, "num_key_value_heads", 0) : heads,
    hidden: wholeOf(config, "hidden_size", 0),
    intermediate,
    vocab: wholeOf(config, "vocab_size", 0),
    maxPosition: orZero("max_position_embeddings"),
    moeIntermediate: experts > 0 || "moe_intermediate_size" in config ? moeOf() : 0,
    experts,
    topK: orZero("num_experts_per_tok"),
    sharedExperts: orZero("num_shared_experts"),
    aliases: [],
  };
}

/** A number of the file, cut to a whole one. */
function wholeOf(config: Readonly<Record<string, unknown>>, key: string, least: number): number {
  const value = config[key];
  const whole = typeof value === "number" ? Math.trunc(value) : NaN;
  if (Number.isSafeInteger(whole) && whole >= least) return whole;
  const found = value === undefined ? "is missing" : `is ${shown(value)}`;
  throw new InputError(`config.json: ${key} ${found}, but must be a whole number, at least ${least}.`);
}
