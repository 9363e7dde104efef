/**
 * Makes plain text of the bytes a trace may start as: inflates gzip, skips a UTF-8 byte order mark, and refuses by name what is
 * not text in UTF-8.
 */
import { gunzip } from "./gunzip.js";
import { InputError } from "../../../specs/input-error.js";

type Bytes = AsyncIterable<Uint8Array>;

/** First bytes of formats that people hand over in place of text. */
const REFUSED: readonly { magic: readonly number[]; what: string }[] = [
  { magic: [0xff, 0xfe], what: "text in UTF-16 (little endian); convert it to UTF-8" },
  { magic: [0xfe, 0xff], what: "text in UTF-16 (big endian); convert it to UTF-8" },
  { magic: [0x50, 0x4b, 0x03, 0x04], what: "a zip archive; unpack it" },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], what: "compressed with zstd; unpack it" },
  { magic: [0xfd, 0x37, 0x7a, 0x58], what: "compressed with xz; unpack it" },
  { magic: [0x42, 0x5a, 0x68], what: "compressed with bzip2; unpack it" },
  { magic: [0x50, 0x41, 0x52, 0x31], what: "a Parquet file; export it as CSV or JSONL" },
];
const LONGEST_MAGIC = 4;
const GZIP = [0x1f, 0x8b];
const UTF8_MARK = [0xef, 0xbb, 0xbf];

/**
 * The text of a trace, still as bytes.
 *
 * @throws InputError while reading: truncated or corrupt gzip, UTF-16, an archive or another binary format.
 */
export async function* plainText(bytes: Bytes, name: string): AsyncGenerator<Uint8Array, void, undefined> {
  const [head, all] = await peek(bytes);
  if (!startsWith(head, GZIP)) {
    yield* withoutMark(head, all, name);
    return;
  }
  const [innerHead, inner] = await peek(gunzip(all, name));
  yield* withoutMark(innerHead, inner, name);
}

async function* withoutMark(head: Uint8Array, all: Bytes, name: string): AsyncGenerator<Uint8Array, void, undefined> {
  for (const { magic, what } of REFUSED) {
    if (startsWith(head, magic)) throw new InputError(`${name}: is ${what} before reading it as a trace.`);
  }
  let skip = startsWith(head, UTF8_MARK) ? UTF8_MARK.length : 0;
  for await (const piece of all) {
    const from = Math.min(skip, piece.length);
    skip -= from;
    yield from === 0 ? piece : piece.subarray(from);
  }
}

/** The first few bytes, and all bytes (those included), to be read once. */
async function peek(bytes: Bytes): Promise<[Uint8Array, Bytes]> {
  const iterator = bytes[Symbol.asyncIterator]();
  const pieces: Uint8Array[] = [];
  const head: number[] = [];
  while (head.length < LONGEST_MAGIC) {
    const next = await iterator.next();
    if (next.done) break;
    pieces.push(next.value);
    head.push(...next.value.subarray(0, LONGEST_MAGIC - head.length));
  }
  return [Uint8Array.from(head), resumed(pieces, iterator)];
}

async function* resumed(
  pieces: readonly Uint8Array[],
  iterator: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* pieces;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

function startsWith(head: Uint8Array, magic: readonly number[]): boolean {
  return magic.length <= head.length && magic.every((byte, i) => head[i] === byte);
}
