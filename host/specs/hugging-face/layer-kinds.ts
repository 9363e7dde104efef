import type { WindowRule } from "./architectures.js";
import type { ConfigFields } from "./config-fields.js";

/** Layers without experts in a model with them: by its first ones, by a step between those with experts, or by a list. */
export function layersWithoutExperts(fields: ConfigFields, layers: number): number {
  const first = fields.whole("first_k_dense_replace", 0, layers) ?? 0;
  const step = fields.whole("decoder_sparse_step", 1, 1e6) ?? 1;
  const plain = new Set<number>();
  for (const [index, layer] of (fields.list("mlp_only_layers") ?? []).entries()) {
    if (!Number.isInteger(layer) || (layer as number) < 0 || (layer as number) >= layers) {
      throw fields.mistake(
        "mlp_only_layers",
        `must be a list of layers from 0 to ${layers - 1}; entry ${index} is none`,
      );
    }
    plain.add(layer as number);
  }
  const isSparse = expertLayers(fields, layers);
  let count = 0;
  for (let layer = 0; layer < layers; layer++) {
    const hasExperts = layer >= first && isSparse(layer) && !plain.has(layer) && (layer + 1) % step === 0;
    if (!hasExperts) count++;
  }
  return count;
}

/** `moe_layer_freq`: every so many layers (DeepSeek), or 0 and 1 for each layer. */
function expertLayers(fields: ConfigFields, layers: number): (layer: number) => boolean {
  if (!Array.isArray(fields.get("moe_layer_freq"))) {
    const every = fields.whole("moe_layer_freq", 1, 1e6) ?? 1;
    return (layer) => layer % every === 0;
  }
  const list = fields.list("moe_layer_freq")!;
  if (list.length !== layers || list.some((entry) => entry !== 0 && entry !== 1)) {
    throw fields.mistake("moe_layer_freq", `must be a whole number, or a list of 0 and 1 for each of ${layers} layers`);
  }
  return (layer) => list[layer] === 1;
}

const FULL = "full_attention";
const SLIDING = "sliding_attention";

/** The window, and how many layers have it; `undefined` where none has, or where it holds the longest sequence that the model is made for. */
export function windowOf(
  fields: ConfigFields,
  rule: WindowRule,
  layers: number,
): { sliding_window: number; windowed_layers: number } | undefined {
  const types = layerTypes(fields, layers);
  if (rule.type === "none" || fields.flag("use_sliding_window") === false) return undefined;
  const window = fields.whole("sliding_window", 1, 1e9);
  if (window === undefined) return undefined;
  const longest = fields.get("max_position_embeddings");
  if (typeof longest === "number" && window >= longest) return undefined;
  const windowed = types?.filter((type) => type === SLIDING).length ?? windowedByRule(fields, rule, layers);
  return windowed === 0 ? undefined : { sliding_window: window, windowed_layers: windowed };
}

/** `layer_types` of each layer; a kind that is not known is refused, whatever the rule. */
function layerTypes(fields: ConfigFields, layers: number): readonly unknown[] | undefined {
  const types = fields.list("layer_types");
  const unknown = types?.find((type) => type !== FULL && type !== SLIDING);
  if (unknown !== undefined) {
    const found = typeof unknown === "string" ? `"${unknown.slice(0, 40)}"` : "something else";
    throw fields.mistake("layer_types", `must hold ${FULL} and ${SLIDING} alone; it holds ${found}`);
  }
  if (types !== undefined && types.length !== layers)
    throw fields.mistake("layer_types", `must have an entry for each of ${layers} layers`);
  return types;
}

function windowedByRule(fields: ConfigFields, rule: WindowRule, layers: number): number {
  switch (rule.type) {
    case "none":
      return 0;
    case "all":
      return layers;
    case "upper": {
      if (fields.flag("use_sliding_window") !== true) return 0;
      return Math.max(0, layers - (fields.whole("max_window_layers", 0, 1e6) ?? layers));
    }
    case "periodic": {
      const period = fields.whole("sliding_window_pattern", 1, 1e6) ?? rule.period;
      return layers - Math.floor(layers / period);
    }
  }
}
