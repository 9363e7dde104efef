/** Parts of which cases are put together by hand. */
import type { CorePool, CoreServing } from "../../host/core/run-spec.js";
import type { AffineModel } from "../../host/profiles/iteration-model.js";
import type { IterationsCase, IterationsRequest } from "./case.js";

/** Ticks in a millisecond. */
export const MS = 1e6;

/** An affine model that takes no time but for what is named. */
export function affine(changes: Partial<Omit<AffineModel, "type">> = {}): AffineModel {
  return {
    type: "affine",
    knots: [{ tokens: 0, compute: 0, memory: 0, other: 0 }],
    tokenGranularity: 1,
    computePerContext: 0,
    computePerWork: 0,
    memoryPerContext: 0,
    memoryPerProcessed: 0,
    otherPerSequence: 0,
    ...changes,
  };
}

/** Every iteration takes so many milliseconds. */
export function everyIteration(ms: number): AffineModel {
  return affine({ knots: [{ tokens: 0, compute: 0, memory: 0, other: ms / 1000 }] });
}

/** `c0 + c1 * tokens + c2 * context + c3 * work + c4 * sequences`, all in ms. */
export function linear(c0: number, c1: number, c2 = 0, c3 = 0, c4 = 0): AffineModel {
  return affine({
    knots: [
      { tokens: 0, compute: c0 / 1000, memory: 0, other: 0 },
      { tokens: 1, compute: (c0 + c1) / 1000, memory: 0, other: 0 },
    ],
    computePerContext: c2 / 1000,
    computePerWork: c3 / 1000,
    otherPerSequence: c4 / 1000,
  });
}

/** Memory bound while batches are small and contexts short, compute bound later. */
export function crossing(): AffineModel {
  return affine({
    knots: [
      { tokens: 1, compute: 0.0002, memory: 0.004, other: 0.0005 },
      { tokens: 64, compute: 0.003, memory: 0.0042, other: 0.0005 },
      { tokens: 512, compute: 0.02, memory: 0.006, other: 0.0006 },
    ],
    tokenGranularity: 8,
    computePerContext: 3e-7,
    computePerWork: 1e-8,
    memoryPerContext: 1e-7,
    memoryPerProcessed: 2e-8,
    otherPerSequence: 1e-6,
  });
}

/** One replica of `vllm` with much room, iterations of 1 ms and no limit but 8 seats, unless told otherwise. */
export function pool(serving: Partial<CoreServing> = {}, changes: Partial<CorePool> = {}): CorePool {
  return {
    replicas: 1,
    slots: 8,
    maxCtx: 1000,
    kvBlocks: 10_000,
    blockSize: 1,
    W: 0.001,
    H: 0.001,
    calibrationCtx: 1000,
    chunk: 512,
    queue: "replica",
    maxQueue: null,
    balance: "least_outstanding",
    ...changes,
    serving: {
      scheduler: "vllm",
      policy: "fcfs",
      maxNumBatchedTokens: null,
      chunk: null,
      chunked: serving.scheduler === undefined || serving.scheduler === "vllm" || serving.scheduler === "sarathi",
      watermark: 0,
      pp: 1,
      prefixBlock: null,
      model: everyIteration(1),
      ...serving,
    },
  };
}

export function request(
  arrivalMs: number,
  input: number,
  output: number,
  changes: Partial<IterationsRequest> = {},
): IterationsRequest {
  return { arrivalS: arrivalMs / 1000, input, output, label: 0, category: 0, priority: 0, blockIds: [], ...changes };
}

/** Requests through pools; by default the first pool that holds a request takes it. */
export function caseOf(
  pools: readonly CorePool[],
  requests: readonly IterationsRequest[],
  changes: Partial<IterationsCase> = {},
): IterationsCase {
  return {
    pools,
    router: { type: "length" },
    labelPools: [-1, ...pools.keys()],
    seed: 1,
    replication: 0,
    horizonS: Infinity,
    requests,
    ...changes,
  };
}
