/** Parts of which staged cases are put together by hand. */
import type { CorePool, CorePrefillStage, CoreServing } from "../../../host/core/run-spec.js";
import { pool } from "../building.js";

interface Changes<Stage> {
  serving?: Partial<CoreServing>;
  pool?: Partial<CorePool>;
  stage?: Partial<Stage>;
}

/**
 * A prefill pool that pulls, serial and first in, first out, to the pool after it: iterations of 1 ms; a token is 1000 bytes and takes 0.1 ms over a
 * link without latency; 4 layers.
 */
export function prefillPool(changes: Changes<CorePrefillStage> = {}): CorePool {
  return {
    ...pool(changes.serving, changes.pool),
    stage: {
      role: "prefill",
      decodePool: 1,
      firstToken: "prefill",
      handover: "pull",
      mode: "serial",
      sharing: "fifo",
      linkBytesPerS: 1e7,
      linkLatencyS: 0,
      kv: { tokenBytes: 1000, windowBytes: 0, window: 0 },
      layers: 4,
      spillPromptTokens: null,
      keepDecodes: false,
      ...changes.stage,
    },
  };
}

/** A decode pool with iterations of 1 ms, whose link has no limit. */
export function decodePool(changes: Changes<{ linkBytesPerS: number }> = {}): CorePool {
  return {
    ...pool(changes.serving, changes.pool),
    stage: { role: "decode", linkBytesPerS: Infinity, ...changes.stage },
  };
}
