/** Percentiles of the gaps between tokens are those of the gaps, within the error that they state. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as C from "../../assembly/contract.js";
import { ITL_RELATIVE_ERROR, lowestTick, readGaps } from "../../host/core/gap-sketch.js";
import { bucketOfGap } from "./gap-buckets.js";

function sketchOf(gaps: readonly number[]) {
  const counts = new Float64Array(C.ITL_BUCKETS);
  for (const gap of gaps) counts[bucketOfGap(gap)]!++;
  const sumTicks = gaps.reduce((sum, gap) => sum + gap, 0);
  return readGaps(counts, { tokens: gaps.length, sumTicks, largestTicks: Math.max(...gaps) });
}

describe("readGaps", () => {
  it("is off by at most its stated error at every percentile", () => {
    const gaps = fc.array(fc.integer({ min: 2 ** C.ITL_FIRST_OCTAVE, max: 2 ** 42 - 1 }), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(gaps, (ticks) => {
        const sorted = ticks.toSorted((a, b) => a - b);
        const sketch = sketchOf(ticks);
        for (const [name, p] of [
          ["p50", 0.5],
          ["p90", 0.9],
          ["p99", 0.99],
        ] as const) {
          const exact = sorted[Math.ceil(p * ticks.length - 1e-9) - 1]! / 1e6;
          expect(Math.abs(sketch[name]! / exact - 1)).toBeLessThanOrEqual(ITL_RELATIVE_ERROR);
        }
        expect(sketch.max).toBe(sorted.at(-1)! / 1e6);
      }),
      { seed: 1 },
    );
  });

  it("has no figures where there were no gaps", () => {
    expect(readGaps(new Float64Array(C.ITL_BUCKETS), { tokens: 0, sumTicks: 0, largestTicks: 0 })).toMatchObject({
      tokens: 0,
      mean: null,
      p50: null,
      p99: null,
      max: null,
    });
  });

  it("cuts every power of two into buckets of equal width", () => {
    expect(lowestTick(0)).toBe(1024);
    expect(lowestTick(C.ITL_BUCKETS_PER_OCTAVE)).toBe(2048);
    expect(lowestTick(C.ITL_BUCKETS_PER_OCTAVE + 1) - lowestTick(C.ITL_BUCKETS_PER_OCTAVE)).toBe(16);
  });
});
