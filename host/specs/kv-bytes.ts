import { BYTES } from "../profiles/kernel-times.js";
import { attentionShard } from "../profiles/model-shape.js";
import type { RooflineSpec } from "./roofline-spec.js";

/** What of a sequence crosses from prefill to decode. */
export interface KvBytes {
  /** Bytes of a token in all layers that see everything. */
  tokenBytes: number;
  /** Bytes of a token in all layers that see the last `window` tokens alone. */
  windowBytes: number;
  /** Tokens; 0 where no layer has a window. */
  window: number;
}

/**
 * Keys and values of a token as the model has them: `2 x layers x kv_heads x head_dim` numbers, `layers x (kv_lora_rank + qk_rope_head_dim)` with latent attention (DeepSeek-V2,
 * arXiv:2405.04434, section 2.1). Each crosses once: what GPUs of a group repeat is not sent twice.
 */
export function modelKvBytes({ model, kvDtype }: RooflineSpec): KvBytes {
  const bytesOfLayer = attentionShard(model, 1).kvWidth * BYTES[kvDtype];
  const windowed = model.window?.layers ?? 0;
  return {
    tokenBytes: (model.layers - windowed) * bytesOfLayer,
    windowBytes: windowed * bytesOfLayer,
    window: windowed === 0 ? 0 : model.window!.tokens,
  };
}

/** Bytes of so many tokens. */
export function kvBytesOf({ tokenBytes, windowBytes, window }: KvBytes, tokens: number): number {
  return tokenBytes * tokens + windowBytes * Math.min(tokens, window);
}
