import { describe, expect, test } from "vitest";
import { numberOf, numbersOf, pointer } from "../../../host/reports/html/pointer.js";

describe("pointer", () => {
  test("finds keys of any characters", () => {
    const result = { pools: { "a/b~c": { p99: 7 }, "": { p99: 8 }, "~1": { p99: 9 }, "*": { p99: 10 } } };
    for (const [id, { p99 }] of Object.entries(result.pools)) {
      expect(numberOf(result, pointer("pools", id, "p99"))).toBe(p99);
    }
  });

  test("finds places and columns of a list", () => {
    const rows = [{ n: 1 }, { n: null }, { n: 3 }];
    expect(numberOf(rows, "/2/n")).toBe(3);
    expect(numbersOf(rows, "/*/n")).toEqual([1, null, 3]);
  });

  test("finds nothing that an object inherits", () => {
    expect(() => numberOf({}, "/constructor/length")).toThrow("/constructor/length: no number");
  });

  test("leaves what is given as it is", () => {
    expect(numbersOf({}, [1, null])).toEqual([1, null]);
    expect(numberOf({}, null)).toBeNull();
  });
});
