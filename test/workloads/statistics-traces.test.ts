import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { derivations } from "../../host/workloads/builtin/derive-traces.js";
import { describeRequests, type WorkloadStatistics } from "../../host/workloads/statistics.js";
import { dataFolder, withoutData } from "./builtin/data-folder.js";
import { sourceOf, type Rows } from "./statistics-source.js";

/** An Azure trace, as the built-in workloads read it. */
async function azure(name: string): Promise<Rows> {
  const { file, parse } = derivations.find((derivation) => derivation.name === name)!;
  return parse(await readFile(`${dataFolder()}/${file}`, "utf8"));
}

/** The Mooncake conversation trace as it stands: ticks, and prompt blocks. */
async function mooncake(): Promise<Rows> {
  const text = await readFile(`${dataFolder()}/mooncake/conversation_trace.jsonl`, "utf8");
  const lines = text.trimEnd().split("\n");
  type Line = { timestamp: number; input_length: number; output_length: number; hash_ids: number[] };
  const rows = lines.map((line) => JSON.parse(line) as Line);
  return {
    arrivalS: rows.map((row) => row.timestamp / 1000),
    input: rows.map((row) => row.input_length),
    output: rows.map((row) => row.output_length),
    blocks: rows.map((row) => row.hash_ids),
  };
}

/** Indices of dispersion in windows of 1, 10 and 60 s. */
function dispersion({ rateVariation }: WorkloadStatistics): string[] {
  return rateVariation.map(({ indexOfDispersion }) => indexOfDispersion!.toPrecision(3));
}

// Published figures of these traces: IDC over whole windows, population variance; rate as rows over span. Their percentiles are
// interpolated; those here are the values of rank ceil(p n).
describe.skipIf(withoutData("statistics of real traces"))("statistics of", () => {
  describe("the Azure code trace", () => {
    let found: WorkloadStatistics;
    beforeAll(async () => void (found = await describeRequests(sourceOf(await azure("azure-code")))));

    it("has its rows, span and rate", () => {
      expect(found.requests).toBe(8819);
      expect(found.spanS).toBeCloseTo(3435.948056, 6);
      expect(found.meanRateRps).toBeCloseTo(2.567, 3);
    });

    it("is far burstier than Poisson", () => {
      expect(found.gapCv).toBeCloseTo(13.2, 1);
      expect(dispersion(found)).toEqual(["13.2", "71.6", "164"]);
    });

    it("has its lengths", () => {
      expect(found.input).toEqual({ mean: 18_059_974 / 8819, p50: 1469, p90: 5194, p95: 7315, p99: 7436, max: 7437 });
      expect(found.output).toEqual({ mean: 245_896 / 8819, p50: 13, p90: 55, p95: 90, p99: 252, max: 1899 });
      expect(found.outputShare).toBeCloseTo(0.013, 3);
      expect(found.inputOutputCorrelation).toBeCloseTo(0, 2);
    });
  });

  describe("the Azure conversation trace, first 2400 s", () => {
    let found: WorkloadStatistics;
    beforeAll(async () => void (found = await describeRequests(sourceOf(await azure("azure-conv"), 1000))));

    it("has its rows, span and rate", () => {
      expect(found.requests).toBe(14_176);
      expect(found.spanS).toBeCloseTo(2399.96463, 6);
      expect(found.meanRateRps).toBeCloseTo(5.907, 3);
    });

    it("is Poisson within seconds, not over minutes", () => {
      expect(found.gapCv).toBeCloseTo(1.08, 2);
      expect(dispersion(found)).toEqual(["1.33", "3.47", "15.1"]);
    });

    it("has its lengths", () => {
      expect(found.input).toEqual({
        mean: 16_942_346 / 14_176,
        p50: 1015,
        p90: 4074,
        p95: 4085,
        p99: 4122,
        max: 14_050,
      });
      expect(found.output).toEqual({ mean: 2_856_415 / 14_176, p50: 115, p90: 421, p95: 448, p99: 598, max: 1000 });
      expect(found.outputShare).toBeCloseTo(0.144, 3);
      expect(found.inputOutputCorrelation).toBeCloseTo(-0.14, 2);
    });

    it("has short outputs in busy minutes", () => {
      expect(found.rateLengthCorrelation.windows).toBe(39);
      expect(found.rateLengthCorrelation.output).toBeCloseTo(-0.898, 3);
    });
  });

  describe("the Mooncake conversation trace", () => {
    let found: WorkloadStatistics;
    beforeAll(async () => void (found = await describeRequests(sourceOf(await mooncake(), 1000))));

    it("has its rows, span and rate", () => {
      expect(found.requests).toBe(12_031);
      expect(found.spanS).toBeCloseTo(3536.999, 9);
      expect(found.meanRateRps).toBeCloseTo(3.4015, 4);
    });

    it("comes in ticks", () => {
      expect(found.gapCv).toBeCloseTo(3.03, 2);
      expect(dispersion(found)).toEqual(["7.90", "2.10", "2.89"]);
    });

    it("has its lengths", () => {
      expect(found.input).toMatchObject({
        mean: 144_793_823 / 12_031,
        p50: 6909,
        p95: 39_552,
        p99: 85_401,
        max: 126_195,
      });
      expect(found.output).toMatchObject({ mean: 4_122_048 / 12_031, p50: 350, p95: 698, p99: 1120, max: 2000 });
      expect(found.outputShare).toBeCloseTo(0.028, 3);
      expect(found.inputOutputCorrelation).toBeCloseTo(0.07, 2);
    });

    it("reuses a third of its prompt blocks", () => {
      expect(found.prefixReuse).toMatchObject({ blocks: 288_500, distinctBlocks: 182_790, isLowerBound: false });
      expect(found.prefixReuse!.reusedShare).toBeCloseTo(0.366412, 6);
    });

    it("reuses no more when fewer blocks are kept, and says so", async () => {
      const capped = await describeRequests(sourceOf(await mooncake()), { maxDistinctBlocks: 50_000 });
      expect(capped.prefixReuse).toMatchObject({ distinctBlocks: 50_000, isLowerBound: true });
      expect(capped.prefixReuse!.reusedShare).toBeLessThan(0.366412);
      expect(capped.prefixReuse!.reusedShare).toBeGreaterThan(0.1);
    });
  });
});
