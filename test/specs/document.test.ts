import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readDocument } from "../../host/specs/document.js";
import { refusal } from "./fleet-text.js";

const read = (text: string, fileName = "x.json") =>
  JSON.parse(JSON.stringify(readDocument(text, fileName).value)) as unknown;

describe("readDocument", () => {
  it("reads every JSON value as JSON.parse does", () => {
    const value = fc.jsonValue({ maxDepth: 4 }).filter((v) => !JSON.stringify(v).includes("__proto__"));
    fc.assert(
      fc.property(value, fc.constantFrom(0, 1, 2, "\t"), (json, indent) => {
        const text = JSON.stringify(json, null, indent);
        expect(read(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it("reads YAML 1.2: comments, anchors, hexadecimal, special floats", () => {
    const text = "# fleet\na: &x [1, 0x10]\nb: *x\nc: .inf\nd: yes\n";
    expect(readDocument(text, "x.yaml").value).toMatchObject({ a: [1, 16], b: [1, 16], c: Infinity, d: "yes" });
  });

  it("follows an alias to the last anchor before it", () => {
    expect(read("- &a 1\n- *a\n- &a 2\n- *a\n", "x.yaml")).toEqual([1, 1, 2, 2]);
  });

  it("keeps what an alias stood for where the list that has it is repeated", () => {
    expect(read("- &a 1\n- &b [*a]\n- &a 2\n- *b\n", "x.yaml")).toEqual([1, [1], 2, [1]]);
  });

  it("skips a byte order mark", () => {
    expect(read('\uFEFF{"a": 1}')).toEqual({ a: 1 });
  });

  it("names the place of a field, of its key's object where it is missing, and through aliases", () => {
    const { nameOf } = readDocument("p: &p\n  w: 1\nq:\n  - *p\n", "x.yaml");
    expect(nameOf(["p", "w"])).toBe("x.yaml:2:6: p.w");
    expect(nameOf(["p", "h"])).toBe("x.yaml:2:3: p.h");
    expect(nameOf(["q", 0, "w"])).toBe("x.yaml:2:6: q[0].w");
    expect(nameOf([])).toBe("x.yaml:1:1: the file");
  });
});

describe("a file that cannot be read is refused with its place", () => {
  const cases: [what: string, text: string, fileName: string, message: string][] = [
    ["empty", "", "f.yaml", "f.yaml: the file is empty; it must hold an object with pools."],
    ["empty JSON", "", "f.json", "f.json:1:1: not valid JSON: expected a value, found the end of the file."],
    ["missing comma", '{"a": 1\n "b": 2}', "f.json", 'f.json:2:2: not valid JSON: expected "," or "}", found "\\"".'],
    [
      "trailing comma",
      '{"a": 1,}',
      "f.json",
      'f.json:1:9: not valid JSON: expected a key in double quotes, found "}".',
    ],
    ["duplicate key", '{"a": 1,\n "a": 2}', "f.json", 'f.json:2:2: the key "a" is given twice in one object.'],
    ["duplicate key in YAML", "a: 1\nb: 2\na: 3\n", "f.yaml", 'f.yaml:3:1: the key "a" is given twice in one object.'],
    [
      "two documents",
      "a: 1\n---\nb: 1\n",
      "f.yaml",
      "f.yaml:2:1: not valid YAML: a second document begins here; one file holds one.",
    ],
    [
      "unknown tag",
      "a: !!js/function x\n",
      "f.yaml",
      "f.yaml:1:4: not valid YAML: unresolved tag: tag:yaml.org,2002:js/function.",
    ],
    ["alias without anchor", "a: *x\n", "f.yaml", "f.yaml:1:4: the alias *x has no anchor &x before it."],
    ["alias of itself", "a: &x [*x]\n", "f.yaml", "f.yaml:1:7: lists and objects are nested more than 64 deep."],
    ["list as a key", "? [a]\n: 1\n", "f.yaml", "f.yaml:1:3: a key must be text, not a list, an object or an alias."],
    [
      "deep JSON",
      "[".repeat(1e5),
      "f.json",
      "f.json:1:65: not valid JSON: lists and objects are nested more than 64 deep.",
    ],
    ["deep YAML", "[".repeat(1e5), "f.yaml", ": not valid YAML: lists and objects are nested too deeply."],
    ["many words", "[" + "1,".repeat(600_000), "f.yaml", "f.yaml: the file has more than 1000000 words and marks."],
    [
      "a long word",
      '"' + "x".repeat(70_000) + '"',
      "f.json",
      " has 70002 characters; the most allowed in one value is 65536.",
    ],
    [
      "a large file",
      " ".repeat(2 ** 24 + 1),
      "f.json",
      "f.json: the file has 16777217 bytes, but must have at most 16 MiB.",
    ],
  ];
  it.each(cases)("%s", (_what, text, fileName, message) => {
    expect(refusal(text, fileName)).toContain(message);
  });

  it("alias bomb", () => {
    const levels = [..."bcdefgh"].map(
      (key, i) => `${key}: &${key} [${Array(10).fill(`*${"abcdefgh"[i]!}`).join(", ")}]`,
    );
    const bomb = `a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n${levels.join("\n")}\n`;
    expect(refusal(bomb, "f.yaml")).toContain("aliases repeat more than 1000000 values");
  });
});
