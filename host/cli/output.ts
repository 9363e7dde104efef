import { realpath, stat } from "node:fs/promises";
import { InputError } from "../specs/input-error.js";
import { WholeFile } from "./whole-file.js";

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

/** Writes a file whole or not at all; see {@link WholeFile}. */
export async function writeWhole(path: string, content: string | AsyncIterable<string | Uint8Array>): Promise<void> {
  const file = await WholeFile.create(path);
  try {
    if (typeof content === "string") await file.write(content);
    else for await (const piece of content) await file.write(piece);
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/**
 * Asks whether the file of `--out` can be written, so that a long run does not find out at its end.
 *
 * @param inputs What the command reads: paths, and other words that name no file.
 * @throws InputError if it cannot, or is one of the inputs.
 */
export async function checkOutput({ out }: OutputOptions, inputs: readonly unknown[]): Promise<void> {
  if (out === undefined) return;
  await refuseInputs("--out", out, inputs);
  await WholeFile.check(out);
}

/**
 * Makes sure that what a flag names to be written is not what the command reads.
 *
 * @throws InputError if it is.
 */
export async function refuseInputs(flag: string, output: string, inputs: readonly unknown[]): Promise<void> {
  const written = await fileAt(output);
  if (written === undefined) return;
  for (const input of inputs) {
    if (typeof input !== "string" || (await fileAt(input)) !== written) continue;
    throw new InputError(`${flag} ${output} would overwrite what the command reads; name another file.`);
  }
}

/** The file at a path, whatever way leads there; nothing if it is none. */
async function fileAt(path: string): Promise<string | undefined> {
  try {
    const place = await realpath(path);
    return (await stat(place)).isFile() ? place : undefined;
  } catch {
    return undefined;
  }
}
