/**
 * The bytes of a file or of standard input. Node only.
 */
import { InputError } from "../../../specs/input-error.js";

const READ_BYTES = 1 << 20;

/**
 * Reads a file in pieces of 1 MiB; `-` reads standard input. The file is opened when the first piece is asked for, and closed
 * when reading ends or is given up.
 *
 * @throws InputError while reading: no such file, a directory, no permission, any other failure of the system.
 */
export async function* readTraceFile(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* path === "-" ? standardInput() : fileBytes(path);
  } catch (error) {
    throw asInputError(path === "-" ? "standard input" : path, error);
  }
}

async function* fileBytes(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const { open } = await import("node:fs/promises");
  const file = await open(path, "r");
  try {
    for (;;) {
      const piece = new Uint8Array(READ_BYTES);
      const { bytesRead } = await file.read(piece, 0, READ_BYTES, null);
      if (bytesRead === 0) return;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function* standardInput(): AsyncGenerator<Uint8Array, void, undefined> {
  const { stdin } = await import("node:process");
  for await (const piece of stdin) yield piece as Uint8Array;
}

/** The user's mistake behind an error of the file system; other errors as they are. */
export function asInputError(name: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return error;
  switch (error.code) {
    case "ENOENT":
      return new InputError(`${name}: no such file or directory.`);
    case "EISDIR":
      return new InputError(`${name}: is a directory, not a trace file.`);
    case "ENOTDIR":
      return new InputError(`${name}: is not a directory.`);
    case "EACCES":
    case "EPERM":
      return new InputError(`${name}: no permission to read it.`);
    default:
      return "syscall" in error ? new InputError(`${name}: cannot be read (${error.code}).`) : error;
  }
}
