import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect, sourceOf, steadyRows, type RequestRow } from "../collect.js";
import { uniformOf } from "../../../../host/workloads/traces/counter-random.js";
import { scale } from "../../../../host/workloads/traces/transform/scale.js";
import { InputError } from "../../../../host/specs/input-error.js";

const rows = steadyRows(20_000, "a");
/** Enough that some leave while others still wait. */
const manyRows = steadyRows(50_000, "a");

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

/** How often each input, which tells requests apart, is there. */
function copiesOf(found: readonly RequestRow[]): Map<number, number> {
  const copies = new Map<number, number>();
  for (const row of found) copies.set(row[1], (copies.get(row[1]) ?? 0) + 1);
  return copies;
}

describe("a factor below 1", () => {
  test("thins requests one by one, and keeps their arrivals", async () => {
    const { rows: found } = await collect(scale(sourceOf(rows), { factor: 0.3, seed: 1 }));
    const kept = new Set(found.map((row) => row[1]));
    expect(found).toEqual(rows.filter((row) => kept.has(row[1])));
    // Binomial: mean 6000, standard deviation 65.
    expect(Math.abs(found.length - 6000)).toBeLessThan(4 * 65);
  });

  test("a larger factor keeps what a smaller one kept", async () => {
    const few = await collect(scale(sourceOf(rows), { factor: 0.2, seed: 5 }));
    const more = await collect(scale(sourceOf(rows), { factor: 0.4, seed: 5 }));
    const kept = new Set(more.rows.map((row) => row[1]));
    expect(few.rows.every((row) => kept.has(row[1]))).toBe(true);
  });
});

describe("a factor from 1 on", () => {
  test("1 is the source itself", async () => {
    expect((await collect(scale(sourceOf(rows), { factor: 1, seed: 1 }))).rows).toEqual(rows);
  });

  test("a whole factor gives every request so often, within the window around it, sorted", async () => {
    const { rows: found } = await collect(scale(sourceOf(manyRows), { factor: 3, seed: 1, jitterS: 4 }));
    expect(found).toHaveLength(150_000);
    expect(found.map((row) => row[0])).toEqual(sorted(found.map((row) => row[0])));
    const original = new Map(manyRows.map((row) => [row[1], row[0]]));
    const shifts = found.map((row) => row[0] - original.get(row[1])!);
    expect(Math.min(...sorted(shifts).slice(0, 1))).toBeGreaterThanOrEqual(-2);
    expect(Math.max(...sorted(shifts).slice(-1))).toBeLessThan(2);
    expect(shifts.filter((shift) => shift === 0).length).toBeGreaterThanOrEqual(50_000);
    expect([...copiesOf(found).values()].every((copies) => copies === 3)).toBe(true);
    expect(found.every((row) => row[0] >= 0 && row[3] === "a")).toBe(true);
  });

  test("copies move apart from each other", async () => {
    const { rows: found } = await collect(scale(sourceOf(rows.slice(0, 1000)), { factor: 4, seed: 2, jitterS: 50 }));
    expect(new Set(found.map((row) => row[0])).size).toBeGreaterThan(3900);
  });

  test("a fraction is a copy of some", async () => {
    const { rows: found } = await collect(scale(sourceOf(rows), { factor: 2.25, seed: 1 }));
    const copies = [...copiesOf(found).values()];
    expect(copies.every((count) => count === 2 || count === 3)).toBe(true);
    // Binomial: mean 5000, standard deviation 61.
    expect(Math.abs(found.length - 45_000)).toBeLessThan(4 * 61);
  });

  test("a window of 0 leaves copies beside the request, in order", async () => {
    const few = rows.slice(0, 3);
    const { rows: found } = await collect(scale(sourceOf(few), { factor: 2, seed: 1, jitterS: 0 }));
    expect(found).toEqual(few.flatMap((row) => [row, row]));
  });

  test("blocks stay with their request", async () => {
    const blocks = rows.slice(0, 500).map((row) => [row[1], row[1] + 1]);
    const source = sourceOf(rows.slice(0, 500), 100, blocks);
    const { rows: found, blocks: ids } = await collect(scale(source, { factor: 2, seed: 3, jitterS: 20 }));
    expect(ids).toEqual(found.map((row) => [row[1], row[1] + 1]));
  });

  test("a window that holds very many requests is refused", async () => {
    const burst = Array.from({ length: 50 }, (): RequestRow => [0, 1, 1, "", ""]);
    await expect(collect(scale(sourceOf(burst), { factor: 100_000, seed: 1 }))).rejects.toThrow(/4 million requests/);
  });

  test("chunks stay small whatever the factor", async () => {
    const { chunkSizes } = await collect(scale(sourceOf(rows.slice(0, 1000)), { factor: 200, seed: 1 }));
    expect(Math.max(...chunkSizes)).toBe(65_536);
  });
});

describe("any factor", () => {
  test("gives the same however the source is chunked, for one seed, and other requests for another", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0.05, max: 6, noNaN: true }),
        fc.nat(),
        fc.integer({ min: 1, max: 999 }),
        async (factor, seed, size) => {
          const few = rows.slice(0, 1000);
          const one = await collect(scale(sourceOf(few, 1000), { factor, seed }));
          const other = await collect(scale(sourceOf(few, size), { factor, seed }));
          expect(other.rows).toEqual(one.rows);
        },
      ),
      { numRuns: 30 },
    );
    const seeds = [1, 2].map((seed) => collect(scale(sourceOf(rows.slice(0, 1000)), { factor: 0.5, seed })));
    const [a, b] = await Promise.all(seeds);
    expect(a!.rows).not.toEqual(b!.rows);
  });

  test.each([
    [{ factor: 0, seed: 1 }, /^scale: is 0/],
    [{ factor: NaN, seed: 1 }, /^scale/],
    [{ factor: 1e6, seed: 1 }, /^scale: is 1000000; allowed is at most 100000/],
    [{ factor: 2, seed: -1 }, /^seed: is -1/],
    [{ factor: 2, seed: 0.5 }, /^seed/],
    [{ factor: 2, seed: 1, jitterS: -1 }, /^jitterS/],
  ])("%j is refused", (options, message) => {
    expect(() => scale(sourceOf(rows), options)).toThrow(message);
    expect(() => scale(sourceOf(rows), options)).toThrow(InputError);
  });
});

test("uniformOf is even over rows, and its streams do not correlate", () => {
  const draws = 100_000;
  const bins = new Array<number>(20).fill(0);
  let product = 0;
  for (let row = 0; row < draws; row++) {
    const value = uniformOf(7, 1, row);
    bins[Math.floor(value * 20)]!++;
    product += (value - 0.5) * (uniformOf(7, 2, row) - 0.5) + (value - 0.5) * (uniformOf(8, 1, row) - 0.5);
  }
  const chiSquare = bins.reduce((sum, count) => sum + (count - draws / 20) ** 2 / (draws / 20), 0);
  // 19 degrees of freedom: above 43.8 once in 1,000.
  expect(chiSquare).toBeLessThan(43.8);
  // Standard deviation of the mean of both products: sqrt(2) / 12 / sqrt(draws).
  expect(Math.abs(product / draws)).toBeLessThan((4 * Math.SQRT2) / 12 / Math.sqrt(draws));
});
