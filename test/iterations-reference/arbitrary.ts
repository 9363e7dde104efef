/**
 * Random whole cases for property tests of the iteration-level engine: everything the rules allow, crowded at their edges.
 *
 * Memory is often just what the longest request needs, budgets and chunks are a few tokens, arrivals, iterations, think times and delays are often whole
 * units of time so that they meet at one tick, and prompts share prefixes. Every part is an independent draw that is then fitted to the others.
 */
import fc from "fast-check";
import type { ClosedLoop, CoreRouter } from "../../host/core/run-spec.js";
import { fitLongModel, fitModel } from "./arbitrary-model.js";
import { crowded, fitPool, MOST_LENGTH, poolDraw, stretched } from "./arbitrary-pool.js";
import type { IterationsCase, IterationsRequest } from "./case.js";

const MOST_POOLS = 4;

const share = fc.double({ min: 0, max: 1, noNaN: true });

const CATEGORIES = [0, 1, 31, 32, 63];

const probability = fc.oneof(fc.constantFrom(0, 0.5, 1), share);

/** Delays are in units, pools any index. */
export const routerDraw: fc.Arbitrary<CoreRouter> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record({
        threshold: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: MOST_LENGTH })),
        by: fc.constantFrom("total" as const, "input" as const),
      })
      .map(({ threshold, by }) => ({ type: "length" as const, by, ...(threshold === null ? {} : { threshold }) })),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("compress_route" as const),
      bShort: fc.oneof(fc.integer({ min: 4, max: 24 }), fc.integer({ min: 1, max: MOST_LENGTH })),
      gamma: fc.oneof(fc.constantFrom(1, 1.5, 3, 8), fc.double({ min: 1, max: 10, noNaN: true })),
      pCompress: fc.oneof({ weight: 2, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: probability }),
      safeCategories: fc.subarray(CATEGORIES, { minLength: 2 }),
      compressLatencyS: fc.oneof(
        { weight: 3, arbitrary: fc.integer({ min: 0, max: 6 }) },
        { weight: 1, arbitrary: fc.double({ min: 0, max: 6, noNaN: true }) },
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("spillover" as const),
      threshold: fc.integer({ min: 1, max: MOST_LENGTH }),
      spillThreshold: fc.oneof(fc.constantFrom(0.25, 0.5, 1, 2), fc.double({ min: 0.01, max: 3, noNaN: true })),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("least_loaded" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("label" as const), defaultPool: fc.nat({ max: MOST_POOLS - 1 }) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("random" as const) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("round_robin" as const) }) },
);

export function fitRouter(router: CoreRouter, pools: number, { unitS, tokens }: Scale): CoreRouter {
  switch (router.type) {
    case "length":
      return router.threshold === undefined ? router : { ...router, threshold: router.threshold * tokens };
    case "spillover":
      return { ...router, threshold: router.threshold * tokens };
    case "compress_route":
      return { ...router, bShort: router.bShort * tokens, compressLatencyS: router.compressLatencyS * unitS };
    case "label":
      return { ...router, defaultPool: router.defaultPool % pools };
    default:
      return router;
  }
}

/** A walk down the tree of prompts: along the trunk of its group, from `forkAt` on along one of two branches. */
interface PathDraw {
  group: number;
  units: number;
  forkAt: number;
  branch: number;
}

export interface RequestDraw {
  gapUnits: number;
  jitter: number;
  input: number;
  output: number;
  label: number;
  category: number;
  priority: number;
  path: PathDraw;
}

const lengthDraw = (few: number, most: number) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 1, max: few }) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: most }) },
  );

export const requestDraw: fc.Arbitrary<RequestDraw> = fc.record({
  gapUnits: fc.oneof(
    { weight: 12, arbitrary: fc.constant(0) },
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 4 }) },
    { weight: 1, arbitrary: fc.integer({ min: 10, max: 60 }) },
  ),
  jitter: share,
  input: lengthDraw(8, 40),
  output: lengthDraw(6, 28),
  label: fc.nat({ max: MOST_POOLS }),
  category: fc.constantFrom(...CATEGORIES),
  priority: fc.constantFrom(0, 0, 1, 2, 255),
  path: fc.record({
    group: fc.constantFrom(0, 0, 1),
    units: fc.nat({ max: 40 }),
    forkAt: fc.constantFrom(40, 40, 0, 1, 2, 5),
    branch: fc.nat({ max: 1 }),
  }),
});

/** Ids of the units of a path; equal beginnings of two paths have equal ids. */
function idsOfPath({ group, units, forkAt, branch }: PathDraw): number[] {
  return Array.from({ length: units }, (_, unit) => {
    const place = unit < forkAt ? 0 : 1 + 2 * forkAt + branch;
    return (group * 100 + place) * 100 + unit;
  });
}

export function fitRequests(
  draws: readonly RequestDraw[],
  pools: number,
  { unitS, jitter, crowds, urgent, tokens }: Scale,
): IterationsRequest[] {
  let units = 0;
  const length = (drawn: number, draw: RequestDraw) => drawn * tokens - Math.floor(draw.jitter * (tokens - 1));
  return draws.map((draw, i) => {
    units += (crowds === "no" ? draw.gapUnits : draw.gapUnits % 2) + (jitter ? draw.jitter : 0);
    return {
      arrivalS: units * unitS,
      input: length(crowds === "decoding" ? 1 + (draw.input % 16) : draw.input, draw),
      output: length(crowds === "no" ? draw.output : 8 + draw.output, draw),
      label: draw.label <= pools ? draw.label : 0,
      category: draw.category,
      priority: urgent ? Math.max(0, 255 - i) : draw.priority,
      blockIds: idsOfPath(draw.path),
    };
  });
}

export interface Scale {
  /** Arrivals, delays and the horizon are multiples of it, s. */
  unitS: number;
  /** Arrivals are shifted by drawn shares of a unit. */
  jitter: boolean;
  /**
   * Whether requests crowd into memory, outgrow it and preempt each other: `decoding` short prompts with long outputs, `prefilling` long prompts in small
   * chunks.
   */
  crowds: "no" | "decoding" | "prefilling";
  /** Who comes later is more urgent: where priorities count, the first of the running list is the first to be preempted. */
  urgent: boolean;
  /** Lengths and budgets are multiplied by it (and lengths made odd): long runs of iterations between two changes of a batch. */
  tokens: number;
}

/** Long requests have short units: an iteration must stay below some two hours even if all its tokens are extrapolated. */
const lengthsAndUnits = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({ tokens: fc.constant(1), unitS: fc.constantFrom(0.001, 0.001, 0.03, 1e-6, 1e-9) }),
  },
  { weight: 1, arbitrary: fc.record({ tokens: fc.constant(15), unitS: fc.constantFrom(1e-6, 1e-5, 1e-9) }) },
);

export const scale: fc.Arbitrary<Scale> = fc
  .record({
    lengthsAndUnits,
    jitter: fc.constantFrom(false, false, false, true),
    crowds: fc.constantFrom(
      "no" as const,
      "no" as const,
      "no" as const,
      "decoding" as const,
      "decoding" as const,
      "prefilling" as const,
    ),
    urgent: fc.constantFrom(false, false, true),
  })
  .map(({ lengthsAndUnits, ...scale }) => ({ ...lengthsAndUnits, ...scale }));

/** Times in units. */
export const closedLoopDraw: fc.Arbitrary<Required<ClosedLoop>> = fc.record({
  concurrency: fc.integer({ min: 1, max: 12 }),
  thinkS: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 6 }), fc.double({ min: 0, max: 5, noNaN: true })),
  think: fc.constantFrom("fixed" as const, "exponential" as const),
  rampS: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20 })),
});

export function fitClosedLoop(draw: Required<ClosedLoop>, unitS: number): ClosedLoop {
  return { ...draw, thinkS: draw.thinkS * unitS, rampS: draw.rampS * unitS };
}

/** Limits on what {@link arbitraryIterationsCase} draws. */
export interface IterationsCaseLimits {
  /** Default 60. */
  maxRequests?: number;
  /** Default 4. */
  maxPools?: number;
}

/**
 * Cases of 1 to 4 pools of 1 to 3 replicas of 1 to 3 lanes, any scheduler, router and balance, open or closed, with 0 to 60 requests.
 *
 * Every lane holds one request of its pool's `maxCtx`, units are whole blocks, and ids of units form a tree.
 */
export function arbitraryIterationsCase({
  maxRequests = 60,
  maxPools = MOST_POOLS,
}: IterationsCaseLimits = {}): fc.Arbitrary<IterationsCase> {
  return fc
    .record({
      scale,
      pools: fc.oneof(
        { weight: 3, arbitrary: fc.array(poolDraw, { minLength: 1, maxLength: 1 }) },
        { weight: 2, arbitrary: fc.array(poolDraw, { minLength: 1, maxLength: maxPools, size: "max" }) },
      ),
      router: routerDraw,
      seed: fc.oneof(fc.nat({ max: 9 }), fc.maxSafeNat()),
      replication: fc.nat({ max: 50 }),
      horizonUnits: fc.oneof(
        { weight: 3, arbitrary: fc.constant(Infinity) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: 40 }) },
        { weight: 1, arbitrary: fc.double({ min: 0, max: 200, noNaN: true }) },
      ),
      closedLoop: fc.option(closedLoopDraw, { freq: 4 }),
      requests: fc.array(requestDraw, { maxLength: maxRequests, size: "max" }),
    })
    .map((draw) => {
      const { unitS } = draw.scale;
      const alone = draw.pools.length === 1 && draw.pools[0]!.replicas === 1 && draw.pools[0]!.pp === 1;
      const pools = draw.pools.map((pool) => {
        const model = alone ? fitModel(pool.model, unitS) : fitLongModel(pool.model, unitS);
        return fitPool(stretched(crowded(pool, draw.scale.crowds), draw.scale.tokens), model);
      });
      return {
        pools,
        router: fitRouter(draw.router, pools.length, draw.scale),
        labelPools: [-1, ...pools.keys()],
        seed: draw.seed,
        replication: draw.replication,
        horizonS: draw.horizonUnits * unitS,
        ...(draw.closedLoop === null ? {} : { closedLoop: fitClosedLoop(draw.closedLoop, unitS) }),
        requests: fitRequests(draw.requests, pools.length, draw.scale),
      };
    });
}
