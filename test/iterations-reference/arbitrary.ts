/**
 * Random whole cases for property tests of the iteration-level engine: everything the rules allow, crowded at their edges.
 *
 * Memory is often just what the longest request needs, budgets and chunks are a few tokens, arrivals, iterations, think times and delays are often whole
 * units of time so that they meet at one tick, and prompts share prefixes. Every part is an independent draw that is then fitted to the others.
 */
import fc from "fast-check";
import type { ClosedLoop, CorePool, CoreRouter, CoreServing } from "../../host/core/run-spec.js";
import { fitLongModel, fitModel, modelDraw, type ModelDraw } from "./arbitrary-model.js";
import type { IterationsCase, IterationsRequest } from "./case.js";

const MOST_POOLS = 4;
const MOST_LENGTH = 64;

const share = fc.double({ min: 0, max: 1, noNaN: true });

interface PoolDraw {
  replicas: number;
  slots: number;
  maxCtx: number;
  blockSize: number;
  /** Blocks of a lane beyond what its longest request needs, as a share of those. */
  spareShare: number;
  /** Blocks of a replica that do not fill a lane. */
  oddBlocks: number;
  queue: CorePool["queue"];
  maxQueue: number | null;
  balance: CorePool["balance"];
  prefixWeight: number | null;
  scheduler: CoreServing["scheduler"];
  policy: CoreServing["policy"];
  budget: number | null;
  chunk: number | null;
  chunked: boolean;
  watermark: number;
  pp: number;
  unitBlocks: number | null;
  model: ModelDraw;
}

const fewTokens = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 8 }) },
  { weight: 1, arbitrary: fc.integer({ min: 9, max: 64 }) },
);

const poolDraw: fc.Arbitrary<PoolDraw> = fc.record({
  replicas: fc.constantFrom(1, 1, 2, 3),
  slots: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constantFrom(6, 16)),
  maxCtx: fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 40, max: MOST_LENGTH }) },
    { weight: 1, arbitrary: fc.integer({ min: 2, max: MOST_LENGTH }) },
  ),
  blockSize: fc.constantFrom(1, 2, 2, 4, 4, 16),
  spareShare: fc.oneof(
    { weight: 2, arbitrary: fc.constant(0) },
    { weight: 4, arbitrary: share },
    { weight: 2, arbitrary: fc.constant(8) },
  ),
  oddBlocks: fc.nat({ max: 2 }),
  queue: fc.constantFrom("replica", "replica", "replica", "shared"),
  maxQueue: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: fc.nat({ max: 6 }) }),
  balance: fc.constantFrom(
    "least_outstanding",
    "least_queue",
    "round_robin",
    "two_choices",
    "prefix_affinity",
    "prefix_affinity",
  ),
  prefixWeight: fc.constantFrom(null, 0, 0.5, 1, 4),
  scheduler: fc.constantFrom("vllm", "vllm", "vllm", "vllm-v0", "vllm-v0", "sarathi", "sarathi", "orca", "static"),
  policy: fc.constantFrom("fcfs", "fcfs", "priority"),
  budget: fc.oneof({ weight: 4, arbitrary: fewTokens }, { weight: 1, arbitrary: fc.constantFrom(null, 512) }),
  chunk: fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fewTokens }),
  chunked: fc.constantFrom(true, true, true, false),
  watermark: fc.constantFrom(0, 0, 0.01, 0.1, 0.3, 0.9),
  pp: fc.constantFrom(1, 1, 1, 2, 3),
  unitBlocks: fc.constantFrom(null, 1, 1, 2, 4),
  model: modelDraw,
});

/** Many seats over little memory, and nothing that holds requests back. */
function crowded(draw: PoolDraw): PoolDraw {
  const budget = draw.budget === null ? null : draw.budget + 16;
  return {
    ...draw,
    slots: 16 * draw.pp,
    spareShare: Math.min(draw.spareShare, 1),
    watermark: 0,
    maxQueue: null,
    budget,
  };
}

function fitPool(draw: PoolDraw, model: CoreServing["model"]): CorePool {
  const blocksOfLongest = Math.ceil(draw.maxCtx / draw.blockSize);
  const laneBlocks = blocksOfLongest + Math.floor(draw.spareShare * blocksOfLongest);
  return {
    replicas: draw.replicas,
    slots: draw.slots,
    maxCtx: draw.maxCtx,
    kvBlocks: draw.pp * laneBlocks + Math.min(draw.oddBlocks, draw.pp - 1),
    blockSize: draw.blockSize,
    W: 0.001,
    H: 0.001,
    calibrationCtx: 64,
    chunk: 512,
    queue: draw.queue,
    maxQueue: draw.maxQueue,
    balance: draw.balance,
    ...(draw.prefixWeight === null ? {} : { prefixWeight: draw.prefixWeight }),
    serving: fitServing(draw, model),
  };
}

/** `orca` and `static` know no budget, and only `vllm` a chunk beside its budget: as the host resolves them. */
function fitServing(draw: PoolDraw, model: CoreServing["model"]): CoreServing {
  const { scheduler, policy, chunked, watermark, pp } = draw;
  const unlimited = scheduler === "orca" || scheduler === "static";
  return {
    scheduler,
    policy,
    maxNumBatchedTokens: unlimited ? null : draw.budget,
    chunk: scheduler === "vllm" ? draw.chunk : null,
    chunked: scheduler === "vllm" ? chunked : scheduler === "sarathi",
    watermark,
    pp,
    prefixBlock: draw.unitBlocks === null ? null : draw.unitBlocks * draw.blockSize,
    model,
  };
}

const CATEGORIES = [0, 1, 31, 32, 63];

const probability = fc.oneof(fc.constantFrom(0, 0.5, 1), share);

/** Delays are in units, pools any index. */
const routerDraw: fc.Arbitrary<CoreRouter> = fc.oneof(
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
      compressLatencyS: fc.oneof(fc.integer({ min: 0, max: 6 }), fc.double({ min: 0, max: 6, noNaN: true })),
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

function fitRouter(router: CoreRouter, pools: number, unitS: number): CoreRouter {
  switch (router.type) {
    case "compress_route":
      return { ...router, compressLatencyS: router.compressLatencyS * unitS };
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

interface RequestDraw {
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

const requestDraw: fc.Arbitrary<RequestDraw> = fc.record({
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

function fitRequests(
  draws: readonly RequestDraw[],
  pools: number,
  { unitS, jitter, crowds }: Scale,
): IterationsRequest[] {
  let units = 0;
  return draws.map((draw) => {
    units += (crowds ? draw.gapUnits % 2 : draw.gapUnits) + (jitter ? draw.jitter : 0);
    return {
      arrivalS: units * unitS,
      input: crowds ? 1 + (draw.input % 8) : draw.input,
      output: crowds ? 8 + draw.output : draw.output,
      label: draw.label <= pools ? draw.label : 0,
      category: draw.category,
      priority: draw.priority,
      blockIds: idsOfPath(draw.path),
    };
  });
}

interface Scale {
  /** Arrivals, delays and the horizon are multiples of it, s. */
  unitS: number;
  /** Arrivals are shifted by drawn shares of a unit. */
  jitter: boolean;
  /** Short prompts crowd into memory, then outgrow it and preempt each other. */
  crowds: boolean;
}

const scale: fc.Arbitrary<Scale> = fc.record({
  unitS: fc.constantFrom(0.001, 0.001, 0.03, 1e-6, 1e-9),
  jitter: fc.constantFrom(false, false, false, true),
  crowds: fc.constantFrom(false, false, true),
});

/** Times in units. */
const closedLoopDraw: fc.Arbitrary<Required<ClosedLoop>> = fc.record({
  concurrency: fc.integer({ min: 1, max: 12 }),
  thinkS: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 6 }), fc.double({ min: 0, max: 5, noNaN: true })),
  think: fc.constantFrom("fixed" as const, "exponential" as const),
  rampS: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20 })),
});

function fitClosedLoop(draw: Required<ClosedLoop>, unitS: number): ClosedLoop {
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
        return fitPool(draw.scale.crowds ? crowded(pool) : pool, model);
      });
      return {
        pools,
        router: fitRouter(draw.router, pools.length, unitS),
        labelPools: [-1, ...pools.keys()],
        seed: draw.seed,
        replication: draw.replication,
        horizonS: draw.horizonUnits * unitS,
        ...(draw.closedLoop === null ? {} : { closedLoop: fitClosedLoop(draw.closedLoop, unitS) }),
        requests: fitRequests(draw.requests, pools.length, draw.scale),
      };
    });
}
