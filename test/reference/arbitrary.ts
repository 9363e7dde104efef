/**
 * Random whole cases for property tests: everything the rules allow, crowded at their edges.
 *
 * In most cases arrivals, services and delays are multiples of one grain of time, so that completions, compressed requests and
 * arrivals often meet at one tick. Every part is an independent draw that is then fitted to the others (fractions, indices modulo),
 * never a chain of draws: this keeps shrinking effective. Times and lengths are bounded so that every time integral of a case of 200
 * requests stays below 2^53: at most 200 requests x 4000 grains x 450 blocks x 10^7 ticks a grain.
 */
import fc from "fast-check";
import type { Balance, Case, Fleet, Pool, Request, Router, RunOptions } from "./case.js";

/** Tokens, seconds and rates that go together. */
interface Scale {
  /** Arrivals, delays and the horizon are multiples of it, seconds. */
  grainS: number;
  /** Lengths are multiples of it, tokens. */
  tokens: number;
  /** Arrivals are shifted by drawn shares of a grain, so that they no longer meet completions. */
  jitter: boolean;
}

const scale: fc.Arbitrary<Scale> = fc.record({
  grainS: fc.constantFrom(0.01, 0.003, 0.001, 1e-6, 1e-9),
  tokens: fc.constantFrom(1, 1, 1, 100),
  jitter: fc.constantFrom(false, false, false, true),
});

const share = fc.double({ min: 0, max: 1, noNaN: true });

const MOST_POOLS = 5;

const MOST_LENGTH = 64;

interface PoolDraw {
  replicas: number;
  slots: number;
  maxCtx: number;
  kvShare: number;
  blockSize: number;
  iterationGrains: number;
  perSequenceGrains: number;
  chunk: number;
  calibrationCtx: number;
  queue: "replica" | "shared";
  maxQueue: number;
  balance: Balance;
}

const poolDraw: fc.Arbitrary<PoolDraw> = fc.record({
  replicas: fc.integer({ min: 1, max: 6 }),
  slots: fc.integer({ min: 1, max: 5 }),
  maxCtx: fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 16, max: MOST_LENGTH }) },
    { weight: 1, arbitrary: fc.integer({ min: 2, max: MOST_LENGTH }) },
  ),
  kvShare: fc.oneof(fc.constantFrom(0, 1), share),
  blockSize: fc.constantFrom(1, 2, 3, 4, 16),
  iterationGrains: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(0.125, 0.5, 1, 2, 4) },
    { weight: 1, arbitrary: fc.double({ min: 0.01, max: 2, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(1e-12, 1e-3, 20) },
  ),
  perSequenceGrains: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.constantFrom(0.125, 0.5) },
    { weight: 1, arbitrary: fc.double({ min: 0, max: 0.5, noNaN: true }) },
  ),
  chunk: fc.constantFrom(1, 2, 5, 8, 64),
  calibrationCtx: fc.constantFrom(8, 16, 50),
  queue: fc.constantFrom("replica", "replica", "shared"),
  maxQueue: fc.constantFrom(Infinity, Infinity, 4, 3, 2, 1, 0),
  balance: fc.constantFrom("least_outstanding", "least_queue", "round_robin", "two_choices"),
});

function fitPool(draw: PoolDraw, index: number, { grainS, tokens }: Scale): Pool {
  const maxCtx = draw.maxCtx * tokens;
  const blockSize = tokens === 1 ? draw.blockSize : draw.blockSize * 16;
  const blocksOfLongest = Math.ceil(maxCtx / blockSize);
  return {
    id: `pool-${index}`,
    replicas: draw.replicas,
    slots: draw.slots,
    maxCtx,
    kvBlocks: blocksOfLongest + Math.floor(draw.kvShare * (draw.slots - 1) * blocksOfLongest),
    blockSize,
    W: (draw.iterationGrains * grainS) / tokens,
    H: (draw.perSequenceGrains * grainS) / tokens,
    calibrationCtx: draw.calibrationCtx * tokens,
    chunk: draw.chunk * tokens,
    queue: draw.queue,
    maxQueue: draw.maxQueue,
    balance: draw.balance,
  };
}

/** A length in tokens of scale 1, short ones more often. */
const lengthDraw = (most: number) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: Math.min(8, most) }) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: most }) },
  );

const probability = fc.oneof(fc.constantFrom(0, 0.5, 1), share);

/** Both halves of a 64-bit set, and their ends. */
const CATEGORIES = [0, 1, 2, 31, 32, 63];

const category = fc.constantFrom(...CATEGORIES);

/** Thresholds are in tokens of scale 1, delays in grains, pools any index. */
const routerDraw: fc.Arbitrary<Router> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("length" as const),
      threshold: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: MOST_LENGTH })),
      by: fc.constantFrom("total" as const, "input" as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("compress_route" as const),
      bShort: fc.oneof(fc.integer({ min: 4, max: 16 }), fc.integer({ min: 1, max: MOST_LENGTH })),
      gamma: fc.oneof(fc.constantFrom(1, 1.5, 3, 8), fc.double({ min: 1, max: 10, noNaN: true })),
      pCompress: fc.oneof({ weight: 2, arbitrary: fc.constant(1) }, { weight: 3, arbitrary: probability }),
      safeCategories: fc.subarray(CATEGORIES, { minLength: 1 }),
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
  { weight: 1, arbitrary: fc.record({ type: fc.constant("least_loaded" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constantFrom("model" as const, "semantic" as const),
      defaultPool: fc.nat({ max: MOST_POOLS - 1 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("random" as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("round_robin" as const) }) },
);

function fitRouter(router: Router, pools: number, { grainS, tokens }: Scale): Router {
  switch (router.type) {
    case "length":
      return { ...router, threshold: router.threshold === null ? null : router.threshold * tokens };
    case "compress_route":
      return { ...router, bShort: router.bShort * tokens, compressLatencyS: router.compressLatencyS * grainS };
    case "spillover":
      return { ...router, threshold: router.threshold * tokens };
    case "model":
    case "semantic":
      return { ...router, defaultPool: router.defaultPool % pools };
    default:
      return router;
  }
}

interface RequestDraw {
  gapGrains: number;
  jitter: number;
  input: number;
  output: number;
  label: number;
  category: number;
}

const requestDraw: fc.Arbitrary<RequestDraw> = fc.record({
  gapGrains: fc.oneof(
    { weight: 12, arbitrary: fc.constant(0) },
    { weight: 12, arbitrary: fc.integer({ min: 0, max: 4 }) },
    { weight: 1, arbitrary: fc.integer({ min: 10, max: 60 }) },
  ),
  jitter: share,
  input: lengthDraw(MOST_LENGTH + 8),
  output: lengthDraw(16),
  label: fc.integer({ min: -1, max: MOST_POOLS - 1 }),
  category,
});

function fitRequests(draws: readonly RequestDraw[], pools: number, { grainS, tokens, jitter }: Scale): Request[] {
  let grains = 0;
  return draws.map((draw) => {
    grains += draw.gapGrains + (jitter ? draw.jitter : 0);
    return {
      arrivalS: grains * grainS,
      input: draw.input * tokens,
      output: draw.output * tokens,
      label: draw.label < pools ? draw.label : -1,
      category: draw.category,
    };
  });
}

const optionsDraw: fc.Arbitrary<RunOptions> = fc.record({
  seed: fc.oneof(fc.nat({ max: 9 }), fc.maxSafeNat()),
  replication: fc.nat({ max: 50 }),
  horizonS: fc.oneof(
    { weight: 3, arbitrary: fc.constant(Infinity) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 40 }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 400 }) },
  ),
  warmup: fc.oneof(fc.constantFrom(0, 0.1, 0.5), fc.double({ min: 0, max: 0.95, noNaN: true })),
});

/** Limits on what {@link arbitraryCase} draws. */
export interface CaseLimits {
  /** Default 200. */
  maxRequests?: number;
  /** Default 5. */
  maxPools?: number;
}

/**
 * Cases of 1..5 pools of 1..6 replicas of 1..5 slots, any router and balance, with 0..200 requests.
 *
 * Every pool can hold one request of its `maxCtx` in its KV blocks, every number is finite but for `maxQueue` and `horizonS`, and
 * every request has input and output tokens.
 */
export function arbitraryCase({ maxRequests = 200, maxPools = MOST_POOLS }: CaseLimits = {}): fc.Arbitrary<Case> {
  return fc
    .record({
      scale,
      pools: fc.array(poolDraw, { minLength: 1, maxLength: maxPools, size: "max" }),
      router: routerDraw,
      requests: fc.array(requestDraw, { maxLength: maxRequests, size: "max" }),
      options: optionsDraw,
    })
    .map((draw) => {
      const pools = draw.pools.map((pool, index) => fitPool(pool, index, draw.scale));
      const fleet: Fleet = { pools, router: fitRouter(draw.router, pools.length, draw.scale) };
      const horizonS = draw.options.horizonS * draw.scale.grainS;
      return {
        fleet,
        requests: fitRequests(draw.requests, pools.length, draw.scale),
        options: { ...draw.options, horizonS },
      };
    });
}
