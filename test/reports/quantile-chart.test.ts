import { describe, expect, test } from "vitest";
import type { Distribution } from "../../host/core/distribution.js";
import { quantileChart } from "../../host/reports/quantile-chart.js";
import { visibleLength } from "../../host/reports/visible-length.js";

function distribution(
  p50: number | null,
  p90: number | null,
  p99: number | null,
  p999: number | null,
  max: number | null,
): Distribution {
  return { count: 1000, mean: p50, p50, p90, p95: p90, p99, p999, max, p99_ci95: null };
}

describe("quantileChart", () => {
  test("draws from P50 to the largest, with the objective as a line", () => {
    const [axis, bar, legend] = quantileChart(
      [{ label: "fleet", distribution: distribution(10, 20, 100, 200, 400) }],
      1000,
      60,
    );
    expect(axis).toMatch(/╵10 ms.*╵100 ms/);
    expect(bar).toMatch(/^fleet +█+▓+░+·+ +│$/);
    expect(legend).toContain("█ P50 to P90  ▓ to P99  ░ to P99.9  · to max  │ objective");
  });

  test("runs out of the page where a percentile was not reached", () => {
    const [, bar] = quantileChart([{ label: "a", distribution: distribution(10, 20, null, null, 400) }], 15, 40);
    expect(bar).toMatch(/^a +█+│?█*▓+>$/);
    expect(visibleLength(bar!)).toBe(40);
  });

  test("draws nothing where there is nothing", () => {
    const empty = distribution(null, null, null, null, null);
    expect(quantileChart([{ label: "a", distribution: empty }], 500, 80)).toEqual([]);
  });

  test("keeps to the width over nine decades, zeros included", () => {
    const wide = distribution(0, 0.001, 1, 1e5, 1e6);
    for (const width of [60, 72, 110]) {
      const lines = quantileChart([{ label: "a", distribution: wide }], 500, width);
      expect(Math.max(...lines.map(visibleLength))).toBeLessThanOrEqual(width);
    }
  });
});
