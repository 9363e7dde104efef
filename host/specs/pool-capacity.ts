import type { ManualProfile } from "./profile-spec.js";

/** KV blocks that a sequence of `tokens` tokens takes. */
export function kvBlocksOf(tokens: number, blockSize: number): number {
  return Math.ceil(tokens / blockSize);
}

/**
 * Requests that a replica serves at once where the longest has `maxCtx` tokens:
 * `min(floor(max_slots * calibration_ctx / max_ctx), floor(total_kv_blks / ceil(max_ctx / blk_size)))`.
 *
 * The first bound is bandwidth (shorter sequences are cheaper to read), the second memory. 0 where one request does not fit.
 * Source: `ManualProfile.n_slots` of the Python vllm-sr-sim 0.1.0. Exact while `maxSlots * calibrationCtx <= 2^53`.
 */
export function slotsAt(profile: ManualProfile, maxCtx: number): number {
  const bandwidthBound = Math.floor((profile.maxSlots * profile.calibrationCtx) / maxCtx);
  const memoryBound = Math.floor(profile.totalKvBlocks / kvBlocksOf(maxCtx, profile.blockSize));
  return Math.min(bandwidthBound, memoryBound);
}
