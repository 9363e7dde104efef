import type { Fleet, Pool } from "../specs/fleet.js";
import type { PoolStage } from "../specs/pool-stage.js";
import type { CorePool, CoreRouter, CoreServing, CoreStage } from "./run-spec.js";

/** Category codes where the host tells the core only whether compression is safe: 0 = no, 1 = yes. */
export const SAFE_CATEGORY = 1;

/** The pools of a fleet as the engine `slots` sees them; the fleet must be one that this engine can run (`requireEngine`). */
export function corePools(fleet: Fleet): CorePool[] {
  return fleet.pools.map(({ profile, ...pool }) => ({
    ...queueing(pool),
    slots: pool.slots,
    maxCtx: pool.maxCtx,
    kvBlocks: pool.kvBlocks,
    blockSize: profile.blockSize,
    W: profile.W,
    H: profile.H,
    calibrationCtx: profile.calibrationCtx,
    chunk: profile.chunk,
  }));
}

/**
 * The pools of a fleet as the engine `iterations` sees them; the fleet must be one that this engine can run (`requireEngine`).
 *
 * @param prefixBlock prompt tokens that a block id of the trace stands for, where the trace says so; a pool that says so itself is right. Where neither does, it is a
 *   KV block.
 */
export function iterationPools(fleet: Fleet, prefixBlock: number | null = null): CorePool[] {
  return fleet.pools.map((pool) => ({
    ...queueing(pool),
    ...NO_CONSTANTS,
    slots: pool.serving.maxNumSeqs,
    maxCtx: pool.serving.maxModelLen,
    kvBlocks: pool.serving.numBlocks,
    blockSize: pool.serving.blockSize,
    ...(pool.prefixWeight === undefined ? {} : { prefixWeight: pool.prefixWeight }),
    serving: coreServing(pool, prefixBlock),
    ...(pool.stage === undefined ? {} : { stage: coreStage(pool.stage) }),
  }));
}

/** The engine `iterations` knows times from its model alone. */
const NO_CONSTANTS = { W: 0, H: 0, calibrationCtx: 1, chunk: 1 };

function queueing({ replicas, queue, maxQueue, balance }: Pick<Pool, "replicas" | "queue" | "maxQueue" | "balance">) {
  return { replicas, queue, maxQueue: maxQueue ?? null, balance };
}

function coreServing({ serving, iterationModel }: Pool, prefixBlock: number | null): CoreServing {
  return {
    scheduler: serving.scheduler,
    policy: serving.policy,
    maxNumBatchedTokens: serving.maxNumBatchedTokens,
    chunk: serving.chunk,
    chunked: serving.enableChunkedPrefill,
    watermark: serving.watermark,
    pp: serving.pp,
    prefixBlock: serving.enablePrefixCaching ? (serving.prefixBlock ?? prefixBlock ?? serving.blockSize) : null,
    model: iterationModel,
  };
}

function coreStage(stage: PoolStage): CoreStage {
  const linkBytesPerS = stage.link.bytesPerS;
  if (stage.role === "decode") return { role: "decode", linkBytesPerS };
  const { decodePool, firstToken, handover, mode, sharing, latencyS, kv, layers, spillPromptTokens, keepDecodes } =
    stage;
  return {
    role: "prefill",
    decodePool,
    firstToken,
    handover,
    mode,
    sharing,
    linkBytesPerS,
    linkLatencyS: latencyS,
    kv,
    layers,
    spillPromptTokens,
    keepDecodes,
  };
}

/** The router of a fleet as the core sees it; of categories it needs to know only which are {@link SAFE_CATEGORY}. */
export function coreRouter({ router, pools }: Fleet): CoreRouter {
  switch (router.type) {
    case "compress_route":
      return { ...router, safeCategories: [SAFE_CATEGORY] };
    case "model":
    case "semantic":
      return { type: "label", defaultPool: pools.findIndex((pool) => pool.id === router.defaultPool) };
    default:
      return router;
  }
}
