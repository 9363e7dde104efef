import type { HardwareEntry, HardwareFigure } from "./hardware-catalog.js";
import { HARDWARE_KEYS } from "./hardware/hardware-fields.js";
import type { ModelEntry } from "./model-catalog.js";
import type { ModelFacts } from "./models/model-facts.js";

/** A figure as a catalog file has it. */
export interface WrittenFigure {
  value: string | number | boolean;
  source: string;
}

/** An entry as a catalog file has it: figures by their keys. */
export interface WrittenEntry {
  name: string;
  aliases: readonly string[];
  [key: string]: string | readonly string[] | WrittenFigure;
}

/** A GPU in the form in which a catalog file is read. */
export function writtenHardware({ name, aliases, facts, sources }: HardwareEntry): WrittenEntry {
  const entry: WrittenEntry = { name, aliases };
  for (const [figure, key] of Object.entries(HARDWARE_KEYS) as [HardwareFigure, string][]) {
    const value = facts[figure];
    if (value !== undefined) entry[key] = { value, source: sources[figure] ?? "" };
  }
  return entry;
}

/** Values of the keys of a model. */
const MODEL_VALUES: Readonly<Record<string, (facts: ModelFacts) => string | number | boolean | undefined>> = {
  layers: (facts) => facts.layers,
  hidden: (facts) => facts.hidden,
  heads: (facts) => facts.heads,
  kv_heads: (facts) => facts.kvHeads,
  head_dim: (facts) => facts.headDim,
  intermediate: (facts) => facts.intermediate,
  vocab: (facts) => facts.vocab,
  experts: (facts) => facts.experts,
  top_k: (facts) => facts.topK,
  moe_intermediate: (facts) => facts.moeIntermediate,
  shared_experts: (facts) => facts.sharedExperts,
  shared_intermediate: (facts) => facts.sharedIntermediate,
  dense_layers: (facts) => facts.denseLayers,
  kv_lora_rank: ({ mla }) => mla?.kvLoraRank,
  q_lora_rank: ({ mla }) => mla?.qLoraRank,
  qk_rope_head_dim: ({ mla }) => mla?.qkRopeHeadDim,
  qk_nope_head_dim: ({ mla }) => mla?.qkNopeHeadDim,
  v_head_dim: ({ mla }) => mla?.vHeadDim,
  sliding_window: ({ window }) => window?.tokens,
  windowed_layers: ({ window }) => window?.layers,
  weight_dtype: (facts) => facts.weightDtype,
  max_context: (facts) => facts.maxContext,
  tied_embeddings: (facts) => facts.tiedEmbeddings,
};

/** A model in the form in which a catalog file is read: the figures that its entry or configuration had. */
export function writtenModel({ name, aliases, facts, sources }: ModelEntry): WrittenEntry {
  const entry: WrittenEntry = { name, aliases };
  for (const [key, valueOf] of Object.entries(MODEL_VALUES)) {
    const value = valueOf(facts);
    const source = sources[key];
    if (value !== undefined && source !== undefined) entry[key] = { value, source };
  }
  return entry;
}
