import * as z from "zod";
import { MAX_INT32, mustBeOneOf, numberFrom, objectWith, oneOf, text, wholeNumber } from "./fields.js";
import type { PoolSpec } from "./pool-spec.js";

/**
 * How requests are given to pools, with every parameter that has a default filled in. The rules are in
 * docs/reference/slots-engine.md.
 */
export type RouterSpec =
  /** `threshold`: tokens; absent: the first pool that holds the request. `by`: what is compared with it. */
  | { type: "length"; threshold?: number; by: "total" | "input" }
  | {
      type: "compress_route";
      /** Tokens. */
      bShort: number;
      gamma: number;
      pCompress: number;
      safeCategories: readonly string[];
      compressLatencyS: number;
    }
  /** `threshold`: tokens. `spillThreshold`: outstanding requests relative to slots. */
  | { type: "spillover"; threshold: number; spillThreshold: number }
  | { type: "least_loaded" }
  | { type: "model"; defaultPool: string }
  /** `classify`: path of an ES module whose default export names the pool of a request. */
  | { type: "semantic"; defaultPool: string; classify?: string }
  | { type: "random" }
  | { type: "round_robin" };

/** Names of the routers. */
export const ROUTERS = [
  "length",
  "compress_route",
  "spillover",
  "least_loaded",
  "model",
  "semantic",
  "random",
  "round_robin",
] as const satisfies readonly RouterSpec["type"][];

/** Names of the same router in the Python tool. */
const COMPRESS_NAMES = ["compress_route", "compress", "compress-and-route"] as const;

/** Categories of requests that compress_route may shorten unless the caller says otherwise: the Python tool's. */
export const DEFAULT_SAFE_CATEGORIES = ["prose", "rag", "mixed"] as const;

const tokens = () => wholeNumber(1, MAX_INT32);
const what = "an object with the parameters of a router";

const routerObject = z.discriminatedUnion(
  "type",
  [
    objectWith(what, {
      type: z.literal("length"),
      threshold: tokens().optional().describe("requests up to this size go to the pool of the smallest max_ctx"),
      by: oneOf(["total", "input"]).optional().describe("size: input + output (total, the default) or input alone"),
    }),
    objectWith(what, {
      type: z.literal(COMPRESS_NAMES),
      b_short: tokens().optional().describe("boundary, tokens; the smallest max_ctx unless given"),
      gamma: numberFrom(1, 1e6).default(1.5).describe("requests up to gamma * b_short may be compressed"),
      p_compress: numberFrom(0, 1).default(1).describe("probability that a request can be compressed"),
      safe_categories: z
        .array(text(64), { error: "must be a list of names of categories" })
        .max(64, { error: "must be a list of at most 64 names", abort: true })
        .default([...DEFAULT_SAFE_CATEGORIES]),
      compress_latency_s: numberFrom(0, 86_400).default(0.003).describe("seconds that compression takes"),
    }),
    objectWith(what, {
      type: z.literal("spillover"),
      threshold: tokens().optional().describe("tokens; the smallest max_ctx unless given"),
      spill_threshold: numberFrom(0, 1e6).default(0.85).describe("outstanding requests relative to slots"),
    }),
    objectWith(what, { type: z.literal("least_loaded") }),
    objectWith(what, {
      type: z.literal("model"),
      default_pool: text(64).optional().describe("the first unless given"),
    }),
    objectWith(what, {
      type: z.literal("semantic"),
      default_pool: text(64).optional().describe("the first unless given"),
      classify: text(4096).optional().describe("path of an ES module, relative to the folder of this file"),
    }),
    objectWith(what, { type: z.literal("random") }),
    objectWith(what, { type: z.literal("round_robin") }),
  ],
  {
    error: (issue) =>
      issue.code === "invalid_union"
        ? mustBeOneOf((issue.input as { type?: unknown } | null)?.type, ROUTERS)
        : "must be the name of a router or an object with its type and parameters",
  },
);

/** `router`: a name, or an object with `type` and parameters. */
export const routerSchema = z.union([
  z.enum([...ROUTERS, "compress", "compress-and-route"], { error: (issue) => mustBeOneOf(issue.input, ROUTERS) }),
  routerObject,
]);

/** What {@link routerSchema} gives: names and parameters, before the pools are known. */
export type RouterFields = z.output<typeof routerObject>;

/** The object that a router's name stands for. */
export function routerFields(router: z.output<typeof routerSchema>): RouterFields {
  return typeof router === "string" ? routerObject.parse({ type: router }) : router;
}

/** Says where among the parameters a mistake is, and what is allowed. */
export type SayParameter = (key: string, message: string) => void;

/**
 * Checks the parameters of a router against the pools of its fleet.
 *
 * @param pools those that take arrivals.
 */
export function checkRouter(router: RouterFields, pools: readonly PoolSpec[], say: SayParameter): void {
  const smallest = smallestMaxCtx(pools);
  const named = pools.some(({ maxCtx }) => maxCtx === smallest) ? "max_ctx" : "max_model_len";
  const atMostSmallest = (key: string, value: number | undefined) => {
    if (value === undefined || value <= smallest) return;
    say(
      key,
      `must be at most ${smallest}, the smallest ${named}: longer requests would not fit the pool that gets them`,
    );
  };
  switch (router.type) {
    case "length":
      atMostSmallest("threshold", router.threshold);
      if (router.by !== undefined && router.threshold === undefined) say("by", "has no meaning without threshold");
      break;
    case "compress_route":
    case "compress":
    case "compress-and-route":
      atMostSmallest("b_short", router.b_short);
      break;
    case "spillover":
      atMostSmallest("threshold", router.threshold);
      break;
    case "model":
    case "semantic":
      if (router.default_pool !== undefined && !pools.some((pool) => pool.id === router.default_pool)) {
        say("default_pool", mustBeOneOf(router.default_pool, firstIds(pools)));
      }
      break;
  }
}

/** Fills in what is left to the pools. The parameters must have passed {@link checkRouter}. */
export function completeRouter(router: RouterFields, pools: readonly PoolSpec[]): RouterSpec {
  switch (router.type) {
    case "length": {
      const by = router.by ?? "total";
      return router.threshold === undefined
        ? { type: "length", by }
        : { type: "length", threshold: router.threshold, by };
    }
    case "compress_route":
    case "compress":
    case "compress-and-route":
      return {
        type: "compress_route",
        bShort: router.b_short ?? smallestMaxCtx(pools),
        gamma: router.gamma,
        pCompress: router.p_compress,
        safeCategories: router.safe_categories,
        compressLatencyS: router.compress_latency_s,
      };
    case "spillover": {
      const threshold = router.threshold ?? smallestMaxCtx(pools);
      return { type: "spillover", threshold, spillThreshold: router.spill_threshold };
    }
    case "model":
      return { type: "model", defaultPool: router.default_pool ?? pools[0]!.id };
    case "semantic": {
      const defaultPool = router.default_pool ?? pools[0]!.id;
      return { type: "semantic", defaultPool, ...(router.classify === undefined ? {} : { classify: router.classify }) };
    }
    default:
      return { type: router.type };
  }
}

/** Of what the pools take under either engine: a router's boundary holds for both. */
function smallestMaxCtx(pools: readonly PoolSpec[]): number {
  const longest = ({ maxCtx, serving }: PoolSpec) => Math.min(maxCtx, serving?.maxModelLen ?? maxCtx);
  return pools.reduce((smallest, pool) => Math.min(smallest, longest(pool)), Infinity);
}

/** Ids for a message: all of a small fleet, the first of a large one. */
export function firstIds(pools: readonly PoolSpec[]): string[] {
  return pools.slice(0, 20).map((pool) => pool.id);
}
