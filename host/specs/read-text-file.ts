import { InputError } from "./input-error.js";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "it is a folder, not a file",
  ENOTDIR: "a part of its path is not a folder",
  EACCES: "no permission to read it",
  EPERM: "no permission to read it",
};

/**
 * Text of a UTF-8 file. Node only. Holds at most `maxBytes + 1` bytes however long the file turns out to be (a device has no end).
 *
 * @throws InputError if it cannot be read, is longer or is not UTF-8.
 */
export async function readTextFile(path: string, maxBytes: number): Promise<string> {
  const bytes = await readAtMost(path, maxBytes + 1);
  if (bytes.length > maxBytes)
    throw new InputError(`${path}: the file is larger than ${maxBytes} bytes, the most allowed.`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${path}: the file is not UTF-8 text.`);
  }
}

async function readAtMost(path: string, limit: number): Promise<Uint8Array> {
  const { open } = await import("node:fs/promises");
  let file;
  try {
    file = await open(path, "r");
    const chunks: Uint8Array[] = [];
    let total = 0;
    while (total < limit) {
      const chunk = new Uint8Array(Math.min(65_536, limit - total));
      const { bytesRead } = await file.read(chunk, 0, chunk.length);
      if (bytesRead === 0) break;
      chunks.push(chunk.subarray(0, bytesRead));
      total += bytesRead;
    }
    return joined(chunks, total);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (typeof code !== "string") throw error;
    throw new InputError(`${path}: cannot read the file: ${REASONS[code] ?? code}.`);
  } finally {
    await file?.close();
  }
}

function joined(chunks: readonly Uint8Array[], total: number): Uint8Array {
  const bytes = new Uint8Array(total);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
