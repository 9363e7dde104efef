import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { COLUMNS, encode, readTrace } from "./collect.js";
import { columnsOf, delimiterOf } from "../../../host/workloads/traces/csv/csv-columns.js";
import { cutRecord } from "../../../host/workloads/traces/csv/csv-record.js";
import { layoutOfColumns } from "../../../host/workloads/traces/formats.js";

const COMMA = 44;

describe("cutRecord", () => {
  const field = fc.string({ unit: fc.constantFrom("a", "é", ",", '"', "\n", "\r\n", " "), maxLength: 6 });
  const records = fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 });

  test("cuts what is properly quoted as csv-parse does", () => {
    fc.assert(
      fc.property(records, fc.boolean(), (rows, always) => {
        const quote = (text: string) => (always || /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
        const text = rows.map((row) => `${row.map(quote).join(",")}\n`).join("");
        const expected = parse(text, { relax_column_count: true, skip_empty_lines: false });
        const found: string[][] = [];
        const bytes = encode(text);
        for (let at = 0; at < bytes.length;) {
          const record = cutRecord(bytes, at, COMMA);
          if (typeof record === "string") throw new Error(record);
          found.push(record.texts);
          at = record.next;
        }
        expect(found).toEqual(expected);
      }),
    );
  });

  test.each([
    ['"a"b,c\n', "malformed"],
    ['"a" ,c\n', "malformed"],
    ['"a\r,c"\r \n', "malformed"],
    ['"a,b\nc\n', "incomplete"],
    ['1,"\n', "incomplete"],
  ])("%j is %s", (text, fault) => {
    expect(cutRecord(encode(text), 0, COMMA)).toBe(fault);
  });

  test("a quote within a plain field is text", () => {
    expect(cutRecord(encode('5" disk,b\n'), 0, COMMA)).toMatchObject({ texts: ['5" disk', "b"] });
  });
});

describe("fields in quotes", () => {
  const text = fc.oneof(
    fc.integer({ min: -2, max: 12 }).map(String),
    fc.constantFrom(
      "",
      "1.25",
      "07",
      "1e1",
      "x",
      " 3",
      "2147483647",
      "2147483648",
      "99999999999",
      "0.1234567891",
      "1.",
      ".5",
    ),
  );
  const priority = fc.constantFrom("0", "9", "255", "256", "00", "0000000000", "7.0", " 1", "-0", "", "x");
  const row = fc.tuple(text, text, text, fc.constantFrom("", "a", " a", "é", "\u00a0x", "\ufeffx", "a\t"), priority);

  test("are judged as without them, on the fast path as on the slow one", async () => {
    const options = { columns: { ...COLUMNS, label: "label", priority: "priority" }, maxUnusableShare: 1 };
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), async (rows) => {
        const header = "arrival,input,output,label,priority,note\n0,1,1,first,0,\n";
        const read = (line: (fields: readonly string[]) => string) =>
          readTrace(`${header}${rows.map((fields) => `${line(fields)}\n`).join("")}`, options);
        const plain = await read((fields) => `${fields.join(",")},note`);
        expect(await read((fields) => `"${fields.join('","')}","note"`)).toEqual(plain);
        // A doubled quote is left to the slow path.
        expect(await read((fields) => `${fields.join(",")},"no""te"`)).toEqual(plain);
        expect(await read((fields) => `"${fields.join('","')}","no""te"`)).toEqual(plain);
      }),
      { numRuns: 150 },
    );
  });

  test("the header may have them too", async () => {
    const { rows } = await readTrace('"arrival","in\nput","output"\n"0","2","3"\n', {
      columns: { arrival: "arrival", input: "in\nput", output: "output" },
    });
    expect(rows).toEqual([[0, 2, 3, "", ""]]);
  });

  test("a stray quote spoils its own line only", async () => {
    const rows = '1,1,1,"a\n2,2,2,b\n3,3,3,"c"\n';
    const { rows: found, report } = await readTrace(`arrival,input,output,label\n${rows}`, {
      columns: { ...COLUMNS, label: "label" },
      maxUnusableShare: 1,
    });
    expect(report.unusableByReason).toEqual({ bad_quoting: 1 });
    expect(found.map((found) => found[3])).toEqual(["b", "c"]);
  });
});

describe("columns", () => {
  test("the delimiter is the one the header uses most", () => {
    expect(delimiterOf("a,b,c")).toBe(",");
    expect(delimiterOf("a\tb,c\td")).toBe("\t");
    expect(delimiterOf("a;b;c,d")).toBe(";");
    expect(delimiterOf("a")).toBe(",");
  });

  test("of two columns of one name the first is read", () => {
    const layout = layoutOfColumns({ arrival: "t", input: "n", output: "o" }, "s");
    expect(columnsOf(["t", "n", "n", "o", "t"], ",", layout).roles).toEqual([
      "arrival",
      "input",
      "skip",
      "output",
      "skip",
    ]);
  });

  test("may stand in any order, with others between", async () => {
    const { rows } = await readTrace("x,output,y,input,z,arrival\nq,1,,2,w,3\nq,4,,5,w,6\n", { columns: COLUMNS });
    expect(rows.map((row) => row.slice(0, 3))).toEqual([
      [0, 2, 1],
      [3, 5, 4],
    ]);
  });
});
