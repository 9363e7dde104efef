import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { describeRequests, type WorkloadStatistics } from "../../host/workloads/statistics.js";
import { sourceOf, type Rows } from "./statistics-source.js";

const EMPTY: Rows = { arrivalS: [], input: [], output: [] };

/** Requests of one input and one output token at these times. */
function at(...arrivalS: number[]): Rows {
  return { arrivalS, input: arrivalS.map(() => 1), output: arrivalS.map(() => 1) };
}

function tokens(input: number[], output = input.map(() => 1)): Rows {
  return { arrivalS: input.map((_, i) => i), input, output };
}

function describeRows(rows: Rows, maxDistinctBlocks?: number): Promise<WorkloadStatistics> {
  return describeRequests(sourceOf(rows), maxDistinctBlocks === undefined ? {} : { maxDistinctBlocks });
}

describe("a workload without a request", () => {
  it("has no figure but counts of zero", async () => {
    expect(await describeRows(EMPTY)).toEqual({
      requests: 0,
      firstArrivalS: null,
      lastArrivalS: null,
      spanS: 0,
      meanRateRps: null,
      input: null,
      output: null,
      total: null,
      outputShare: null,
      inputOutputCorrelation: null,
      rateLengthCorrelation: { windowS: 60, windows: 0, input: null, output: null, total: null },
      gapCv: null,
      rateVariation: [1, 10, 60].map((windowS) => ({
        windowS,
        windows: 0,
        indexOfDispersion: null,
        peakRateRps: null,
        peakToMean: null,
      })),
      prefixReuse: null,
      labels: [],
      categories: [],
      priorities: [],
    });
  });
});

describe("a single request", () => {
  it("has lengths, but no rate and no variation", async () => {
    const found = await describeRows({ arrivalS: [3], input: [30], output: [10] });
    expect(found).toMatchObject({
      requests: 1,
      firstArrivalS: 3,
      lastArrivalS: 3,
      spanS: 0,
      meanRateRps: null,
      input: { mean: 30, p50: 30, p90: 30, p95: 30, p99: 30, max: 30 },
      total: { mean: 40, p50: 40, max: 40 },
      outputShare: 0.25,
      inputOutputCorrelation: null,
      gapCv: null,
    });
    expect(found.rateVariation[0]).toEqual({
      windowS: 1,
      windows: 0,
      indexOfDispersion: null,
      peakRateRps: null,
      peakToMean: null,
    });
  });
});

describe("requests that are all equal", () => {
  it("have no rate, no gap variation and no correlation", async () => {
    const found = await describeRows({ arrivalS: [5, 5, 5], input: [8, 8, 8], output: [2, 2, 2] });
    expect(found).toMatchObject({
      requests: 3,
      spanS: 0,
      meanRateRps: null,
      gapCv: null,
      inputOutputCorrelation: null,
    });
    expect(found.input).toEqual({ mean: 8, p50: 8, p90: 8, p95: 8, p99: 8, max: 8 });
  });
});

describe("lengths", () => {
  it("have percentiles of rank ceil(p n)", async () => {
    const found = await describeRows(tokens(Array.from({ length: 10 }, (_, i) => 10 * (i + 1))));
    expect(found.input).toEqual({ mean: 55, p50: 50, p90: 90, p95: 100, p99: 100, max: 100 });
  });

  it("keep percentiles exact at ranks that are whole numbers", async () => {
    const found = await describeRows(tokens(Array.from({ length: 200 }, (_, i) => i + 1)));
    expect(found.input).toMatchObject({ p50: 100, p90: 180, p95: 190, p99: 198 });
  });

  it("are exact below 2^20 tokens", async () => {
    const found = await describeRows(tokens([2 ** 20 - 1, 70_000, 5000]));
    expect(found.input).toMatchObject({ p50: 70_000, p90: 2 ** 20 - 1, max: 2 ** 20 - 1 });
  });

  it.each([2 ** 20, 2 ** 20 + 1023, 2 ** 21 - 1, 2 ** 21, 1_234_567_890, 2 ** 31 - 1])(
    "are at most 0.1 %% too high from there on: %d",
    async (length) => {
      const { p50, p90, max } = (await describeRows(tokens([length, length, length, 2 ** 31 - 1]))).input!;
      expect(p50).toBeGreaterThanOrEqual(length);
      expect(p50).toBeLessThanOrEqual(length * 1.001);
      expect(p90).toBe(2 ** 31 - 1);
      expect(max).toBe(2 ** 31 - 1);
    },
  );

  it("beyond that have the upper end of their range of a thousandth", async () => {
    expect((await describeRows(tokens([2 ** 20 + 5, 2 ** 21]))).input!.p50).toBe(2 ** 20 + 1023);
    expect((await describeRows(tokens([2 ** 21 + 5, 2 ** 22]))).input!.p50).toBe(2 ** 21 + 2047);
  });

  it("correlate with sign", async () => {
    expect((await describeRows(tokens([1, 2, 3], [10, 20, 30]))).inputOutputCorrelation).toBeCloseTo(1, 12);
    expect((await describeRows(tokens([1, 2, 3], [30, 20, 10]))).inputOutputCorrelation).toBeCloseTo(-1, 12);
    expect((await describeRows(tokens([1, 2, 1, 2], [1, 1, 2, 2]))).inputOutputCorrelation).toBe(0);
  });

  it("do not correlate with what never changes", async () => {
    expect((await describeRows(tokens([1, 2, 3], [7, 7, 7]))).inputOutputCorrelation).toBeNull();
  });
});

describe("gaps", () => {
  it("that are equal vary by nothing", async () => {
    expect((await describeRows(at(0, 0.5, 1, 1.5))).gapCv).toBe(0);
  });

  it("of 1 and 3 s have a coefficient of variation of one half", async () => {
    expect((await describeRows(at(0, 1, 4, 5, 8))).gapCv).toBeCloseTo(0.5, 12);
  });

  it("take two to vary", async () => {
    expect((await describeRows(at(0, 1))).gapCv).toBeNull();
  });
});

describe("rate variation", () => {
  it("counts whole windows from the first arrival on", async () => {
    // Windows of a second from 100: 3, 1, 0, 2 arrivals; the fifth is cut short by the end.
    const { rateVariation, meanRateRps } = await describeRows(at(100, 100.1, 100.9, 101.5, 103, 103.9, 104.5));
    expect(meanRateRps).toBeCloseTo(7 / 4.5, 12);
    expect(rateVariation[0]!.windows).toBe(4);
    expect(rateVariation[0]!.indexOfDispersion).toBeCloseTo(1.25 / 1.5, 12);
    expect(rateVariation[0]!.peakRateRps).toBe(3);
    expect(rateVariation[0]!.peakToMean).toBeCloseTo(3 / (7 / 4.5), 12);
  });

  it("has no dispersion in a single window, but a peak", async () => {
    const tenSeconds = (await describeRows(at(0, 4, 12))).rateVariation[1]!;
    expect(tenSeconds).toMatchObject({ windowS: 10, windows: 1, indexOfDispersion: null, peakRateRps: 0.2 });
  });

  it("does not walk through empty windows", async () => {
    const { rateVariation } = await describeRows(at(0, 0, 999_999_999, 1e9));
    expect(rateVariation[0]!.windows).toBe(1e9);
    // Two arrivals in one of 1e9 windows, one in another: sum of squares 5 over a sum of 3.
    expect(rateVariation[0]!.indexOfDispersion).toBeCloseTo(5 / 3, 6);
  });
});

describe("rate and length", () => {
  it("correlate over whole minutes", async () => {
    // Minutes of 1, 2 and 3 arrivals with mean outputs 30, 20 and 10; the fourth is cut short by the end.
    const arrivalS = [0, 60, 70, 120, 130, 140, 180];
    const output = [30, 10, 30, 10, 10, 10, 999];
    const found = await describeRows({ arrivalS, input: [5, 5, 5, 5, 5, 5, 5], output });
    expect(found.rateLengthCorrelation).toMatchObject({ windowS: 60, windows: 3, input: null });
    expect(found.rateLengthCorrelation.output).toBeCloseTo(-1, 12);
    expect(found.rateLengthCorrelation.total).toBeCloseTo(-1, 12);
  });

  it("leave empty minutes out", async () => {
    const found = await describeRows(at(0, 200, 300));
    expect(found.rateLengthCorrelation.windows).toBe(2);
  });
});

describe("prefix reuse", () => {
  const withBlocks = (...blocks: number[][]): Rows => ({ ...at(...blocks.map((_, i) => i)), blocks });

  it("counts leading blocks that an earlier request had", async () => {
    const found = await describeRows(withBlocks([0, 1, 2], [0, 1, 3], [0, 4, 1], [5]));
    expect(found.prefixReuse).toEqual({
      blocks: 10,
      distinctBlocks: 6,
      reusedBlocks: 3,
      reusedShare: 0.3,
      isLowerBound: false,
    });
  });

  it("does not count blocks that a request repeats itself", async () => {
    expect((await describeRows(withBlocks([7, 7, 7]))).prefixReuse).toMatchObject({
      reusedBlocks: 0,
      distinctBlocks: 1,
    });
  });

  it("is unknown without blocks", async () => {
    expect((await describeRows(at(0, 1))).prefixReuse).toBeNull();
  });

  it("has no share without a block", async () => {
    expect((await describeRows(withBlocks([], []))).prefixReuse).toMatchObject({ blocks: 0, reusedShare: null });
  });

  it("says that it is a lower bound beyond the blocks it may keep", async () => {
    const found = await describeRows(withBlocks([1, 2], [3, 4], [1, 2], [3, 4]), 3);
    expect(found.prefixReuse).toEqual({
      blocks: 8,
      distinctBlocks: 3,
      reusedBlocks: 3,
      reusedShare: 0.375,
      isLowerBound: true,
    });
  });

  it("is exact with as many blocks as it may keep", async () => {
    expect((await describeRows(withBlocks([1, 2, 3], [1, 2, 3]), 3)).prefixReuse).toMatchObject({
      reusedBlocks: 3,
      isLowerBound: false,
    });
  });

  it("equals a count with a set, whatever the ids", async () => {
    const id = fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 2 ** 32 - 1 }));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(id, { maxLength: 40 }), { maxLength: 60 }), async (blocks) => {
        const seen = new Set<number>();
        let reused = 0;
        for (const ids of blocks) {
          const fresh = ids.findIndex((block) => !seen.has(block));
          reused += fresh === -1 ? ids.length : fresh;
          for (const block of ids) seen.add(block);
        }
        const found = (await describeRows(withBlocks(...blocks))).prefixReuse;
        if (blocks.length > 0) expect(found).toMatchObject({ reusedBlocks: reused, distinctBlocks: seen.size });
      }),
      { numRuns: 60 },
    );
  });
});

describe("labels and categories", () => {
  it("are shares, most frequent first, those without among them", async () => {
    const found = await describeRows({
      ...at(0, 1, 2, 3),
      label: [1, 2, 2, 0],
      labels: ["", "small", "large"],
      category: [0, 0, 0, 0],
      categories: ["", "code"],
    });
    expect(found.labels).toEqual([
      { name: "large", requests: 2, share: 0.5 },
      { name: "", requests: 1, share: 0.25 },
      { name: "small", requests: 1, share: 0.25 },
    ]);
    expect(found.categories).toEqual([]);
  });
});

describe("any workload", () => {
  const request = fc.record({
    gapS: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e4, noNaN: true }), fc.constant(Number.MIN_VALUE)),
    input: fc.integer({ min: 1, max: 3_000_000 }),
    output: fc.integer({ min: 1, max: 5000 }),
  });
  const workload = fc.array(request, { maxLength: 50 }).map((requests): Rows => {
    let now = 0;
    return {
      arrivalS: requests.map(({ gapS }) => (now += gapS)),
      input: requests.map(({ input }) => input),
      output: requests.map(({ output }) => output),
    };
  });

  it("has figures that JSON can carry", async () => {
    await fc.assert(
      fc.asyncProperty(workload, async (rows) => {
        const found = await describeRows(rows);
        expect(JSON.parse(JSON.stringify(found, (_, value: unknown) => (Number.isNaN(value) ? "NaN" : value)))).toEqual(
          found,
        );
      }),
    );
  });

  it("has the same figures however it is cut into chunks", async () => {
    await fc.assert(
      fc.asyncProperty(workload, fc.integer({ min: 1, max: 7 }), async (rows, chunkRows) => {
        expect(await describeRequests(sourceOf(rows, chunkRows))).toEqual(await describeRequests(sourceOf(rows)));
      }),
    );
  });
});

describe("progress", () => {
  it("is told after each chunk", async () => {
    const told: number[] = [];
    await describeRequests(sourceOf(at(0, 1, 2, 3, 4), 2), { onProgress: (requests) => told.push(requests) });
    expect(told).toEqual([2, 4, 5]);
  });
});

describe("priorities", () => {
  it("are counted, the one that goes first at the head", async () => {
    const { priorities } = await describeRows({ ...at(0, 1, 2, 3), priority: [7, 0, 255, 7] });
    expect(priorities).toEqual([
      { priority: 0, requests: 1, share: 0.25 },
      { priority: 7, requests: 2, share: 0.5 },
      { priority: 255, requests: 1, share: 0.25 },
    ]);
  });

  it("that no request has are not told of", async () => {
    expect((await describeRows(at(0, 1))).priorities).toEqual([]);
  });
});
