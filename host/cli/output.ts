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
 * @throws InputError if it cannot.
 */
export async function checkOutput({ out }: OutputOptions): Promise<void> {
  if (out !== undefined) await WholeFile.check(out);
}
