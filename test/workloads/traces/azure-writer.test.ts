import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { collect, readTrace, sourceOf, steadyRows, type RequestRow } from "./collect.js";
import { writeAzureTrace } from "../../../host/workloads/traces/azure-writer.js";
import { openTrace } from "../../../host/workloads/traces/open-trace.js";

async function written(rows: readonly RequestRow[]): Promise<string> {
  let text = "";
  for await (const piece of writeAzureTrace(sourceOf(rows))) text += new TextDecoder().decode(piece);
  return text;
}

describe("writeAzureTrace", () => {
  test("writes the format of 2023", async () => {
    const rows: RequestRow[] = [
      [0, 374, 44, "", ""],
      [4.314579, 396, 109, "a", "code"],
      [86_400, 4294967295, 1, "", ""],
    ];
    expect(await written(rows)).toBe(
      "TIMESTAMP,ContextTokens,GeneratedTokens\r\n" +
        "2023-11-16 18:15:46.0000000,374,44\r\n" +
        "2023-11-16 18:15:50.3145790,396,109\r\n" +
        "2023-11-17 18:15:46.0000000,4294967295,1\r\n",
    );
  });

  test("a fraction that rounds up to the next second, minute and day", async () => {
    const midnightS = 5 * 3600 + 44 * 60 + 14;
    expect(await written([[midnightS - 1e-8, 1, 1, "", ""]])).toContain("\r\n2023-11-17 00:00:00.0000000,1,1\r\n");
  });

  test("what is written reads back the same, arrivals to 1e-7 s", async () => {
    const request = fc.record({
      gapS: fc.double({ min: 0, max: 5000, noNaN: true }),
      input: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      output: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 50 }), async (requests) => {
        let arrivalS = 0;
        const rows = requests.map(({ gapS, input, output }, i): RequestRow => {
          arrivalS += i === 0 ? 0 : gapS;
          return [arrivalS, input, output, "", "prose"];
        });
        const { rows: found, report } = await readTrace(await written(rows));
        expect(report.format).toBe("azure-2023");
        expect(found.map((row) => row.slice(1))).toEqual(rows.map((row) => row.slice(1)));
        for (const [i, row] of found.entries()) expect(Math.abs(row[0] - rows[i]![0])).toBeLessThanOrEqual(1e-7);
      }),
    );
  });

  test("what has been read back is written the same again", async () => {
    const rows = steadyRows(70_000);
    const first = await written(rows);
    const again = await openTrace(writeAzureTrace(sourceOf(rows)));
    let second = "";
    for await (const piece of writeAzureTrace(again)) second += new TextDecoder().decode(piece);
    expect(second).toBe(first);
  });

  test("an arrival beyond the year 9999 is refused", async () => {
    await expect(written([[3e11, 1, 1, "", ""]])).rejects.toThrow("its year is above 9999");
  });

  test("pieces are small, however long the source", async () => {
    const sizes: number[] = [];
    for await (const piece of writeAzureTrace(sourceOf(steadyRows(100_000), 50_000))) sizes.push(piece.length);
    expect(Math.max(...sizes)).toBeLessThan(2 ** 20);
    expect((await collect(sourceOf(steadyRows(3)))).rows).toHaveLength(3);
  });
});
