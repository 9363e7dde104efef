/** Section "Routers": from a request to a pool. */
import type { Fleet, Pool, Request, Router } from "./case.js";
import { type RunSeed, STREAM, uniform } from "./random.js";

export const NO_POOL = -1;

/** What the router may look at and remember. */
export interface RouterView {
  fleet: Fleet;
  run: RunSeed;
  /** Requests that have reached a pool and are still there. */
  outstanding(pool: number): number;
  /** `round_robin`: the pool last taken; {@link NO_POOL} before the first. */
  lastTaken: number;
}

/** The router's answer. */
export interface Route {
  pool: number;
  input: number;
  compressed: boolean;
  byDefault: boolean;
}

function lengthOf(request: Request): number {
  return request.input + request.output;
}

/** Indices of the pools by `maxCtx`, smallest first; equal ones in the order of the fleet file. */
function bySize(pools: readonly Pool[]): number[] {
  return pools.map((_, index) => index).sort((a, b) => pools[a]!.maxCtx - pools[b]!.maxCtx || a - b);
}

function firstThatHolds(pools: readonly Pool[], candidates: readonly number[], length: number): number {
  return candidates.find((index) => length <= pools[index]!.maxCtx) ?? NO_POOL;
}

/** The rule that three routers share: `length` above its threshold. */
function aboveThreshold(pools: readonly Pool[], length: number): number {
  const [smallest, ...others] = bySize(pools);
  return others.length === 0 ? smallest! : firstThatHolds(pools, others, length);
}

function routeByLength(router: Router & { type: "length" }, pools: readonly Pool[], request: Request): number {
  const length = lengthOf(request);
  if (router.threshold === null) return firstThatHolds(pools, bySize(pools), length);
  const size = router.by === "input" ? request.input : length;
  return size <= router.threshold ? bySize(pools)[0]! : aboveThreshold(pools, length);
}

function routeSpilling(router: Router & { type: "spillover" }, view: RouterView, request: Request): number {
  const { pools } = view.fleet;
  const length = lengthOf(request);
  if (length > router.threshold) return aboveThreshold(pools, length);
  const smallest = bySize(pools)[0]!;
  if (load(view, smallest) < router.spillThreshold) return smallest;
  const larger = aboveThreshold(pools, length);
  return larger === NO_POOL ? smallest : larger;
}

/** Outstanding requests of a pool as a share of its slots. */
function load(view: RouterView, index: number): number {
  const pool = view.fleet.pools[index]!;
  return view.outstanding(index) / (pool.replicas * pool.slots);
}

function leastLoaded(view: RouterView, holders: readonly number[]): number {
  let best = NO_POOL;
  for (const index of holders) {
    if (best === NO_POOL || load(view, index) < load(view, best)) best = index;
  }
  return best;
}

function nextInTurn(view: RouterView, holders: readonly number[]): number {
  const pool = holders.find((index) => index > view.lastTaken) ?? holders[0] ?? NO_POOL;
  if (pool !== NO_POOL) view.lastTaken = pool;
  return pool;
}

function routeCompressing(
  router: Router & { type: "compress_route" },
  view: RouterView,
  request: Request,
  ordinal: number,
): Route {
  const { pools } = view.fleet;
  const length = lengthOf(request);
  const smallest = bySize(pools)[0]!;
  if (length <= router.bShort) return plainRoute(smallest, request);
  const compressible =
    length <= router.gamma * router.bShort &&
    router.safeCategories.includes(request.category) &&
    router.bShort - request.output >= 1 &&
    uniform(view.run, STREAM.compression, ordinal) < router.pCompress;
  if (!compressible) return plainRoute(aboveThreshold(pools, length), request);
  return { pool: smallest, input: router.bShort - request.output, compressed: true, byDefault: false };
}

function plainRoute(pool: number, request: Request): Route {
  return { pool, input: request.input, compressed: false, byDefault: false };
}

/** Names the pool of request number `ordinal`. */
export function route(view: RouterView, request: Request, ordinal: number): Route {
  const { pools, router } = view.fleet;
  const holders = pools.map((_, index) => index).filter((index) => lengthOf(request) <= pools[index]!.maxCtx);
  switch (router.type) {
    case "length":
      return plainRoute(routeByLength(router, pools, request), request);
    case "compress_route":
      return routeCompressing(router, view, request, ordinal);
    case "spillover":
      return plainRoute(routeSpilling(router, view, request), request);
    case "least_loaded":
      return plainRoute(leastLoaded(view, holders), request);
    case "model":
    case "semantic": {
      const named = request.label !== NO_POOL;
      return { ...plainRoute(named ? request.label : router.defaultPool, request), byDefault: !named };
    }
    case "random": {
      const number = Math.floor(uniform(view.run, STREAM.routing, ordinal) * holders.length);
      return plainRoute(holders[number] ?? NO_POOL, request);
    }
    case "round_robin":
      return plainRoute(nextInTurn(view, holders), request);
  }
}
