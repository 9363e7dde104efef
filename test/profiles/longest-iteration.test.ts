import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Core, loadCore } from "../../host/core/load.js";
import { Simulation } from "../../host/core/simulation.js";
import type { AffineModel, IterationModel, TableModel } from "../../host/profiles/iteration-model.js";
import { type BatchBounds, longestIterationS, MAX_ITERATION_S } from "../../host/profiles/longest-iteration.js";
import { linearModel } from "../../host/profiles/linear-model.js";

let core: Core;
beforeAll(async () => {
  core = await loadCore();
});

/** Whether the core plays a pool of this model; fails where it refuses anything else. */
function coreTakes(model: IterationModel, { maxCtx, kvTokens, seats }: BatchBounds): boolean {
  const pool = {
    replicas: 1,
    slots: seats,
    maxCtx,
    kvBlocks: kvTokens,
    blockSize: 1,
    W: 0,
    H: 0,
    calibrationCtx: 1,
    chunk: 1,
    queue: "replica",
    maxQueue: null,
    balance: "least_outstanding",
    serving: {
      scheduler: "vllm",
      policy: "fcfs",
      maxNumBatchedTokens: null,
      chunk: null,
      chunked: true,
      watermark: 0,
      pp: 1,
      prefixBlock: null,
      model,
    },
  } as const;
  try {
    new Simulation(core, { engine: "iterations", pools: [pool], router: { type: "length" }, seed: 1 });
  } catch (error) {
    if (error instanceof Error && error.message.includes("iteration model")) return false;
    throw error;
  }
  return true;
}

const bounds = fc
  .record({ maxCtx: fc.integer({ min: 1, max: 1e6 }), more: fc.nat(1e7), seats: fc.integer({ min: 1, max: 4096 }) })
  .map(({ maxCtx, more, seats }): BatchBounds => ({ maxCtx, kvTokens: maxCtx + more, seats }));

const time = fc.double({ min: 1e-9, max: 1, noNaN: true });
const rising = (least: number, most: number) =>
  fc.uniqueArray(fc.nat(100_000), { minLength: least, maxLength: most }).map((knots) => knots.sort((a, b) => a - b));

const affine = rising(1, 5).chain((tokens) =>
  fc.record({
    type: fc.constant("affine" as const),
    knots: fc.tuple(
      ...tokens.map((at) => fc.record({ tokens: fc.constant(at), compute: time, memory: time, other: time })),
    ),
    tokenGranularity: fc.integer({ min: 1, max: 64 }),
    computePerContext: time,
    computePerWork: time,
    memoryPerContext: time,
    memoryPerProcessed: time,
    otherPerSequence: time,
  }),
);

const grid = fc.tuple(rising(1, 4), rising(1, 4)).chain(([x, y]) => {
  const row = fc.array(time, { minLength: y.length, maxLength: y.length });
  return fc.record({
    x: fc.constant(x),
    y: fc.constant(y),
    seconds: fc.array(row, { minLength: x.length, maxLength: x.length }),
  });
});
const table = fc.record({ decode: grid, prefill: grid }).map(({ decode, prefill }): TableModel => ({
  type: "table",
  decode: { batch: decode.x, context: decode.y, seconds: decode.seconds },
  prefill: { tokens: prefill.x, context: prefill.y, seconds: prefill.seconds },
  fixed: 0,
}));

function scaledAffine(model: AffineModel, by: number): AffineModel {
  const knot = ({ tokens, compute, memory, other }: AffineModel["knots"][number]) => {
    return { tokens, compute: compute * by, memory: memory * by, other: other * by };
  };
  return {
    ...model,
    knots: model.knots.map(knot),
    computePerContext: model.computePerContext * by,
    computePerWork: model.computePerWork * by,
    memoryPerContext: model.memoryPerContext * by,
    memoryPerProcessed: model.memoryPerProcessed * by,
    otherPerSequence: model.otherPerSequence * by,
  };
}

function scaledTable({ decode, prefill, ...rest }: TableModel, by: number): TableModel {
  const scaled = (rows: readonly (readonly number[])[]) => rows.map((row) => row.map((seconds) => seconds * by));
  return {
    ...rest,
    decode: { ...decode, seconds: scaled(decode.seconds) },
    prefill: { ...prefill, seconds: scaled(prefill.seconds) },
  };
}

describe("longestIterationS", () => {
  it("is all memory full, and each seat with the longest prompt", () => {
    const model = linearModel({ type: "linear", c0Ms: 10, c1Ms: 1, c2Ms: 2, c3Ms: 0.5, c4Ms: 3, tokenGranularity: 1 });
    const tokens = 100 + 2 + 1; // KV memory, one token a seat, and the rounding up
    const byHand = 0.01 + 0.001 * tokens + 0.002 * tokens + 0.0005 * tokens * 80 + 0.003 * 2;
    expect(longestIterationS(model, { maxCtx: 80, kvTokens: 100, seats: 2 })).toBeCloseTo(byHand, 12);
  });

  it("draws the line for affine models exactly where the core does", () => {
    fc.assert(
      fc.property(affine, bounds, (model, batch) => {
        const atLimit = scaledAffine(model, MAX_ITERATION_S / longestIterationS(model, batch));
        expect(coreTakes(atLimit, batch)).toBe(longestIterationS(atLimit, batch) <= MAX_ITERATION_S);
      }),
    );
  });

  it("draws the line for tables exactly where the core does", () => {
    fc.assert(
      fc.property(table, bounds, (model, batch) => {
        const atLimit = scaledTable(model, MAX_ITERATION_S / longestIterationS(model, batch));
        expect(coreTakes(atLimit, batch)).toBe(longestIterationS(atLimit, batch) <= MAX_ITERATION_S);
      }),
    );
  });
});
