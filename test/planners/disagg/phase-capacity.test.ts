import { describe, expect, test } from "vitest";
import { decodeCapacity, prefillCapacity } from "../../../host/planners/disagg/phase-capacity.js";
import { fleetOf, type PoolInput } from "../../../host/planners/sizing/replica-option.js";
import { lengthMoments } from "../../../host/planners/sizing/length-moments.js";

const pool = (more: Partial<PoolInput> = {}, model = {}) =>
  fleetOf([
    {
      id: "one",
      n_replicas: 1,
      max_ctx: 4096,
      iteration_model: { type: "linear", c0_ms: 10, c1_ms: 0.01, ...model },
      ...more,
    },
  ]).pools[0]!;

/** 500 prompt and 101 output tokens each. */
const MOMENTS = lengthMoments({
  weight: Float64Array.of(1),
  input: Float64Array.of(500),
  output: Float64Array.of(101),
});

describe("prompts a second", () => {
  test("are those of one at a time, or more where a full budget takes more", () => {
    const { mostRps, expectedRps } = prefillCapacity(pool({ serving: { max_num_batched_tokens: 2000 } }), MOMENTS);
    expect(expectedRps).toBeCloseTo(1 / (0.01 + 500 * 1e-5), 9);
    expect(mostRps).toBeCloseTo(4 / (0.01 + 2000 * 1e-5), 9);
  });

  test("are as many times more as a pipeline has stages", () => {
    const serving = { max_num_batched_tokens: 500 };
    const one = prefillCapacity(pool({ serving }), MOMENTS);
    const four = prefillCapacity(pool({ serving: { ...serving, pp: 4 } }), MOMENTS);
    expect(four.expectedRps).toBeCloseTo(4 * one.expectedRps, 9);
  });
});

describe("decodes a second", () => {
  test("are those of all seats where memory holds them", () => {
    const { mostRps } = decodeCapacity(pool({ serving: { max_num_seqs: 64 } }), MOMENTS, Infinity);
    expect(mostRps).toBeCloseTo(64 / (0.01 + 64 * 1e-5) / 100, 9);
  });

  test("are those of what memory holds where that is less", () => {
    const serving = { max_num_seqs: 64, num_blocks: 512, block_size: 16 };
    const held = (512 * 16) / 500;
    expect(decodeCapacity(pool({ serving, max_ctx: 2048 }), MOMENTS, Infinity).mostRps).toBeCloseTo(
      held / (0.01 + held * 1e-5) / 100,
      9,
    );
  });

  test("are expected of batches that keep the limit of an iteration", () => {
    const { expectedRps, mostRps, stayS } = decodeCapacity(
      pool({ serving: { max_num_seqs: 64 } }, { c1_ms: 1 }),
      MOMENTS,
      30,
    );
    expect(expectedRps).toBeLessThan(mostRps);
    expect(stayS).toBeLessThanOrEqual(100 * 0.03);
    expect(stayS).toBeGreaterThan(100 * 0.026);
  });

  test("have no bound where nothing is decoded", () => {
    const single = lengthMoments({
      weight: Float64Array.of(1),
      input: Float64Array.of(500),
      output: Float64Array.of(1),
    });
    expect(decodeCapacity(pool(), single, 50)).toEqual({ mostRps: Infinity, expectedRps: Infinity, stayS: 0 });
  });
});
