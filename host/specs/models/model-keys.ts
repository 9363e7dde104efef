import type { ModelFacts } from "./model-facts.js";

/** Facts of a model in the keys of a fleet file, as `iteration_model.model` takes them written out. */
export function modelKeys(facts: ModelFacts): Record<string, unknown> {
  const { mla, window } = facts;
  const keys = {
    name: facts.name,
    layers: facts.layers,
    hidden: facts.hidden,
    heads: facts.heads,
    ...(mla ? latentKeys(mla) : { kv_heads: facts.kvHeads, head_dim: facts.headDim }),
    intermediate: facts.intermediate,
    vocab: facts.vocab,
    experts: facts.experts,
    top_k: facts.topK,
    moe_intermediate: facts.moeIntermediate,
    shared_experts: facts.sharedExperts,
    shared_intermediate: facts.sharedIntermediate,
    dense_layers: facts.denseLayers,
    ...(window ? { sliding_window: window.tokens, windowed_layers: window.layers } : {}),
    weight_dtype: facts.weightDtype,
    ...(facts.maxContext === undefined ? {} : { max_context: facts.maxContext }),
    tied_embeddings: facts.tiedEmbeddings,
  };
  // A model of one kind has nothing to say of the other.
  return Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== 0));
}

function latentKeys(mla: NonNullable<ModelFacts["mla"]>): Record<string, number> {
  return {
    kv_lora_rank: mla.kvLoraRank,
    q_lora_rank: mla.qLoraRank,
    qk_rope_head_dim: mla.qkRopeHeadDim,
    qk_nope_head_dim: mla.qkNopeHeadDim,
    v_head_dim: mla.vHeadDim,
  };
}
