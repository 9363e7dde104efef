import { describe, expect, test } from "vitest";
import { COLUMNS, HEADER, encode, pieces, readTrace } from "./collect.js";
import { openTrace } from "../../../host/workloads/traces/open-trace.js";
import { InputError } from "../../../host/specs/input-error.js";
import type { TraceOptions } from "../../../host/workloads/traces/trace-source.js";

const options = { columns: COLUMNS };

async function refusal(content: string | Uint8Array, more: TraceOptions = options): Promise<string> {
  const error: unknown = await readTrace(content, more).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).message;
}

describe("input that is no trace is refused in one sentence", () => {
  test.each([
    ["nothing", "", /^t: is empty/],
    ["blank lines only", "\n \r\n\t\n", /^t: is empty/],
    ["a header only", HEADER, /^t: has a header but no rows/],
    [
      "unknown columns",
      "a,b,c\n1,2,3\n",
      /^t:1: the columns lack "arrival", "input", "output", .* found are "a", "b", "c"/,
    ],
    ["a JSON array", '[{"arrival": 1},\n{"arrival": 2}]\n', /^t: begins as one JSON array/],
    ["UTF-16, little endian", "\u00ff\u00fea\u0000", /UTF-16 \(little endian\)/],
    ["UTF-16, big endian", "\u00fe\u00ff\u0000a", /UTF-16 \(big endian\)/],
    ["a zip archive", "PK\u0003\u0004 and so on", /zip archive/],
    ["zstd", "\u0028\u00b5\u002f\u00fd", /zstd/],
    ["xz", "\u00fd7zXZ\u0000", /xz/],
    ["bzip2", "BZh91AY", /bzip2/],
    ["Parquet", "PAR1....", /Parquet/],
    ["a NUL byte", `${HEADER}1,2,3\n4,\u0000,6\n`, /^t: holds binary data \(a NUL byte in or after line 1\)/],
    ["quotes left open in the header", '"arrival,input,output\n1,2,3\n', /the header has quotes that do not pair up/],
  ])("%s", async (_, text, message) => {
    expect(await refusal(Uint8Array.from(text, (character) => character.charCodeAt(0)))).toMatch(message);
  });

  test("a file in no known format lists the columns", async () => {
    expect(await refusal("a,b,c\n1,2,3\n", {})).toMatch(/"a", "b", "c" are those of no known trace format/);
    expect(await refusal('{"a": 1}\n', {})).toMatch(/^t:1: the keys "a" are those of no known trace format/);
  });

  test("a format that does not fit the file names what is missing", async () => {
    const message = await refusal("TIMESTAMP,ContextTokens\n1,2\n", { format: "azure-2023" });
    expect(message).toMatch(/lack "GeneratedTokens", which the format azure-2023 needs/);
  });

  test("a format that does not exist", async () => {
    expect(await refusal("a,b\n1,2\n", { format: "azure" as "azure-2023" })).toMatch(
      /format "azure": is none of azure-2025/,
    );
    expect(await refusal("a,b\n1,2\n", { format: "columns" })).toMatch(/name the columns/);
  });

  test("lengths without arrivals", async () => {
    expect(await refusal("num_prefill_tokens,num_decode_tokens\n1,2\n", {})).toMatch(
      /has lengths but no arrival times/,
    );
  });

  test("only unusable rows", async () => {
    expect(await refusal(`${HEADER}1,0,1\n`, { ...options, maxUnusableShare: 1 })).toMatch(
      /has no row that can be used/,
    );
    expect(await refusal('5\n"x"\n', { format: "mooncake", maxUnusableShare: 1 })).toMatch(/lack/);
    expect(await refusal("[1]\n[2]\n", { format: "mooncake", maxUnusableShare: 1 })).toMatch(
      /no JSON object in its first 2 lines/,
    );
  });

  test("options out of range", async () => {
    expect(await refusal(`${HEADER}1,1,1\n`, { ...options, maxUnusableShare: 2 })).toMatch(/maxUnusableShare: is 2/);
    expect(await refusal(`${HEADER}1,1,1\n`, { ...options, blockSize: 0 })).toMatch(/blockSize: is 0/);
  });

  test("control characters of the file do not reach the message", async () => {
    const message = await refusal(`${HEADER}1,\u001b[2J\u009b,3\n`);
    // eslint-disable-next-line no-control-regex -- the point of the test
    expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });
});

describe("memory stays bounded", () => {
  async function* endless(text: string, counter: { bytes: number }): AsyncGenerator<Uint8Array, void, undefined> {
    const piece = encode(text);
    yield encode(HEADER);
    for (;;) {
      counter.bytes += piece.length;
      yield piece;
    }
  }

  test("a line without end fails after about 1 MiB", async () => {
    const counter = { bytes: 0 };
    const reading = openTrace(endless("1".repeat(4096), counter), { name: "t", ...options });
    await expect(reading).rejects.toThrow("t: a line in or after line 2 is longer than 1 MiB");
    expect(counter.bytes).toBeLessThan(1.1 * 2 ** 20);
  });

  test("quotes that never close give one bad row, not one long one", async () => {
    const rows = "2,3,4\n".repeat(800_000);
    const { report } = await readTrace(`${HEADER}"1,2,3\n${rows}`, options);
    expect(report.unusableByReason).toEqual({ bad_quoting: 1 });
    expect(report.used).toBe(800_000);
  });

  test("endless garbage ends soon", async () => {
    const counter = { bytes: 0 };
    const source = await openTrace(endless("no,numbers,here\n".repeat(64), counter), options);
    await expect(source.chunks()[Symbol.asyncIterator]().next()).rejects.toThrow(InputError);
    expect(counter.bytes).toBeLessThan(2 ** 16);
  });

  test("blank lines without end in front of a trace take no memory", async () => {
    const lines = encode("\n".repeat(1 << 20));
    async function* blank(): AsyncGenerator<Uint8Array, void, undefined> {
      for (let i = 0; i < 8; i++) yield lines;
      yield encode(`${HEADER}1,2,x\n`);
    }
    const source = await openTrace(blank(), { ...options, maxUnusableShare: 1 });
    await expect(source.chunks()[Symbol.asyncIterator]().next()).rejects.toThrow("no row");
    expect(source.report().firstUnusable?.line).toBe(8 * 2 ** 20 + 2);
  });

  test("a line of exactly 1 MiB is read, one byte more is not", async () => {
    const row = (bytes: number) => `${HEADER.trimEnd()},note\n1,2,3,${"n".repeat(bytes - 6)}\n`;
    for (const size of [1000, 65536, 1 << 22]) {
      const { report } = await readTrace(row(2 ** 20), options, size);
      expect(report.used).toBe(1);
      await expect(readTrace(row(2 ** 20 + 1), options, size)).rejects.toThrow("longer than 1 MiB");
    }
  });
});

test("giving up closes the input", async () => {
  let closed = false;
  async function* bytes(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* pieces(encode(HEADER + "1,2,3\n".repeat(200_000)));
    } finally {
      closed = true;
    }
  }
  const source = await openTrace(bytes(), options);
  for await (const chunk of source.chunks()) {
    expect(chunk.count).toBe(65536);
    break;
  }
  expect(closed).toBe(true);
});

test("an input that is refused is closed", async () => {
  let closed = false;
  async function* bytes(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield encode("a,b,c\n1,2,3\n");
      yield encode("more");
    } finally {
      closed = true;
    }
  }
  await expect(openTrace(bytes())).rejects.toThrow(InputError);
  expect(closed).toBe(true);
});

test("chunks can be asked for once", async () => {
  const source = await openTrace(pieces(encode(`${HEADER}1,2,3\n`)), options);
  await source.chunks()[Symbol.asyncIterator]().next();
  await expect(source.chunks()[Symbol.asyncIterator]().next()).rejects.toThrow("once");
});
