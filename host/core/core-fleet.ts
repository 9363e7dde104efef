import type { Fleet } from "../specs/fleet.js";
import type { CorePool, CoreRouter } from "./run-spec.js";

/** Category codes where the host tells the core only whether compression is safe: 0 = no, 1 = yes. */
export const SAFE_CATEGORY = 1;

/** The pools of a fleet as the core sees them. */
export function corePools(fleet: Fleet): CorePool[] {
  return fleet.pools.map(({ profile, ...pool }) => ({
    replicas: pool.replicas,
    slots: pool.slots,
    maxCtx: pool.maxCtx,
    kvBlocks: pool.kvBlocks,
    blockSize: profile.blockSize,
    W: profile.W,
    H: profile.H,
    calibrationCtx: profile.calibrationCtx,
    chunk: profile.chunk,
    queue: pool.queue,
    maxQueue: pool.maxQueue ?? null,
    balance: pool.balance,
  }));
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
