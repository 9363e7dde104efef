import { describe, expect, it } from "vitest";
import { LengthTally, lengthLawOfRequests } from "../../../host/workloads/length-law/law-of-requests.js";

function chunk(pairs: readonly (readonly [number, number])[], room = 0) {
  const inputTokens = new Uint32Array(pairs.length + room).fill(7);
  const outputTokens = new Uint32Array(pairs.length + room).fill(7);
  pairs.forEach(([input, output], i) => {
    inputTokens[i] = input;
    outputTokens[i] = output;
  });
  return { count: pairs.length, inputTokens, outputTokens };
}

describe("the law of a trace's lengths", () => {
  const law = lengthLawOfRequests([
    chunk(
      [
        [100, 10],
        [5, 5],
      ],
      3,
    ),
    chunk([
      [100, 10],
      [10, 100],
    ]),
  ]);

  it("has every pair once, with its share, in order of totals", () => {
    const { input, output, weight } = law.nodes();
    expect([...weight].sort()).toEqual([0.25, 0.25, 0.5]);
    expect([input[0], output[0], weight[0]]).toEqual([5, 5, 0.25]);
    expect(law.mean((i, o) => i - 2 * o)).toBe((2 * 80 - 5 - 190) / 4);
  });

  it("is cut by the total", () => {
    expect(law.share(0, 10)).toBe(0.25);
    expect(law.share(10, 109)).toBe(0);
    expect(law.share(109, 110)).toBe(0.75);
    expect(law.nodes(10, 110).weight).toHaveLength(2);
    expect([law.shortest, law.longest]).toEqual([10, 110]);
  });

  it("has the percentiles of the requests", () => {
    expect(law.percentile((input) => input, 0.25)).toBe(5);
    expect(law.percentile((input) => input, 0.5)).toBe(10);
    expect(law.percentile((input) => input, 0.51)).toBe(100);
  });

  it("needs requests", () => {
    expect(() => lengthLawOfRequests([])).toThrow(RangeError);
  });

  it("keeps means and bounds its memory where there are more pairs than it keeps apart", () => {
    const tally = new LengthTally();
    const rows = 65_536;
    let [inputs, requests] = [0, 0];
    for (let part = 0; part < 20; part++) {
      const pairs = Array.from(
        { length: rows },
        (_, i) => [1000 + ((i * 7919) % 20_011), 1 + ((part * rows + i) % 3001)] as const,
      );
      for (const [input] of pairs) inputs += input;
      requests += rows;
      tally.add(chunk(pairs));
    }
    const coarse = tally.law();
    expect(coarse.nodes().weight.length).toBeLessThan(2 ** 20);
    expect(coarse.share()).toBeCloseTo(1, 9);
    expect(coarse.mean((input) => input) / (inputs / requests)).toBeCloseTo(1, 10);
  });
});
