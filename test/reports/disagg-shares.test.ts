import { expect, test } from "vitest";
import { shareInUse, shareKept } from "../../host/reports/disagg-shares.js";

test.each([
  [null, "–"],
  [0, "0 %"],
  [0.000034, "<0.01 %"],
  [0.000931, "0.0931 %"],
  [0.2294, "22.9 %"],
  [0.9994, "99.9 %"],
  [0.999906, "100 %"],
  [1, "100 %"],
  [1.2, "120 %"],
])("tells a share in use of %s as %s", (share, text) => {
  expect(shareInUse(share)).toBe(text);
});

test.each([
  [0, "0 %"],
  [0.9, "90.0 %"],
  [0.9941, "99.41 %"],
  [0.99997, "99.99 %"],
  [1, "100 %"],
])("tells a share kept of %s as %s", (share, text) => {
  expect(shareKept(share)).toBe(text);
});
