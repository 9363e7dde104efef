import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lengthLawOf } from "../../../host/workloads/length-law/law-of-model.js";
import type { LengthModel } from "../../../host/workloads/models.js";
import { everyPair } from "./brute-force.js";

const interval = (longest: number) =>
  fc
    .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: longest }))
    .map(([low, width]) => [low, low + width] as const);

const cell = (longest: number) =>
  fc.record({ share: fc.integer({ min: 1, max: 9 }), input: interval(longest), output: interval(longest) });

function model(
  windows: { share: number; input: readonly [number, number]; output: readonly [number, number] }[][],
): LengthModel {
  const all = windows.flat();
  let count = 0;
  return {
    windowS: windows.length === 1 ? Infinity : 10,
    windowCell: Uint32Array.from([0, ...windows.map((window) => (count += window.length))]),
    cumulative: Float64Array.from(
      windows.flatMap((window) => {
        const total = window.reduce((sum, { share }) => sum + share, 0);
        let sum = 0;
        return window.map(({ share }) => (sum += share) / total);
      }),
    ),
    inputLow: Uint32Array.from(all, ({ input }) => input[0]),
    inputHigh: Uint32Array.from(all, ({ input }) => input[1]),
    outputLow: Uint32Array.from(all, ({ output }) => output[0]),
    outputHigh: Uint32Array.from(all, ({ output }) => output[1]),
  };
}

const joint = fc
  .array(fc.array(cell(45), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 })
  .map((windows) => ({ lengths: model(windows) }));

const totals = fc
  .tuple(
    fc.array(cell(400), { minLength: 1, maxLength: 3 }),
    fc.constantFrom(0.8, 0.75, 0.7, 0.5, 0.05, 1, 0.123456, 0.99),
  )
  .map(([cells, inputShare]) => ({ lengths: { ...model([cells]), inputShare } }));

/** With chunks, the service of the engine `slots` to its third power: of total degree 6. */
const service = (chunk: number) => (input: number, output: number) =>
  ((Math.ceil(input / chunk) + output) * (0.3 + 0.01 * (input + output))) ** 3;

const clips = fc.record({
  low: fc.integer({ min: -1, max: 120 }),
  width: fc.oneof(fc.integer({ min: 1, max: 90 }), fc.constant(Infinity)),
  chunk: fc.integer({ min: 1, max: 40 }),
});

describe.each([
  ["cells of pairs", joint],
  ["bins of totals", totals],
])("a law of %s", (_, models) => {
  it("has the shares and the means of the sum over every pair", () => {
    fc.assert(
      fc.property(models, clips, (workload, { low, width, chunk }) => {
        const high = low + width;
        const law = lengthLawOf(workload);
        const f = service(chunk);
        let [share, sum] = [0, 0];
        everyPair(workload, (input, output, probability) => {
          if (!(input + output > low && input + output <= high)) return;
          share += probability;
          sum += probability * f(input, output);
        });
        expect(law.share(low, high)).toBeCloseTo(share, 12);
        const nodes = law.nodes(low, high, { chunk });
        expect(nodes.weight.reduce((all, weight) => all + weight, 0)).toBeCloseTo(share, 12);
        if (share === 0) expect(law.mean(f, low, high, { chunk })).toBeNaN();
        else expect(Math.abs(law.mean(f, low, high, { chunk }) / (sum / share) - 1)).toBeLessThan(1e-12);
      }),
      { numRuns: 300 },
    );
  });
});
