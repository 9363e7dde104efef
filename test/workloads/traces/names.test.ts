import { expect, test } from "vitest";
import { encode } from "./collect.js";
import { NAME_TOO_LONG, NameTable, TOO_MANY_NAMES } from "../../../host/workloads/traces/rows/names.js";

function ofText(table: NameTable, text: string): number {
  const bytes = encode(`,${text},`);
  return table.ofBytes(bytes, 1, bytes.length - 1);
}

test("names are numbered in order of appearance, from bytes as from text", () => {
  const table = new NameTable(10);
  expect([ofText(table, "a"), ofText(table, "é"), table.ofText("a"), ofText(table, "é"), ofText(table, "")]).toEqual([
    1, 2, 1, 2, 0,
  ]);
  expect(table.names).toEqual(["", "a", "é"]);
});

test("names of equal hash stay apart", () => {
  // These two share their 32-bit FNV-1a hash.
  const table = new NameTable(10);
  expect(ofText(table, "costarring")).toBe(1);
  expect(ofText(table, "liquid")).toBe(2);
  expect(ofText(table, "costarring")).toBe(1);
  expect(ofText(table, "liquid")).toBe(2);
});

test("too many names, and names too long", () => {
  const table = new NameTable(2);
  expect(ofText(table, "n".repeat(1024))).toBe(1);
  expect(ofText(table, "b")).toBe(TOO_MANY_NAMES);
  expect(ofText(table, "n".repeat(1025))).toBe(NAME_TOO_LONG);
  expect(table.ofText("é".repeat(513))).toBe(NAME_TOO_LONG);
  expect(table.names).toHaveLength(2);
});
