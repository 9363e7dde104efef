import { expect, test } from "vitest";
import { visibleLength } from "../../host/reports/visible-length.js";
import { plainTable } from "../../host/reports/plain-table.js";

test("a table lines numbers up on the right and has no lines", () => {
  const head = ["pool", "GPUs", "P99"];
  const rows = [
    ["short", "20", "505"],
    ["long", "100", "1,234"],
  ];
  const [first, ...others] = plainTable(head, rows).split("\n");
  expect(others).toEqual(["short    20    505", "long    100  1,234"]);
  expect(visibleLength(first!)).toBe("pool   GPUs    P99".length);
});
