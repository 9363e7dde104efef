/** Random pools: every scheduler and balance, memory that is often just what the longest request needs, budgets of a few tokens. */
import fc from "fast-check";
import type { CorePool, CoreServing } from "../../host/core/run-spec.js";
import { modelDraw, type ModelDraw } from "./arbitrary-model.js";

const share = fc.double({ min: 0, max: 1, noNaN: true });

/** Longest request of any pool, tokens of scale 1. */
export const MOST_LENGTH = 64;

/** Lengths are tokens of scale 1. */
export interface PoolDraw {
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
  /** Added to the budget of a crowded pool. */
  crowdBudget: number;
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

export const poolDraw: fc.Arbitrary<PoolDraw> = fc.record({
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
  maxQueue: fc.constantFrom(null, null, null, null, 0, 0, 1, 2, 6),
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
  policy: fc.constantFrom("fcfs", "priority"),
  budget: fc.oneof({ weight: 4, arbitrary: fewTokens }, { weight: 1, arbitrary: fc.constantFrom(null, 512) }),
  crowdBudget: fc.constantFrom(2, 6, 16, 16),
  chunk: fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fewTokens }),
  chunked: fc.constantFrom(true, true, true, false),
  watermark: fc.constantFrom(0, 0, 0.01, 0.1, 0.3, 0.9),
  pp: fc.constantFrom(1, 1, 1, 2, 3),
  unitBlocks: fc.constantFrom(null, 1, 1, 2, 4),
  model: modelDraw,
});

/** What holds requests back is gone: there are many seats over little memory; for `prefilling`, small chunks in a budget that decodes soon use up. */
export function crowded(draw: PoolDraw, crowds: "no" | "decoding" | "prefilling"): PoolDraw {
  if (crowds === "no") return draw;
  if (crowds === "prefilling") {
    const few = (tokens: number | null) => 1 + ((tokens ?? 0) % 4);
    return {
      ...draw,
      slots: 8 * draw.pp,
      spareShare: Math.min(draw.spareShare, 1),
      watermark: 0,
      budget: 2 + few(draw.budget),
      chunk: few(draw.chunk),
    };
  }
  const budget = draw.budget === null ? null : draw.budget + draw.crowdBudget;
  return {
    ...draw,
    slots: 16 * draw.pp,
    spareShare: Math.min(draw.spareShare, 1),
    watermark: 0,
    maxQueue: null,
    budget,
  };
}

/** Lengths and budgets times `tokens`. */
export function stretched(draw: PoolDraw, tokens: number): PoolDraw {
  const budget = draw.budget === null ? null : draw.budget * tokens;
  const chunk = draw.chunk === null ? null : draw.chunk * tokens;
  return { ...draw, maxCtx: draw.maxCtx * tokens, budget, chunk };
}

export function fitPool(draw: PoolDraw, model: CoreServing["model"]): CorePool {
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

/** Budgets and chunks that a scheduler has no use for are given all the same: it must not heed them. */
function fitServing(draw: PoolDraw, model: CoreServing["model"]): CoreServing {
  const { scheduler, policy, budget, chunk, chunked, watermark, pp } = draw;
  return {
    scheduler,
    policy,
    maxNumBatchedTokens: budget,
    chunk,
    chunked,
    watermark,
    pp,
    prefixBlock: draw.unitBlocks === null ? null : draw.unitBlocks * draw.blockSize,
    model,
  };
}
