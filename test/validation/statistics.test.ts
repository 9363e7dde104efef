import { describe, expect, it } from "vitest";
import { leastSquares } from "../../host/specs/kernels/least-squares.js";
import { signedPercent, table } from "../../bench/validation/markdown.js";
import { meanAbsolute, pearson, percentile, relativeError } from "../../bench/validation/statistics.js";

describe("statistics of the validation", () => {
  it("takes percentiles linearly between the closest ranks", () => {
    expect(percentile([4, 1, 3, 2], 50)).toBe(2.5);
    expect(percentile([4, 1, 3, 2], 100)).toBe(4);
    expect(percentile([10, 20], 90)).toBeCloseTo(19, 12);
  });

  it("correlates by Pearson", () => {
    expect(pearson([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 12);
    expect(pearson([1, 2, 3, 4], [1, -1, -1, 1])).toBeCloseTo(0, 12);
  });

  it("measures errors against what was measured", () => {
    expect(relativeError(110, 100)).toBeCloseTo(0.1, 12);
    expect(meanAbsolute([-0.1, 0.3])).toBeCloseTo(0.2, 12);
  });

  it("finds the coefficients of an exact line whatever the weights", () => {
    const rows = [
      [0, 1],
      [1, 1],
      [2, 5],
      [3, 2],
    ];
    const values = rows.map(([a, b]) => 7 * a! - 2 * b!);
    const [first, second] = leastSquares(rows, values, [1, 5, 2, 9]);
    expect(first).toBeCloseTo(7, 10);
    expect(second).toBeCloseTo(-2, 10);
  });

  it("lets the heavier of two points that contradict each other win", () => {
    const [value] = leastSquares([[1], [1]], [0, 10], [1, 9]);
    expect(value).toBeCloseTo(9, 12);
  });

  it("writes no negative zero", () => {
    expect(signedPercent(-0.0001)).toBe("0.0 %");
    expect(signedPercent(0.1234)).toBe("+12.3 %");
    expect(signedPercent(-0.1234)).toBe("-12.3 %");
  });

  it("aligns all columns but the first to the right", () => {
    expect(table(["a", "b"], [["x", "1"]])).toBe("| a | b |\n| --- | ---: |\n| x | 1 |");
  });
});
