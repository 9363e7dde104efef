import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstJsonError } from "../../host/specs/json-syntax.js";

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe("firstJsonError", () => {
  it("agrees with JSON.parse on damaged JSON", () => {
    const damaged = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.nat({ max: 2 }),
        fc.constantFrom("", ",", "}", "]", '"', "0", "-", ".", "\\", "t", " ", "\n", "\u0000"),
      )
      .map(([json, at, cut, put]) => {
        const place = at % (json.length + 1);
        return json.slice(0, place) + put + json.slice(place + cut);
      });
    fc.assert(
      fc.property(damaged, (text) => {
        expect(firstJsonError(text, 1000) === undefined).toBe(parses(text));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    "01",
    "1.",
    ".5",
    "+1",
    "1e",
    "tru",
    "nullx",
    "NaN",
    "'a'",
    '"\\x"',
    '"a\nb"',
    "{a:1}",
    "[1 2]",
    "[,1]",
    "{}{}",
  ])("refuses %s", (text) => {
    expect(firstJsonError(text, 64)).toBeDefined();
  });

  it("gives the place of the first error", () => {
    expect(firstJsonError('{"a": [1, 2,, 3]}', 64)).toEqual({ offset: 12, reason: 'expected a value, found ","' });
  });
});
