import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InputError } from "../../host/specs/input-error.js";
import {
  cdfEval,
  cdfToModel,
  MAX_CDF_CHARACTERS,
  MAX_CDF_POINTS,
  parseCdf,
  readCdfFile,
} from "../../host/workloads/cdf.js";

describe("parseCdf", () => {
  it("reads a bare array of points", () => {
    expect(parseCdf("[[64, 0.25], [128, 1.0]]", "a.json")).toEqual([
      [64, 0.25],
      [128, 1],
    ]);
  });

  it("reads the array under cdf and ignores other keys", () => {
    expect(parseCdf('{"cdf": [[64, 1]], "source": "x", "seed": 42}', "a.json")).toEqual([[64, 1]]);
  });

  it("takes equal fractions and a first fraction of zero", () => {
    expect(parseCdf("[[64, 0], [128, 0.5], [256, 0.5], [512, 1]]", "a.json")).toHaveLength(4);
  });

  it("takes a last fraction that is 1 but for rounding as 1", () => {
    expect(parseCdf("[[64, 0.9999999995]]", "a.json")).toEqual([[64, 1]]);
    expect(parseCdf("[[64, 1.0000000005], [65, 1]]", "a.json")).toEqual([
      [64, 1],
      [65, 1],
    ]);
  });

  const refused: [fault: string, text: string, message: RegExp][] = [
    ["text that is not JSON", "[[64, NaN]]", /^a\.json: not JSON \(.*\); a CDF is \[\[tokens, fraction\], \.\.\.\]\.$/],
    ["a number", "7", /^a\.json: point: 7 is not an array of \[tokens, fraction\]\.$/],
    ["null", "null", /^a\.json: point: null is not an array/],
    ["an object without cdf", '{"points": []}', /^a\.json: an object without "cdf"; /],
    ["cdf that is no array", '{"cdf": "x"}', /^a\.json: cdf: "x" is not an array/],
    ["no points", "[]", /^a\.json: point: no points; at least one/],
    ["no points under cdf", '{"cdf": []}', /^a\.json: cdf: no points/],
    [
      "a point that is no pair",
      "[[64, 0.5], [128]]",
      /^a\.json: point\[1\]: a list of 1 is not \[tokens, fraction\]\.$/,
    ],
    ["a point of three", "[[64, 0.5, 1]]", /^a\.json: point\[0\]: a list of 3 is not/],
    ["an object for a point", '[{"tokens": 64}]', /^a\.json: point\[0\]: an object is not/],
    [
      "an edge of zero",
      "[[0, 1]]",
      /^a\.json: point\[0\]: tokens is 0; a whole number from 1 to 1073741824 is allowed\.$/,
    ],
    ["a negative edge", "[[-64, 1]]", /tokens is -64; a whole number from 1/],
    ["half a token", "[[64.5, 1]]", /tokens is 64\.5; a whole number/],
    ["an edge in quotes", '[["64", 1]]', /tokens is "64"; a whole number/],
    ["an edge without bound", "[[1e999, 1]]", /tokens is Infinity; a whole number/],
    ["an edge that no model has", "[[1000000000000, 1]]", /tokens is 1000000000000; .* to 1073741824/],
    ["edges out of order", '{"cdf": [[128, 0.5], [64, 1]]}', /^a\.json: cdf\[1\]: tokens is 64; more than 128, /],
    ["an edge twice", "[[64, 0.5], [64, 1]]", /^a\.json: point\[1\]: tokens is 64; more than 64, /],
    [
      "a fraction above one",
      "[[64, 1.1]]",
      /^a\.json: point\[0\]: fraction is 1\.1; a number from 0 to 1 is allowed\.$/,
    ],
    ["a negative fraction", "[[64, -0.1], [128, 1]]", /point\[0\]: fraction is -0\.1; a number from 0 to 1/],
    ["a fraction that is null", "[[64, null]]", /fraction is null; a number from 0 to 1/],
    ["a fraction in quotes", '[[64, "1"]]', /fraction is "1"; a number from 0 to 1/],
    ["a fraction without bound", "[[64, 1e999]]", /fraction is Infinity; a number from 0 to 1/],
    ["falling fractions", "[[64, 0.5], [128, 0.4], [256, 1]]", /point\[1\]: fraction is 0\.4; at least 0\.5, /],
    ["an end below one", "[[64, 0.5], [128, 0.99]]", /point\[1\]: the last fraction is 0\.99; it must be 1\.$/],
  ];
  it.each(refused)("refuses %s", (_fault, text, message) => {
    expect(() => parseCdf(text, "a.json")).toThrow(InputError);
    expect(() => parseCdf(text, "a.json")).toThrow(message);
  });

  it("refuses NaN in points that were not read from a file", () => {
    expect(() => cdfToModel([[64, NaN]], "mine")).toThrow(/^mine\[0\]: fraction is NaN; a number from 0 to 1/);
  });

  it("keeps its message to one short line whatever the value", () => {
    const deep = `[[64, ${"[".repeat(2_000_000)}1${"]".repeat(2_000_000)}]]`;
    expect(() => parseCdf(deep, "a.json")).toThrow(
      /^a\.json: point\[0\]: fraction is a list of 1; a number from 0 to 1/,
    );
    expect(() => parseCdf(`[["${"9".repeat(500)}", 1]]`, "a.json")).toThrow(/^.{0,140}$/);
    expect(() => parseCdf("[\n\n\n[64, oops]]", "a.json")).toThrow(/^.*$/);
  });

  it("refuses more points than are allowed", () => {
    const points = Array.from({ length: MAX_CDF_POINTS + 1 }, (_, i) => [i + 1, 1]);
    expect(() => parseCdf(JSON.stringify(points), "a.json")).toThrow(/: 100001 points; at most 100000 are allowed\.$/);
  });

  it("refuses more text than is allowed before it parses it", () => {
    expect(() => parseCdf(" ".repeat(MAX_CDF_CHARACTERS + 1), "a.json")).toThrow(/characters; a CDF file has at most/);
  });
});

describe("readCdfFile", () => {
  let folder = "";
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "cdf-"))));
  afterAll(() => rm(folder, { recursive: true }));

  it("reads a file", async () => {
    const path = join(folder, "good.json");
    await writeFile(path, "[[64, 1]]");
    expect(await readCdfFile(path)).toEqual([[64, 1]]);
  });

  it("names a file that is not there", async () => {
    await expect(readCdfFile(join(folder, "none.json"))).rejects.toThrow(/none\.json: cannot read the file/);
    await expect(readCdfFile(join(folder, "none.json"))).rejects.toThrow(InputError);
  });

  it("refuses a file that is too large", async () => {
    const path = join(folder, "large.json");
    await writeFile(path, " ".repeat(MAX_CDF_CHARACTERS + 1));
    await expect(readCdfFile(path)).rejects.toThrow(/large\.json: the file is larger than 8388608 bytes/);
  });
});

describe("cdfToModel", () => {
  const model = cdfToModel(
    [
      [64, 0],
      [128, 0.25],
      [256, 0.25],
      [512, 1],
    ],
    "small",
  );

  it("makes a bin of the tokens above the edge before, up to its edge, and none without mass", () => {
    expect([...model.lengths.inputLow]).toEqual([65, 257]);
    expect([...model.lengths.inputHigh]).toEqual([128, 512]);
    expect([...model.lengths.cumulative]).toEqual([0.25, 1]);
  });

  it("starts the first bin at one token", () => {
    expect(cdfToModel([[64, 1]], "one").lengths.inputLow[0]).toBe(1);
  });

  it("has one window that never ends", () => {
    expect([...model.lengths.windowCell]).toEqual([0, 2]);
    expect(model.lengths.windowS).toBe(Infinity);
  });

  it("says that the bins are totals, of which 80 % are input", () => {
    expect(model.lengths.inputShare).toBe(0.8);
    expect(cdfToModel([[64, 1]], "one", { inputShare: 0.5 }).lengths.inputShare).toBe(0.5);
  });

  it.each([0, -0.1, 1.5, NaN])("refuses an input share of %d", (inputShare) => {
    expect(() => cdfToModel([[64, 1]], "one", { inputShare })).toThrow(
      `workload one: input share is ${inputShare}; a number above 0 and at most 1 is allowed.`,
    );
  });

  it("has the reference's mix of categories and no rate", () => {
    expect(model.categories).toEqual([
      { name: "prose", probability: 0.6 },
      { name: "code", probability: 0.25 },
      { name: "rag", probability: 0.15 },
    ]);
    expect(model.nativeRateRps).toBeUndefined();
    expect(model.profile).toBeUndefined();
  });
});

describe("cdfEval", () => {
  const points = [
    [100, 0.5],
    [200, 0.5],
    [400, 1],
  ] as const;
  it.each([
    [-1, 0],
    [0, 0],
    [50, 0.25],
    [100, 0.5],
    [150, 0.5],
    [300, 0.75],
    [400, 1],
    [1e9, 1],
  ])("is linear between points: at %d it is %d", (t, share) => {
    expect(cdfEval(points, t)).toBe(share);
  });
});
