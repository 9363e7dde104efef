import { rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "../specs/input-error.js";

/** Where a command's result goes: the flags that every command has. */
export interface OutputOptions {
  /** Print the result as JSON instead of for reading. */
  json?: boolean;
  /** Also write it as JSON to this file. */
  out?: string;
}

/**
 * Hands a result over: as JSON to the file of `--out`, and to standard output as JSON (`--json`) or as text.
 *
 * @param text Makes the text for reading; not called where JSON is printed.
 * @throws InputError if the file cannot be written.
 */
export async function deliver(result: unknown, options: OutputOptions, text: () => string): Promise<void> {
  const json = JSON.stringify(result, null, 2) + "\n";
  if (options.out !== undefined) await writeWhole(options.out, json);
  process.stdout.write(options.json ? json : text().trimEnd() + "\n");
}

/** Writes a file whole or not at all: under a temporary name beside it first, then renamed. */
export async function writeWhole(path: string, content: string | AsyncIterable<string | Uint8Array>): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new InputError(`cannot write ${path}: ${reasons[code] ?? code}`);
  }
}

const reasons: Record<string, string> = {
  ENOENT: "its folder does not exist",
  ENOTDIR: "a part of its path is not a folder",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "no space left on the device",
};
