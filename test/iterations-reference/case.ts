/**
 * One whole question to the iteration-level engine as plain data, and its bridge to the routers of `test/reference/`, which both engines share.
 *
 * The rules are those of `docs/reference/iterations-engine.md`. Times are seconds, lengths tokens.
 */
import type { ClosedLoop, CorePool, CoreRouter, CoreServing } from "../../host/core/run-spec.js";
import type { Fleet, Pool, Request, Router } from "../reference/case.js";

/** A request of the workload. */
export interface IterationsRequest {
  /** Ignored in a closed loop. */
  arrivalS: number;
  /** Prompt tokens before any compression, at least 1. */
  input: number;
  /** At least 1. */
  output: number;
  /** Index into {@link IterationsCase.labelPools}; 0 for no label. */
  label: number;
  /** 0..63. */
  category: number;
  /** 0..255; smaller goes first. */
  priority: number;
  /** Names of the first units of the prompt, `prefixBlock` tokens each. */
  blockIds: readonly number[];
}

/** A pool that has an iteration model. `slots` is max_num_seqs of a replica, `kvBlocks` its num_blocks. */
export type ServingPool = CorePool & { serving: CoreServing };

/** Pools, router, requests in order of arrival, and how the run is made. */
export interface IterationsCase {
  /** `maxCtx` is the smaller of max_ctx and max_model_len; all have `serving`. */
  pools: readonly CorePool[];
  router: CoreRouter;
  /** Pool that each label names; -1 for none. */
  labelPools?: readonly number[];
  /** 0 .. 2^53 - 1. */
  seed: number;
  replication: number;
  /** `Infinity`: until all is served. */
  horizonS: number;
  closedLoop?: ClosedLoop;
  requests: readonly IterationsRequest[];
}

/** @throws RangeError where a pool has no `serving`. */
export function servingPools({ pools }: IterationsCase): ServingPool[] {
  return pools.map((pool, index) => {
    const { serving } = pool;
    if (serving === undefined) throw new RangeError(`pool ${index} has no serving`);
    return { ...pool, serving };
  });
}

/** Seats of one lane: `max(1, floor(max_num_seqs / pp))`. */
export function seatsOf({ slots, serving }: ServingPool): number {
  return Math.max(1, Math.floor(slots / serving.pp));
}

/** Indices of the pools that routers see: decode pools take no arrivals. */
export function routedPools({ pools }: IterationsCase): number[] {
  return [...pools.keys()].filter((index) => pools[index]!.stage?.role !== "decode");
}

/** Longest request that may come to a pool: what is handed over must fit its decode pool too. */
function longestOf({ pools }: IterationsCase, { maxCtx, stage }: CorePool): number {
  return stage?.role === "prefill" ? Math.min(maxCtx, pools[stage.decodePool]!.maxCtx) : maxCtx;
}

/** The fleet as the routers of the request-level twin see it, without decode pools: a replica has `pp` times the seats of a lane. */
export function routedFleet(one: IterationsCase): Fleet {
  const all = servingPools(one);
  const pools = routedPools(one).map((index): Pool => {
    const pool = all[index]!;
    const { maxQueue, serving, ...shared } = pool;
    return {
      ...shared,
      id: `pool-${index}`,
      maxCtx: longestOf(one, pool),
      slots: serving.pp * seatsOf(pool),
      maxQueue: maxQueue ?? Infinity,
      balance: "least_outstanding",
    };
  });
  return { pools, router: routerOf(one) };
}

function routerOf(one: IterationsCase): Router {
  const { router } = one;
  switch (router.type) {
    case "length":
      return { type: "length", threshold: router.threshold ?? null, by: router.by ?? "total" };
    case "label":
      return { type: "model", defaultPool: routedPools(one).indexOf(router.defaultPool) };
    default:
      return router;
  }
}

/** A request as the routers see it: its label is the pool that it names. */
export function routedRequest(one: IterationsCase, request: IterationsRequest): Request {
  const { arrivalS, input, output, category } = request;
  return { arrivalS, input, output, category, label: routedPools(one).indexOf(one.labelPools?.[request.label] ?? -1) };
}
