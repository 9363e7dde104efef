import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COLUMNS, HEADER, collect, encode, pieces, readTrace } from "./collect.js";
import { readTraceFile } from "../../../host/workloads/traces/bytes/file-bytes.js";
import { gunzipOnTheWeb } from "../../../host/workloads/traces/bytes/gunzip.js";
import { openTrace } from "../../../host/workloads/traces/open-trace.js";
import { InputError } from "../../../host/specs/input-error.js";

const options = { columns: COLUMNS };
const text = HEADER + Array.from({ length: 5000 }, (_, i) => `${i},${i + 1},${((i * 7919) % 977) + 1}\n`).join("");
const zipped = Uint8Array.from(gzipSync(text));

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const piece of bytes) parts.push(piece);
  return Buffer.concat(parts).toString("utf8");
}

describe("gzip", () => {
  test("is told by its first bytes and inflated", async () => {
    expect((await readTrace(zipped, options)).rows).toEqual((await readTrace(text, options)).rows);
  });

  test("several members follow each other", async () => {
    const half = text.length >> 1;
    const members = Buffer.concat([gzipSync(text.slice(0, half)), gzipSync(text.slice(half))]);
    expect((await readTrace(Uint8Array.from(members), options)).report.used).toBe(5000);
  });

  test.each([
    ["truncated", zipped.subarray(0, zipped.length >> 1)],
    ["cut in its header", zipped.subarray(0, 5)],
    ["corrupt", zipped.with(zipped.length >> 1, zipped[zipped.length >> 1]! ^ 255)],
  ])("%s data are refused", async (_, bytes) => {
    await expect(readTrace(bytes, options)).rejects.toThrow(/^t: its gzip data is truncated or corrupt \(/);
    await expect(readTrace(bytes, options)).rejects.toBeInstanceOf(InputError);
  });

  test("an error of the input is not taken for one of gzip", async () => {
    async function* failing(): AsyncGenerator<Uint8Array, void, undefined> {
      yield zipped.subarray(0, 100);
      throw new InputError("the disk is gone");
    }
    await expect(openTrace(failing(), options)).rejects.toThrow("the disk is gone");
    await expect(textOf(gunzipOnTheWeb(failing(), "t"))).rejects.toThrow("the disk is gone");
  });

  test("what is inflated is checked like plain text", async () => {
    await expect(readTrace(Uint8Array.from(gzipSync(Uint8Array.of(0xff, 0xfe, 65, 0))))).rejects.toThrow("UTF-16");
    const marked = Uint8Array.from(gzipSync(`\uFEFF${text}`));
    expect((await readTrace(marked, options, 1000)).report.used).toBe(5000);
  });

  test("without node:zlib the web's stream inflates the same", async () => {
    expect(await textOf(gunzipOnTheWeb(pieces(zipped, 777), "t"))).toBe(text);
    await expect(textOf(gunzipOnTheWeb(pieces(zipped.subarray(0, 500)), "t"))).rejects.toThrow(
      /^t: its gzip data is truncated/,
    );
  });

  test("giving up closes the input", async () => {
    for (const inflate of [gunzipOnTheWeb, undefined]) {
      let closed = false;
      async function* bytes(): AsyncGenerator<Uint8Array, void, undefined> {
        try {
          for (;;) yield* pieces(Uint8Array.from(gzipSync(text)), 1000);
        } finally {
          closed = true;
        }
      }
      const reading = inflate?.(bytes(), "t") ?? (await openTrace(bytes(), options)).chunks();
      const iterator = reading[Symbol.asyncIterator]();
      await iterator.next();
      await iterator.return?.();
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(closed).toBe(true);
    }
  });
});

describe("readTraceFile", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "traces-"));
    writeFileSync(join(folder, "trace.csv"), text);
    writeFileSync(join(folder, "large.bin"), new Uint8Array(3 * 2 ** 20 + 5).fill(7));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("reads a file in pieces of 1 MiB", async () => {
    const sizes: number[] = [];
    for await (const piece of readTraceFile(join(folder, "large.bin"))) sizes.push(piece.length);
    expect(sizes).toEqual([2 ** 20, 2 ** 20, 2 ** 20, 5]);
    expect(await textOf(readTraceFile(join(folder, "trace.csv")))).toBe(text);
  });

  test("refuses what is not there, and a directory", async () => {
    await expect(textOf(readTraceFile(join(folder, "none")))).rejects.toThrow(/none: no such file or directory/);
    await expect(textOf(readTraceFile(folder))).rejects.toThrow(/is a directory, not a trace file/);
    await expect(textOf(readTraceFile(join(folder, "trace.csv", "x")))).rejects.toThrow(/is not a directory/);
    await expect(textOf(readTraceFile(folder))).rejects.toBeInstanceOf(InputError);
  });

  test.skipIf(process.getuid?.() === 0)("refuses a file that may not be read", async () => {
    const path = join(folder, "secret.csv");
    writeFileSync(path, text);
    chmodSync(path, 0);
    await expect(textOf(readTraceFile(path))).rejects.toThrow(/no permission/);
  });

  test("a trace from a file", async () => {
    const source = await openTrace(readTraceFile(join(folder, "trace.csv")), options);
    expect((await collect(source)).rows).toHaveLength(5000);
  });

  test("- reads standard input", async () => {
    const script = join(folder, "stdin.mts");
    const module = new URL("../../../host/workloads/traces/bytes/file-bytes.ts", import.meta.url).href;
    writeFileSync(
      script,
      `import { readTraceFile } from ${JSON.stringify(module)};
       let bytes = 0;
       for await (const piece of readTraceFile("-")) bytes += piece.length;
       console.log(bytes);`,
    );
    const tsx = new URL("../../../node_modules/tsx/dist/esm/index.mjs", import.meta.url).href;
    const output = await new Promise<string>((resolve, reject) => {
      const child = execFile(process.execPath, ["--import", tsx, script], (error, stdout) => {
        if (error) reject(new Error(error.message));
        else resolve(stdout);
      });
      child.stdin!.end(Buffer.from(encode(text)));
    });
    expect(output.trim()).toBe(String(text.length));
  });
});
