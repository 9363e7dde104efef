import { describe, expect, it } from "vitest";
import { carryToBalanced, deriveExperts } from "../../../host/specs/kernels/derive-experts.js";
import { expertsRow, MODEL, PEAKS, tablesOf } from "./synthetic-tables.js";

const TOKENS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192];
const INTERMEDIATES = [512, 1024, 2048, 4096];

/** Floor 20 us, so much of bandwidth, 50 % of peak, where `chosen` experts are read. */
function seconds(tokens: number, inter: number, chosen: number, bandwidthShare: number, floorUs = 20): number {
  const weights = 3 * MODEL.hidden * inter;
  const bytes = 2 * (chosen * weights + tokens * MODEL.topk * 3 * (MODEL.hidden + inter));
  const flops = 2 * tokens * MODEL.topk * weights;
  return floorUs * 1e-6 + Math.max(bytes / (2e12 * bandwidthShare), flops / (1e15 * 0.5));
}

const balanced = TOKENS.flatMap((tokens) =>
  INTERMEDIATES.map((inter) =>
    expertsRow(tokens, seconds(tokens, inter, Math.min(MODEL.experts, tokens * MODEL.topk), 0.8), { inter }),
  ),
);
const uneven = TOKENS.flatMap((tokens) =>
  INTERMEDIATES.map((inter) => {
    const chosen = MODEL.experts * (1 - (1 - MODEL.topk / MODEL.experts) ** tokens);
    return expertsRow(tokens, seconds(tokens, inter, chosen, 0.9, 16), { inter, distribution: "power_law_1.2" });
  }),
);
const source = { system: "x", dtype: "bf16", table: "bfloat16" } as const;
const evenFigures = deriveExperts(tablesOf({ experts: balanced }), PEAKS, { ...source, distribution: "balanced" });
const unevenFigures = deriveExperts(tablesOf({ experts: uneven }), PEAKS, {
  ...source,
  distribution: "power_law_1.2",
});

describe("fused experts", () => {
  it("have the floor and the bandwidth with which balanced tokens read as many as they can", () => {
    expect(evenFigures.floorUs).toEqual({ value: 20, origin: "measured" });
    expect(evenFigures.bandwidthShare).toEqual({ value: 0.8, origin: "measured" });
  });

  it("have the share of peak at the tokens that each gets", () => {
    const last = evenFigures.computeShare.knots.at(-1)!;
    expect(last.tokens).toBe(1024);
    expect(last.share).toBeCloseTo(0.5, 2);
  });

  it("of models that choose them by groups are left out", () => {
    const grouped = balanced.concat(expertsRow(64, 1e-6, { experts: 256 }));
    expect(deriveExperts(tablesOf({ experts: grouped }), PEAKS, { ...source, distribution: "balanced" })).toEqual(
      evenFigures,
    );
  });

  it("with uneven tokens are carried over to balanced ones by what lies between both on other GPUs", () => {
    const other = { balanced: evenFigures, uneven: unevenFigures };
    const carried = carryToBalanced(unevenFigures, [other]);
    expect(carried.floorUs.value).toBeCloseTo(20, 1);
    expect(carried.bandwidthShare.value).toBeCloseTo(0.8, 2);
    expect(carried.computeShare.knots.at(-1)!.share).toBeCloseTo(0.5, 2);
    expect(carried.wholeFit.covers).toContain("uneven tokens, carried over");
  });
});
