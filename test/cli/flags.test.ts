import { InvalidArgumentError } from "commander";
import { describe, expect, test } from "vitest";
import { listOf, number, oneOf, pairs, share, wholeNumber } from "../../host/cli/flags.js";

/** What a parser answers, or says. */
function tried<Value>(parse: (text: string) => Value, text: string): Value | string {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof InvalidArgumentError) return error.message;
    throw error;
  }
}

describe("number", () => {
  test.each([
    ["1", 1],
    ["-0.5", -0.5],
    [".5", 0.5],
    ["2.", 2],
    ["1e3", 1000],
    ["+7", 7],
  ])("takes %j", (text, value) => expect(number()(text)).toBe(value));

  test.each(["", " ", "abc", "1x", "0x10", "1,5", "NaN", "Infinity", "1e999", "--1", "1 2"])("refuses %j", (text) =>
    expect(tried(number(), text)).toBe("Allowed is a finite number."),
  );

  test("keeps to its bounds and names them", () => {
    const parse = number({ above: 0, atMost: 10 });
    expect([tried(parse, "10"), tried(parse, "1e-9")]).toEqual([10, 1e-9]);
    for (const text of ["0", "10.1"]) {
      expect(tried(parse, text)).toBe("Allowed is a finite number above 0 and at most 10.");
    }
    expect(tried(number({ atLeast: 0, below: 1 }), "1")).toBe("Allowed is a finite number at least 0 and below 1.");
  });
});

describe("wholeNumber", () => {
  test("takes whole numbers, also with an exponent", () => {
    expect([tried(wholeNumber(0), "0"), tried(wholeNumber(0), "1e6"), tried(wholeNumber(0), "2.0")]).toEqual([
      0, 1_000_000, 2,
    ]);
  });

  test.each(["1.5", "-1", "9007199254740992", "1e300", "one"])("refuses %j", (text) =>
    expect(tried(wholeNumber(0), text)).toBe("Allowed is a whole number of at least 0."),
  );

  test("names both ends of a range", () =>
    expect(tried(wholeNumber(1, 8), "9")).toBe("Allowed is a whole number from 1 to 8."));
});

test("share takes 0 and 1 and nothing beyond", () => {
  expect([tried(share(), "0"), tried(share(), "1")]).toEqual([0, 1]);
  expect(tried(share(), "1.01")).toContain("at most 1");
});

test("oneOf names what is allowed and what was probably meant", () => {
  const parse = oneOf(["poisson", "gamma"]);
  expect(tried(parse, "gamma")).toBe("gamma");
  expect(tried(parse, "poison")).toBe("Allowed is one of poisson, gamma. Did you mean poisson?");
  expect(tried(parse, "x")).toBe("Allowed is one of poisson, gamma.");
});

test("listOf reads every item", () => {
  expect(tried(listOf(wholeNumber(1)), "1, 2,3")).toEqual([1, 2, 3]);
  expect(tried(listOf(wholeNumber(1)), "1,,3")).toContain("whole number");
});

describe("pairs", () => {
  const parse = pairs(["input", "output", "label"], ["input", "output"]);

  test("takes names with blanks", () =>
    expect(tried(parse, "input=Request tokens, output=Response tokens")).toEqual({
      input: "Request tokens",
      output: "Response tokens",
    }));

  test.each([
    ["input=a", "output is missing"],
    ["input=a,output=", "output has no name"],
    ["input=a,input=b,output=c", "input is given twice"],
    ["input=a,size=b", '"size=b" is none of these'],
    ["input", '"input" is none of these'],
    ["", '"" is none of these'],
    ["__proto__=a", '"__proto__=a" is none of these'],
  ])("refuses %j", (text, reason) => expect(tried(parse, text)).toContain(reason));
});
