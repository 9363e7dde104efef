import { describe, expect, it } from "vitest";
import { deriveExperts } from "../../../host/specs/kernels/derive-experts.js";
import { expertsRow, MODEL, PEAKS, tablesOf } from "./synthetic-tables.js";

const TOKENS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192];
const INTERMEDIATES = [512, 1024, 2048, 4096];

/** Floor 20 us, 80 % of bandwidth, 50 % of peak, where `chosen` experts are read. */
function seconds(tokens: number, inter: number, chosen: number): number {
  const weights = 3 * MODEL.hidden * inter;
  const bytes = 2 * (chosen * weights + tokens * MODEL.topk * (2 * MODEL.hidden + 3 * inter));
  const flops = 2 * tokens * MODEL.topk * weights;
  return 20e-6 + Math.max(bytes / (2e12 * 0.8), flops / (1e15 * 0.5));
}

const each = <T>(make: (tokens: number, inter: number) => T) =>
  TOKENS.flatMap((tokens) => INTERMEDIATES.map((inter) => make(tokens, inter)));
const chosenAtRandom = (tokens: number) => MODEL.experts * (1 - (1 - MODEL.topk / MODEL.experts) ** tokens);
const uneven = each((tokens, inter) => expertsRow(tokens, seconds(tokens, inter, chosenAtRandom(tokens)), { inter }));
const balanced = { distribution: "balanced" };
const source = { system: "x", dtype: "bf16", table: "bfloat16" } as const;

describe("fused experts", () => {
  const figures = deriveExperts(tablesOf({ experts: uneven }), PEAKS, source);

  it("have the floor and the bandwidth with which uneven tokens read as many as even choice would", () => {
    expect(figures.floorUs).toEqual({ value: 20, origin: "measured" });
    expect(figures.bandwidthShare).toEqual({ value: 0.8, origin: "measured" });
  });

  it("have the share of peak at the tokens that each gets", () => {
    const last = figures.computeShare.knots.at(-1)!;
    expect(last.tokens).toBe(1024);
    expect(last.share).toBeCloseTo(0.5, 2);
  });

  it("of models that choose them by groups are left out", () => {
    const grouped = uneven.concat(expertsRow(64, 1e-6, { experts: 256 }));
    expect(deriveExperts(tablesOf({ experts: grouped }), PEAKS, source)).toEqual(figures);
  });

  it("with balanced tokens are not what times are fitted to", () => {
    const even = each((tokens, inter) => expertsRow(tokens, 1, { inter, ...balanced }));
    expect(deriveExperts(tablesOf({ experts: uneven.concat(even) }), PEAKS, source)).toEqual(figures);
  });

  it("of sizes that a cache held, by balanced tokens, are left out, and the floor is the shortest of all", () => {
    const fromCache = expertsRow(1, 1e-6, { inter: 2048, ...balanced });
    const of = deriveExperts(tablesOf({ experts: uneven.concat(fromCache) }), PEAKS, source);
    expect(of.floorUs.value).toBeGreaterThan(20);
    expect(of.wholeFit.measurements).toBeLessThan(figures.wholeFit.measurements);
    expect(of.wholeFit.covers).toContain("more than 101 MB read");
  });
});
