import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeDigits, encodeDigits } from "../../../host/workloads/builtin/digits.js";

describe("digits", () => {
  it("are base 36, padded to their width", () => {
    expect(encodeDigits([0, 35, 36, 1295], 2)).toBe("000z10zz");
  });

  it("come back as they went in", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 36 ** 3 - 1 })), (values) => {
        expect(decodeDigits(encodeDigits(values, 3), 3)).toEqual(values);
      }),
    );
  });

  it.each([1296, -1, 0.5, NaN])("refuse %d in two digits", (value) => {
    expect(() => encodeDigits([value], 2)).toThrow(`${value} does not fit in 2 base-36 digits`);
  });
});
