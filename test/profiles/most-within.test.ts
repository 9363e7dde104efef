import { describe, expect, it } from "vitest";
import { mostWithin } from "../../host/profiles/most-within.js";

describe("mostWithin", () => {
  it.each([0, 1, 2, 63, 64, 65, 100, 999, 1000])("finds the last that fits: %i of 1000", (last) => {
    expect(mostWithin(1000, (count) => count <= last)).toBe(last);
  });

  it("stops before the first that does not fit, though larger ones do", () => {
    expect(mostWithin(1000, (count) => count < 40 || count > 200)).toBe(39);
  });

  it("asks for few of many", () => {
    let asked = 0;
    mostWithin(65_536, () => {
      asked++;
      return true;
    });
    expect(asked).toBeLessThan(400);
  });
});
