import { describe, expect, it } from "vitest";
import { deriveLengths, type LengthSample } from "../../../host/workloads/builtin/derive-lengths.js";
import { decodeJoint, type JointData, type JointLengths } from "../../../host/workloads/builtin/joint.js";
import type { LengthModel } from "../../../host/workloads/models.js";
import { uniforms } from "./sampler.js";

const COARSE = { share: 0.2, tailShare: 1, ratio: 10 };
const LIMITS = { input: COARSE, output: COARSE };

function decode(lengths: JointLengths): LengthModel {
  const data: JointData = {
    name: "made",
    description: "",
    source: "",
    licence: "",
    changes: "",
    rows: 1,
    periodS: 1,
    category: "prose",
    rate: { stepS: 1, steps: ["01"] },
    lengths,
  };
  return decodeJoint(data).lengths;
}

/** Requests with inputs from 100 on and outputs from 10 on, in windows of 500. */
function uniformSample(windows: number, shiftPerWindow = 0): LengthSample {
  const uniform = uniforms(1);
  const sample = { input: [] as number[], output: [] as number[], window: [] as number[] };
  for (let i = 0; i < windows * 500; i++) {
    const window = Math.floor(i / 500);
    sample.window.push(window);
    sample.input.push(100 + window * shiftPerWindow + Math.floor(uniform() * 400));
    sample.output.push(10 + Math.floor(uniform() * 90));
  }
  return sample;
}

/** Mean input of a window of the model. */
function meanInput(model: LengthModel, window: number): number {
  let [mean, below] = [0, 0];
  for (let cell = model.windowCell[window]!; cell < model.windowCell[window + 1]!; cell++) {
    mean += ((model.cumulative[cell]! - below) * (model.inputLow[cell]! + model.inputHigh[cell]!)) / 2;
    below = model.cumulative[cell]!;
  }
  return mean;
}

function repeat<T>(count: number, value: T): T[] {
  return Array.from({ length: count }, () => value);
}

describe("bins", () => {
  it("hold what they may and reach no farther than they may", () => {
    const { input } = uniformSample(4);
    const { inputBins } = deriveLengths(uniformSample(4), 4, 60, {
      input: { share: 0.05, tailShare: 1, ratio: 1.5 },
      output: COARSE,
    });
    for (const [low, high] of inputBins) {
      const held = input.filter((value) => value >= low && value <= high).length;
      expect(held).toBeLessThanOrEqual(0.05 * input.length);
      expect(held).toBeGreaterThanOrEqual(8);
      expect(high / low).toBeLessThanOrEqual(1.5);
    }
  });

  it("narrow towards the upper tail", () => {
    const { input } = uniformSample(4);
    const { inputBins } = deriveLengths(uniformSample(4), 4, 60, {
      input: { share: 0.2, tailShare: 0.1, ratio: 10 },
      output: COARSE,
    });
    const above = (value: number) => input.filter((other) => other >= value).length;
    const [low, high] = inputBins.find(([low]) => above(low) < 0.2 * input.length)!;
    expect(above(low) - above(high + 1)).toBeLessThanOrEqual(0.1 * above(low));
  });

  it("give a pile-up a bin of its own", () => {
    const sample = uniformSample(1);
    sample.input.forEach((_, i) => i % 3 === 0 && ((sample.input as number[])[i] = 250));
    expect(deriveLengths(sample, 1, 60, LIMITS).inputBins).toContainEqual([250, 250]);
  });

  it("never hold fewer than eight requests, so that none can be told apart", () => {
    const sample = { input: [...repeat(40, 10), 5000, 100_000], output: repeat(42, 7), window: repeat(42, 0) };
    const { inputBins } = deriveLengths(sample, 1, 60, LIMITS);
    expect(inputBins).toEqual([[10, 100_000]]);
  });
});

describe("cells", () => {
  it("hold the share of the requests that fell in them", () => {
    const input = [...repeat(30, 10), ...repeat(10, 20)];
    const output = [...repeat(10, 5), ...repeat(20, 6), ...repeat(10, 5)];
    const model = decode(deriveLengths({ input, output, window: repeat(40, 0) }, 1, 60, LIMITS));
    expect([...model.inputLow]).toEqual([10, 10, 20]);
    expect([...model.outputHigh]).toEqual([5, 6, 5]);
    expect([...model.cumulative]).toEqual([0.25, 0.75, 1]);
  });

  it("take counts and gaps too large for an entry", () => {
    const values = Array.from({ length: 80 }, (_, i) => 10 + i);
    const narrow = { share: 0.001, tailShare: 1, ratio: 1 };
    // 80 x 80 bins, filled on the diagonal: gaps of 81 cells, and one of 79 rows.
    const input = [...values.flatMap((value) => repeat(100, value)), ...repeat(100, 89)];
    const output = [...values.flatMap((value) => repeat(100, value)), ...repeat(100, 10)];
    const sample = { input, output, window: input.map((_, i) => (i < 100 || i >= 7900 ? 1 : 0)) };
    const lengths = deriveLengths(sample, 2, 60, { input: narrow, output: narrow });
    const model = decode({ ...lengths, ownShare: 1 });
    const last = model.windowCell[1]!;
    expect([...model.inputLow.slice(last)]).toEqual([10, 89, 89]);
    expect([...model.outputLow.slice(last)]).toEqual([10, 10, 89]);
    expect(model.cumulative[last]).toBeCloseTo(1 / 3, 12);
    expect(model.cumulative[last + 1]).toBeCloseTo(2 / 3, 12);
  });
});

describe("windows", () => {
  it("keep their own lengths where lengths change through time", () => {
    const lengths = deriveLengths(uniformSample(4, 300), 4, 60, LIMITS);
    expect(lengths.ownShare).toBeGreaterThan(0.98);
    const model = decode(lengths);
    expect(meanInput(model, 3) - meanInput(model, 0)).toBeCloseTo(900, -2);
  });

  it("share their lengths where time plays no part", () => {
    const lengths = deriveLengths(uniformSample(8), 8, 60, LIMITS);
    expect(lengths.ownShare).toBeLessThan(0.7);
  });

  it("without a request have the lengths of all", () => {
    const sample = { input: [...repeat(10, 10), ...repeat(30, 20)], output: repeat(40, 7), window: repeat(40, 0) };
    sample.window.fill(2, 10);
    const model = decode({ ...deriveLengths(sample, 3, 60, LIMITS), ownShare: 1 });
    expect([...model.cumulative.slice(model.windowCell[1], model.windowCell[2])]).toEqual([0.25, 1]);
  });

  it("end at one", () => {
    const model = decode(deriveLengths(uniformSample(5, 50), 5, 60, LIMITS));
    for (const end of model.windowCell.slice(1)) expect(model.cumulative[end - 1]).toBe(1);
  });
});
