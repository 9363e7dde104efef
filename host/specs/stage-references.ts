import type { LinkSpec } from "./link-spec.js";
import type { PoolSpec } from "./pool-spec.js";

/** No pool. */
export const NONE = -1;

/** Who hands over to whom, by index of pool. */
export interface StageReferences {
  /** Of a prefill pool the one that decodes; {@link NONE}: another pool, or the fleet does not say which. */
  decodePool: readonly number[];
  /** Of a decode pool those that hand over to it; of others none. */
  prefillPools: readonly (readonly number[])[];
}

/** Looks up what the pools of a fleet say of each other. */
export function stageReferences(pools: readonly PoolSpec[]): StageReferences {
  const decodePools = new Map<string, number>();
  for (const [index, { id, stage }] of pools.entries()) if (stage?.role === "decode") decodePools.set(id, index);
  const only = decodePools.size === 1 ? [...decodePools.values()][0] : undefined;
  const prefillPools = pools.map((): number[] => []);
  const decodePool = pools.map(({ stage }, index) => {
    if (stage?.role !== "prefill") return NONE;
    const decodes = stage.decodePool === undefined ? only : decodePools.get(stage.decodePool);
    if (decodes === undefined) return NONE;
    prefillPools[decodes]!.push(index);
    return decodes;
  });
  return { decodePool, prefillPools };
}

/** The link of a prefill pool; of a decode pool its own, else that of all prefill pools that hand over to it; `undefined`: of neither, or these differ. */
export function linkOfPool(
  index: number,
  pools: readonly PoolSpec[],
  { prefillPools }: StageReferences,
): LinkSpec | undefined {
  const { stage } = pools[index]!;
  if (stage?.link !== undefined) return stage.link;
  const links = prefillPools[index]!.map((prefill) => pools[prefill]!.stage!.link!);
  return links.every((link) => isSame(link, links[0]!)) ? links[0] : undefined;
}

function isSame(a: LinkSpec, b: LinkSpec): boolean {
  return a.name === b.name && a.nicBytesPerS === b.nicBytesPerS && a.nics === b.nics && a.efficiency === b.efficiency;
}

/** Longest request that each pool takes, input and output tokens together: a prefill pool none that is longer than its decode pool takes. */
export function longestRequests(pools: readonly PoolSpec[], { decodePool }: StageReferences): number[] {
  const own = pools.map(({ maxCtx, serving }) => Math.min(maxCtx, serving?.maxModelLen ?? maxCtx));
  return own.map((longest, index) => Math.min(longest, own[decodePool[index]!] ?? longest));
}

/** Pools as routers see them: those that take arrivals, and of each prefill pool the window that it and its decode pool have. */
export function entryPools(pools: readonly PoolSpec[]): PoolSpec[] {
  const longest = longestRequests(pools, stageReferences(pools));
  return pools.flatMap((pool, index) => {
    switch (pool.stage?.role) {
      case undefined:
        return [pool];
      case "prefill":
        return [{ ...pool, maxCtx: Math.min(pool.maxCtx, longest[index]!) }];
      case "decode":
        return [];
    }
  });
}
