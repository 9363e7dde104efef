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

/** Longest service, seconds, that the clock of the simulator can hold. */
export const MAX_SERVICE_S = 1e9;

/**
 * Why a replica of the profile has no slot, or none that the engine `slots` can play, where the longest request has `maxCtx` tokens: a clause that follows
 * "max_ctx is ..., but "; `undefined` where there is nothing to say.
 *
 * @param givenSlots slots of a replica in place of {@link slotsAt}.
 */
export function whyNoSlots(profile: ManualProfile, maxCtx: number, givenSlots?: number): string | undefined {
  const needed = kvBlocksOf(maxCtx, profile.blockSize);
  if (needed > profile.totalKvBlocks) {
    const there = `a replica of ${profile.name} has ${profile.totalKvBlocks}`;
    return `that leaves no slot: such a request needs ${needed} KV blocks of ${profile.blockSize} tokens and ${there}`;
  }
  const slots = givenSlots ?? slotsAt(profile, maxCtx);
  if (slots < 1) {
    const tokens = profile.maxSlots * profile.calibrationCtx;
    return `that leaves no slot: ${profile.name} serves max_slots x calibration_ctx = ${tokens} tokens at once`;
  }
  const slowestIteration = profile.W + profile.H * (maxCtx / profile.calibrationCtx) * slots;
  if (slowestIteration * maxCtx <= MAX_SERVICE_S) return undefined;
  const iteration = `with ${slots} slots an iteration takes up to ${slowestIteration} s`;
  return `${iteration}, so that such a request may take longer than ${MAX_SERVICE_S} s, the most that the clock holds`;
}
