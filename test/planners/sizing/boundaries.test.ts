import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { choicesOf, countChoices, possibleBoundaries } from "../../../host/planners/sizing/boundaries.js";
import { cdfToModel } from "../../../host/workloads/cdf.js";
import { getBuiltinCdf, getBuiltinWorkload } from "../../../host/workloads/builtin/catalog.js";
import { lengthLawOf } from "../../../host/workloads/length-law/law-of-model.js";

const azureCdf = getBuiltinCdf("azure");
const azure = lengthLawOf(cdfToModel(azureCdf, "azure"));

describe("possible boundaries", () => {
  test("are the points of a CDF with 1 % of the requests below and 0.1 % above", () => {
    const expected = azureCdf.filter(([, share]) => share >= 0.01 && 1 - share >= 0.001).map(([tokens]) => tokens);
    expect(possibleBoundaries(azure, Infinity, azureCdf)).toEqual(expected);
  });

  test("are below the largest window", () => {
    expect(possibleBoundaries(azure, 4096, azureCdf)).toEqual(
      possibleBoundaries(azure, Infinity, azureCdf).filter((tokens) => tokens < 4096),
    );
  });

  test("are powers of two and one and a half times them where there is no CDF, ascending", () => {
    const law = lengthLawOf(getBuiltinWorkload("azure-conv"));
    const found = possibleBoundaries(law, Math.ceil(law.longest));
    const all = Array.from({ length: 30 }, (_, k) => [2 ** (k + 1), 3 * 2 ** k]).flat();
    const expected = all.filter(
      (tokens) => tokens < law.longest && law.share(0, tokens) >= 0.01 && 1 - law.share(0, tokens) >= 0.001,
    );
    expect(found).toEqual(expected.sort((a, b) => a - b));
    expect(found.length).toBeGreaterThan(5);
  });
});

describe("choices of boundaries", () => {
  test("are all subsets of at most so many, each once and ascending", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 9999 }), { maxLength: 8 }),
        fc.integer({ min: 0, max: 5 }),
        (drawn, most) => {
          const boundaries = drawn.sort((a, b) => a - b);
          const subsets = Array.from({ length: 2 ** boundaries.length }, (_, bits) =>
            boundaries.filter((_tokens, i) => (bits >> i) & 1),
          ).filter((subset) => subset.length <= most);
          const key = (choice: number[]) => choice.join();
          const found = choicesOf(boundaries, most);
          expect(found.map(key).sort()).toEqual(subsets.map(key).sort());
          expect(countChoices(boundaries.length, most)).toBe(found.length);
          expect(found.map(({ length }) => length)).toEqual(found.map(({ length }) => length).sort((a, b) => a - b));
        },
      ),
    );
  });
});
