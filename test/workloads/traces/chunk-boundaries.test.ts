import fc from "fast-check";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { COLUMNS, collect, cutAt, encode } from "./collect.js";
import { openTrace } from "../../../host/workloads/traces/open-trace.js";

/** Fields of all kinds: good, unusual, bad. */
const arrival = fc.oneof(
  fc.integer({ min: 0, max: 30 }).map(String),
  fc.double({ min: 0, max: 30, noNaN: true }).map((value) => value.toFixed(6)),
  fc.constantFrom("", "x", "-1", '"7"', '"8', " 9 ", "1e1", "é"),
);
const tokens = fc.oneof(
  fc.integer({ min: 1, max: 5000 }).map(String),
  fc.constantFrom("0", "", "-3", '"12"', "7.0", "1e12"),
);
const label = fc.constantFrom("", "a", "b", "é", '"a,b"', '"two\nlines"', '"open', "x y");
const priority = fc.constantFrom("0", "7", "255", "256", "", " 3", '"12"', "x");
const ending = fc.constantFrom("\n", "\r\n", "\n\n", "\n \n");
const line = fc
  .tuple(arrival, tokens, tokens, label, priority, ending)
  .map(([t, i, o, l, p, end]) => `${t},${i},${o},${l},${p}${end}`);
const options = { columns: { ...COLUMNS, label: "label", priority: "priority" }, maxUnusableShare: 1 };

async function read(bytes: AsyncIterable<Uint8Array>) {
  const source = await openTrace(bytes, options);
  try {
    return { ...(await collect(source)), report: source.report() };
  } catch (error) {
    return { error: String(error), report: source.report() };
  }
}

test("a trace is the same however its bytes are cut", async () => {
  const input = fc.array(line, { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(input, fc.array(fc.nat(400), { maxLength: 20 }), fc.boolean(), async (lines, cuts, zip) => {
      const plain = encode(`arrival,input,output,label,priority\n0,1,1,,0\n${lines.join("")}`);
      const bytes = zip ? Uint8Array.from(gzipSync(plain)) : plain;
      expect(await read(cutAt(bytes, cuts))).toEqual(await read(cutAt(plain, [])));
    }),
    { numRuns: 300 },
  );
});

test("a trace is the same when it comes byte by byte, with empty pieces between", async () => {
  const plain = encode('arrival,input,output,label,priority\r\n0,1,1,"é\r\n",5\r\n2,3,4,a,17\r\n1,x,1,,1\r\n');
  const everywhere = Array.from({ length: 2 * plain.length }, (_, i) => i >> 1);
  expect(await read(cutAt(plain, everywhere))).toEqual(await read(cutAt(plain, [])));
});
